"""What the SQLite adapter asks, apart from shapes and writes. Braces are filled from what stands in this file alone."""

import math
from collections.abc import Mapping, Sequence

from metadata_service.store.port import Related
from metadata_service.store.sqlite_sessions import as_json
from schemas.graph import POPULARITY, Direction

# The end of a relation one stands at, and the end one walks to.
ENDS = {
    Direction.OUT: {"near": "source", "far": "target"},
    Direction.IN: {"near": "target", "far": "source"},
}

LIST_NODES = "SELECT key, props FROM node WHERE label = ? AND key > ? AND key < ? ORDER BY key LIMIT ?"
LIST_NODES_FROM = "SELECT key, props FROM node WHERE label = ? AND key >= ? AND key < ? ORDER BY key LIMIT ?"
LIST_EDGES = (
    "SELECT s.key, t.key, e.props FROM node AS s CROSS JOIN edge AS e ON e.source = s.id AND e.type = ?"
    " CROSS JOIN node AS t ON t.id = e.target AND t.label = ?"
    " WHERE s.label = ? AND s.key >= ? AND (s.key > ? OR t.key > ?) ORDER BY s.key, t.key LIMIT ?"
)
_POPULAR = (
    "SELECT key, props FROM node WHERE label = ? AND popularity IS NOT NULL{reaching}"
    " ORDER BY popularity DESC, key LIMIT ?"
)
_RANK = "SELECT key, props FROM node WHERE label = ?{reaching} ORDER BY json_extract(props, ?) DESC, key LIMIT ?"
_REACHING = " AND json_type(props, ?) IN ('integer', 'real') AND json_extract(props, ?) >= ?"
_COUNT = "SELECT count(*) FROM node AS n WHERE n.label = ?"
_HAVING = (
    " AND EXISTS (SELECT 1 FROM edge AS e CROSS JOIN node AS f ON f.id = e.{far}"
    " WHERE e.{near} = n.id AND e.type IN (SELECT value FROM json_each(?))"
    " AND f.label IN (SELECT value FROM json_each(?)) AND (? IS NULL OR json_extract(f.props, ?) <> ''))"
)
_DEGREES = (
    "SELECT n.key, n.props, count(DISTINCT e.{far}) FROM node AS n CROSS JOIN edge AS e"
    " ON e.{near} = n.id AND e.type IN (SELECT value FROM json_each(?)) WHERE n.label = ? GROUP BY n.key ORDER BY n.key"
)
DEGREES = {direction: _DEGREES.format(**ends) for direction, ends in ENDS.items()}
TALLIES = (
    "SELECT n.id, n.props, count(e.target), coalesce(sum(CASE json_type(e.props, ?) WHEN 'integer'"
    " THEN max(0, min(json_extract(e.props, ?), ?)) ELSE 0 END), 0)"
    " FROM node AS n LEFT JOIN edge AS e ON e.source = n.id AND e.type = ? WHERE n.label = ? GROUP BY n.key"
)
UPDATE_NODE = "UPDATE node SET props = ?, popularity = ? WHERE id = ?"


def rank(label: str, by: str, limit: int, minimum: Mapping[str, float]) -> tuple[str, list[object]]:
    """Write a ranking: over its own index for POPULARITY, over all nodes of the label else."""
    floors = dict(minimum) if by == POPULARITY else {by: -math.inf, **minimum}
    parameters: list[object] = [label]
    for name, floor in floors.items():
        parameters += [f"$.{name}", f"$.{name}", floor]
    if by == POPULARITY:
        return _POPULAR.format(reaching=_REACHING * len(floors)), [*parameters, limit]
    return _RANK.format(reaching=_REACHING * len(floors)), [*parameters, f"$.{by}", limit]


def count(label: str, having: Sequence[Related]) -> tuple[str, list[object]]:
    """Write a count of the nodes that pass every test."""
    parameters: list[object] = [label]
    for test in having:
        parameters += [as_json(list(test.via)), as_json(list(test.to)), test.non_empty, f"$.{test.non_empty}"]
    return _COUNT + "".join(_HAVING.format(**ENDS[test.direction]) for test in having), parameters
