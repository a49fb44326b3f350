"""Walk breadth-first over SQLite: one statement a step over row ids alone, then the names of what was met."""

from collections.abc import Sequence
from itertools import islice

from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import Reach
from metadata_service.store.sqlite_sessions import Session, as_json
from metadata_service.store.sqlite_statements import ENDS
from schemas.graph import Direction

_START = "SELECT id FROM node WHERE label = ? AND key = ?"
_STEPS = (
    "SELECT e.{near}, e.{far} FROM json_each(?) AS k"
    " CROSS JOIN edge AS e ON e.{near} = k.value AND e.type IN (SELECT value FROM json_each(?))"
)
_NAMES = "SELECT n.id, n.label, n.key FROM json_each(?) AS k CROSS JOIN node AS n ON n.id = k.value"


def reach(
    session: Session, start: NodeRef, relations: Sequence[str], direction: Direction, depth: int, limit: int
) -> Reach:
    """Find the steps that begin less than `depth` steps from `start`, in a session that sees one state throughout."""
    found = session.run(_START, start).fetchone()
    if found is None:
        return Reach([start], [])
    statement, kinds = _STEPS.format(**ENDS[direction]), as_json(list(relations))
    places: dict[int, int] = {found[0]: 0}  # by row id
    steps: dict[tuple[int, int], None] = {}
    frontier = [found[0]]
    while depth > 0 and frontier and len(steps) < limit:
        pairs = dict.fromkeys(islice(session.run(statement, (as_json(frontier), kinds)), limit))
        steps.update(pairs)
        frontier = list(dict.fromkeys(far for _, far in pairs if far not in places))
        places.update(zip(frontier, range(len(places), len(places) + len(frontier)), strict=True))
        depth -= 1
    names = {row: NodeRef(label, key) for row, label, key in session.run(_NAMES, (as_json(list(places)),))}
    return Reach([names[row] for row in places], [(places[a], places[b]) for a, b in islice(steps, limit)])
