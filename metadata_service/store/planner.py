"""Run the mutations of a batch in order over what the graph holds, and end with what is to be written. Pure.

Who wins over whom (people over sources, people's removals over sources' additions) is decided here and nowhere else.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from operator import itemgetter

from metadata_service.store.mutations import (
    Authority,
    Batch,
    Changes,
    EdgeRef,
    Mutation,
    NodeRef,
    Outcome,
    PutEdge,
    PutNode,
    RemoveEdge,
    RemoveNode,
)
from metadata_service.store.newcomers import new_edges, new_nodes, newcomers
from metadata_service.store.plan import EdgeWrite, Edit, Existing, NodeWrite, Plan, memory_of
from metadata_service.store.shapes import Props, differs
from metadata_service.store.stamps import confirmed, drawn
from metadata_service.store.tallies import TALLIED, TALLY, reads_of, set_score
from schemas.errors import NotFound
from schemas.graph import EDITED, EDITED_BY, GONE, LABELS, MARKED, REASON, RELATIONS, RETRACTABLE, STAMPED, Value
from schemas.keys import owner_of

NO_MARKS: Changes = {}
UNTOUCHED: Props = {}  # told by its identity

_ROOTS = frozenset(label.name for label in LABELS.values() if label.root)
_SHARED = frozenset(label.name for label in LABELS.values() if label.shown_by)
# A root is also mentioned, by those who own it say, so that its own statement must say that it is back.
_BACK_WHEN_SAID = MARKED.difference(_ROOTS)
_TOUCHES_SOURCE = frozenset(relation.type for relation in RELATIONS.values() if "source" in relation.touches)
_TOUCHES_TARGET = frozenset(relation.type for relation in RELATIONS.values() if "target" in relation.touches)


class Planner:
    """Overlays the existing graph with what each node and relation has become; a None is an absence.

    What is put for the first time all at once (newcomers.py) is in the plan from the beginning, below that.
    """

    def __init__(self, batch: Batch, existing: Existing, now: int) -> None:
        """Plan a batch at `now`, in epoch seconds."""
        self.batch = batch
        self.now = now
        self.by_person = batch.authority is Authority.PERSON
        self.by_source = batch.authority is Authority.SOURCE
        self.changes_of = differences if batch.authority is Authority.COPY else merging
        self.existing = existing
        self.nodes: dict[NodeRef, Props | None] = {}
        self.edges: dict[EdgeRef, Props | None] = {}
        self.removed: set[NodeRef] = set()
        self.touched: set[NodeRef] = set()
        self.touched_ends: set[NodeRef] = set()
        self.tallies: dict[NodeRef, list[int]] = defaultdict(lambda: [0, 0])
        self.plan = Plan()

    def run(self) -> Plan:
        """Return the plan. Raises NotFound for a missing end, unless the batch is lenient."""
        steps: dict[type[Mutation], Callable[..., Outcome]] = {
            PutNode: self._put_node,
            PutEdge: self._put_edge,
            RemoveNode: self._remove_node,
            RemoveEdge: self._remove_edge,
        }
        self._put_whole()
        mutations = self.batch.mutations
        alone = self.by_person or self.batch.nodes or self.batch.edges
        rest: Sequence[int] = range(len(mutations)) if alone else self._put_newcomers()
        outcomes = [Outcome.CREATED] * len(mutations)
        for place in rest:
            mutation = mutations[place]
            outcomes[place] = steps[type(mutation)](mutation)
        self.plan.outcomes = outcomes
        self._write_nodes()
        self._write_edges()
        self.plan.tallies = {ref: (tally[0], tally[1]) for ref, tally in self.tallies.items() if any(tally)}
        return self.plan

    def _put_whole(self) -> None:
        """Put the nodes, fans and relations that stand before the mutations."""
        nodes, edges = self.batch.nodes, self.batch.edges
        new = {} if self.by_person else new_nodes(nodes, self.existing)
        types = set(map(itemgetter(0), edges))
        self.plan.new_fans = self.batch.fans
        for fan in self.batch.fans:
            if fan.keys and fan.relation in _TOUCHES_SOURCE:
                self._touch_end(fan.parent)
        self._put_new(new, {} if self.by_person else new_edges(edges, new, self.existing, types))
        made = self.plan.new_edges
        known_nodes = nodes if len(new) < len(nodes) else ()
        known_edges = edges if len(made) < len(edges) else ()
        outcomes: dict[NodeRef | EdgeRef, Outcome] = {
            ref: self._put_node(PutNode(ref, nodes[ref])) for ref in known_nodes if ref not in new
        }
        outcomes |= {ref: self._put_edge(PutEdge(ref, edges[ref])) for ref in known_edges if ref not in made}
        self.plan.kept = {ref for ref, outcome in outcomes.items() if outcome is Outcome.KEPT}

    def _put_newcomers(self) -> Sequence[int]:
        """Put all that is new; return the places of what is left."""
        new = newcomers(self.batch.mutations, self.existing)
        self._put_new(new.nodes, new.edges)
        return new.rest

    def _put_new(self, nodes: dict[NodeRef, Props], edges: dict[EdgeRef, Props]) -> None:
        self.plan.new_nodes, self.plan.new_edges = nodes, edges
        for root in [ref for ref in nodes if ref[0] in _ROOTS]:
            self._touch(root)
        ends = {ref[1] for ref in edges if ref[0] in _TOUCHES_SOURCE}
        ends.update([ref[2] for ref in edges if ref[0] in _TOUCHES_TARGET])
        for end in ends:
            self._touch_end(end)

    def _write_nodes(self) -> None:
        plan, held, removed = self.plan, self.existing.nodes, self.removed
        plan.remove_nodes = sorted(removed & held.keys())
        for ref, props in self.nodes.items():
            before = None if ref in removed else held.get(ref)
            if props is None:
                plan.new_nodes.pop(ref, None)
            elif before is None:
                plan.new_nodes[ref] = props
            else:
                plan.put_nodes.append(NodeWrite(ref, differences(before, props), props))

    def _write_edges(self) -> None:
        plan, held, removed = self.plan, self.existing.edges, self.removed
        for ref, props in self.edges.items():
            before = None if removed and (ref.source in removed or ref.target in removed) else held.get(ref)
            if props is None:
                plan.new_edges.pop(ref, None)
                if before is not None:
                    plan.remove_edges.append(ref)
            elif before is None:
                plan.new_edges[ref] = props
            else:
                plan.put_edges.append(EdgeWrite(ref, differences(before, props), props))

    # Nodes

    def _node(self, ref: NodeRef) -> Props | None:
        """Return what a node has become; None where there is none."""
        props = self.nodes.get(ref, UNTOUCHED)
        if props is not UNTOUCHED:
            return props
        held = self.existing.nodes.get(ref)
        held = self.plan.new_nodes.get(ref) if held is None else held
        return self._in_fans.get(ref) if held is None else held

    @cached_property
    def _in_fans(self) -> Mapping[NodeRef, Props]:
        return self.plan.new_fans.nodes()

    def _put_node(self, mutation: PutNode) -> Outcome:
        ref, before = mutation.ref, self._node(mutation.ref)
        if before is None:
            self._set_node(ref, {}, mutation.props)
            # What is no root shows in nothing before it is related; but a person's edit needs its root's revision.
            if self.by_person or ref[0] in _ROOTS:
                self._touch(ref)
            return Outcome.CREATED
        changes = self.changes_of(before, mutation.props)
        if self.by_source and GONE in before and GONE not in mutation.props and ref.label in _BACK_WHEN_SAID:
            changes = {**changes, GONE: None}
        if not changes:
            return Outcome.UNCHANGED
        if self.by_source and EDITED in before:
            changes = {name: value for name, value in changes.items() if name not in _names(before[EDITED])}
            if not changes:
                return Outcome.KEPT
        self._set_node(ref, before, changes)
        self._touch(ref)
        if ref.label in _SHARED:
            self.plan.shared.add(ref)
        return Outcome.UPDATED

    def _set_node(self, ref: NodeRef, before: Props, changes: Changes) -> None:
        after = merged(before, changes)
        if self.by_person:
            changes = changes if before else after  # what is not there is not taken away
            for name, value in changes.items():
                self._note(Edit(ref, "set", property=name, before=_text(before.get(name)), after=_text(value)))
            if changes:
                after[EDITED] = sorted({*_names(before.get(EDITED)), *changes})
        if self.by_source and GONE in changes:
            set_score(after)
        self.nodes[ref] = after

    def _remove_node(self, mutation: RemoveNode) -> Outcome:
        ref, held = mutation.ref, self._node(mutation.ref)
        if held is None:
            return Outcome.UNCHANGED
        made = [edge for edge in (*self.plan.new_edges, *self.edges) if ref in (edge.source, edge.target)]
        incident = dict.fromkeys((*self.existing.incident.get(ref, ()), *made))
        edges = {edge: before for edge in incident if (before := self._edge(edge)) is not None}
        if self.by_source and (EDITED in held or any(EDITED_BY in before for before in edges.values())):
            return Outcome.KEPT
        for edge, before in edges.items():
            self._set_edge(edge, before, None)
        self._touch(ref)
        self._note(Edit(ref, "remove"))
        self.nodes[ref] = None
        self.removed.add(ref)
        self.tallies.pop(ref, None)
        return Outcome.REMOVED

    # Relations

    def _edge(self, ref: EdgeRef) -> Props | None:
        props = self.edges.get(ref, UNTOUCHED)
        if props is not UNTOUCHED:
            return props
        held = self.existing.edges.get(ref)
        return self.plan.new_edges.get(ref) if held is None else held

    def _put_edge(self, mutation: PutEdge) -> Outcome:
        ref = mutation.ref
        relation, source, target = ref
        if self._node(source) is None or self._node(target) is None:
            return self._missing_end(ref)
        if relation in RETRACTABLE and self._settle_retraction(ref):
            return Outcome.KEPT
        before = self._edge(ref)
        marks = self._marks(relation, before) if self.by_person or relation in STAMPED else NO_MARKS
        if self.by_person and (before is None or marks):
            self._note_edge("add", ref)
        if before is None:
            self._set_edge(ref, None, merged(mutation.props, marks))
            return Outcome.CREATED
        changes = self.changes_of(before, mutation.props)
        if changes:
            self._set_edge(ref, before, merged(before, {**changes, **marks}))
            return Outcome.UPDATED
        if marks:
            self.edges[ref] = merged(before, marks)  # shows in no document
        return Outcome.UPDATED if marks and self.by_person else Outcome.UNCHANGED

    def _marks(self, relation: str, before: Props | None) -> Changes:
        """Return what a relation is to say of who made it and where from, that it does not say yet.

        Of a relation that is not stamped only a person's word says it.
        """
        if self.by_person and relation in STAMPED:
            marks = drawn(before or {}, self.batch, self.now)
        elif self.by_person and (before is None or (relation in RETRACTABLE and EDITED_BY not in before)):
            marks = {EDITED_BY: self.batch.actor}  # a person's from now on, also where a source had said it
        elif self.by_source:
            marks = confirmed(before or {}, self.batch, self.now)
        else:
            return NO_MARKS
        return merging(before or {}, marks)

    def _missing_end(self, ref: EdgeRef) -> Outcome:
        if self.batch.lenient:
            return Outcome.MISSING_END
        end = ref.source if self._node(ref.source) is None else ref.target
        raise NotFound(f"There is no {end.label} with key {end.key}.")

    def _settle_retraction(self, ref: EdgeRef) -> bool:
        """Say whether a person's removal stands against a source; a person's own addition lifts it."""
        memory = memory_of(ref)
        before = self._edge(memory)
        if before is None:
            return False
        if self.by_person:
            self._set_edge(memory, before, None)
        return self.by_source

    def _remove_edge(self, mutation: RemoveEdge) -> Outcome:
        ref, before = mutation.ref, self._edge(mutation.ref)
        if before is None:
            return Outcome.UNCHANGED
        if self.by_source and EDITED_BY in before:
            return Outcome.KEPT
        self._set_edge(ref, before, None)
        self._note_edge("remove", ref)
        if self.by_person and ref.type in RETRACTABLE:
            memory = memory_of(ref)
            reason: Props = {REASON: self.batch.reason} if self.batch.reason else {}
            self._set_edge(memory, self._edge(memory), {EDITED_BY: self.batch.actor, **reason})
        return Outcome.REMOVED

    def _set_edge(self, ref: EdgeRef, before: Props | None, after: Props | None) -> None:
        self.edges[ref] = after
        relation, source, target = ref
        if relation in _TOUCHES_SOURCE and source not in self.touched_ends:
            self._touch_end(source)
        if relation in _TOUCHES_TARGET and target not in self.touched_ends:
            self._touch_end(target)
        if relation == TALLIED and self.batch.authority is not Authority.COPY:
            tally = self.tallies[source]
            tally[0] += (after is not None) - (before is not None)
            tally[1] += reads_of((after or {}).get(TALLY)) - reads_of((before or {}).get(TALLY))

    # What else a change shows in

    def _touch(self, ref: NodeRef) -> None:
        if ref in self.touched:
            return
        self.touched.add(ref)
        label, key = ref
        if label in _ROOTS:
            self.plan.roots.add(ref)
            return
        owner = owner_of(label, key)
        if owner is not None:
            (self.plan.roots if owner[0] in _ROOTS else self.plan.shared).add(NodeRef(*owner))

    def _touch_end(self, ref: NodeRef) -> None:
        self.touched_ends.add(ref)
        self._touch(ref)
        if ref.label in _SHARED and ref.label not in _ROOTS:
            self.plan.shared.add(ref)

    def _note_edge(self, action: str, ref: EdgeRef) -> None:
        """Note a relation with its source; lineage with its target too, where the reverse type says which way."""
        relation, source, target = ref
        self._note(Edit(source, action, relation=relation, other=target.key))
        if relation in STAMPED:
            self._note(Edit(target, action, relation=RELATIONS[relation].reverse, other=source.key))

    def _note(self, edit: Edit) -> None:
        if self.by_person:
            self.plan.edits.append(edit)


def merging(before: Props, props: Changes) -> dict[str, Value | None]:
    """Return what merging `props` into `before` would change."""
    return {name: value for name, value in props.items() if differs(before.get(name), value)}


def differences(before: Props, after: Changes) -> Changes:
    """Return what turns `before` into exactly `after`."""
    gone = {name: None for name in before if after.get(name) is None}
    return {**gone, **merging(before, after)}


def merged(before: Changes, changes: Changes) -> Props:
    """Return `before` with these changes made to it, without what is None; never `before` itself."""
    after = {**before, **changes}
    if None in after.values():
        after = {name: value for name, value in after.items() if value is not None}
    return after  # type: ignore[return-value]  # no None is left in it


def _names(value: Value | None) -> list[str]:
    return value if isinstance(value, list) else []


def _text(value: Value | None) -> str | None:
    return value if value is None or isinstance(value, str) else str(value)
