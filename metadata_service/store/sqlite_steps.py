"""One breadth-first step over SQLite: one statement for a whole frontier, sorted here, where rows are cheap to sort."""

from collections.abc import Callable, Iterator, Sequence
from heapq import nsmallest
from itertools import chain, islice

from metadata_service.store.mutations import EdgeRef, NodeRef
from metadata_service.store.sqlite_sessions import Session, as_json
from metadata_service.store.sqlite_statements import ENDS
from metadata_service.store.sqlite_transaction import by_label
from schemas.graph import Direction

_ARM = (
    "SELECT ? + k.key, f.key, f.label FROM json_each(?) AS k"
    " CROSS JOIN node AS n ON n.label = ? AND n.key = k.value"
    " CROSS JOIN edge AS e ON e.{near} = n.id AND e.type = ?"
    " CROSS JOIN node AS f ON f.id = e.{far}"
)
# EdgeRef(…) and NodeRef(…) without their detour through Python: what a step costs is making these.
_new = tuple.__new__

Row = tuple[int, str, str]  # a place, key and label of the far end


def neighbourhood(
    session: Session, refs: Sequence[NodeRef], relations: Sequence[str], direction: Direction, limit: int
) -> list[EdgeRef]:
    """Return the first `limit` relations of these types; one arm of the statement for each type and label."""
    places: list[tuple[str, NodeRef]] = []
    parameters: list[object] = []
    arms = [
        (label, kind, named)
        for label, named in by_label(sorted(set(refs))).items()
        for kind in dict.fromkeys(relations)
    ]
    for label, kind, named in arms:
        parameters += [len(places), as_json(list(named)), label, kind]
        places += [(kind, ref) for ref in named.values()]
    if not arms:
        return []

    def by_ends(row: Row) -> tuple[str, ...]:
        kind, near = places[row[0]]
        return (near.key, near.label, row[1], row[2], kind)

    statement = " UNION ALL ".join([_ARM.format(**ENDS[direction])] * len(arms))
    # The places of a single arm are in the order of their keys.
    rows = _first(session.run(statement, parameters), limit, by_ends if len(arms) > 1 else None)
    steps = ((kind, near, _new(NodeRef, (label, key))) for place, key, label in rows for kind, near in (places[place],))
    if direction is Direction.OUT:
        return [_new(EdgeRef, step) for step in steps]
    return [_new(EdgeRef, (kind, far, near)) for kind, near, far in steps]


def _first(rows: Iterator[Row], limit: int, order: Callable[[Row], tuple[str, ...]] | None) -> list[Row]:
    """Return the least rows in order; never holds many more than it returns."""
    found = list(islice(rows, limit + 1))
    if len(found) > limit:
        return nsmallest(limit, chain(found, rows), key=order)
    return sorted(found, key=order)
