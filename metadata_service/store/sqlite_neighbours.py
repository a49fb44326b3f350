"""What is next to nodes in SQLite: ranked page by page, counted, and the relations among a set of nodes."""

from collections.abc import Sequence
from functools import cache, lru_cache

import orjson

from metadata_service.store.mutations import Edge, EdgeRef, NodeRef
from metadata_service.store.sqlite_sessions import Session, as_json
from metadata_service.store.sqlite_statements import ENDS
from metadata_service.store.sqlite_transaction import by_label
from metadata_service.store.ways import Ask, Degrees, Neighbour, Way, leading, relations_of

_new = tuple.__new__  # Neighbour(…) without its detour through Python, as in sqlite_steps.py

# Row ids never leave a statement, so each is a state of the graph by itself and none needs a transaction around it.
_ROW = "(SELECT id FROM node WHERE label = :near_label{place} AND key = :near_key{place})"
_ARM = "SELECT e.{far} AS id FROM edge AS e WHERE e.{near} = {row} AND e.type = {kind}"
# Every relation that leads to one node leads to it once: several of them may meet there.
_FIRST = (
    "SELECT * FROM (SELECT {place}, f.label, f.key, CASE WHEN json_type(f.props, :by) IN ('integer', 'real')"
    " THEN json_extract(f.props, :by) ELSE 0 END AS rank"
    " FROM ({arms}) AS walk CROSS JOIN node AS f ON f.id = walk.id{behind}"
    " ORDER BY rank DESC, f.key, f.label LIMIT :limit) AS ranked{place}"
)
_BEHIND = (
    " WHERE rank < :rank{place} OR rank = :rank{place}"
    " AND (f.key > :key{place} OR f.key = :key{place} AND f.label > :label{place})"
)
_TOGETHER = 8  # asks that one statement answers
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
    """Answer each ask, a few of them by a statement: a node's neighbours are sorted by themselves."""
    found: list[list[Neighbour]] = []
    for begin in range(0, len(asked), _TOGETHER):
        found += _first(session, asked[begin : begin + _TOGETHER], ways, by, limit)
    return found


def _first(session: Session, asked: Sequence[Ask], ways: tuple[Way, ...], by: str, limit: int) -> list[list[Neighbour]]:
    found: list[list[Neighbour]] = [[] for _ in asked]
    kinds = tuple([(near.label, along, after is not None) for near, along, after in asked])
    statement, fixed = _first_statement(ways, kinds)
    if not statement:
        return found
    told = {**fixed, "by": f"$.{by}", "limit": limit}
    for place, (near, _, after) in enumerate(asked):
        told[f"near_key{place}"] = near.key
        if after is not None:
            told |= {f"rank{place}": after.rank, f"key{place}": after.ref.key, f"label{place}": after.ref.label}
    for place, label, key, rank in session.run(statement, told).fetchall():
        found[place].append(_new(Neighbour, (_new(NodeRef, (label, key)), rank)))
    return found


@lru_cache(maxsize=256)
def _first_statement(ways: tuple[Way, ...], kinds: tuple[tuple[str, bool, bool], ...]) -> tuple[str, dict[str, object]]:
    """Write the statement for asks of these labels, sides, and whether each goes on; and what it is told each time.

    Empty where no way leads anywhere.
    """
    relations = relations_of(ways)
    told: dict[str, object] = {f"kind{place}": relation for place, relation in enumerate(relations)}
    parts = []
    for place, (label, along, goes_on) in enumerate(kinds):
        row, behind = _ROW.format(place=place), _BEHIND.format(place=place) if goes_on else ""
        arms = [
            _ARM.format(**ENDS[way.direction], row=row, kind=f":kind{relations.index(way.relation)}")
            for way in leading(ways, label, along)
        ]
        if arms:
            told[f"near_label{place}"] = label
            parts.append(_FIRST.format(place=place, arms=" UNION ".join(arms), behind=behind))
    return " UNION ALL ".join(parts), told


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
