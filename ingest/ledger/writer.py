"""Write what a source says: what is unchanged is left alone, the rest goes in with the statement that says it.

A statement goes in whole, with its own node, or not at all; one that a store refuses takes no other down with it.
Statements that another run changed in the meantime are read again: what all sources say together is never lost.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from itertools import chain
from typing import TypeVar

from ingest.building.built import CONTAINING, SHARED, Writes
from ingest.ledger import held as kept
from ingest.ledger.change import Change, expected, forget, keep, leave_out, wanted, work_out
from ingest.ledger.difference import describe
from ingest.ledger.precedence import Precedence
from ingest.ledger.said import Said
from ingest.records import Props, catalogue_updated
from metadata_service.catalog.writes import absent
from metadata_service.store.collector import collector_paused
from metadata_service.store.mutations import (
    NO_FANS,
    Authority,
    Batch,
    EdgeRef,
    Expect,
    Fans,
    Mutation,
    NodeRef,
    Outcome,
    PutEdge,
    PutNode,
)
from metadata_service.store.port import GraphStore
from schemas.errors import Conflict, EditConflict, Invalid, NotFound, TooLarge

MAX_MUTATIONS = 5_000
ATTEMPTS = 10  # at statements that others write at the same time

T = TypeVar("T", NodeRef, EdgeRef)

_COMMON = SHARED | CONTAINING  # labels and types of what many statements say alike


class Verdict(Enum):
    """What became of a statement."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a statement, and why.

    `kept`: a person's word stood against what it says anew; `unresolved`: an end was missing.
    """

    verdict: Verdict
    reason: str = ""
    kept: bool = False
    unresolved: bool = False
    difference: tuple[str, ...] = ()


UNCHANGED, _WRITTEN = Judged(Verdict.UNCHANGED), Judged(Verdict.WRITTEN)


class Ledger:
    """Writes on one source's word, in one run. With `dry` it says what it would do and does nothing."""

    def __init__(
        self,
        store: GraphStore,
        source: str,
        run: str,
        order: Precedence,
        *,
        epoch: Callable[[], int] = lambda: int(time.time()),
        dry: bool = False,
        max_mutations: int = MAX_MUTATIONS,
    ) -> None:
        """`order` sorts sources: the first wins where several speak of one property. `epoch` tells seconds."""
        self.source = source
        self.run = run
        self.changed = False
        self._others: list[str] = []
        self._store = store
        self._order = order
        self._epoch = epoch
        self.dry = dry
        self._max_mutations = max_mutations

    def say(self, items: Sequence[Said]) -> list[Judged]:
        """Write statements, no two of one name; return what became of each. Raises StoreUnavailable."""
        keys = {item.name: self._key(item.name) for item in items}
        marks = kept.fetch_marks(self._store, keys.values())
        same = {
            item.name: record.props.get("unresolved")
            for item in items
            if (record := marks.get(keys[item.name])) is not None
            and record.props.get("hash") == item.hash
            and record.props.get("gone_since") is None
        }
        turned = self._turned(same)
        changes = [
            Change(item.name, kept.holding(item, self.run, self.run), item.statement, again=item.name in turned)
            for item in items
            if item.name not in same or same[item.name] is not None or item.name in turned
        ]
        judged = self.write(changes)
        return [judged.get(item.name, UNCHANGED) for item in items]

    def silence(self, names: Iterable[str]) -> dict[str, Judged]:
        """Note that the source makes these statements no more."""
        held = kept.fetch(self._store, map(self._key, names))
        gone = {key.partition("/")[2]: kept.silent(each, self.run, self._epoch()) for key, each in held.items()}
        return self.write([Change(name, each) for name, each in gone.items()])

    def finish(self, *, whole: bool = False) -> None:
        """Say in the graph when it was last changed, if it was; and by which order, if the `whole` source was read."""
        puts = [catalogue_updated(self._epoch())] if self.changed else []
        if whole and not self.dry and self._kept_order != self._order:
            puts.append(kept.precedence_of(self.source, self._order))
        if puts:
            self._store.apply(self.batch(tuple(puts)))

    def write(self, changes: Sequence[Change]) -> dict[str, Judged]:
        """Make changes, in batches of bounded size. Raises Conflict where others write the same without end."""
        judged: dict[str, Judged] = {}
        left = list(changes)
        for _ in range(ATTEMPTS):
            if not left:
                return judged
            with collector_paused():  # what a change takes is tens of thousands of objects, none of them in a circle
                left = self._write(left, judged)
        raise Conflict(f"{self.source}: {left[0].name[:200]} is being written by others all the time.")

    def _write(self, changes: Sequence[Change], judged: dict[str, Judged]) -> list[Change]:
        """Make changes as far as nobody else makes them too; return what is left."""
        self._read(changes)
        sound = (change for change in changes if self._worked_out(change, judged))  # one batch at a time
        return [change for batch in self._batches(sound) for change in self._attempt(batch, judged)]

    @cached_property
    def _kept_order(self) -> Precedence | None:
        return kept.fetch_precedence(self._store, self.source)

    @property
    def _order_before(self) -> Precedence:
        """The order by which what the source said before was written."""
        return self._kept_order or self._order

    def _turned(self, names: Iterable[str]) -> set[str]:
        """Return those of some unchanged statements of which another source wins than when they were written."""
        if self._order_before == self._order:
            return set()
        spoken = {name: {self.source} for name in names}
        others = {f"{who}/{name}": (who, name) for who in self._find_others() for name in spoken}
        for key, record in kept.fetch_marks(self._store, others.keys()).items():
            if record.props.get("gone_since") is None:
                who, name = others[key]
                spoken[name].add(who)
        return {name for name, speakers in spoken.items() if not self._order.agrees(self._order_before, speakers)}

    def _key(self, name: str) -> str:
        return f"{self.source}/{name}"

    def _read(self, changes: Sequence[Change]) -> None:
        """Read what the source had said, and what others say."""
        self._others = self._find_others()
        others = self._others
        held = kept.fetch(self._store, [f"{who}/{change.name}" for change in changes for who in (self.source, *others)])
        for change in changes:
            change.old = held.get(self._key(change.name))
            change.others = {who: each for who in others if (each := held.get(f"{who}/{change.name}")) is not None}
            if change.new is not None and change.old is not None:
                change.new = change.new._replace(first_run=change.old.first_run)

    def _find_others(self) -> list[str]:
        return [other for other in kept.sources(self._store) if other != self.source]

    def _worked_out(self, change: Change, judged: dict[str, Judged]) -> bool:
        try:
            work_out(change, self.source, self._order_before, self._order, self._epoch(), spread=self.dry)
        except (Invalid, TooLarge) as error:
            judged[change.name] = Judged(Verdict.REFUSED, error.message)
            return False
        return True

    def _batches(self, changes: Iterable[Change]) -> Iterator[list[Change]]:
        batch: list[Change] = []
        size = 0
        for change in changes:
            batch.append(change)
            size += len(change.writes) + 2
            if size >= self._max_mutations:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _attempt(self, batch: list[Change], judged: dict[str, Judged]) -> list[Change]:
        """Apply a batch; return what must be read again since somebody else has changed it."""
        lacking = absent(self._store, wanted(batch))
        for change in batch:
            leave_out(change, lacking)
        due = [change for change in batch if not _nothing_new(change)]
        judged |= {change.name: Judged(Verdict.UNCHANGED, unresolved=True) for change in batch if _nothing_new(change)}
        if self.dry:
            judged |= {change.name: _judge(change, dry=True) for change in due}
            return []
        left = self._try(due, judged)
        for change in batch:
            forget(change)  # many wait for their turn, and each takes more than its statement
        return left

    def _apply(self, changes: list[Change], judged: dict[str, Judged]) -> list[Change]:
        """Write changes in one transaction; where the store refuses, find by halving those that are to blame."""
        if not changes:
            return []
        batch = self._merge(changes)
        try:
            receipt = self._store.apply(batch)
        except (Invalid, TooLarge) as error:
            if len(changes) == 1:
                judged[changes[0].name] = Judged(Verdict.REFUSED, error.message)
                return []
            middle = len(changes) // 2
            return [*self._try(changes[:middle], judged), *self._try(changes[middle:], judged)]
        self.changed = True
        stood = set(receipt.kept)
        told = zip(batch.mutations, receipt.outcomes, strict=True)
        stood.update([mutation.ref for mutation, outcome in told if outcome is Outcome.KEPT])
        for change in changes:
            judged[change.name] = _judge(change, kept=bool(stood) and _stood_against(stood, change.writes))
        if self._find_others() == self._others:
            return []
        for change in changes:  # a source that spoke for the first time meanwhile was not asked
            change.again = True
        return changes

    def _try(self, changes: list[Change], judged: dict[str, Judged]) -> list[Change]:
        try:
            return self._apply(changes, judged)
        except (EditConflict, NotFound):  # somebody else has said something, or removed what a relation ends at
            return changes

    def batch(self, mutations: tuple[Mutation, ...], expect: tuple[Expect, ...] = ()) -> Batch:
        """Return a batch on the word of this source, in this run."""
        return Batch(mutations, Authority.SOURCE, source=self.source, run=self.run, expect=expect)

    def _merge(self, changes: Sequence[Change]) -> Batch:
        """Put all that changes take into one batch, what several of them say once.

        Nodes come first, so that relations find them whichever statement puts them. Where one statement puts a
        relation that another takes away, the later of them has its way.
        """
        first = [PutNode(NodeRef(kept.SOURCE, self.source), {"name": self.source})]
        if not self.changed:
            first.append(catalogue_updated(self._epoch()))
        told = [*[change.writes for change in changes], keep(changes, self.source, self.run)]
        fans = Fans(fan for writes in told for fan in writes.fans)
        if fans and not fans.are_apart(ref for writes in told for ref in writes.nodes):
            told, fans = [writes.spread() for writes in told], NO_FANS
        nodes = {put.ref: put.props for put in first}
        edges: dict[EdgeRef, Props] = {}
        behind: list[Mutation] = []
        for writes in told:
            _lay(nodes, writes.nodes)
            if behind:
                behind += map(PutEdge, writes.edges.keys(), writes.edges.values())
            else:
                _lay(edges, writes.edges)
            behind += writes.removals
        expect = tuple(item for change in changes for item in expected(change, self.source))
        return replace(self.batch(tuple(behind), expect), nodes=nodes, edges=edges, fans=fans)


def _lay(over: dict[T, Props], more: dict[T, Props]) -> None:
    """Put more over what is there, as a store would that is told one after the other."""
    both = {ref: over[ref] for ref in over.keys() & more.keys()}
    over.update(more)
    for ref, props in both.items():
        if more[ref] != props:
            over[ref] = {**props, **more[ref]}


def _nothing_new(change: Change) -> bool:
    """Say whether a statement that had a missing end is as it was, and the end is missing still."""
    old, new = change.old, change.new
    return (
        not change.again
        and old is not None
        and new is not None
        and old.live
        and new.live
        and old.hash == new.hash
        and old.unresolved == change.missing
    )


def _stood_against(stood: set[NodeRef | EdgeRef], writes: Writes) -> bool:
    """Say whether a person's word stood against a change; what many say alike counts for the first of them."""
    writes = writes.spread()
    refs = stood.intersection(chain(writes.nodes, writes.edges, [removal.ref for removal in writes.removals]))
    stood -= {ref for ref in refs if ref[0] in _COMMON}
    return bool(refs)


def _judge(change: Change, *, kept: bool = False, dry: bool = False) -> Judged:
    gone = change.new is None or not change.new.live
    if not (gone or kept or dry or change.missing):  # as most are
        return _WRITTEN
    return Judged(
        Verdict.REMOVED if gone else Verdict.WRITTEN,
        kept=kept,
        unresolved=change.missing is not None,
        difference=tuple(describe(change.before, change.after)) if dry else (),
    )
