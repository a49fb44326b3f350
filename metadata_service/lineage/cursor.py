"""Where the neighbours of an exploration's start go on, as an opaque text."""

import base64
import binascii
from collections.abc import Iterable, Mapping

import orjson

from metadata_service.lineage.relations import KINDS
from metadata_service.store.model_check import MAX_INTEGER
from metadata_service.store.mutations import NodeRef
from metadata_service.store.ways import Neighbour
from schemas.errors import InvalidParameter

_NAMES = {False: "up", True: "down"}


def write_cursor(goes_on: Mapping[bool, Neighbour]) -> str | None:
    """Return a cursor to the sides that have more, or None where none has."""
    if not goes_on:
        return None
    sides = {_NAMES[along]: [last.rank, *last.ref] for along, last in goes_on.items()}
    return base64.urlsafe_b64encode(orjson.dumps(sides)).decode().rstrip("=")


def read_cursor(cursor: str, sides: Iterable[bool]) -> dict[bool, Neighbour | None]:
    """Return the sides that are left to walk, and where each begins. Raises InvalidParameter for what is no cursor."""
    if not cursor:
        return dict.fromkeys(sides)
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        return {along: _neighbour(*told[_NAMES[along]]) for along in sides if _NAMES[along] in told}
    except (binascii.Error, TypeError, ValueError, KeyError):
        raise InvalidParameter("cursor: it is not the `next` of a page before.") from None


def _neighbour(rank: object, label: object, key: object) -> Neighbour:
    if not isinstance(rank, int | float) or abs(rank) > MAX_INTEGER or label not in KINDS or not isinstance(key, str):
        raise TypeError
    return Neighbour(NodeRef(str(label), key), rank)
