"""What a batch does inside one Neo4j transaction: locks, reads, grouped writes and the record of changed roots.

Nodes of entities, and of what hangs under one, are locked as they are read, so that what the planner decides on stays
true until the end; nodes that many entities share (schemas, tags, badges) are not, or writers of different
entities would queue behind each other. What another writer does to those shows in the number of rows written.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from metadata_service.store.cypher import step
from metadata_service.store.mutations import Batch, Edge, EdgeRef, NodeRef
from metadata_service.store.neo4j_connection import LostRace, Run
from metadata_service.store.neo4j_records import props_of
from metadata_service.store.plan import EdgeWrite, NodeWrite, Plan
from metadata_service.store.shapes import Props
from metadata_service.store.tallies import add_tally
from schemas.graph import LABELS, POPULARITY, READERS, READS, RELATIONS, Direction, is_relation
from schemas.keys import KINDS

CHANGE = "Fram_Change"  # one node for each root that ever changed; `pending_since` while it waits to be published
LOCK = "REMOVE {}:Fram_Locked"  # of a label that nothing has: changes nothing and takes the node's lock

TALLIES = (READERS, READS, POPULARITY)
OWNED = frozenset(kind.label for kind in KINDS if "_key}" in kind.template) | {
    label.name for label in LABELS.values() if label.root
}
_BY_DIRECTION = {
    direction: {
        label: sorted(r.type for r in RELATIONS.values() if any(pair[end] == label for pair in r.ends))
        for label in LABELS
    }
    for direction, end in ((Direction.OUT, 0), (Direction.IN, 1))
}


class Neo4jTransaction:
    """The adapter's side of `commit`."""

    def __init__(self, run: Run, batch: Batch) -> None:
        self._run = run
        self._locked = OWNED | {expect.ref.label for expect in batch.expect}
        self._nodes: dict[NodeRef, Props] = {}

    def lock(self, roots: Collection[NodeRef]) -> None:
        for label, keys in _by_label(roots):
            self._run(f"UNWIND $keys AS key MATCH (n:{label} {{key: key}}) {LOCK.format('n')}", keys=keys)

    def read_nodes(self, refs: Collection[NodeRef]) -> dict[NodeRef, Props]:
        for label, keys in _by_label(refs):
            lock = LOCK.format("n") if label in self._locked else ""
            statement = f"UNWIND $keys AS key MATCH (n:{label} {{key: key}}) {lock} RETURN key, properties(n)"
            for key, props in self._run(statement, keys=keys):
                self._nodes[NodeRef(label, key)] = props_of(props)
        return self._nodes

    def read_edges(self, refs: Collection[EdgeRef]) -> dict[EdgeRef, Props]:
        found = {}
        for (kind, source, target), edges in _by_ends(refs):
            ends = {(ref.source.key, ref.target.key): ref for ref in edges}
            statement = f"{_ends(source, target)} WITH a, b, row MATCH (a)-[r:{kind}]->(b) RETURN row, properties(r)"
            for row, props in self._run(statement, rows=[list(pair) for pair in ends]):
                found[ends[row[0], row[1]]] = props_of(props)
        return found

    def incident(self, refs: Collection[NodeRef]) -> list[Edge]:
        return [
            Edge(edge, props)
            for label, keys in _by_label(refs)
            for direction in Direction
            for edge, props in self._incident(label, keys, direction)
        ]

    def _incident(self, label: str, keys: list[str], direction: Direction) -> Iterable[tuple[EdgeRef, Props]]:
        kinds = _BY_DIRECTION[direction][label]
        if not kinds:
            return
        path = step(f"n:{label} {{key: key}}", f"r:{'|'.join(kinds)}", direction, "m")
        statement = f"UNWIND $keys AS key MATCH {path} RETURN key, type(r), labels(m), m.key, properties(r)"
        for key, kind, labels, far, props in self._run(statement, keys=keys):
            edge = edge_of(kind, NodeRef(label, key), labels, far, direction)
            if edge is not None:
                yield edge, props_of(props)

    def shown_in(self, refs: Collection[NodeRef]) -> set[NodeRef]:
        found = set()
        for label, keys in _by_label(refs):
            for relation, direction in LABELS[label].shown_by:
                path = step(f"n:{label} {{key: key}}", f":{relation}", direction, "m")
                statement = f"UNWIND $keys AS key MATCH {path} RETURN DISTINCT labels(m), m.key"
                for labels, far in self._run(statement, keys=keys):
                    edge = edge_of(relation, NodeRef(label, ""), labels, far, direction)
                    if edge is not None:
                        found.add(edge.target if direction is Direction.OUT else edge.source)
        return found

    def write(self, plan: Plan) -> None:
        for label, keys in _by_label(plan.remove_nodes):
            self._write(f"UNWIND $rows AS row MATCH (n:{label} {{key: row}}) DETACH DELETE n", keys)
        self._put_nodes(plan.put_nodes)
        for (kind, source, target), edges in _by_ends(plan.remove_edges):
            rows = [[ref.source.key, ref.target.key] for ref in edges]
            self._write(f"{_ends(source, target)} WITH a, b MATCH (a)-[r:{kind}]->(b) DELETE r", rows)
        self._put_edges(plan.put_edges)
        self._count_readers(plan)

    def _put_nodes(self, writes: Iterable[NodeWrite]) -> None:
        groups: dict[tuple[str, bool], list[Any]] = defaultdict(list)
        for write in writes:
            groups[write.ref.label, write.created].append([write.ref.key, write.changes])
            self._nodes[write.ref] = write.props
        for (label, created), rows in sorted(groups.items()):
            verb = "CREATE" if created else "MATCH"
            self._write(f"UNWIND $rows AS row {verb} (n:{label} {{key: row[0]}}) SET n += row[1]", rows)

    def _put_edges(self, writes: Iterable[EdgeWrite]) -> None:
        groups: dict[tuple[str, str, str, bool], list[Any]] = defaultdict(list)
        for write in writes:
            kind, (source, source_key), (target, target_key) = write.ref
            groups[kind, source, target, write.created].append([source_key, target_key, write.changes])
        for (kind, source, target, created), rows in sorted(groups.items()):
            verb = self._verb(source, target) if created else "WITH a, b, row MATCH"
            self._write(f"{_ends(source, target)} {verb} (a)-[r:{kind}]->(b) SET r += row[2]", rows)

    def _verb(self, source: str, target: str) -> str:
        """Say how a relation is made: where neither end is locked, another writer may be making it too."""
        return "CREATE" if source in self._locked or target in self._locked else "MERGE"

    def _count_readers(self, plan: Plan) -> None:
        unread = [ref for ref in plan.tallies if ref not in self._nodes]
        self.read_nodes(unread)
        groups: dict[str, list[Any]] = defaultdict(list)
        for ref, (readers, reads) in sorted(plan.tallies.items()):
            if ref in self._nodes:
                held = dict(self._nodes[ref])
                add_tally(held, readers, reads)
                groups[ref.label].append([ref.key, {name: held.get(name) for name in TALLIES}])
        for label, rows in groups.items():
            self._write(f"UNWIND $rows AS row MATCH (n:{label} {{key: row[0]}}) SET n += row[1]", rows)

    def record(self, roots: Collection[NodeRef], batch: Batch, now: int) -> dict[NodeRef, int]:
        rows = self._run(
            f"UNWIND $roots AS root MERGE (c:{CHANGE} {{label: root[0], key: root[1]}}) {LOCK.format('c')} WITH c "
            "SET c += {revision: CASE WHEN c.revision >= $now THEN c.revision + 1 ELSE $now END, "
            "pending_since: coalesce(c.pending_since, $now), actor: $actor, source: $source, run: $run} "
            "RETURN c.label, c.key, c.revision",
            roots=[list(ref) for ref in roots],
            now=now,
            actor=batch.actor,
            source=batch.source,
            run=batch.run,
        )
        return {NodeRef(label, key): revision for label, key, revision in rows}

    def _write(self, statement: str, rows: Sequence[Any]) -> None:
        """Write rows. Raises LostRace when fewer are written: another writer removed a node meanwhile."""
        ((written,),) = self._run(f"{statement} RETURN count(*)", rows=rows)
        if written < len(rows):
            raise LostRace("Another writer removed a node.")


def edge_of(kind: str, near: NodeRef, labels: Iterable[str], far: object, direction: Direction) -> EdgeRef | None:
    """Return the relation of the model that was walked from `near`, or None where the model has none such."""
    if not isinstance(far, str):
        return None
    for label in labels:
        ends = (near, NodeRef(label, far)) if direction is Direction.OUT else (NodeRef(label, far), near)
        if is_relation(kind, ends[0].label, ends[1].label):
            return EdgeRef(kind, *ends)
    return None


def _ends(source: str, target: str) -> str:
    return f"UNWIND $rows AS row MATCH (a:{source} {{key: row[0]}}) MATCH (b:{target} {{key: row[1]}})"


def _by_label(refs: Iterable[NodeRef]) -> list[tuple[str, list[str]]]:
    """Group keys by label, in the one order in which every writer locks: entities before what hangs under them."""
    groups: dict[str, list[str]] = defaultdict(list)
    for label, key in refs:
        groups[label].append(key)
    return [(label, sorted(groups[label])) for label in sorted(groups, key=lambda name: (not LABELS[name].root, name))]


def _by_ends(refs: Iterable[EdgeRef]) -> Iterable[tuple[tuple[str, str, str], list[EdgeRef]]]:
    groups: dict[tuple[str, str, str], list[EdgeRef]] = defaultdict(list)
    for ref in refs:
        groups[ref.type, ref.source.label, ref.target.label].append(ref)
    return groups.items()
