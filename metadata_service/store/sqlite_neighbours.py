"""What is next to nodes in SQLite: ranked page by page, counted, and the relations among a set of nodes."""

from collections.abc import Sequence
from functools import cache

import orjson

from metadata_service.store.mutations import Edge, EdgeRef, NodeRef
from metadata_service.store.sqlite_sessions import Session, as_json
from metadata_service.store.sqlite_statements import ENDS
from metadata_service.store.sqlite_transaction import by_label
from metadata_service.store.ways import Ask, Degrees, Neighbour, Way, leading, relations_of

_new = tuple.__new__  # Neighbour(…) without its detour through Python, as in sqlite_steps.py

# Row ids never leave a statement, so each is a state of the graph by itself and none needs a transaction around it.
_ROW = "(SELECT id FROM node WHERE label = :near_label AND key = :near_key)"
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
_COUNTS = (
    "SELECT n.key, {against}, {along} FROM json_each(:keys) AS k"
    " CROSS JOIN node AS n ON n.label = :label AND n.key = k.value"
)
_COUNT = "(SELECT count(*) FROM edge AS e WHERE e.{near} = {row} AND e.type = {kind}{others})"
# What a relation before leads to as well has been counted: quicker to look up than to gather all and tell them apart.
_NOT_BEFORE = (
    " AND NOT EXISTS (SELECT 1 FROM edge AS b WHERE b.{near} = {row} AND b.type = {kind} AND b.{far} = e.{its_far})"
)
_ENDS = "SELECT n.id, ?, k.key FROM json_each(?) AS k CROSS JOIN node AS n ON n.label = ? AND n.key = k.value"
_BETWEEN = (
    "WITH ends (id, label, place) AS ({ends})"
    " SELECT walk.label, walk.place, e.type, b.label, b.place, e.props FROM ends AS walk CROSS JOIN edge AS e"
    " ON e.source = walk.id AND e.type IN (SELECT value FROM json_each(?)) JOIN ends AS b ON b.id = e.target LIMIT ?"
)


def neighbours(
    session: Session, asked: Sequence[Ask], ways: tuple[Way, ...], by: str, limit: int
) -> list[list[Neighbour]]:
    """Answer each ask: a statement for each, since a node's neighbours are sorted by themselves."""
    return [_first(session, ask, ways, by, limit) for ask in asked]


def _first(session: Session, ask: Ask, ways: tuple[Way, ...], by: str, limit: int) -> list[Neighbour]:
    (label, key), along, after = ask
    statement, told = _first_statement(ways, label, along)
    if not statement:
        return []
    told = {**told, "near_key": key, "by": f"$.{by}", "limit": limit}
    if after is not None:
        told |= {"rank": after.rank, "key": after.ref.key, "label": after.ref.label}
    found = session.run(statement, told)
    return [_new(Neighbour, (_new(NodeRef, (label, key)), rank)) for label, key, rank in found]


@cache
def _first_statement(ways: tuple[Way, ...], label: str, along: bool) -> tuple[str, dict[str, object]]:
    """Write the statement from nodes of a label, and what it is told each time; empty where no way leads anywhere."""
    led = leading(ways, label, along)
    arms = [_ARM.format(**ENDS[way.direction], row=_ROW, kind=f":kind{place}") for place, way in enumerate(led)]
    told: dict[str, object] = {f"kind{place}": way.relation for place, way in enumerate(led)}
    told |= {"near_label": label, "rank": None, "key": None, "label": None}
    return _FIRST.format(arms=" UNION ".join(arms)) if arms else "", told


def neighbour_counts(session: Session, refs: Sequence[NodeRef], ways: tuple[Way, ...]) -> dict[NodeRef, Degrees]:
    """Count around nodes: a statement for each label, off the indexes alone."""
    kinds = {f"kind{place}": relation for place, relation in enumerate(relations_of(ways))}
    found: dict[NodeRef, Degrees] = {}
    for label, named in by_label(refs).items():
        told: dict[str, object] = {**kinds, "label": label, "keys": as_json(list(named))}
        for key, against, along in session.run(_counts_statement(ways, label), told):
            found[named[key]] = Degrees(against, along)
    return found


@cache
def _counts_statement(ways: tuple[Way, ...], label: str) -> str:
    relations = relations_of(ways)
    against, along = (count_of(leading(ways, label, side), relations, "n.id") for side in (False, True))
    return _COUNTS.format(against=against, along=along)


def count_of(ways: tuple[Way, ...], relations: list[str], row: str) -> str:
    """Write how many distinct nodes the ways lead to from a row; a relation is told by its place among all."""
    kinds = [f":kind{relations.index(way.relation)}" for way in ways]
    counts = []
    for place, way in enumerate(ways):
        ends = ENDS[way.direction]
        others = [
            _NOT_BEFORE.format(**ENDS[other.direction], row=row, kind=kind, its_far=ends["far"])
            for other, kind in zip(ways[:place], kinds, strict=False)
        ]
        counts.append(_COUNT.format(**ends, row=row, kind=kinds[place], others="".join(others)))
    return " + ".join(counts) or "0"


def between(session: Session, refs: Sequence[NodeRef], relations: Sequence[str], limit: int) -> list[Edge]:
    """Find relations among nodes, of each the properties, in one statement."""
    ends = {label: list(named.values()) for label, named in by_label(refs).items()}
    if not ends:
        return []
    statement = _BETWEEN.format(ends=" UNION ALL ".join([_ENDS] * len(ends)))
    told = [text for label, some in ends.items() for text in (label, as_json([ref.key for ref in some]), label)]
    found = session.run(statement, (*told, as_json(list(relations)), limit))
    return [
        Edge(EdgeRef(kind, ends[label][place], ends[far_label][far_place]), orjson.loads(props))
        for label, place, kind, far_label, far_place, props in found
    ]
