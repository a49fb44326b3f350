"""What a batch does inside one Neo4j transaction: locks, reads and grouped writes.

Nodes of entities, and of what hangs under one, are locked as they are read, so that what the planner decides on stays
true until the end; nodes that many entities share (schemas, tags, badges) are not, or writers of different
entities would queue behind each other. What another writer does to those shows in the number of rows written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from metadata_service.store.cypher import step
from metadata_service.store.mutations import Batch, Edge, EdgeRef, NodeRef
from metadata_service.store.neo4j_bookkeeping import TALLIES, lock, record
from metadata_service.store.neo4j_connection import Run, write_rows
from metadata_service.store.neo4j_records import edge_of, props_of
from metadata_service.store.plan import EdgeWrite, NodeWrite, Plan, roots_of
from metadata_service.store.shapes import Props
from metadata_service.store.tallies import add_tally
from schemas.graph import LABELS, RELATIONS, ROOTS, Direction
from schemas.keys import KINDS

_OWNED = frozenset({*ROOTS, *(kind.label for kind in KINDS if "_key}" in kind.template)})


class Neo4jTransaction:
    """The adapter's side of `commit`."""

    def __init__(self, run: Run, batch: Batch) -> None:
        self._run = run
        self._locked = _OWNED | {expect.ref.label for expect in batch.expect}
        self._nodes: dict[NodeRef, Props] = {}

    def lock(self, named: Collection[NodeRef]) -> None:
        for label, keys in _by_label(roots_of(named)):
            self._run(f"UNWIND $keys AS key MATCH (n:{label} {{key: key}}) {lock('n')}", keys=keys)

    def read_nodes(self, refs: Collection[NodeRef]) -> dict[NodeRef, Props]:
        for label, keys in _by_label(refs):
            locked = lock("n") if label in self._locked else ""
            statement = f"UNWIND $keys AS key MATCH (n:{label} {{key: key}}) {locked} RETURN collect(properties(n))"
            for props in self._run(statement, keys=keys):
                ref = NodeRef(label, props["key"])
                self._nodes[ref] = props_of(props)
        return self._nodes

    def read_edges(self, refs: Collection[EdgeRef]) -> dict[EdgeRef, Props]:
        found = {}
        for (kind, source, target), edges in _by_ends(refs):
            walk = f"WITH a, b, row MATCH (a)-[r:{kind}]->(b) RETURN collect([row, properties(r)])"
            ends = {(ref.source.key, ref.target.key): ref for ref in edges}
            for row, props in self._run(f"{_ends(source, target)} {walk}", rows=[list(pair) for pair in ends]):
                found[ends[row[0], row[1]]] = props_of(props)
        return found

    def incident(self, refs: Collection[NodeRef]) -> list[Edge]:
        return [
            Edge(edge, props_of(props))
            for label, keys in _by_label(refs)
            for direction in Direction
            for edge, props in self._walk(label, keys, _kinds(label, direction), direction)
        ]

    def shown_in(self, refs: Collection[NodeRef]) -> set[NodeRef]:
        return {
            edge.target if direction is Direction.OUT else edge.source
            for label, keys in _by_label(refs)
            for relation, direction in LABELS[label].shown_by
            for edge, _ in self._walk(label, keys, [relation], direction)
        }

    def _walk(
        self, label: str, keys: list[str], kinds: Collection[str], direction: Direction
    ) -> Iterator[tuple[EdgeRef, dict[str, Any]]]:
        """Follow relations of these types from nodes of one label, as far as the graph model has them."""
        if not kinds:
            return
        path = step(f"n:{label} {{key: key}}", f"r:{'|'.join(kinds)}", direction, "m")
        rows = "RETURN collect([key, type(r), labels(m), m.key, properties(r)])"
        for key, kind, labels, far, props in self._run(f"UNWIND $keys AS key MATCH {path} {rows}", keys=keys):
            edge = edge_of(kind, NodeRef(label, key), labels, far, direction)
            if edge is not None:
                yield edge, props

    def write(self, plan: Plan) -> None:
        for label, keys in _by_label(plan.remove_nodes):
            write_rows(self._run, f"UNWIND $rows AS row MATCH (n:{label} {{key: row}}) DETACH DELETE n", keys)
        self._put_nodes(plan.put_nodes)
        for (kind, source, target), edges in _by_ends(plan.remove_edges):
            rows = [[ref.source.key, ref.target.key] for ref in edges]
            write_rows(self._run, f"{_ends(source, target)} WITH a, b MATCH (a)-[r:{kind}]->(b) DELETE r", rows)
        self._put_edges(plan.put_edges)
        self._count_readers(plan.tallies)

    def _put_nodes(self, writes: Iterable[NodeWrite]) -> None:
        groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for write in writes:
            groups[write.ref.label, "CREATE" if write.created else "MATCH"].append([write.ref.key, write.changes])
            self._nodes[write.ref] = write.props
        for (label, verb), rows in sorted(groups.items()):
            write_rows(self._run, f"UNWIND $rows AS row {verb} (n:{label} {{key: row[0]}}) SET n += row[1]", rows)

    def _put_edges(self, writes: Iterable[EdgeWrite]) -> None:
        groups: dict[tuple[str, str, str, str], list[Any]] = defaultdict(list)
        for write in writes:
            kind, (source, source_key), (target, target_key) = write.ref
            verb = self._making(source, target) if write.created else "WITH a, b, row MATCH"
            groups[kind, source, target, verb].append([source_key, target_key, write.changes])
        for (kind, source, target, verb), rows in sorted(groups.items()):
            write_rows(self._run, f"{_ends(source, target)} {verb} (a)-[r:{kind}]->(b) SET r += row[2]", rows)

    def _making(self, source: str, target: str) -> str:
        """Say how a relation is made: where neither end is locked, another writer may be making it too."""
        return "CREATE" if source in self._locked or target in self._locked else "MERGE"

    def _count_readers(self, tallies: dict[NodeRef, tuple[int, int]]) -> None:
        self.read_nodes([ref for ref in tallies if ref not in self._nodes])
        groups: dict[str, list[Any]] = defaultdict(list)
        for ref, (readers, reads) in sorted(tallies.items()):
            if ref in self._nodes:
                held = dict(self._nodes[ref])
                add_tally(held, readers, reads)
                groups[ref.label].append([ref.key, {name: held.get(name) for name in TALLIES}])
        for label, rows in groups.items():
            write_rows(self._run, f"UNWIND $rows AS row MATCH (n:{label} {{key: row[0]}}) SET n += row[1]", rows)

    def record(self, roots: Collection[NodeRef], batch: Batch, now: int) -> dict[NodeRef, int]:
        return record(self._run, roots, batch, now)


def _ends(source: str, target: str) -> str:
    return f"UNWIND $rows AS row MATCH (a:{source} {{key: row[0]}}) MATCH (b:{target} {{key: row[1]}})"


def _kinds(label: str, direction: Direction) -> list[str]:
    """Return the types of the model's relations that leave, or enter, nodes of a label."""
    end = 0 if direction is Direction.OUT else 1
    return sorted(r.type for r in RELATIONS.values() if any(ends[end] == label for ends in r.ends))


def _by_label(refs: Iterable[NodeRef]) -> list[tuple[str, list[str]]]:
    """Group keys by label, in the one order in which every writer locks: entities before what hangs under them."""
    groups: dict[str, list[str]] = defaultdict(list)
    for label, key in refs:
        groups[label].append(key)
    return [(label, sorted(groups[label])) for label in sorted(groups, key=lambda name: (name not in ROOTS, name))]


def _by_ends(refs: Iterable[EdgeRef]) -> Iterable[tuple[tuple[str, str, str], list[EdgeRef]]]:
    groups: dict[tuple[str, str, str], list[EdgeRef]] = defaultdict(list)
    for ref in refs:
        groups[ref.type, ref.source.label, ref.target.label].append(ref)
    return groups.items()
