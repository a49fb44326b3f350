"""Lineage as Amundsen's clients know it: one item for each node and distinct parent, level = shortest distance."""

from collections.abc import Mapping, Sequence

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
    nodes = {node.key for found in walks.values() for node in found.levels if node != ref}
    records = store.fetch_many(sorted(nodes), _item_shape(ref.label)) if nodes else {}
    upstream, downstream = (_items(walks.get(name), ref, records) for name in _DIRECTIONS)
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


def _item_shape(label: str) -> Shape:
    return Shape(label, (READS,), {"badges": selections.BADGES})


def _count(found: Walk | None) -> int | None:
    return None if found is None else len(found.levels) - 1


def _items(found: Walk | None, start: NodeRef, records: Mapping[str, Record]) -> Sequence[entities.LineageItem]:
    if found is None:
        return ()
    items = [
        _item(records[step.far.key], found.levels[step.far], step.near.key)
        for step in found.steps
        if step.far != start and step.far.key in records
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
