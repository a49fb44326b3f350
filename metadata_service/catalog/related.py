"""What a person has to do with resources: what they own, follow and read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from metadata_service.catalog import summaries
from metadata_service.catalog.selections import PRESENT
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Order, Record, Select, Shape
from schemas.errors import NotFound
from schemas.graph import Direction

FOLLOW, OWN, READ = "FOLLOWED_BY", "OWNER", "READ_BY"  # from the resource to the person
MAX_READ = 50

_MOST_READ = (Order("published_tag", on="edge", descending=True), Order("read_count", on="edge", descending=True))


@dataclass(frozen=True, slots=True)
class _Kind:
    """How resources of a kind are listed: what is read of each, how it shows, and what they sort by."""

    shape: Shape
    show: Callable[[Record], Any]
    order: tuple[str, ...]


_KINDS: Mapping[str, _Kind] = {
    "table": _Kind(summaries.TABLE_SUMMARY, summaries.popular_table, ("schema", "name")),
    "dashboard": _Kind(summaries.DASHBOARD_SUMMARY, summaries.dashboard_summary, ("group_name", "name")),
    "feature": _Kind(summaries.FEATURE_SUMMARY, summaries.feature_summary, ("feature_group", "name", "version")),
}


def list_resources(store: GraphStore, user_id: str, relation: str, kinds: Sequence[str]) -> dict[str, list[Any]]:
    """Return what a person owns or follows of each kind, by place and name. Raises NotFound for an unknown person."""
    found = _fetch(store, user_id, _shape(relation, tuple(kinds)))
    return {
        kind: sorted(items, key=lambda item: [getattr(item, name) for name in _KINDS[kind].order])
        for kind, items in found.items()
    }


def list_read(store: GraphStore, user_id: str, kinds: Sequence[str]) -> dict[str, list[Any]]:
    """Return what a person reads most of each kind, latest published first. Raises NotFound likewise."""
    return _fetch(store, user_id, _shape(READ, tuple(kinds), _MOST_READ, MAX_READ))


@cache
def _shape(relation: str, kinds: tuple[str, ...], order: tuple[Order, ...] = (), limit: int | None = None) -> Shape:
    selects = {}
    for kind in kinds:
        of = _KINDS[kind].shape
        selects[kind] = Select(
            (relation,),
            of.label,
            Direction.IN,
            props=of.props,
            where=PRESENT,
            children=of.children,
            order=order,
            limit=limit,
        )
    return Shape("User", (), selects)


def _fetch(store: GraphStore, user_id: str, shape: Shape) -> dict[str, list[Any]]:
    record = store.fetch(user_id, shape)
    if record is None:
        raise NotFound(f"user_id {user_id} does not exist")
    return {kind: [_KINDS[kind].show(item) for item in found] for kind, found in record.children.items()}
