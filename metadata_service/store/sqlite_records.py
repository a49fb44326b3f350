"""Read shapes from SQLite: run the statement of each level, decode its rows as they come, hang them where they go."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import cast

import orjson

from metadata_service.store.collector import collector_paused
from metadata_service.store.shapes import MAX_NESTING, NESTED, Order, Props, Record, Select, Shape, arrange, matches
from metadata_service.store.sqlite_sessions import Session, as_json
from metadata_service.store.sqlite_shapes import ROOTS, Level, Row, Step, compile_levels
from schemas.graph import Value

# What is empty is shared by thousands of records, so nobody may write to it.
_NO_PROPS = cast("Props", MappingProxyType({}))
_NO_CHILDREN = cast("dict[str, list[Record]]", MappingProxyType({}))


class Found(Record):
    """A record that knows its row."""

    __slots__ = ("row",)

    def __init__(self, row: int, key: str, props: Props, edge: Props, children: dict[str, list[Record]]) -> None:
        self.row = row
        self.key = key
        self.props = props
        self.edge = edge
        self.children = children


_BY_KEY = attrgetter("key")
Groups = dict[int, list[Found]]  # by a row: those found below it, or those that stand for it (one for each parent)


def fetch(session: Session, keys: Sequence[str], shape: Shape) -> dict[str, Record]:
    """Read a shape of several keys, in a session that sees one state throughout."""
    rows = session.run(ROOTS, (as_json(list(dict.fromkeys(keys))), shape.label))
    roots = [Found(row, key, orjson.loads(props), _NO_PROPS, _none(shape.children)) for row, key, props in rows]
    standing: dict[Step | None, Groups] = defaultdict(dict, {None: {root.row: [root] for root in roots}})
    with collector_paused():
        for level in compile_levels(shape):
            told = {parent: as_json(list(standing[parent])) for parent in level.parents}
            if not any(standing[parent] for parent in level.parents):
                break
            parameters = [text for arm in level.arms for text in (*arm.before, told[arm.parent], *arm.behind)]
            found = _gather(level, session.run(level.statement, parameters))
            for step in {level.places[place] for place in found}:
                standing[step] = _hang(step, found, standing[step.parent])
    return {root.key: root for root in roots}


def _gather(level: Level, rows: Iterable[Row]) -> dict[int, Groups]:
    """Decode what a statement found, by place and parent."""
    found: dict[int, Groups] = defaultdict(lambda: defaultdict(list))
    for place, same in groupby(rows, itemgetter(0)):
        _decode(level.places[place], same, found[place])
    return found


def _decode(step: Step, rows: Iterable[Row], groups: Groups) -> None:
    loads, names, unwanted, absent = orjson.loads, step.children, step.unwanted, step.absent
    where = {} if absent else step.select.where
    for _, parent, row, key, props, edge in rows:
        read = _NO_PROPS if unwanted and unwanted not in props else loads(props)
        if (absent and read.get(absent) is not None) or (where and not matches(read, where)):
            continue
        children = _none(names) if names else _NO_CHILDREN
        groups[parent].append(Found(row, key, read, loads(edge) if edge else _NO_PROPS, children))


def _hang(step: Step, found: dict[int, Groups], parents: Groups) -> Groups:
    """Hang what was found under its parents; return what stands at which row, for the next level."""
    select, standing = step.select, defaultdict[int, list[Found]](list)
    below = {row: _arrange(select, inside) for row, inside in _merged(found, step.repeat)}
    for parent, records in _merged(found, step.via):
        kept = _arrange(select, records) if select.limit is None else _arrange(select, records)[: select.limit]
        first, *others = parents[parent]
        first.children[step.name] = kept  # type: ignore[assignment]  # a list of Found is one of records
        for holder in others:
            holder.children[step.name] = list(kept)
        if select.repeat:
            kept = [nested for record in kept for nested in _nest(record, select, below, (record.key,))]
        for record in kept if select.children else ():
            standing[record.row].append(record)
    return standing


def _merged(found: dict[int, Groups], places: range) -> Iterable[tuple[int, list[Found]]]:
    """Put together what several relation types led to: a node once, by the type that comes first."""
    filled = [found[place] for place in places if place in found]
    if len(filled) <= 1:
        return filled[0].items() if filled else ()
    merged: dict[int, dict[str, Found]] = defaultdict(dict)
    for groups in filled:
        for row, records in groups.items():
            for record in records:
                merged[row].setdefault(record.key, record)
    return ((row, list(records.values())) for row, records in merged.items())


def _arrange(select: Select, found: list[Found]) -> list[Found]:
    if len(found) > 1:
        found.sort(key=_BY_KEY)
        if select.order:
            return arrange(found, select.order, _sorted_by)
    return found


def _sorted_by(record: Found, order: Order) -> Value | None:
    return (record.props if order.on == "node" else record.edge).get(order.name)


def _nest(record: Found, select: Select, below: Groups, path: tuple[str, ...]) -> Iterator[Found]:
    """Hang what is nested under a record, and under that in turn; yield each of them, the record first."""
    yield record
    inside = [child for child in below.get(record.row, ()) if child.key not in path] if len(path) < MAX_NESTING else []
    # A node may be nested in several places: each is a record of its own.
    own = [Found(c.row, c.key, c.props, c.edge, _none(c.children)) for c in inside[: select.limit]]
    record.children[NESTED] = list(own)
    for child in own:
        yield from _nest(child, select, below, (*path, child.key))


def _none(names: Iterable[str]) -> dict[str, list[Record]]:
    return {name: [] for name in names}
