"""What a batch does inside one Neo4j transaction: locks, reads and grouped writes.

Nodes of entities, and of what hangs under one, are locked as they are read, so that what the planner decides on stays
true until the end; nodes that many entities share (schemas, tags, badges) are not, or writers of different
entities would queue behind each other. What another writer does to those shows in the number of rows written.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any, TypeVar

from metadata_service.store.cypher import step
from metadata_service.store.mutations import (
    Authority,
    Batch,
    Changes,
    Edge,
    EdgeRef,
    Fans,
    NodeRef,
    PutEdge,
    RemoveEdge,
)
from metadata_service.store.neo4j_bookkeeping import TALLIES, lock, noted, reading, record
from metadata_service.store.neo4j_connection import Run
from metadata_service.store.neo4j_records import edge_of, props_of
from metadata_service.store.neo4j_trips import Part, Trips
from metadata_service.store.plan import Plan, memory_of, roots_of
from metadata_service.store.shapes import Props
from metadata_service.store.tallies import add_tally
from schemas.graph import LABELS, RELATIONS, RETRACTABLE, ROOTS, Direction
from schemas.keys import KINDS

_OWNED = frozenset({*ROOTS, *(kind.label for kind in KINDS if "_key}" in kind.template)})

T = TypeVar("T", NodeRef, EdgeRef)

Reading = tuple[Part, Callable[[Any], None]]  # a statement, and what keeps its value


class Neo4jTransaction:
    """The adapter's side of `commit`, to be ended by `finish`."""

    def __init__(self, run: Run, batch: Batch) -> None:
        self._by_person = batch.authority is Authority.PERSON
        self._trips = Trips(run, together=self._by_person)
        self._batch = batch
        self._locked = _OWNED | {expect.ref.label for expect in batch.expect}
        self._nodes: dict[NodeRef, Props] = {}
        self._nodes_asked: set[NodeRef] = set()
        self._edges: dict[EdgeRef, Props] = {}
        self._edges_asked: set[EdgeRef] = set()
        self._noted: dict[NodeRef, dict[str, Any]] = {}
        self._notes_asked: set[NodeRef] = set()

    def takes(self, fans: Fans) -> bool:  # noqa: ARG002
        return False

    def lock(self, named: Collection[NodeRef]) -> None:
        """Lock the roots; what a person's batch will ask for besides is read in the same trip."""
        roots = roots_of(named)
        readings = self._of_nodes({*named, *roots})
        if self._by_person:
            readings += self._of_edges(_relations(self._batch)) + self._of_notes(roots)
        self._take(readings)

    def read_nodes(self, refs: Collection[NodeRef]) -> dict[NodeRef, Props]:
        self._take(self._of_nodes(refs))
        return self._nodes

    def read_edges(self, refs: Collection[EdgeRef]) -> dict[EdgeRef, Props]:
        self._take(self._of_edges(refs))
        return {ref: self._edges[ref] for ref in refs if ref in self._edges}

    def _take(self, readings: list[Reading]) -> None:
        values = self._trips.ask([part for part, _ in readings])
        for (_, keep), value in zip(readings, values, strict=True):
            keep(value)

    def _of_nodes(self, refs: Collection[NodeRef]) -> list[Reading]:
        """Return what reads the nodes that were not read yet."""
        readings: list[Reading] = []
        for label, keys in _by_label(_fresh(refs, self._nodes_asked)):
            locked = lock("n") if label in self._locked else ""
            text = f"UNWIND $rows AS key MATCH (n:{label} {{key: key}}) {locked} RETURN collect(properties(n))"
            readings.append((Part(text, keys), partial(self._keep_nodes, label)))
        return readings

    def _keep_nodes(self, label: str, found: list[dict[str, Any]]) -> None:
        for props in found:
            ref = NodeRef(label, props["key"])
            self._nodes[ref] = props_of(props)

    def _of_edges(self, refs: Collection[EdgeRef]) -> list[Reading]:
        """Return what reads the relations that were not read yet."""
        readings: list[Reading] = []
        for (kind, source, target), edges in _by_ends(_fresh(refs, self._edges_asked)):
            walk = f"WITH a, b, row MATCH (a)-[r:{kind}]->(b) RETURN collect([row, properties(r)])"
            ends = {(ref.source.key, ref.target.key): ref for ref in edges}
            part = Part(f"{_ends(source, target)} {walk}", [list(pair) for pair in ends])
            readings.append((part, partial(self._keep_edges, ends)))
        return readings

    def _keep_edges(self, ends: dict[tuple[str, str], EdgeRef], found: list[Any]) -> None:
        for row, props in found:
            self._edges[ends[row[0], row[1]]] = props_of(props)

    def _of_notes(self, roots: Collection[NodeRef]) -> list[Reading]:
        """Return what reads what is noted of the roots of which it was not read yet."""
        fresh = _fresh(roots, self._notes_asked)
        return [(reading(fresh), lambda found: self._noted.update(noted(found)))] if fresh else []

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
        [found] = self._trips.ask([Part(f"UNWIND $rows AS key MATCH {path} {rows}", keys)])
        for key, kind, labels, far, props in found:
            edge = edge_of(kind, NodeRef(label, key), labels, far, direction)
            if edge is not None:
                yield edge, props

    def write(self, plan: Plan) -> None:
        for label, keys in _by_label(plan.remove_nodes):
            self._trips.write(f"UNWIND $rows AS row MATCH (n:{label} {{key: row}}) DETACH DELETE n", keys)
        self._put_nodes("CREATE", plan.new_nodes)
        self._put_nodes("MATCH", {write.ref: write.changes for write in plan.put_nodes})
        self._nodes |= plan.new_nodes
        self._nodes |= {write.ref: write.props for write in plan.put_nodes}
        for (kind, source, target), edges in _by_ends(plan.remove_edges):
            rows = [[ref.source.key, ref.target.key] for ref in edges]
            self._trips.write(f"{_ends(source, target)} WITH a, b MATCH (a)-[r:{kind}]->(b) DELETE r", rows)
        self._put_edges(plan.new_edges, new=True)
        self._put_edges({write.ref: write.changes for write in plan.put_edges}, new=False)
        self._count_readers(plan.tallies)

    def _put_nodes(self, verb: str, changes: Mapping[NodeRef, Changes]) -> None:
        groups: dict[str, list[Any]] = defaultdict(list)
        for (label, key), changed in changes.items():
            groups[label].append([key, changed])
        for label, rows in sorted(groups.items()):
            self._trips.write(f"UNWIND $rows AS row {verb} (n:{label} {{key: row[0]}}) SET n += row[1]", rows)

    def _put_edges(self, changes: Mapping[EdgeRef, Changes], *, new: bool) -> None:
        for (kind, source, target), edges in sorted(_by_ends(changes)):
            verb = self._making(source, target) if new else "WITH a, b, row MATCH"
            rows = [[ref.source.key, ref.target.key, changes[ref]] for ref in edges]
            self._trips.write(f"{_ends(source, target)} {verb} (a)-[r:{kind}]->(b) SET r += row[2]", rows)

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
            self._trips.write(f"UNWIND $rows AS row MATCH (n:{label} {{key: row[0]}}) SET n += row[1]", rows)

    def record(self, roots: Collection[NodeRef], batch: Batch, now: int) -> dict[NodeRef, int]:
        self._take(self._of_notes(roots))
        return record(self._trips, roots, self._noted, batch, now)

    def finish(self) -> None:
        """Write what is still to be written. Raises LostRace."""
        self._trips.flush()


def _fresh(refs: Iterable[T], asked: set[T]) -> list[T]:
    """Return what was not asked for yet, and note that now it is."""
    fresh = [ref for ref in refs if ref not in asked]
    asked.update(fresh)
    return fresh


def _relations(batch: Batch) -> set[EdgeRef]:
    """Return the relations that a batch names, and those that would remember that somebody took one back."""
    named = {m.ref for m in batch.mutations if isinstance(m, PutEdge | RemoveEdge)}
    named |= batch.edges.keys()
    return named | {memory_of(ref) for ref in named if ref.type in RETRACTABLE}


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
