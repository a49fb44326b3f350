"""Lineage as Amundsen's clients know it: one item for each node and distinct parent, level = shortest distance."""

from collections.abc import Mapping, Sequence
from functools import cache

from metadata_service.catalog import selections
from metadata_service.catalog.selections import optional_int
from metadata_service.catalog.writes import require
from metadata_service.lineage.walk import Budget, Walk, walk
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Record, Shape
from schemas import entities
from schemas.graph import READS, Direction

_DIRECTIONS = {"upstream": Direction.IN, "downstream": Direction.OUT}


def get_lineage(store: GraphStore, ref: NodeRef, direction: str, budget: Budget) -> tuple[entities.Lineage, bool]:
    """Return the lineage of an entity and whether it is complete. Raises NotFound.

    `direction` is echoed; anything but `upstream` and `downstream` is both, walked one after the other.
    """
    require(store, ref, f"{ref.key} does not exist")
    asked = [direction] if direction in _DIRECTIONS else list(_DIRECTIONS)
    walks = {name: walk(store, ref, _DIRECTIONS[name], budget) for name in asked}
    keys = sorted({found.nodes[place].key for found in walks.values() for place in found.levels if place})
    records = store.fetch_many(keys, _item_shape(ref.label)) if keys else {}
    upstream, downstream = (_items(walks.get(name), records) for name in _DIRECTIONS)
    lineage = entities.Lineage(
        key=ref.key,
        direction=direction,
        depth=budget.depth,
        upstream_entities=upstream,
        downstream_entities=downstream,
        upstream_count=_count(walks.get("upstream")),
        downstream_count=_count(walks.get("downstream")),
    )
    return lineage, all(found.complete for found in walks.values())


@cache
def _item_shape(label: str) -> Shape:
    return Shape(label, (READS,), {"badges": selections.BADGES})


def _count(found: Walk | None) -> int | None:
    return None if found is None else len(found.levels) - 1


def _items(found: Walk | None, records: Mapping[str, Record]) -> Sequence[entities.LineageItem]:
    if found is None:
        return ()
    nodes, levels = found.nodes, found.levels
    items = [
        _item(records[nodes[far].key], levels[far], nodes[near].key)
        for near, far in found.steps
        if far and nodes[far].key in records  # a step back to the start is no item
    ]
    return sorted(items, key=lambda item: (item.level, item.key, item.parent))


def _item(record: Record, level: int, parent: str) -> entities.LineageItem:
    return entities.LineageItem(
        key=record.key,
        level=level,
        source=record.key.split("://", maxsplit=1)[0],
        badges=selections.badges(record),
        usage=optional_int(record.props, READS) or 0,
        parent=parent,
    )
