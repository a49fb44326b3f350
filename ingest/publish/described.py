"""What the documents of several kinds share: description, owners, tags, badges, use."""

from metadata_service.catalog import people, selections
from metadata_service.catalog.selections import children, optional_int, optional_text
from metadata_service.store.shapes import Record
from schemas.document_types import Value
from schemas.graph import READERS, READS

Made = dict[str, Value | None]

DESCRIBED = children(
    description=selections.DESCRIPTION,
    owners=people.OWNERS,
    tags=selections.TAGS,
    badges=selections.BADGES,
)


def name_of(person: Record) -> str:
    """Return what a person is called: their full name, or the best there is."""
    props = person.props
    return (
        optional_text(props, "full_name")
        or " ".join(filter(None, (optional_text(props, name) for name in ("first_name", "last_name"))))
        or optional_text(props, "display_name")
        or optional_text(props, "email")
        or person.key
    )


def described(record: Record) -> Made:
    """Read what all resources but people share."""
    owners = record.children["owners"]
    return {
        "description": selections.description(record),
        "tags": [tag.key for tag in record.children["tags"]],
        "badges": [badge.key for badge in record.children["badges"]],
        "owners": [optional_text(owner.props, "email") or owner.key for owner in owners],
        "owner_names": [name_of(owner) for owner in owners],
        "total_usage": optional_int(record.props, READS) or 0,
        "unique_usage": optional_int(record.props, READERS) or 0,
    }
