"""Write shapes in SQL: one statement a level, whatever the data holds.

An arm of a level's statement follows one relation type, for all selections that differ by the label it leads to only;
`repeat` adds a recursive walk. An arm is told the rows of its parents. What it finds is tested, sorted and cut where it
is decoded anyway (sqlite_records.py), by the rules the reference model uses.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property, lru_cache

from metadata_service.store.shapes import NESTED, Select, Shape
from metadata_service.store.sqlite_sessions import as_json
from metadata_service.store.sqlite_statements import ENDS
from schemas.graph import GONE, Direction

ROOTS = "SELECT n.id, n.key, n.props FROM json_each(?) AS k CROSS JOIN node AS n ON n.label = ? AND n.key = k.value"
# `place` tells which selection found a row: by its label, where several follow the same relation.
_STEP = (
    "SELECT {place}, e.{near}, n.id, n.key, n.props, {edge} FROM json_each(?) AS p"
    " CROSS JOIN edge AS e ON e.{near} = p.value AND e.type = ?"
    " CROSS JOIN node AS n ON n.id = e.{far} AND n.label IN ({labels})"
)
# The same of which only the number matters: it stands in the place of a row.
_COUNT = (
    "SELECT {place}, e.{near}, count(*), '', '{{}}', NULL FROM json_each(?) AS p"
    " CROSS JOIN edge AS e ON e.{near} = p.value AND e.type = ?"
    " CROSS JOIN node AS n ON n.id = e.{far} AND n.label IN ({labels}) AND n.gone_since IS NULL"
    " GROUP BY e.{near}, n.label"
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


@dataclass(frozen=True, eq=False)
class Step:
    """One selection: the child `name` of what `parent` finds (None: of the roots).

    `via` and `repeat` say where its relation types stand in the statement of its level. What is derived of it is asked
    for each run of rows, and so remembered.
    """

    name: str
    select: Select
    parent: "Step | None"
    via: range
    repeat: range

    @cached_property
    def children(self) -> tuple[str, ...]:
        """The names of what hangs under each of its records."""
        return (*self.select.children, NESTED) if self.select.repeat else tuple(self.select.children)

    @cached_property
    def counted(self) -> bool:
        """Whether the database counts what it finds: what is there still, by one relation type, as a whole."""
        plain = Select(self.select.via[:1], self.select.to, self.select.direction, where={GONE: None}, counted=True)
        return all(getattr(self.select, item.name) == getattr(plain, item.name) for item in fields(Select))

    @cached_property
    def absent(self) -> str:
        """The one property that is tested, for its absence; empty where another test is made, or none."""
        names = [name for name, value in self.select.where.items() if value is None]
        return names[0] if len(names) == len(self.select.where) == 1 else ""

    @cached_property
    def unwanted(self) -> str:
        """The one property, as JSON writes it, without which those of a node need not be read; empty if there is none.

        Of what a person owns, say, it only matters which of it is not gone.
        """
        looked_at = self.select.props != () or any(order.on == "node" for order in self.select.order)
        return as_json(self.absent) if self.absent and not looked_at else ""


# What a row of a level holds: place, parent's row, own row, key, properties, relation's properties.
Row = tuple[int, int, int, str, str, str | None]


@dataclass(frozen=True, slots=True)
class Arm:
    """One part of a level's statement, with what it needs to be told before and behind its parents' rows."""

    before: tuple[str, ...]
    parent: Step | None
    behind: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """All selections of one depth. A row says by which place of `places` it was found: one per relation type."""

    statement: str
    arms: tuple[Arm, ...]
    places: tuple[Step, ...]
    parents: tuple[Step | None, ...]


_Arm = tuple[str, Arm]  # with its text
_Placed = tuple[int, Step]
# Parent, relation, direction, how often its label was met before, whether it is counted.
_Walked = tuple[Step | None, str, Direction, int, bool]


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
    arms = [
        _step(_COUNT if counted else _STEP, relation, direction, parent, followed)
        for (parent, relation, direction, _, counted), followed in _followed(steps).items()
    ]
    arms += [_walk(step) for step in steps if step.select.repeat]
    return Level(
        " UNION ALL ".join(text for text, _ in arms),
        tuple(arm for _, arm in arms),
        tuple(step for step in steps for _ in (*step.via, *step.repeat)),
        tuple(dict.fromkeys(step.parent for step in steps)),
    )


def _followed(steps: tuple[Step, ...]) -> dict[_Walked, list[_Placed]]:
    """Put together what follows the same relation from the same records, no label twice: each with its place."""
    groups = defaultdict[_Walked, list[_Placed]](list)
    met = Counter[tuple[Step | None, str, Direction, str, bool]]()
    for step in steps:
        parent, direction, to, counted = step.parent, step.select.direction, step.select.to, step.counted
        for place, relation in zip(step.via, step.select.via, strict=True):
            before = met[parent, relation, direction, to, counted]
            groups[parent, relation, direction, before, counted].append((place, step))
            met[parent, relation, direction, to, counted] += 1
    return groups


def _step(template: str, relation: str, direction: Direction, parent: Step | None, followed: list[_Placed]) -> _Arm:
    labels = tuple(step.select.to for _, step in followed)
    one = len(followed) == 1
    whens = " ".join(f"WHEN ? THEN {place:d}" for place, _ in followed)
    edge = "e.props" if any(map(_has_edge, followed)) else "NULL"
    place = f"{followed[0][0]:d}" if one else f"CASE n.label {whens} END"
    text = template.format(place=place, edge=edge, labels=", ".join("?" * len(labels)), **ENDS[direction])
    return text, Arm(() if one else labels, parent, (relation, *labels))


def _walk(step: Step) -> _Arm:
    select = step.select
    via, repeat = as_json(select.via), as_json(select.repeat)
    text = _WALK.format(first=step.repeat.start, **ENDS[select.direction])
    return text, Arm((), step.parent, (via, select.to, repeat, select.to, repeat))


def _has_edge(placed: _Placed) -> bool:
    select = placed[1].select
    return bool(select.edge_props) or any(order.on == "edge" for order in select.order)
