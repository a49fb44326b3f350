"""Build what the port returns from what the driver returns; on the path of every read, so written to be fast."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from metadata_service.store.cypher import Layout
from metadata_service.store.mutations import EdgeRef, NodeRef
from metadata_service.store.shapes import MAX_NESTING, NESTED, Props, Record, arrange
from schemas.graph import LABELS, Direction, Value, is_relation

Row = list[Any]
Reader = Callable[[list[Row]], list[Record]]

_PLAIN = frozenset({str, int, float, bool, type(None)})
_TEXT = frozenset({str})


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


def known(labels: Iterable[str], key: object) -> NodeRef | None:
    """Return which node of the model it is that carries these labels, or None."""
    label = next((label for label in labels if label in LABELS), None)
    return NodeRef(label, key) if label is not None and isinstance(key, str) else None


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
    arranged, build = _arrangement(layout), _builder(layout)
    return _nesting(layout, arranged, build) if layout.repeat else lambda rows: build(arranged(rows))


def _builder(layout: Layout) -> Reader:
    """Return what turns arranged rows into records. Most rows are of selections without more, and take no detour."""
    key, edge, width, props = layout.key, layout.edge, layout.width, _props_reader(layout)
    children = [(name, cell, reader(child)) for cell, (name, child) in enumerate(layout.children, width)]

    def plainly(rows: list[Row]) -> list[Record]:
        return [Record(row[key], props(row), {}, {}) for row in rows]

    def wholly(rows: list[Row]) -> list[Record]:
        return [
            Record(
                row[key],
                props(row),
                dict(zip(edge, row[key + 1 :], strict=False)),
                {name: read(row[cell]) if row[cell] else [] for name, cell, read in children},
            )
            for row in rows
        ]

    return wholly if edge or children else plainly


def _props_reader(layout: Layout) -> Callable[[Row], Props]:
    """Return what reads the properties of a node off its row."""
    names = layout.props
    return (lambda row: props_of(row[0])) if names is None else (lambda row: dict(zip(names, row, strict=False)))


def _arrangement(layout: Layout) -> Callable[[list[Row]], list[Row]]:
    """Return what makes the cells of rows plain, the rows distinct, sorts and cuts them.

    A key that is a number is shown as text; a node without a key is none of ours.
    """
    orders = tuple(layout.order)
    first = 1 if layout.props is None else 0
    key, key_of, width, limit, order = layout.key, itemgetter(layout.key), layout.width, layout.limit, layout.order
    only_cells = not (first or layout.children or layout.repeat)

    def arranged(rows: list[Row]) -> list[Row]:
        cells = rows if only_cells else [row[first:width] for row in rows]
        if not _PLAIN.issuperset(map(type, chain.from_iterable(cells))):
            for row in rows:
                row[first:width] = map(plain, row[first:width])
        if not _TEXT.issuperset(map(type, map(key_of, rows))):
            rows = [row for row in rows if row[key] is not None]
            for row in rows:
                row[key] = str(row[key])
        if len(rows) > 1:
            if len(set(map(key_of, rows))) < len(rows):
                rows = list({key_of(row): row for row in reversed(rows)}.values())  # the first of each
            rows.sort(key=key_of)
            rows = arrange(rows, orders, lambda row, wanted: row[order[wanted]])
        return rows if limit is None else rows[:limit]

    return arranged


def _nesting(layout: Layout, arranged: Callable[[list[Row]], list[Row]], build: Reader) -> Reader:
    """Return what rebuilds trees from rows that tell which node they hang under."""
    at, key_of = layout.width + len(layout.children), itemgetter(layout.key)

    def hang(below: dict[str, list[Row]], path: tuple[str, ...]) -> list[Record]:
        found = build(arranged([row for row in below.get(path[-1], ()) if key_of(row) not in path]))
        for item in found:
            here = (*path, item.key)
            item.children[NESTED] = hang(below, here) if len(here) < MAX_NESTING else []
        return found

    def records(rows: list[Row]) -> list[Record]:
        rows = arranged(rows)
        found = build(rows)
        for item, row in zip(found, rows, strict=True):
            below = defaultdict(list)
            for above, _, nested in sorted(row[at], key=lambda nested: layout.repeat.index(nested[1])):
                below[above].append(nested)
            item.children[NESTED] = hang(below, (item.key,))
        return found

    return records
