"""Carry a batch through one transaction: read, plan, write, record. The same steps for every adapter."""

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Collection
from operator import itemgetter
from typing import Protocol

from metadata_service.store.fans import may_be_whole, spread
from metadata_service.store.model_check import check_batch
from metadata_service.store.mutations import (
    Authority,
    Batch,
    Edge,
    EdgeRef,
    Expect,
    Fans,
    NodeRef,
    PutEdge,
    PutNode,
    Receipt,
    RemoveEdge,
    RemoveNode,
)
from metadata_service.store.plan import Edit, Existing, Plan, memory_of, root_of
from metadata_service.store.planner import Planner
from metadata_service.store.shapes import Props, differs
from schemas.errors import EditConflict
from schemas.graph import RETRACTABLE, Value


class Transaction(Protocol):
    """What an adapter offers inside one write transaction."""

    def lock(self, named: Collection[NodeRef]) -> None:
        """Make other writers of the index roots that these nodes belong to wait until this transaction ends."""

    def takes(self, fans: Fans) -> bool:
        """Say whether `write` can make these fans whole: the adapter knows how, and has none of their nodes.

        Asked before anything else.
        """

    def read_nodes(self, refs: Collection[NodeRef]) -> dict[NodeRef, Props]:
        """Return the nodes that exist. Always called before the other reads, with every node they name."""

    def read_edges(self, refs: Collection[EdgeRef]) -> dict[EdgeRef, Props]:
        """Return the relations that exist."""

    def incident(self, refs: Collection[NodeRef]) -> list[Edge]:
        """Return every relation of the model that these nodes have, in either direction."""

    def shown_in(self, refs: Collection[NodeRef]) -> set[NodeRef]:
        """Return the nodes at the far ends of these nodes' `shown_by` relations."""

    def write(self, plan: Plan) -> None:
        """Make the plan's net writes, in the order of its fields."""

    def record(self, roots: Collection[NodeRef], batch: Batch, now: int) -> dict[NodeRef, int]:
        """Raise the revision of each root to max(previous + 1, now) and mark it pending. The refs come sorted.

        Return the revisions; nobody asks for them after a batch that is no person's.
        """


def commit(tx: Transaction, batch: Batch, now: int) -> Receipt:
    """Apply a batch inside an open transaction, as `GraphStore.apply` promises; raising leaves it to be rolled back.

    `now` is in microseconds since the epoch.
    """
    edges = _named_edges(batch)
    named = _named_nodes(batch, edges)
    check_batch(batch, named, edges)
    if batch.fans and not (may_be_whole(batch) and tx.takes(batch.fans)):
        return commit(tx, spread(batch), now)
    if batch.authority is Authority.PERSON or batch.expect:
        tx.lock(named)
    existing = _read(tx, batch, named, edges)
    for expectation in batch.expect:
        _check_expectation(expectation, existing)
    plan = Planner(batch, existing, now // 1_000_000).run()
    roots = plan.roots | _roots_showing(tx, plan.shared)
    tx.write(plan)
    revisions = tx.record(sorted(roots), batch, now) if roots else {}
    if plan.edits:
        tx.write(Plan(new_nodes=_edit_nodes(plan.edits, revisions, batch, now)))
    return Receipt(tuple(plan.outcomes), frozenset(roots), frozenset(plan.kept))


def _named_edges(batch: Batch) -> list[EdgeRef]:
    return [*batch.edges, *[m.ref for m in batch.mutations if type(m) is PutEdge or type(m) is RemoveEdge]]


def _named_nodes(batch: Batch, edges: Collection[EdgeRef]) -> set[NodeRef]:
    """Return the nodes that a batch names, but for those of its fans."""
    refs = set(batch.nodes)
    refs.update([expect.ref for expect in batch.expect])
    refs.update([m.ref for m in batch.mutations if type(m) is PutNode or type(m) is RemoveNode])
    refs.update(map(itemgetter(1), edges))
    refs.update(map(itemgetter(2), edges))
    return batch.fans.without(refs) if batch.fans else refs


def _read(tx: Transaction, batch: Batch, named: set[NodeRef], edges: Collection[EdgeRef]) -> Existing:
    nodes = tx.read_nodes(named)
    related = {ref for ref in edges if ref[1] in nodes and ref[2] in nodes}
    found = tx.read_edges(related) if related else {}
    # Nobody took back what is there: a source that says the same again asks for nothing more.
    unmade = {m.ref for m in batch.mutations if isinstance(m, RemoveEdge)}
    memories = {memory_of(ref) for ref in related if ref.type in RETRACTABLE and (ref not in found or ref in unmade)}
    found |= tx.read_edges(memories) if memories else {}
    incident: dict[NodeRef, list[EdgeRef]] = defaultdict(list)
    removed = [m.ref for m in batch.mutations if isinstance(m, RemoveNode) and m.ref in nodes]
    for edge in tx.incident(removed) if removed else ():
        found[edge.ref] = edge.props
        for end in {edge.ref.source, edge.ref.target}:
            incident[end].append(edge.ref)
    return Existing(nodes, found, incident, named.difference(nodes), related)


def _check_expectation(expect: Expect, existing: Existing) -> None:
    held = existing.nodes.get(expect.ref, {}).get(expect.property)
    if differs(held, expect.value):
        raise EditConflict(f"{expect.property} of {expect.ref.key} was changed by somebody else since it was read.")


def _roots_showing(tx: Transaction, shared: set[NodeRef]) -> set[NodeRef]:
    """Return the roots whose documents show any of these nodes, also by way of others: a cluster by its schemas."""
    roots: set[NodeRef] = set()
    seen, fresh = set(shared), set(shared)
    while fresh:
        shown = {(root_of(ref), ref) for ref in tx.shown_in(fresh)}
        roots |= {root for root, _ in shown if root is not None}
        fresh = {ref for root, ref in shown if root is None} - seen
        seen |= fresh
    return roots


def _edit_nodes(edits: list[Edit], revisions: dict[NodeRef, int], batch: Batch, now: int) -> dict[NodeRef, Props]:
    """Turn edits into nodes of the record of changes, keyed so that one root's edits list in order.

    What belongs to no root has no revision: the batch's own id keeps two batches of one microsecond apart.
    """
    nodes = {}
    batch_id = secrets.token_hex(4)
    for number, edit in enumerate(edits):
        root = root_of(edit.subject) or edit.subject
        revision = revisions.get(root, now)
        props: dict[str, Value | None] = {
            "root_label": root.label,
            "root_key": root.key,
            "revision": revision,
            "at": now,
            "actor": batch.actor,
            "action": edit.action,
            "label": edit.subject.label,
            "node": edit.subject.key,
            "relation": edit.relation or None,
            "other": edit.other or None,
            "property": edit.property or None,
            "before": edit.before,
            "after": edit.after,
            "reason": batch.reason or None,
        }
        present: Props = {name: value for name, value in props.items() if value is not None}
        ref = NodeRef("Fram_Edit", f"{edit_prefix(root)}{revision:020d}-{number:06d}-{batch_id}")
        nodes[ref] = present
    return nodes


def edit_prefix(root: NodeRef) -> str:
    """Return what the keys of all edits of one root begin with, and no other root's do, however long its key is."""
    return f"{hashlib.sha256(f'{root.label}/{root.key}'.encode()).hexdigest()}/"
