"""Work out what a batch changes: pure, and the same for every adapter.

Given a batch and what the graph holds of it now, `Planner` runs the mutations in order over an overlay and ends with
the net writes, one outcome per mutation, the index roots touched, the reader-count deltas and the record of edits.
Who wins over whom (people over sources, people's removals over sources' additions) is decided here and nowhere else.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from metadata_service.store.mutations import (
    Authority,
    Batch,
    EdgeRef,
    Expect,
    Mutation,
    NodeRef,
    Outcome,
    PutEdge,
    PutNode,
    RemoveEdge,
    RemoveNode,
)
from metadata_service.store.shapes import Props, differs
from metadata_service.store.tallies import TALLIED, TALLY, reads_of
from schemas.errors import EditConflict, NotFound
from schemas.graph import (
    EDITED,
    EDITED_BY,
    LABELS,
    RELATIONS,
    RETRACTABLE,
    Value,
    retracted,
)
from schemas.keys import owner_of


@dataclass(slots=True)
class Existing:
    """What the graph holds of the nodes and relations a batch names; absent ones are absent."""

    nodes: Mapping[NodeRef, Props]
    edges: Mapping[EdgeRef, Props]
    incident: Mapping[NodeRef, list[EdgeRef]]  # every relation of the nodes to be removed, each in `edges` too


@dataclass(frozen=True, slots=True)
class NodeWrite:
    """Write `changes` (None removes) to reach `props`; `created` says there was no such node before."""

    ref: NodeRef
    created: bool
    changes: Mapping[str, Value | None]
    props: Props


@dataclass(frozen=True, slots=True)
class EdgeWrite:
    """Write `changes` (None removes) to reach `props`; `created` says there was no such relation before."""

    ref: EdgeRef
    created: bool
    changes: Mapping[str, Value | None]
    props: Props


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing a person changed, before it is given its revision."""

    subject: NodeRef
    action: str  # set, add or remove
    property: str = ""
    relation: str = ""
    other: str = ""
    before: str | None = None
    after: str | None = None


@dataclass(slots=True)
class Plan:
    """The net effect of a batch, to be written in this order of fields."""

    remove_nodes: list[NodeRef] = field(default_factory=list)
    put_nodes: list[NodeWrite] = field(default_factory=list)
    remove_edges: list[EdgeRef] = field(default_factory=list)
    put_edges: list[EdgeWrite] = field(default_factory=list)
    tallies: dict[NodeRef, tuple[int, int]] = field(default_factory=dict)  # readers, reads to add
    outcomes: list[Outcome] = field(default_factory=list)
    roots: set[NodeRef] = field(default_factory=set)
    shared: set[NodeRef] = field(default_factory=set)  # nodes whose change shows in the documents of others
    edits: list[Edit] = field(default_factory=list)


def root_of(ref: NodeRef) -> NodeRef | None:
    """Return the index root a node belongs to by its key, or None for what belongs to no single one."""
    if LABELS[ref.label].root:
        return ref
    owner = owner_of(ref.label, ref.key)
    return NodeRef(*owner) if owner is not None and LABELS[owner[0]].root else None


def make_plan(batch: Batch, existing: Existing) -> Plan:
    """Plan a batch. Raises EditConflict or NotFound as `GraphStore.apply` says."""
    for expectation in batch.expect:
        _check_expectation(expectation, existing)
    planner = Planner(batch, existing)
    for mutation in batch.mutations:
        planner.plan.outcomes.append(planner.run(mutation))
    return planner.finish()


def _check_expectation(expect: Expect, existing: Existing) -> None:
    held = existing.nodes.get(expect.ref, {}).get(expect.property)
    if differs(held, expect.value):
        raise EditConflict(f"{expect.property} of {expect.ref.key} was changed by somebody else since it was read.")


class Planner:
    """Runs mutations over an overlay of the existing graph. A None in the overlay is an absence."""

    def __init__(self, batch: Batch, existing: Existing) -> None:
        self.batch = batch
        self.authority = batch.authority
        self.existing = existing
        self.nodes: dict[NodeRef, Props | None] = {}
        self.edges: dict[EdgeRef, Props | None] = {}
        self.removed: set[NodeRef] = set()
        self.tallies: dict[NodeRef, list[int]] = defaultdict(lambda: [0, 0])
        self.plan = Plan()

    def run(self, mutation: Mutation) -> Outcome:
        match mutation:
            case PutNode(ref, props):
                return self._put_node(ref, props)
            case PutEdge(ref, props):
                return self._put_edge(ref, props)
            case RemoveNode(ref):
                return self._remove_node(ref)
            case RemoveEdge(ref):
                return self._remove_edge(ref)

    def finish(self) -> Plan:
        """Turn the overlay into net writes."""
        plan = self.plan
        plan.remove_nodes = sorted(self.removed & self.existing.nodes.keys())
        for node, props in self.nodes.items():
            before = None if node in self.removed else self.existing.nodes.get(node)
            if props is not None and (before is None or props is not before):
                plan.put_nodes.append(NodeWrite(node, before is None, _changes(before, props), props))
        for edge, props in self.edges.items():
            gone = edge.source in self.removed or edge.target in self.removed
            before = None if gone else self.existing.edges.get(edge)
            if props is None:
                if before is not None:
                    plan.remove_edges.append(edge)
            elif before is None or props is not before:
                plan.put_edges.append(EdgeWrite(edge, before is None, _changes(before, props), props))
        plan.tallies = {ref: (readers, reads) for ref, (readers, reads) in self.tallies.items() if readers or reads}
        return plan

    # Nodes

    def _node(self, ref: NodeRef) -> Props | None:
        return self.nodes[ref] if ref in self.nodes else self.existing.nodes.get(ref)

    def _put_node(self, ref: NodeRef, props: Mapping[str, Value | None]) -> Outcome:
        before = self._node(ref)
        if before is None:
            after = _merged({}, props)
            self._node_changed(ref, {}, after)
            self.nodes[ref] = self._marked({}, after, after)
            return Outcome.CREATED
        changes = _changes(before, props) if self.authority is Authority.COPY else _merging(before, props)
        kept = self._protected(before, changes)
        if kept:
            changes = {name: value for name, value in changes.items() if name not in kept}
        if not changes:
            return Outcome.KEPT if kept else Outcome.UNCHANGED
        self.nodes[ref] = self._marked(before, changes, _merged(before, changes))
        self._node_changed(ref, before, changes)
        self._shows(ref)
        return Outcome.UPDATED

    def _marked(self, before: Props, changes: Mapping[str, Value | None], after: Props) -> Props:
        """Return `after` with the names a person set, which sources leave alone from now on."""
        if self.authority is not Authority.PERSON or not changes:
            return after
        return {**after, EDITED: sorted({*_names(before.get(EDITED)), *changes})}

    def _protected(self, before: Props, changes: Mapping[str, Value | None]) -> set[str]:
        """Return the names a person set, which a source's changes must leave alone."""
        if self.authority is not Authority.SOURCE or EDITED not in before:
            return set()
        return set(_names(before[EDITED])) & changes.keys()

    def _node_changed(self, ref: NodeRef, before: Props, changes: Mapping[str, Value | None]) -> None:
        self._touch(ref)
        if self.authority is Authority.PERSON:
            for name, value in changes.items():
                self._note(Edit(ref, "set", property=name, before=_text(before.get(name)), after=_text(value)))

    def _remove_node(self, ref: NodeRef) -> Outcome:
        held = self._node(ref)
        if held is None:
            return Outcome.UNCHANGED
        if self.authority is Authority.SOURCE and EDITED in held:
            return Outcome.KEPT
        here = [edge for edge, props in self.edges.items() if props is not None and ref in (edge.source, edge.target)]
        before = [edge for edge in self.existing.incident.get(ref, ()) if edge not in self.edges]
        for edge in (*here, *before):
            self._edge_changed(edge, self._edge(edge), None)
            self.edges[edge] = None
        self._touch(ref)
        self._note(Edit(ref, "remove"))
        self.nodes[ref] = None
        self.removed.add(ref)
        self.tallies.pop(ref, None)
        return Outcome.REMOVED

    # Relations

    def _edge(self, ref: EdgeRef) -> Props | None:
        return self.edges[ref] if ref in self.edges else self.existing.edges.get(ref)

    def _put_edge(self, ref: EdgeRef, props: Mapping[str, Value | None]) -> Outcome:
        if self._node(ref.source) is None or self._node(ref.target) is None:
            return self._missing_end(ref)
        if ref.type in RETRACTABLE and self._settle_retraction(ref):
            return Outcome.KEPT
        before = self._edge(ref)
        if before is None:
            after: Props = {name: value for name, value in props.items() if value is not None}
            if self.authority is Authority.PERSON:
                after[EDITED_BY] = self.batch.actor
            self._note(Edit(ref.source, "add", relation=ref.type, other=ref.target.key))
        else:
            changes = _changes(before, props) if self.authority is Authority.COPY else _merging(before, props)
            if not changes:
                return Outcome.UNCHANGED
            after = _merged(before, changes)
        self.edges[ref] = after
        self._edge_changed(ref, before, after)
        return Outcome.CREATED if before is None else Outcome.UPDATED

    def _missing_end(self, ref: EdgeRef) -> Outcome:
        if self.batch.lenient:
            return Outcome.MISSING_END
        end = ref.source if self._node(ref.source) is None else ref.target
        raise NotFound(f"There is no {end.label} with key {end.key}.")

    def _settle_retraction(self, ref: EdgeRef) -> bool:
        """Say whether a person's removal stands against a source; a person's own addition lifts it."""
        memory = EdgeRef(retracted(ref.type), ref.source, ref.target)
        if self._edge(memory) is None:
            return False
        if self.authority is Authority.SOURCE:
            return True
        if self.authority is Authority.PERSON:
            self.edges[memory] = None
        return False

    def _remove_edge(self, ref: EdgeRef) -> Outcome:
        before = self._edge(ref)
        if before is None:
            return Outcome.UNCHANGED
        if self.authority is Authority.SOURCE and EDITED_BY in before:
            return Outcome.KEPT
        self._edge_changed(ref, before, None)
        self.edges[ref] = None
        self._note(Edit(ref.source, "remove", relation=ref.type, other=ref.target.key))
        if self.authority is Authority.PERSON and ref.type in RETRACTABLE:
            memory = EdgeRef(retracted(ref.type), ref.source, ref.target)
            self.edges[memory] = {EDITED_BY: self.batch.actor}
        return Outcome.REMOVED

    def _edge_changed(self, ref: EdgeRef, before: Props | None, after: Props | None) -> None:
        touches = RELATIONS[ref.type].touches
        if "source" in touches:
            self._touch_end(ref.source)
        if "target" in touches:
            self._touch_end(ref.target)
        if ref.type == TALLIED and self.authority is not Authority.COPY:
            tally = self.tallies[ref.source]
            tally[0] += (after is not None) - (before is not None)
            tally[1] += reads_of((after or {}).get(TALLY)) - reads_of((before or {}).get(TALLY))

    # What else a change shows in

    def _touch(self, ref: NodeRef) -> None:
        root = root_of(ref)
        if root is not None:
            self.plan.roots.add(root)
            return
        owner = owner_of(ref.label, ref.key)
        if owner is not None:
            self.plan.shared.add(NodeRef(*owner))

    def _touch_end(self, ref: NodeRef) -> None:
        self._touch(ref)
        if not LABELS[ref.label].root:
            self._shows(ref)

    def _shows(self, ref: NodeRef) -> None:
        if LABELS[ref.label].shown_by:
            self.plan.shared.add(ref)

    def _note(self, edit: Edit) -> None:
        if self.authority is Authority.PERSON:
            self.plan.edits.append(edit)


def _merging(before: Props, props: Mapping[str, Value | None]) -> dict[str, Value | None]:
    """Return what merging `props` into `before` would change."""
    return {name: value for name, value in props.items() if differs(before.get(name), value)}


def _changes(before: Props | None, after: Mapping[str, Value | None]) -> dict[str, Value | None]:
    """Return what turns `before` into exactly `after`."""
    if before is None:
        return {name: value for name, value in after.items() if value is not None}
    gone: dict[str, Value | None] = {name: None for name in before if after.get(name) is None}
    return gone | _merging(before, after)


def _merged(before: Props, changes: Mapping[str, Value | None]) -> Props:
    return {name: value for name, value in {**before, **changes}.items() if value is not None}


def _names(value: Value | None) -> list[str]:
    return value if isinstance(value, list) else []


def _text(value: Value | None) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)
