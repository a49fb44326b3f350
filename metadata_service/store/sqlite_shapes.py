"""Write shapes in SQL: one statement a level, whatever the data holds.

A selection is one arm of its level's statement for each relation type it follows; `repeat` adds a recursive walk.
An arm is told the rows of its parents. What it finds is tested, sorted and cut where it is decoded anyway
(sqlite_records.py), by the rules the reference model uses.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from metadata_service.store.shapes import NESTED, Select, Shape
from metadata_service.store.sqlite_sessions import as_json
from metadata_service.store.sqlite_statements import ENDS

ROOTS = "SELECT n.id, n.key, n.props FROM json_each(?) AS k CROSS JOIN node AS n ON n.label = ? AND n.key = k.value"
_STEP = (
    "SELECT {place}, e.{near}, n.id, n.key, n.props, {edge} FROM json_each(?) AS p"
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
    ") SELECT {first} + walk.place, walk.parent, n.id, n.key, n.props, e.props FROM walk"
    " CROSS JOIN json_each(?) AS t ON t.key = walk.place"
    " CROSS JOIN edge AS e ON e.{near} = walk.parent AND e.type = t.value AND e.{far} = walk.id"
    " CROSS JOIN node AS n ON n.id = walk.id)"
)


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """One selection: the child `name` of what `parent` finds (None: of the roots).

    `via` and `repeat` say where its relation types stand in the statement of its level.
    """

    name: str
    select: Select
    parent: "Step | None"
    via: range
    repeat: range

    @property
    def children(self) -> tuple[str, ...]:
        """The names of what hangs under each of its records."""
        return (*self.select.children, NESTED) if self.select.repeat else tuple(self.select.children)


# What a row of a level holds: place, parent's row, own row, key, properties, relation's properties.
Row = tuple[int, int, int, str, str, str | None]


@dataclass(frozen=True, slots=True)
class Arm:
    """One part of a level's statement, with what it needs to be told beside its parents' rows."""

    parent: Step | None
    parameters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """All selections of one depth. A row says by which place of `places` it was found: one per relation type."""

    statement: str
    arms: tuple[Arm, ...]
    places: tuple[Step, ...]
    parents: tuple[Step | None, ...]


@lru_cache(maxsize=512)
def compile_levels(shape: Shape) -> tuple[Level, ...]:
    """Write the statement of each level of a shape."""
    levels = []
    steps = _steps((None, shape.children))
    while steps:
        levels.append(_level(steps))
        steps = _steps(*((step, step.select.children) for step in steps))
    return tuple(levels)


def _steps(*parents: tuple[Step | None, Mapping[str, Select]]) -> tuple[Step, ...]:
    """Give every selection of a level its places: one for each relation type, in turn."""
    steps: list[Step] = []
    place = 0
    for parent, selects in parents:
        for name, select in selects.items():
            nested = place + len(select.via)
            end = nested + len(select.repeat)
            steps.append(Step(name, select, parent, range(place, nested), range(nested, end)))
            place = end
    return tuple(steps)


def _level(steps: tuple[Step, ...]) -> Level:
    texts: list[str] = []
    arms: list[Arm] = []
    for step in steps:
        select, ends = step.select, ENDS[step.select.direction]
        edge = "e.props" if select.edge_props or any(order.on == "edge" for order in select.order) else "NULL"
        for place, relation in zip(step.via, select.via, strict=True):
            texts.append(_STEP.format(place=place, edge=edge, **ends))
            arms.append(Arm(step.parent, (relation, select.to)))
        if select.repeat:
            via, repeat = as_json(select.via), as_json(select.repeat)
            texts.append(_WALK.format(first=step.repeat.start, **ends))
            arms.append(Arm(step.parent, (via, select.to, repeat, select.to, repeat)))
    places = tuple(step for step in steps for _ in (*step.via, *step.repeat))
    return Level(" UNION ALL ".join(texts), tuple(arms), places, tuple(dict.fromkeys(step.parent for step in steps)))
