"""The reference model's graph, and what a batch does to it."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from metadata_service.store.mutations import Batch, Change, Edge, EdgeRef, Fans, NodeRef, Postponed
from metadata_service.store.plan import Plan
from metadata_service.store.shapes import Props
from metadata_service.store.tallies import add_tally
from metadata_service.store.ways import Ask, Neighbour, Way, leading, ranking
from schemas.graph import GONE, LABELS, Direction, Value

Adjacency = dict[tuple[NodeRef, str], dict[NodeRef, Props]]


def copy_of(props: Props) -> Props:
    """Copy properties deeply enough that the store shares nothing with its callers."""
    return {name: list(value) if isinstance(value, list) else value for name, value in props.items()}


@dataclass(slots=True)
class MemoryGraph:
    """Nodes by label and key; relations by both of their ends; what is noted of index roots."""

    nodes: dict[str, dict[str, Props]] = field(default_factory=lambda: {label: {} for label in LABELS})
    out: Adjacency = field(default_factory=lambda: defaultdict(dict))
    into: Adjacency = field(default_factory=lambda: defaultdict(dict))
    revisions: dict[NodeRef, Change] = field(default_factory=dict)
    pending: dict[NodeRef, Change] = field(default_factory=dict)
    postponed: dict[NodeRef, Postponed] = field(default_factory=dict)

    def near(self, direction: Direction) -> Adjacency:
        """Return relations by the end they are followed from."""
        return self.out if direction is Direction.OUT else self.into

    def is_gone(self, ref: NodeRef) -> bool:
        """Say whether no source tells of a node any more."""
        return GONE in self.nodes[ref.label][ref.key]


def around(graph: MemoryGraph, ref: NodeRef, ways: Sequence[Way], along: bool) -> set[NodeRef]:
    """Return the neighbours of a node along the ways or against them."""
    near = [(graph.near(way.direction), way.relation) for way in leading(tuple(ways), ref.label, along)]
    return {far for nodes, relation in near for far in nodes.get((ref, relation), ())}


def ranked(graph: MemoryGraph, ask: Ask, ways: Sequence[Way], by: str, limit: int) -> list[Neighbour]:
    """Return the first neighbours that an ask is for."""
    fars = around(graph, ask.near, ways, ask.along)
    found = sorted((Neighbour(far, _number(graph.nodes[far.label][far.key].get(by))) for far in fars), key=ranking)
    return [item for item in found if ask.after is None or ranking(item) > ranking(ask.after)][:limit]


def _number(value: Value | None) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


class MemoryTransaction:
    """The write side, under the store's lock."""

    def __init__(self, graph: MemoryGraph) -> None:
        self._graph = graph
        self._nodes = graph.nodes
        self._out = graph.out
        self._in = graph.into

    def takes(self, fans: Fans) -> bool:  # noqa: ARG002
        return False

    def lock(self, named: Collection[NodeRef]) -> None:
        pass

    def read_nodes(self, refs: Collection[NodeRef]) -> dict[NodeRef, Props]:
        return {ref: self._nodes[ref.label][ref.key] for ref in refs if ref.key in self._nodes[ref.label]}

    def read_edges(self, refs: Collection[EdgeRef]) -> dict[EdgeRef, Props]:
        found = ((ref, self._out.get((ref.source, ref.type), {}).get(ref.target)) for ref in refs)
        return {ref: props for ref, props in found if props is not None}

    def incident(self, refs: Collection[NodeRef]) -> list[Edge]:
        wanted = set(refs)
        out = [EdgeRef(kind, ref, far) for (ref, kind), fars in self._out.items() if ref in wanted for far in fars]
        into = [EdgeRef(kind, far, ref) for (ref, kind), fars in self._in.items() if ref in wanted for far in fars]
        return [Edge(ref, self._out[ref.source, ref.type][ref.target]) for ref in {*out, *into}]

    def shown_in(self, refs: Collection[NodeRef]) -> set[NodeRef]:
        found: set[NodeRef] = set()
        for ref in refs:
            for relation, direction in LABELS[ref.label].shown_by:
                near = self._out if direction is Direction.OUT else self._in
                found.update(near.get((ref, relation), ()))
        return found

    def write(self, plan: Plan) -> None:
        for incident in self.incident(plan.remove_nodes):
            self._drop(incident.ref)
        for ref in plan.remove_nodes:
            del self._nodes[ref.label][ref.key]
        for ref, props in (*plan.new_nodes.items(), *((write.ref, write.props) for write in plan.put_nodes)):
            self._nodes[ref.label][ref.key] = copy_of(props)
        for gone in plan.remove_edges:
            self._drop(gone)
        for edge, props in (*plan.new_edges.items(), *((write.ref, write.props) for write in plan.put_edges)):
            self._out[edge.source, edge.type][edge.target] = held = copy_of(props)
            self._in[edge.target, edge.type][edge.source] = held
        for ref, (readers, reads) in plan.tallies.items():
            node = self._nodes[ref.label].get(ref.key)
            if node is not None:
                add_tally(node, readers, reads)

    def _drop(self, ref: EdgeRef) -> None:
        del self._out[ref.source, ref.type][ref.target]
        del self._in[ref.target, ref.type][ref.source]

    def record(self, roots: Collection[NodeRef], batch: Batch, now: int) -> dict[NodeRef, int]:
        revisions, pending = self._graph.revisions, self._graph.pending
        for ref in roots:
            before = revisions.get(ref)
            waiting = pending.get(ref)
            revision = now if before is None else max(before.revision + 1, now)
            since = now if waiting is None else waiting.pending_since
            change = Change(ref, revision, since, batch.actor, batch.source, batch.run)
            revisions[ref] = pending[ref] = change
            self._graph.postponed.pop(ref, None)
        return {ref: revisions[ref].revision for ref in roots}
