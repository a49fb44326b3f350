"""What the SQLite adapter asks, apart from shapes and writes. Braces are filled from what stands in this file alone."""

import math
from collections.abc import Mapping, Sequence

from metadata_service.store.port import Related
from metadata_service.store.sqlite_sessions import as_json
from schemas.graph import RANKED, Direction

# The end of a relation one stands at, and the end one walks to.
ENDS = {
    Direction.OUT: {"near": "source", "far": "target"},
    Direction.IN: {"near": "target", "far": "source"},
}

LIST_NODES = "SELECT key, props FROM node WHERE label = ? AND key > ? AND key < ? ORDER BY key LIMIT ?"
LIST_NODES_FROM = "SELECT key, props FROM node WHERE label = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?"
LIST_NODES_DOWN = "SELECT key, props FROM node WHERE label = ? AND key >= ? AND key < ? ORDER BY key DESC LIMIT ?"
LIST_EDGES = (
    "SELECT s.key, t.key, e.props FROM node AS s CROSS JOIN edge AS e ON e.source = s.id AND e.type = ?"
    " CROSS JOIN node AS t ON t.id = e.target AND t.label = ?"
    " WHERE s.label = ? AND s.key >= ? AND (s.key > ? OR t.key > ?) ORDER BY s.key, t.key LIMIT ?"
)
_RANK = "SELECT key, props FROM node WHERE label = :label{tests} ORDER BY {value} DESC, key LIMIT :limit"
_REACHING = (
    " AND json_type(props, :name{place}) IN ('integer', 'real') AND json_extract(props, :name{place}) >= :floor{place}"
)
_BEHIND = " AND {value} <= :last AND ({value} < :last OR key > :key)"
# All nodes of a label and those of them that are gone are each counted over an index alone.
_COUNT_ALL = (
    "SELECT (SELECT count(*) FROM node WHERE label = ?)"
    " - (SELECT count(*) FROM node WHERE label = ? AND gone_since IS NOT NULL)"
)
_COUNT = "SELECT count(*) FROM node AS n WHERE n.label = ? AND n.gone_since IS NULL"
LIST_GONE = (
    "SELECT key, props FROM node WHERE label = ? AND gone_since IS NOT NULL AND gone_since < ? AND key > ?"
    " ORDER BY key LIMIT ?"
)
_HAVING = (
    " AND EXISTS (SELECT 1 FROM edge AS e CROSS JOIN node AS f ON f.id = e.{far}"
    " WHERE e.{near} = n.id AND e.type IN (SELECT value FROM json_each(?))"
    " AND f.label IN (SELECT value FROM json_each(?)) AND (? IS NULL OR json_extract(f.props, ?) <> ''))"
)
_DEGREES = (
    "SELECT n.key, n.props, count(DISTINCT e.{far}) FROM node AS n CROSS JOIN edge AS e"
    " ON e.{near} = n.id AND e.type IN (SELECT value FROM json_each(?))"
    " CROSS JOIN node AS f ON f.id = e.{far} AND f.gone_since IS NULL WHERE n.label = ? GROUP BY n.key ORDER BY n.key"
)
DEGREES = {direction: _DEGREES.format(**ends) for direction, ends in ENDS.items()}
TALLIES = (
    "SELECT n.id, n.props, count(e.target), coalesce(sum(CASE json_type(e.props, ?) WHEN 'integer'"
    " THEN max(0, min(json_extract(e.props, ?), ?)) ELSE 0 END), 0)"
    " FROM node AS n LEFT JOIN edge AS e ON e.source = n.id AND e.type = ? WHERE n.label = ? GROUP BY n.key"
)
UPDATE_NODE = "UPDATE node SET props = ?, ranking = ?, gone_since = ? WHERE id = ?"


def rank(
    label: str, by: str, limit: int, minimum: Mapping[str, float], after: tuple[float, str] | None
) -> tuple[str, dict[str, object]]:
    """Write a ranking: over the index of what is RANKED, over all nodes of the label else."""
    told: dict[str, object] = {"label": label, "by": f"$.{by}", "limit": limit}
    value, tests, floors = "json_extract(props, :by)", "", {by: -math.inf, **minimum}
    if RANKED.get(label) == by:
        value, tests, floors = "ranking", " AND ranking IS NOT NULL", dict(minimum)
    for place, (name, floor) in enumerate(floors.items()):
        tests += _REACHING.format(place=place)
        told |= {f"name{place}": f"$.{name}", f"floor{place}": floor}
    if after is not None:
        tests += _BEHIND.format(value=value)
        told |= {"last": after[0], "key": after[1]}
    return _RANK.format(tests=tests, value=value), told


def count(label: str, having: Sequence[Related]) -> tuple[str, list[object]]:
    """Write a count of the nodes that pass every test."""
    if not having:
        return _COUNT_ALL, [label, label]
    parameters: list[object] = [label]
    for test in having:
        parameters += [as_json(list(test.via)), as_json(list(test.to)), test.non_empty, f"$.{test.non_empty}"]
    return _COUNT + "".join(_HAVING.format(**ENDS[test.direction]) for test in having), parameters
