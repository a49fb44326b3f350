"""Read shapes from SQLite level by level: one statement a level, whatever the data holds.

A selection is one arm of its level's statement for each relation type it follows; `repeat` adds a recursive walk.
An arm is told the rows of its parents. What it finds is tested, sorted and cut here, where it is decoded anyway,
by the rules the reference model uses.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from operator import attrgetter, itemgetter

import orjson

from metadata_service.store.shapes import MAX_NESTING, NESTED, Order, Props, Record, Select, Shape, arrange, matches
from metadata_service.store.sqlite_sessions import Session, as_json
from metadata_service.store.sqlite_statements import ENDS
from schemas.graph import Value

_ROOTS = "SELECT n.id, n.key, n.props FROM json_each(?) AS k CROSS JOIN node AS n ON n.label = ? AND n.key = k.value"
_STEP = (
    "SELECT {arm}, e.{near}, n.id, n.key, n.props, {edge} FROM json_each(?) AS p"
    " CROSS JOIN edge AS e ON e.{near} = p.value AND e.type = ?"
    " CROSS JOIN node AS n ON n.id = e.{far} AND n.label = ?"
)
# `place` tells which of the types was followed. UNION drops what was walked before, and so ends a walk in a circle.
_WALK = (
    "SELECT * FROM (WITH RECURSIVE walk (parent, place, id) AS ("
    "SELECT NULL, NULL, n.id FROM json_each(?) AS p"
    " CROSS JOIN edge AS e ON e.{near} = p.value AND e.type IN (SELECT value FROM json_each(?))"
    " CROSS JOIN node AS n ON n.id = e.{far} AND n.label = ?"
    " UNION "
    "SELECT walk.id, t.key, n.id FROM walk CROSS JOIN json_each(?) AS t"
    " CROSS JOIN edge AS e ON e.{near} = walk.id AND e.type = t.value"
    " CROSS JOIN node AS n ON n.id = e.{far} AND n.label = ?"
    ") SELECT {arm} + walk.place, walk.parent, n.id, n.key, n.props, e.props FROM walk"
    " CROSS JOIN json_each(?) AS t ON t.key = walk.place"
    " CROSS JOIN edge AS e ON e.{near} = walk.parent AND e.type = t.value AND e.{far} = walk.id"
    " CROSS JOIN node AS n ON n.id = walk.id)"
)

Row = tuple[int, int, int, str, str, str | None]  # arm, parent's row, own row, key, properties, relation's properties


class Found(Record):
    """A record that knows its row."""

    __slots__ = ("row",)

    def __init__(self, row: int, key: str, props: Props, edge: Props, children: dict[str, list[Record]]) -> None:
        self.row = row
        self.key = key
        self.props = props
        self.edge = edge
        self.children = children


Groups = dict[int, list[Found]]  # by a row: those found below it, or those that stand for it (one for each parent)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One selection: the child `name` of what `parent` finds (None: of the roots)."""

    name: str
    select: Select
    parent: "Step | None"


@dataclass(frozen=True, slots=True)
class Arm:
    """One part of a level's statement, with what it needs to be told beside its parents' rows."""

    step: Step
    nested: bool
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """All selections of one depth. `arms` are those of the statement; `places` say which arm found a row."""

    statement: str
    arms: tuple[Arm, ...]
    places: tuple[Arm, ...]
    steps: tuple[Step, ...]


def fetch(session: Session, keys: Sequence[str], shape: Shape) -> dict[str, Record]:
    """Read a shape of several keys, in a session that sees one state throughout."""
    rows = session.run(_ROOTS, (as_json(list(dict.fromkeys(keys))), shape.label)).fetchall()
    roots = [Found(row, key, orjson.loads(props), {}, _none(shape.children)) for row, key, props in rows]
    standing: dict[Step | None, Groups] = {None: {root.row: [root] for root in roots}}
    for level in compile_levels(shape):
        told = {step.parent: as_json(list(standing[step.parent])) for step in level.steps}
        if all(not standing[parent] for parent in told):
            break
        parameters = [text for arm in level.arms for text in (told[arm.step.parent], *arm.parameters)]
        groups = _gather(level, session.run(level.statement, parameters).fetchall())
        for step in level.steps:
            standing[step] = _hang(step, groups[step, False], groups[step, True], standing[step.parent])
    return {root.key: root for root in roots}


@lru_cache(maxsize=512)
def compile_levels(shape: Shape) -> tuple[Level, ...]:
    """Write the statement of each level of a shape."""
    levels = []
    steps = tuple(Step(name, select, None) for name, select in shape.children.items())
    while steps:
        levels.append(_level(steps))
        steps = tuple(Step(name, child, step) for step in steps for name, child in step.select.children.items())
    return tuple(levels)


def _level(steps: tuple[Step, ...]) -> Level:
    texts: list[str] = []
    arms: list[Arm] = []
    places: list[Arm] = []
    for step in steps:
        select = step.select
        ends = ENDS[select.direction]
        edge = "e.props" if select.edge_props or any(order.on == "edge" for order in select.order) else "NULL"
        for relation in select.via:
            texts.append(_STEP.format(arm=len(places), edge=edge, **ends))
            arms.append(Arm(step, nested=False, parameters=(relation, select.to)))
            places.append(arms[-1])
        if select.repeat:
            via, repeat = as_json(select.via), as_json(select.repeat)
            texts.append(_WALK.format(arm=len(places), **ends))
            arms.append(Arm(step, nested=True, parameters=(via, select.to, repeat, select.to, repeat)))
            places += [arms[-1]] * len(select.repeat)
    return Level(" UNION ALL ".join(texts), tuple(arms), tuple(places), steps)


def _gather(level: Level, rows: list[Row]) -> dict[tuple[Step, bool], Groups]:
    """Decode what a statement found, by selection and parent, in the order of the relation types."""
    found: dict[tuple[Step, bool], Groups] = defaultdict(lambda: defaultdict(list))
    rows.sort(key=itemgetter(0))
    for place, same in groupby(rows, itemgetter(0)):
        arm = level.places[place]
        _decode(arm.step.select, same, found[arm.step, arm.nested])
    return found


def _decode(select: Select, rows: Iterable[Row], groups: Groups) -> None:
    loads, where, names = orjson.loads, select.where, tuple(select.children)
    for _, parent, row, key, props, edge in rows:
        children: dict[str, list[Record]] = {name: [] for name in names} if names else {}
        found = Found(row, key, loads(props), loads(edge) if edge else {}, children)
        if not where or matches(found.props, where):
            groups[parent].append(found)


def _hang(step: Step, groups: Groups, nested: Groups, parents: Groups) -> Groups:
    """Hang what was found under its parents; return what stands at which row, for the next level."""
    select, deeper = step.select, bool(step.select.children)
    below = {row: _arrange(select, select.repeat, found) for row, found in nested.items()}
    standing: Groups = defaultdict(list)
    for parent, found in groups.items():
        kept = _arrange(select, select.via, found)[: select.limit]
        for holder in parents[parent]:
            holder.children[step.name] = list(kept)
        for record in kept if deeper or select.repeat else ():
            for standing_record in _nest(record, select, below, (record.key,)) if select.repeat else (record,):
                standing[standing_record.row].append(standing_record)
    return standing


def _arrange(select: Select, types: Sequence[str], found: list[Found]) -> list[Found]:
    if len(found) == 1:
        return found
    if len(types) > 1:  # the type named first came first
        found = list({record.key: record for record in reversed(found)}.values())
    found.sort(key=attrgetter("key"))
    return arrange(found, select.order, _sorted_by) if select.order else found


def _sorted_by(record: Found, order: Order) -> Value | None:
    return (record.props if order.on == "node" else record.edge).get(order.name)


def _nest(record: Found, select: Select, below: Groups, path: tuple[str, ...]) -> Iterator[Found]:
    """Hang what is nested under a record, and under that in turn; yield each of them, the record first."""
    yield record
    inside = [child for child in below.get(record.row, ()) if child.key not in path] if len(path) < MAX_NESTING else []
    # A node may be nested in several places: each is a record of its own.
    own = [Found(c.row, c.key, c.props, c.edge, _none(select.children)) for c in inside[: select.limit]]
    record.children[NESTED] = list(own)
    for child in own:
        yield from _nest(child, select, below, (*path, child.key))


def _none(names: Iterable[str]) -> dict[str, list[Record]]:
    return {name: [] for name in names}
