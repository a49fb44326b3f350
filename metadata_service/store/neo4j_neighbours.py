"""What is next to nodes in Neo4j: ranked page by page, counted, and the relations among a set of nodes."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from metadata_service.store.cypher import by_code_point, forward_only, step
from metadata_service.store.mutations import Edge, EdgeRef, NodeRef
from metadata_service.store.neo4j_connection import Run
from metadata_service.store.neo4j_records import edge_of, known, props_of
from metadata_service.store.ways import Ask, Degrees, Neighbour, Way, leading
from schemas.graph import LABELS, Direction

_LABELS = list(LABELS)
_KEY, _AFTER_KEY = by_code_point("m.key"), by_code_point("ask[5]")


def neighbours(read: Run, asked: Sequence[Ask], ways: tuple[Way, ...], by: str, limit: int) -> list[list[Neighbour]]:
    """Answer each ask, in one statement for each label of what it is about."""
    groups: dict[str, list[list[Any]]] = defaultdict(list)
    for place, ask in enumerate(asked):
        after = [None, None, None] if ask.after is None else [ask.after.rank, ask.after.ref.label, ask.after.ref.key]
        groups[ask.near.label].append([place, ask.near.key, ask.along, *after])
    found: list[list[Neighbour]] = [[] for _ in asked]
    for label, rows in groups.items():
        statement = _ranking(label, ways, by)
        for place, near in read(statement, asked=rows, limit=limit, labels=_LABELS) if statement else ():
            refs = ((known(labels, key), rank) for labels, key, rank in near)
            found[place] = [Neighbour(ref, rank) for ref, rank in refs if ref is not None]
    return found


@lru_cache(maxsize=64)
def _ranking(label: str, ways: tuple[Way, ...], by: str) -> str:
    arms = [
        f"WITH n, ask WHERE ask[2] = {str(along).lower()} MATCH {path} RETURN m"
        for along in (True, False)
        for path in _paths(label, ways, along)
    ]
    if not arms:
        return ""
    return (
        f"UNWIND $asked AS ask MATCH (n:{label} {{key: ask[1]}}) CALL (n, ask) {{ "
        f"CALL (n, ask) {{ {' UNION '.join(arms)} }} "
        f"WITH m, ask, CASE WHEN m.{by} IS :: INTEGER NOT NULL | FLOAT NOT NULL THEN m.{by} ELSE 0 END AS rank "
        f"WITH m, ask, rank WHERE ask[3] IS NULL OR rank < ask[3] OR rank = ask[3] AND "
        f"({_KEY} > {_AFTER_KEY} OR m.key = ask[5] AND {_label('m')} > ask[4]) "
        f"WITH m, rank ORDER BY rank DESC, {_KEY}, {_label('m')} LIMIT $limit "
        "RETURN collect([labels(m), m.key, rank]) AS near } RETURN collect([ask[0], near])"
    )


def neighbour_counts(read: Run, refs: Sequence[NodeRef], ways: tuple[Way, ...]) -> dict[NodeRef, Degrees]:
    """Count around nodes, in one statement for each label."""
    found: dict[NodeRef, Degrees] = {}
    for label, keys in _by_label(refs):
        for key, against, along in read(_counting(label, ways), keys=keys):
            found[NodeRef(label, key)] = Degrees(against, along)
    return found


@lru_cache(maxsize=64)
def _counting(label: str, ways: tuple[Way, ...]) -> str:
    counts = [
        f"COUNT {{ {' UNION '.join(f'MATCH {path} RETURN m' for path in paths)} }}" if paths else "0"
        for paths in (_paths(label, ways, False), _paths(label, ways, True))
    ]
    return f"UNWIND $keys AS key MATCH (n:{label} {{key: key}}) RETURN collect([key, {', '.join(counts)}])"


def between(read: Run, refs: Sequence[NodeRef], relations: Sequence[str], limit: int) -> list[Edge]:
    """Find relations among nodes in one statement; each once, though a graph that others write to may have it twice."""
    groups = _by_label(refs)
    if not groups or not relations or limit < 1:
        return []
    arms = [
        f"UNWIND $keys{place} AS key MATCH (n:{label} {{key: key}}) RETURN n" for place, (label, _) in enumerate(groups)
    ]
    statement = (
        f"CALL () {{ {' UNION ALL '.join(arms)} }} WITH collect(n) AS ends UNWIND ends AS a "
        f"MATCH (a)-[r:{'|'.join(relations)}]->(b) WHERE b IN ends WITH a, r, b LIMIT $limit "
        "RETURN collect([labels(a), a.key, type(r), labels(b), b.key, properties(r)])"
    )
    keys = {f"keys{place}": keys for place, (_, keys) in enumerate(groups)}
    found: dict[EdgeRef, Edge] = {}
    for near_labels, near_key, kind, labels, key, props in read(statement, limit=limit, **keys):
        near = known(near_labels, near_key)
        edge = edge_of(kind, near, labels, key, Direction.OUT) if near is not None else None
        if edge is not None:
            found[edge] = Edge(edge, props_of(props))
    return list(found.values())


def _paths(label: str, ways: tuple[Way, ...], along: bool) -> list[str]:
    """Write the patterns that lead from a node to its neighbours in the graph model."""
    return [
        step("n", f":{way.relation}", way.direction, f"m:{'|'.join(far)}")
        for way in leading(ways, label, along)
        if (far := [name for name in LABELS if forward_only([way.relation], label, name, way.direction)])
    ]


def _label(node: str) -> str:
    """Write the label that a node of the model has."""
    return f"[label IN labels({node}) WHERE label IN $labels][0]"


def _by_label(refs: Iterable[NodeRef]) -> list[tuple[str, list[str]]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for label, key in dict.fromkeys(refs):
        groups[label].append(key)
    return list(groups.items())
