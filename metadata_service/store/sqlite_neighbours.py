"""What is next to nodes in SQLite: ranked page by page, counted, and the relations among a set of nodes."""

from collections.abc import Sequence
from functools import cache

import orjson

from metadata_service.store.mutations import Edge, EdgeRef, NodeRef
from metadata_service.store.sqlite_sessions import Session, as_json
from metadata_service.store.sqlite_statements import ENDS
from metadata_service.store.sqlite_transaction import by_label
from metadata_service.store.ways import Ask, Degrees, Neighbour, Way, leading

_NEAR = "SELECT n.key, n.id FROM json_each(?) AS k CROSS JOIN node AS n ON n.label = ? AND n.key = k.value"
_ARM = "SELECT e.{far} AS id FROM edge AS e WHERE e.{near} = {row} AND e.type = {kind}"
# Every relation that leads to one node leads to it once: several of them may meet there.
_FIRST = (
    "SELECT f.label, f.key, CASE WHEN json_type(f.props, :by) IN ('integer', 'real')"
    " THEN json_extract(f.props, :by) ELSE 0 END AS rank"
    " FROM ({arms}) AS walk CROSS JOIN node AS f ON f.id = walk.id"
    " WHERE :rank IS NULL OR rank < :rank OR rank = :rank"
    " AND (f.key > :key OR f.key = :key AND f.label > :label)"
    " ORDER BY rank DESC, f.key, f.label LIMIT :limit"
)
_COUNTS = "SELECT k.value, {against}, {along} FROM json_each(?) AS k"
_BETWEEN = (
    "SELECT e.source, e.type, e.target, e.props FROM json_each(?) AS k CROSS JOIN edge AS e"
    " ON e.source = k.value AND e.type IN (SELECT value FROM json_each(?))"
    " WHERE e.target IN (SELECT value FROM json_each(?)) LIMIT ?"
)


def neighbours(
    session: Session, asked: Sequence[Ask], ways: tuple[Way, ...], by: str, limit: int
) -> list[list[Neighbour]]:
    """Answer each ask: a statement for each, since a node's neighbours are sorted by themselves."""
    rows = _rows(session, [ask.near for ask in asked])
    return [_first(session, rows[ask.near], ask, ways, by, limit) if ask.near in rows else [] for ask in asked]


def _first(session: Session, row: int, ask: Ask, ways: tuple[Way, ...], by: str, limit: int) -> list[Neighbour]:
    led = leading(ways, ask.near.label, ask.along)
    if not led:
        return []
    after = ask.after
    told: dict[str, object] = {f"kind{place}": way.relation for place, way in enumerate(led)}
    told |= {"row": row, "by": f"$.{by}", "limit": limit, "rank": None, "key": None, "label": None}
    if after is not None:
        told |= {"rank": after.rank, "key": after.ref.key, "label": after.ref.label}
    found = session.run(_first_statement(led), told)
    return [Neighbour(NodeRef(label, key), rank) for label, key, rank in found]


@cache
def _first_statement(ways: tuple[Way, ...]) -> str:
    arms = [_ARM.format(**ENDS[way.direction], row=":row", kind=f":kind{place}") for place, way in enumerate(ways)]
    return _FIRST.format(arms=" UNION ".join(arms))


def neighbour_counts(session: Session, refs: Sequence[NodeRef], ways: tuple[Way, ...]) -> dict[NodeRef, Degrees]:
    """Count around nodes: a statement for each label, off the indexes alone."""
    found: dict[NodeRef, Degrees] = {}
    for label, named in by_label(refs).items():
        rows = {row: ref for ref, row in _rows(session, list(named.values())).items()}
        statement, kinds = _counts_statement(leading(ways, label, False), leading(ways, label, True))
        for row, against, along in session.run(statement, (*kinds, as_json(list(rows)))):
            found[rows[row]] = Degrees(against, along)
    return found


@cache
def _counts_statement(against: tuple[Way, ...], along: tuple[Way, ...]) -> tuple[str, list[str]]:
    statement = _COUNTS.format(against=_count_of(against), along=_count_of(along))
    return statement, [way.relation for way in (*against, *along)]


def _count_of(ways: tuple[Way, ...]) -> str:
    arms = [_ARM.format(**ENDS[way.direction], row="k.value", kind="?") for way in ways]
    return f"(SELECT count(*) FROM ({' UNION '.join(arms)}) AS walk)" if arms else "0"  # noqa: S608  # of the above alone


def between(session: Session, refs: Sequence[NodeRef], relations: Sequence[str], limit: int) -> list[Edge]:
    """Find relations among nodes, of each the properties."""
    ends = {row: ref for ref, row in _rows(session, refs).items()}
    rows = as_json(list(ends))
    found = session.run(_BETWEEN, (rows, as_json(list(relations)), rows, limit))
    return [Edge(EdgeRef(kind, ends[a], ends[b]), orjson.loads(props)) for a, kind, b, props in found]


def _rows(session: Session, refs: Sequence[NodeRef]) -> dict[NodeRef, int]:
    """Find the row of each node that exists."""
    return {
        named[key]: row
        for label, named in by_label(refs).items()
        for key, row in session.run(_NEAR, (as_json(list(named)), label))
    }
