"""One statement that changes: what is written for it, given what its source said before and what others say. Pure."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.building.built import Built, build, difference, together
from ingest.building.kinds import KINDS
from ingest.ledger.held import Held, copy_of, ref_of
from metadata_service.store.mutations import Expect, Mutation, NodeRef, PutEdge, PutNode, RemoveNode
from schemas.errors import Invalid
from schemas.graph import GONE

NOBODY = NodeRef("", "")
_NOTHING = Built()
Order = Callable[[str], tuple[int, str]]  # what sources are sorted by: the first of them wins


@dataclass(slots=True)
class Change:
    """A statement that becomes `new` (None: is forgotten). `mutations` is what that takes, its own node last."""

    name: str
    new: Held | None
    statement: Any = None  # what `new` stands for, where it is at hand
    old: Held | None = None
    others: Mapping[str, Held] = field(default_factory=dict)  # by source: what else is said of the same
    before: Built = field(default_factory=Built)
    after: Built = field(default_factory=Built)
    mutations: list[Mutation] = field(default_factory=list)
    missing: str | None = None  # a digest of the ends that are not there
    again: bool = False  # it was written, and is to be written again


def work_out(change: Change, source: str, order: Order, now: int) -> None:
    """Fill in what a change takes. Raises Invalid for a statement that makes no sense."""
    kind, _, key = change.name.partition("/")
    others = {other: _known(kind, held) for other, held in change.others.items() if held.live}
    change.before = _all_say({**others, source: _known(kind, change.old)}, order)
    after = build(kind, change.statement) if change.statement is not None else _known(kind, change.new)
    change.after = _all_say({**others, source: after}, order)
    label = KINDS[kind].label
    root = NodeRef(label, key) if label else NOBODY
    # Whoever speaks alone knows what the graph has of it; of several, another may just have spoken for the first time.
    held = not (change.others or change.again) and change.old is not None and change.old.whole
    change.mutations = list(difference(change.before, change.after, root, now, held=held))
    change.mutations += _history(change, kind, now)


def _history(change: Change, kind: str, now: int) -> Iterator[Mutation]:
    """Yield what is remembered of what a statement became; or no longer, where the run that saw it is undone."""
    old, new, note = change.old, change.new, KINDS[kind].history
    if note is None or old is None or new is None or not new.live:
        return
    if change.statement is not None:
        yield from note(old.statement(kind), change.statement, new.run, now)
    else:
        undone = note(new.statement(kind), old.statement(kind), old.run, now)
        yield from (RemoveNode(put.ref) for put in undone if isinstance(put, PutNode))


def _known(kind: str, held: Held | None) -> Built:
    """Build what was said before; nothing where that makes no sense to this version."""
    if held is None or not held.live:
        return _NOTHING
    try:
        return build(kind, held.statement(kind))
    except Invalid:
        return _NOTHING


def _all_say(built: Mapping[str, Built], order: Order) -> Built:
    """Return what several sources say together; mostly there is one."""
    said = [built[source] for source in sorted(built, key=order) if built[source] is not _NOTHING]
    return said[0] if len(said) == 1 else together(said)


def forget(change: Change) -> None:
    """Let go of what `work_out` made."""
    change.before = change.after = _NOTHING
    change.mutations = []


def wanted(changes: Iterable[Change]) -> set[NodeRef]:
    """Return the nodes that must be there for what is written, and are not written with it."""
    mutations = [mutation for change in changes for mutation in change.mutations]
    edges = [mutation.ref for mutation in mutations if type(mutation) is PutEdge]
    nodes = [mutation for mutation in mutations if type(mutation) is PutNode]
    needed = {ref[1] for ref in edges}
    needed.update([ref[2] for ref in edges])
    marked = [mutation.ref for mutation in nodes if GONE in mutation.props and _marks(mutation)]
    needed.update(marked)
    return needed.difference([mutation.ref for mutation in nodes if not (marked and _marks(mutation))])


def leave_out(change: Change, absent: Collection[NodeRef]) -> None:
    """Take out of a change what needs nodes that are not there, and note which."""
    if not absent:
        return
    missing = set()
    kept: list[Mutation] = []
    for mutation in change.mutations:
        if isinstance(mutation, PutEdge):
            lacking = [end for end in mutation.ref[1:] if end in absent]
            missing.update(lacking)
        else:
            lacking = [mutation.ref] if isinstance(mutation, PutNode) and _marks(mutation) else []
            lacking = [ref for ref in lacking if ref in absent]
        if not lacking:
            kept.append(mutation)
    change.mutations = kept
    change.missing = hashlib.blake2b(repr(sorted(missing)).encode(), digest_size=8).hexdigest() if missing else None


def _marks(mutation: PutNode) -> bool:
    """Say whether a mutation marks a node as gone, which must not make one."""
    return isinstance(mutation.props.get(GONE), int)


def keep(change: Change, source: str, run: str) -> list[Mutation]:
    """Return what keeps the statement itself, and a copy of what it was."""
    ref = ref_of(source, change.name)
    kept: list[Mutation] = []
    if change.old is not None and change.old.run != run:
        kept.append(copy_of(source, change.name, change.old, run))
    if change.new is None:
        return [*kept, RemoveNode(ref)]
    return [*kept, PutNode(ref, {**change.new.props(), "unresolved": change.missing})]


def expected(change: Change, source: str) -> list[Expect]:
    """Return what must not have changed since it was read: each statement is written with the run that writes it."""
    seen = {source: change.old, **change.others}
    return [
        Expect(ref_of(speaker, change.name), "run", None if held is None else held.run)
        for speaker, held in seen.items()
    ]
