"""People, and the badges that resources share."""

from collections.abc import Iterator
from dataclasses import fields

from ingest import records
from ingest.building.shared import SharedBadge
from ingest.records import Put, present
from metadata_service.store.mutations import NodeRef, PutNode
from schemas.errors import Invalid
from schemas.statements import Person

_PROPERTIES = tuple(item.name for item in fields(Person) if item.name != "email")


def person_key(said: Person) -> str:
    if not said.email:
        raise Invalid("email: a person needs one.")
    return said.email


def person(said: Person) -> Iterator[Put]:
    """Put a person and whom they are managed by."""
    email = person_key(said)
    yield from records.user(email, present(**{name: getattr(said, name) for name in _PROPERTIES}))
    if said.manager_email and said.manager_email != email:
        yield from records.manager(email, said.manager_email)


def badge_key(said: SharedBadge) -> str:
    if not said.name:
        raise Invalid("badges: a badge needs a name.")
    return said.name


def badge(said: SharedBadge) -> Iterator[Put]:
    """Put the category of a badge."""
    yield PutNode(NodeRef("Badge", badge_key(said)), {"category": said.category})
