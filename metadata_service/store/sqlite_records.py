"""Read shapes from SQLite: run the statement of each level, decode its rows as they come, hang them where they go."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress
from operator import attrgetter, lt
from types import MappingProxyType
from typing import Any, cast

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


_COUNTED = Found(0, "", _NO_PROPS, _NO_PROPS, _NO_CHILDREN)
_BY_KEY = attrgetter("key")
_WHOLE = {int}
Groups = dict[int, list[Found]]  # by a row: those found below it, or those that stand for it (one for each parent)


def fetch(session: Session, keys: Sequence[str], shape: Shape) -> dict[str, Record]:
    """Read a shape of several keys, in a session that sees one state throughout."""
    rows = session.run(ROOTS, (as_json(list(dict.fromkeys(keys))), shape.label)).fetchall()
    read = [_NO_PROPS] * len(rows) if shape.props == () else _all_props(props for _, _, props in rows)
    roots = [
        Found(row, key, props, _NO_PROPS, _none(shape.children))
        for (row, key, _), props in zip(rows, read, strict=True)
    ]
    standing: dict[Step | None, Groups] = defaultdict(dict, {None: {root.row: [root] for root in roots}})
    with collector_paused():
        for level in compile_levels(shape):
            told = {parent: as_json(list(standing[parent])) for parent in level.parents}
            if not any(standing[parent] for parent in level.parents):
                break
            parameters = [text for arm in level.arms for text in (*arm.before, told[arm.parent], *arm.behind)]
            found = _gather(level, session.run(level.statement, parameters).fetchall())
            for step in {level.places[place] for place in found}:
                standing[step] = _hang(step, found, standing[step.parent])
    return {root.key: root for root in roots}


def _gather(level: Level, rows: list[Row]) -> dict[int, Groups]:
    """Decode what a statement found, by place and parent."""
    found: dict[int, Groups] = defaultdict(lambda: defaultdict(list))
    at = -1
    for (place, parent, row, key, _, edge), read in zip(rows, _read(level, rows), strict=True):
        if place != at:  # many in a row are of one place
            at, groups, step = place, found[place], level.places[place]
            names, absent, counted = step.children, step.absent, step.counted
            where = {} if absent else step.select.where
        if counted:
            groups[parent] = [_COUNTED] * row
            continue
        if (absent and read.get(absent) is not None) or (where and not matches(read, where)):
            continue
        children = _none(names) if names else _NO_CHILDREN
        groups[parent].append(Found(row, key, read, orjson.loads(edge) if edge else _NO_PROPS, children))
    return found


def _read(level: Level, rows: list[Row]) -> list[Props]:
    """Read the properties of each row: of all in one go, which takes half the time."""
    unwanted = [step.unwanted for step in level.places]
    if not any(unwanted):
        return _all_props(props for _, _, _, _, props, _ in rows)
    wanted = [not unwanted[place] or unwanted[place] in props for place, _, _, _, props, _ in rows]
    read = iter(_all_props(row[4] for row in compress(rows, wanted)))
    return [next(read) if is_wanted else _NO_PROPS for is_wanted in wanted]


def _all_props(texts: Iterable[str]) -> list[Props]:
    read: list[Props] = orjson.loads(f"[{','.join(texts)}]")
    return read


def _hang(step: Step, found: dict[int, Groups], parents: Groups) -> Groups:
    """Hang what was found under its parents; return what stands at which row, for the next level."""
    select, standing = step.select, defaultdict[int, list[Found]](list)
    below = {row: _arrange(select, inside) for row, inside in _merged(found, step.repeat)}
    for parent, records in _merged(found, step.via):
        kept = _arrange(select, records) if select.limit is None else _arrange(select, records)[: select.limit]
        holders = parents[parent]
        holders[0].children[step.name] = kept  # type: ignore[assignment]  # a list of Found is one of records
        for holder in holders[1:]:
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
        if len(select.order) == 1 and _is_in_order(found, select.order[0]):
            return found
        found.sort(key=_BY_KEY)
        if select.order:
            return arrange(found, select.order, _sorted_by)
    return found


def _is_in_order(found: list[Found], order: Order) -> bool:
    """Say whether whole numbers rise already, as those of columns do that were written in their order."""
    if order.descending:
        return False
    values: list[Any] = [_sorted_by(record, order) for record in found]
    return set(map(type, values)) == _WHOLE and all(map(lt, values, values[1:]))


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
