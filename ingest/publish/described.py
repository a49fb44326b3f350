"""What the documents of several kinds share: description, owners, tags, badges, use."""

from collections.abc import Callable
from functools import partial

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
    called = partial(optional_text, person.props)
    return called("full_name") or _both_names(called) or called("display_name") or called("email") or person.key


def _both_names(called: Callable[[str], str | None]) -> str:
    return " ".join(filter(None, map(called, ("first_name", "last_name"))))


def described(record: Record) -> Made:
    """Read what all resources but people share."""
    owners = record.children["owners"]
    return {
        "description": selections.description(record),
        "tags": [tag.tag_name for tag in selections.tags(record)],
        "badges": [badge.badge_name for badge in selections.badges(record)],
        "owners": [optional_text(owner.props, "email") or owner.key for owner in owners],
        "owner_names": [name_of(owner) for owner in owners],
        "total_usage": optional_int(record.props, READS) or 0,
        "unique_usage": optional_int(record.props, READERS) or 0,
    }
