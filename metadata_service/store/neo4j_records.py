"""Build what the port returns from what the driver returns; on the path of every read, so written to be fast."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from metadata_service.store.cypher import Layout
from metadata_service.store.mutations import EdgeRef, NodeRef
from metadata_service.store.shapes import MAX_NESTING, NESTED, Props, Record, sort_key
from schemas.graph import Direction, Value, is_relation

Row = list[Any]
Reader = Callable[[list[Row]], list[Record]]

_PLAIN = frozenset({str, int, float, bool, type(None)})


def plain(value: Any) -> Value | None:
    """Return a value as the port knows it; what others store in a graph (dates, points, lists of numbers) as text."""
    if type(value) in _PLAIN:
        return value  # type: ignore[no-any-return]
    if isinstance(value, list):
        return [item if isinstance(item, str) else _text(item) for item in value]
    return _text(value)


def props_of(found: dict[str, Any]) -> Props:
    """Return properties without the key, as plain values; takes over what it is given."""
    found.pop("key", None)
    if not _PLAIN.issuperset(map(type, found.values())):
        found = {name: plain(value) for name, value in found.items()}
    return found


def edge_of(kind: str, near: NodeRef, labels: Iterable[str], far: object, direction: Direction) -> EdgeRef | None:
    """Return the relation of the model that was walked from `near`, or None where the model has none such."""
    if not isinstance(far, str):
        return None
    for label in labels:
        there = NodeRef(label, far)
        source, target = (near, there) if direction is Direction.OUT else (there, near)
        if is_relation(kind, source.label, target.label):
            return EdgeRef(kind, source, target)
    return None


def _text(value: Any) -> str:
    return str(value.iso_format()) if hasattr(value, "iso_format") else str(value)


@lru_cache(maxsize=512)
def reader(layout: Layout) -> Reader:
    """Return what turns the rows of a selection into records: distinct, in order, cut at the limit."""
    key, names, edge_names = layout.key, layout.props, layout.edge
    edge_cells = slice(key + 1, key + 1 + len(edge_names))
    children = [(name, layout.width + n, reader(child)) for n, (name, child) in enumerate(layout.children)]
    arrange = _arrangement(layout)

    def record(row: Row) -> Record:
        props = props_of(row[0]) if names is None else dict(zip(names, row, strict=False))
        edge = dict(zip(edge_names, row[edge_cells], strict=True)) if edge_names else {}
        return Record(row[key], props, edge, {name: read(row[at]) for name, at, read in children})

    def records(rows: list[Row]) -> list[Record]:
        return [record(row) for row in arrange(rows)] if rows else []

    return _nesting(layout, arrange, record) if layout.repeat else records


def _arrangement(layout: Layout) -> Callable[[list[Row]], list[Row]]:
    """Return what makes the cells of rows plain, the rows distinct, sorts and cuts them."""
    first = 1 if layout.props is None else 0
    key_of, width, leaf = itemgetter(layout.key), layout.width, not layout.children and not layout.repeat
    orders = [(itemgetter(cell), descending) for cell, descending in reversed(layout.order)]

    def arrange(rows: list[Row]) -> list[Row]:
        cells = rows if leaf and not first else [row[first:width] for row in rows]
        if not _PLAIN.issuperset(map(type, chain.from_iterable(cells))):
            for row in rows:
                row[first:width] = map(plain, row[first:width])
        if len(rows) > 1:
            if len(set(map(key_of, rows))) < len(rows):
                rows = list({key_of(row): row for row in reversed(rows)}.values())
            rows.sort(key=key_of)
            for value_of, descending in orders:
                rows = _sorted(rows, value_of, descending=descending)
        return rows if layout.limit is None else rows[: layout.limit]

    return arrange


def _sorted(rows: list[Row], value_of: Callable[[Row], Value], *, descending: bool) -> list[Row]:
    """Sort rows by a cell, those without it last; ties keep their order."""
    present = [row for row in rows if value_of(row) is not None]
    absent = [row for row in rows if value_of(row) is None]
    present.sort(key=lambda row: sort_key(value_of(row)), reverse=descending)
    return present + absent


def _nesting(layout: Layout, arrange: Callable[[list[Row]], list[Row]], record: Callable[[Row], Record]) -> Reader:
    """Return what rebuilds trees from rows that tell which node they hang under."""
    at, key_of = layout.width + len(layout.children), itemgetter(layout.key)

    def hang(below: dict[str, list[Row]], path: tuple[str, ...]) -> list[Record]:
        found = []
        for row in arrange([row for row in below.get(path[-1], ()) if key_of(row) not in path]):
            item = record(row)
            here = (*path, item.key)
            item.children[NESTED] = hang(below, here) if len(here) < MAX_NESTING else []
            found.append(item)
        return found

    def records(rows: list[Row]) -> list[Record]:
        found = []
        for row in arrange(rows) if rows else ():
            below = defaultdict(list)
            for above, _, nested in sorted(row[at], key=lambda nested: layout.repeat.index(nested[1])):
                below[above].append(nested)
            item = record(row)
            item.children[NESTED] = hang(below, (item.key,))
            found.append(item)
        return found

    return records
