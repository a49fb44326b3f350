"""One statement that changes: what is written for it, given what its source said before and what others say. Pure."""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from ingest.building.built import Built, Writes, build, difference, together
from ingest.building.kinds import KINDS
from ingest.ledger.held import Held, copy_of, ref_of
from ingest.ledger.precedence import Precedence
from ingest.records import Props
from metadata_service.store.mutations import EdgeRef, Expect, Fans, NodeRef, PutNode, RemoveNode
from schemas.errors import Invalid
from schemas.graph import GONE

NOBODY = NodeRef("", "")
_NOTHING, _UNWRITTEN = Built(), Writes()  # of thousands of statements before their turn and behind it; never changed


@dataclass(slots=True)
class Change:
    """A statement that becomes `new` (None: is forgotten). `writes` is what that takes, beside the statement's node."""

    name: str
    new: Held | None
    statement: Any = None  # what `new` stands for, where it is at hand
    old: Held | None = None
    others: Mapping[str, Held] = field(default_factory=dict)  # by source: what else is said of the same
    before: Built = field(default_factory=lambda: _NOTHING)
    after: Built = field(default_factory=lambda: _NOTHING)
    writes: Writes = field(default_factory=lambda: _UNWRITTEN)
    missing: str | None = None  # a digest of the ends that are not there
    again: bool = False  # it was written, and is to be written again: others speak of it, or another of them wins


def work_out(
    change: Change, source: str, before: Precedence, order: Precedence, now: int, *, spread: bool = True
) -> None:
    """Fill in what a change takes; `before`: the order there was. Raises Invalid for what makes no sense.

    Without `spread`, what is said for the first time may have fans.
    """
    kind, _, key = change.name.partition("/")
    others = {other: _known(kind, held) for other, held in change.others.items() if held.live}
    change.before = _known(kind, change.old)
    if change.statement is None:
        change.after = _known(kind, change.new)
    else:
        change.after = build(kind, change.statement, spread=spread or bool(others) or change.old is not None)
    if others:
        change.before = _all_say({**others, source: change.before}, before)
        change.after = _all_say({**others, source: change.after}, order)
    label = KINDS[kind].label
    root = NodeRef(label, key) if label else NOBODY
    # Whoever speaks alone knows what the graph has of it; of several, another may just have spoken for the first time.
    held = not (change.others or change.again) and change.old is not None and change.old.whole
    change.writes = difference(change.before, change.after, root, now, held=held)
    _add_history(change, kind, now)


def _add_history(change: Change, kind: str, now: int) -> None:
    """Add what is remembered of what a statement became; or no longer, where the run that saw it is undone."""
    old, new, note = change.old, change.new, KINDS[kind].history
    if note is None or old is None or new is None or not new.live:
        return
    writes = change.writes
    if change.statement is None:
        undone = note(new.statement(kind), old.statement(kind), old.run, now)
        writes.removals += [RemoveNode(put.ref) for put in undone if isinstance(put, PutNode)]
        return
    for put in note(old.statement(kind), change.statement, new.run, now):
        if isinstance(put, PutNode):
            writes.nodes[put.ref] = put.props
        else:
            writes.edges[put.ref] = put.props


def _known(kind: str, held: Held | None) -> Built:
    """Build what was said before; nothing where that makes no sense to this version."""
    if held is None or not held.live:
        return _NOTHING
    try:
        return build(kind, held.statement(kind))
    except Invalid:
        return _NOTHING


def _all_say(built: Mapping[str, Built], order: Precedence) -> Built:
    """Return what several sources say together; mostly there is one."""
    said = [built[source] for source in sorted(built, key=order) if built[source] is not _NOTHING]
    return said[0] if len(said) == 1 else together(said)


def forget(change: Change) -> None:
    """Let go of what `work_out` made."""
    change.before = change.after = _NOTHING
    change.writes = _UNWRITTEN


def wanted(changes: Collection[Change]) -> set[NodeRef]:
    """Return the nodes that must be there for what is written, and are not written with it.

    What marks a node as gone must not make one.
    """
    edges: list[EdgeRef] = []
    put: dict[NodeRef, Props] = {}
    for change in changes:
        edges += change.writes.edges
        put |= change.writes.nodes
    needed = {*map(itemgetter(1), edges), *map(itemgetter(2), edges)}.difference(put)
    if fans := Fans(fan for change in changes for fan in change.writes.fans):
        needed |= {fan.parent for fan in fans}.difference(put)
        needed = fans.without(needed)
    marked = {ref for ref, props in put.items() if props.get(GONE) is not None}
    if marked:  # of two statements the one may put what the other marks
        marked -= {ref for change in changes for ref, props in change.writes.nodes.items() if props.get(GONE) is None}
    return needed | marked


def leave_out(change: Change, absent: Collection[NodeRef]) -> None:
    """Take out of a change what needs nodes that are not there, and note which."""
    if not absent:
        return
    writes = change.writes.spread()
    missing = {end for ref in writes.edges for end in ref[1:] if end in absent}
    missing.update([ref for ref in writes.nodes if ref in absent])
    change.missing = hashlib.blake2b(repr(sorted(missing)).encode(), digest_size=8).hexdigest() if missing else None
    if missing:
        nodes = {ref: props for ref, props in writes.nodes.items() if ref not in absent}
        edges = {ref: props for ref, props in writes.edges.items() if ref[1] not in absent and ref[2] not in absent}
        change.writes = Writes(nodes, edges, writes.removals)


def keep(changes: Iterable[Change], source: str, run: str) -> Writes:
    """Return what keeps the statements themselves, and copies of what they were."""
    kept = Writes()
    for change in changes:
        ref = ref_of(source, change.name)
        if change.old is not None and change.old.run != run:
            copy = copy_of(source, change.name, change.old, run)
            kept.nodes[copy.ref] = copy.props
        if change.new is None:
            kept.removals.append(RemoveNode(ref))
        else:
            kept.nodes[ref] = {**change.new.props(), "unresolved": change.missing}
    return kept


def expected(change: Change, source: str) -> list[Expect]:
    """Return what must not have changed since it was read: each statement is written with the run that writes it."""
    seen = {source: change.old, **change.others}
    return [
        Expect(ref_of(speaker, change.name), "run", None if held is None else held.run)
        for speaker, held in seen.items()
    ]
