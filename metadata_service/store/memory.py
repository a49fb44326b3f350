"""The graph in plain dictionaries: the reference model the other adapters are compared with, and quick for tests."""

import math
import threading
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from metadata_service.store.commit import commit
from metadata_service.store.memory_graph import MemoryGraph, MemoryTransaction, around, copy_of, ranked
from metadata_service.store.model_check import (
    check_label,
    check_ranking,
    check_refs,
    check_relations,
    check_root_label,
    check_roots,
    check_shape,
    check_tests,
    check_text,
    check_ways,
)
from metadata_service.store.mutations import (
    PARKED,
    Authority,
    Backlog,
    Batch,
    Change,
    Edge,
    EdgeRef,
    Node,
    NodeRef,
    Postponed,
    Receipt,
    RootRevision,
)
from metadata_service.store.port import Clock, GraphStore, Health, Reach, Related, wall_clock
from metadata_service.store.shapes import (
    MAX_NESTING,
    NESTED,
    Order,
    Props,
    Record,
    Select,
    Shape,
    arrange,
    matches,
    sort_key,
)
from metadata_service.store.tallies import TALLIED, TALLY, reads_of, set_tally
from metadata_service.store.ways import Ask, Degrees, Neighbour, Way, relations_of
from schemas.graph import GONE, Direction, Value


class MemoryGraphStore(GraphStore):
    """Keeps everything in this process; every operation holds one lock."""

    def __init__(self, clock: Clock = wall_clock) -> None:
        self._clock = clock
        self._lock = threading.RLock()
        self._graph = MemoryGraph()
        self._leases: dict[str, tuple[str, int, float]] = {}  # holder, fencing number, end
        self._notes: dict[str, str] = {}

    def ensure_schema(self) -> None:
        pass

    def fetch_many(self, keys: Sequence[str], shape: Shape) -> dict[str, Record]:
        check_shape(shape)
        check_text(*keys)
        with self._lock:
            nodes = self._graph.nodes[shape.label]
            found = {key: nodes[key] for key in keys if key in nodes}
            return {
                key: Record(
                    key, _pick(props, shape.props), {}, self._children(NodeRef(shape.label, key), shape.children)
                )
                for key, props in found.items()
            }

    def _children(self, ref: NodeRef, selects: Mapping[str, Select]) -> dict[str, list[Record]]:
        return {name: self._select(ref, select, select.via, ()) for name, select in selects.items()}

    def _select(self, ref: NodeRef, select: Select, via: Sequence[str], path: tuple[str, ...]) -> list[Record]:
        near = self._graph.near(select.direction)
        found: dict[str, tuple[Props, Props]] = {}
        for relation in via:
            for far, edge in near.get((ref, relation), {}).items():
                props = self._graph.nodes[far.label][far.key]
                if far.label == select.to and far.key not in path and matches(props, select.where):
                    found.setdefault(far.key, (props, edge))

        def value(key: str, order: Order) -> Value | None:
            props, edge = found[key]
            return (props if order.on == "node" else edge).get(order.name)

        ordered = arrange(sorted(found), select.order, value)
        return [self._record(select, key, *found[key], (*path, key)) for key in ordered[: select.limit]]

    def _record(self, select: Select, key: str, props: Props, edge: Props, path: tuple[str, ...]) -> Record:
        ref = NodeRef(select.to, key)
        children = self._children(ref, select.children)
        if select.repeat:
            children[NESTED] = self._select(ref, select, select.repeat, path) if len(path) < MAX_NESTING else []
        return Record(key, _pick(props, select.props), _pick(edge, select.edge_props), children)

    def list_nodes(
        self, label: str, after: str = "", limit: int = 1000, prefix: str = "", *, descending: bool = False
    ) -> list[Node]:
        check_refs([NodeRef(label, after), NodeRef(label, prefix)])
        with self._lock:
            nodes = self._graph.nodes[label]
            keys = sorted((key for key in nodes if key.startswith(prefix)), reverse=descending)
            behind = [key for key in keys if not after or (key < after if descending else key > after)]
            return [Node(NodeRef(label, key), copy_of(nodes[key])) for key in behind[:limit]]

    def list_edges(
        self, relation: str, source: str, target: str, after: tuple[str, str] = ("", ""), limit: int = 1000
    ) -> list[Edge]:
        check_relations([relation])
        check_refs([NodeRef(source, after[0]), NodeRef(target, after[1])])
        with self._lock:
            pairs = sorted(
                (near.key, far.key)
                for (near, kind), fars in self._graph.out.items()
                if kind == relation and near.label == source
                for far in fars
                if far.label == target and (near.key, far.key) > after
            )
            refs = [EdgeRef(relation, NodeRef(source, a), NodeRef(target, b)) for a, b in pairs[:limit]]
            return [Edge(ref, copy_of(self._graph.out[ref.source, relation][ref.target])) for ref in refs]

    def neighbourhood(
        self, refs: Sequence[NodeRef], relations: Sequence[str], direction: Direction, limit: int
    ) -> list[EdgeRef]:
        check_relations(relations)
        check_refs(refs)
        outward = direction is Direction.OUT
        near = self._graph.near(direction)
        with self._lock:
            steps = {(ref, far, kind) for ref in refs for kind in relations for far in near.get((ref, kind), ())}
        ordered = sorted(steps, key=lambda step: (*step[0][::-1], *step[1][::-1], step[2]))[:limit]
        return [EdgeRef(kind, *((ref, far) if outward else (far, ref))) for ref, far, kind in ordered]

    def reach(self, start: NodeRef, relations: Sequence[str], direction: Direction, depth: int, limit: int) -> Reach:
        check_relations(relations)
        check_refs([start])
        near = self._graph.near(direction)
        places, frontier = {start: 0}, [start]
        steps: dict[tuple[int, int], None] = {}
        with self._lock:
            for _ in range(depth):
                fars = [(ref, far) for ref in frontier for kind in relations for far in near.get((ref, kind), ())]
                fresh = list(dict.fromkeys(far for _, far in fars if far not in places))
                places.update(zip(fresh, range(len(places), len(places) + len(fresh)), strict=True))
                steps |= dict.fromkeys((places[ref], places[far]) for ref, far in fars)
                frontier = fresh
                if not fresh or len(steps) >= limit:
                    break
        return Reach(list(places), list(steps)[:limit])

    def neighbours(self, asked: Sequence[Ask], ways: Sequence[Way], by: str, limit: int) -> list[list[Neighbour]]:
        check_ways(asked, ways, by)
        with self._lock:
            return [ranked(self._graph, ask, ways, by, limit) for ask in asked]

    def neighbour_counts(self, refs: Sequence[NodeRef], ways: Sequence[Way]) -> dict[NodeRef, Degrees]:
        check_refs(refs)
        check_relations(relations_of(ways))
        with self._lock:
            here = [ref for ref in refs if ref.key in self._graph.nodes[ref.label]]
            return {
                ref: Degrees(*(len(around(self._graph, ref, ways, along)) for along in (False, True))) for ref in here
            }

    def between(self, refs: Sequence[NodeRef], relations: Sequence[str], limit: int) -> list[Edge]:
        check_relations(relations)
        check_refs(refs)
        ends = set(refs)
        with self._lock:
            near = [
                (ref, kind, self._graph.out.get((ref, kind), {})) for ref in ends for kind in dict.fromkeys(relations)
            ]
            found = [EdgeRef(kind, ref, far) for ref, kind, fars in near for far in fars if far in ends][:limit]
            return [Edge(ref, copy_of(self._graph.out[ref.source, ref.type][ref.target])) for ref in found]

    def rank(
        self,
        label: str,
        by: str,
        limit: int,
        minimum: Mapping[str, float] | None = None,
        after: tuple[float, str] | None = None,
    ) -> list[Node]:
        floors = {by: -math.inf, **(minimum or {})}
        check_ranking(label, floors, after)
        with self._lock:
            eligible = [
                (key, props)
                for key, props in self._graph.nodes[label].items()
                if all(_reaches(props.get(name), floor) for name, floor in floors.items())
            ]
            eligible.sort(key=lambda item: item[0])
            eligible.sort(key=lambda item: sort_key(item[1][by]), reverse=True)
            behind = [(key, props) for key, props in eligible if after is None or _is_behind((props[by], key), after)]
            return [Node(NodeRef(label, key), copy_of(props)) for key, props in behind[:limit]]

    def count(self, label: str, having: Sequence[Related] = ()) -> int:
        check_label(label)
        check_tests(having)
        with self._lock:
            refs = (NodeRef(label, key) for key, props in self._graph.nodes[label].items() if GONE not in props)
            return sum(all(self._has(ref, test) for test in having) for ref in refs)

    def list_gone(self, label: str, before: int, after: str = "", limit: int = 1000) -> list[Node]:
        check_refs([NodeRef(label, after)])
        with self._lock:
            nodes = self._graph.nodes[label]
            since = {key: props[GONE] for key, props in nodes.items() if key > after and GONE in props}
            keys = sorted(key for key, moment in since.items() if isinstance(moment, int) and moment < before)[:limit]
            return [Node(NodeRef(label, key), copy_of(nodes[key])) for key in keys]

    def _has(self, ref: NodeRef, test: Related) -> bool:
        near = self._graph.near(test.direction)
        fars = (far for kind in test.via for far in near.get((ref, kind), ()) if far.label in test.to)
        name = test.non_empty
        return any(name is None or self._graph.nodes[far.label][far.key].get(name) not in (None, "") for far in fars)

    def degrees(self, label: str, via: Sequence[str], direction: Direction) -> list[tuple[Node, int]]:
        check_label(label)
        check_relations(via)
        near = self._graph.near(direction)
        with self._lock:
            found = []
            for key, props in sorted(self._graph.nodes[label].items()):
                ref = NodeRef(label, key)
                fars = {far for kind in via for far in near.get((ref, kind), ()) if not self._graph.is_gone(far)}
                if fars:
                    found.append((Node(ref, copy_of(props)), len(fars)))
            return found

    def apply(self, batch: Batch) -> Receipt:
        with self._lock:
            # The plan is complete before the first write, so a refusal leaves nothing behind.
            return commit(MemoryTransaction(self._graph), batch, self._clock())

    def changes(self, limit: int = 1000) -> list[Change]:
        with self._lock:
            now = self._clock()
            due = [
                change
                for ref, change in self._graph.pending.items()
                if ref not in self._graph.postponed or self._graph.postponed[ref].retry_at <= now
            ]
            return sorted(due, key=lambda change: (change.pending_since, change.ref))[:limit]

    def acknowledge(self, changes: Iterable[Change]) -> None:
        with self._lock:
            for change in changes:
                held = self._graph.pending.get(change.ref)
                if held is not None and held.revision <= change.revision:
                    del self._graph.pending[change.ref]
                    self._graph.postponed.pop(change.ref, None)

    def postpone(self, postponed: Iterable[Postponed]) -> None:
        with self._lock:
            for item in postponed:
                held = self._graph.pending.get(item.change.ref)
                if held is not None and held.revision == item.change.revision:
                    again = replace(held, failures=held.failures + 1)
                    self._graph.pending[held.ref] = again
                    self._graph.postponed[held.ref] = replace(item, change=again)

    def postponed(self, limit: int = 1000) -> list[Postponed]:
        with self._lock:
            return [self._graph.postponed[ref] for ref in sorted(self._graph.postponed)[:limit]]

    def touch(self, refs: Collection[NodeRef], source: str, above: int = 0) -> None:
        check_roots(refs)
        with self._lock:
            touched = Batch((), Authority.SOURCE, source=source)
            MemoryTransaction(self._graph).record(sorted(set(refs)), touched, max(self._clock(), above + 1))

    def revisions(self, label: str, after: str = "", limit: int = 1000) -> list[RootRevision]:
        check_root_label(label)
        with self._lock:
            nodes = self._graph.nodes[label]
            keys = sorted(key for key, props in nodes.items() if key > after and GONE not in props)[:limit]
            refs = [NodeRef(label, key) for key in keys]
            recorded = ((ref, self._graph.revisions.get(ref)) for ref in refs)
            return [
                RootRevision(ref.key, seen.revision if seen else 0, ref in self._graph.pending)
                for ref, seen in recorded
            ]

    def backlog(self) -> Backlog:
        with self._lock:
            parked = {ref for ref, item in self._graph.postponed.items() if item.retry_at == PARKED}
            since = [change.pending_since for ref, change in self._graph.pending.items() if ref not in parked]
            return Backlog(len(since), min(since, default=None), len(parked))

    def acquire_lease(self, name: str, holder: str, seconds: float) -> int | None:
        with self._lock:
            now = self._clock()
            its_holder, fence, end = self._leases.get(name, ("", 0, 0))
            if its_holder != holder:
                if its_holder and end > now:
                    return None
                fence += 1
            self._leases[name] = (holder, fence, now + seconds * 1e6)
            return fence

    def release_lease(self, name: str, holder: str) -> None:
        with self._lock:
            its_holder, fence, _ = self._leases.get(name, ("", 0, 0))
            if its_holder == holder:
                self._leases[name] = ("", fence, 0)

    def note(self, name: str, text: str) -> None:
        with self._lock:
            self._notes[name] = text

    def notes(self) -> dict[str, str]:
        with self._lock:
            return dict(self._notes)

    def recount(self, label: str) -> int:
        check_label(label)
        with self._lock:
            return sum(self._recount(NodeRef(label, key), props) for key, props in self._graph.nodes[label].items())

    def _recount(self, ref: NodeRef, props: Props) -> bool:
        reads = [reads_of(edge.get(TALLY)) for edge in self._graph.out.get((ref, TALLIED), {}).values()]
        before = dict(props)
        set_tally(props, len(reads), sum(reads))
        return before != props

    def health(self) -> Health:
        return Health("memory", {})

    def close(self) -> None:
        pass


def _pick(props: Props, names: tuple[str, ...] | None) -> Props:
    if names is None:
        return copy_of(props)
    return copy_of({name: props[name] for name in names if name in props})


def _is_behind(node: tuple[Value, str], after: tuple[float, str]) -> bool:
    return node[0] < after[0] or (node[0] == after[0] and node[1] > after[1])  # type: ignore[operator]  # a number


def _reaches(value: Value | None, floor: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= floor
