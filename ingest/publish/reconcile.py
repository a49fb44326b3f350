"""Compare the index with the graph, key by key in order, and have what differs published again.

Both sides are listed window by window and compared as far as both reach. A difference counts when a second look finds
it unchanged and no change waits that will mend it, so that what is published meanwhile is never taken for drift.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import NamedTuple

from ingest.publish.project import PROJECTIONS
from ingest.publish.roots import PAGE, read
from metadata_service.catalog.sync_status import RECONCILE, report, report_failure
from metadata_service.store.mutations import NodeRef, RootRevision
from metadata_service.store.port import Clock, GraphStore, wall_clock
from schemas.errors import FramError, Invalid
from search_service.index.port import SearchIndex

log = logging.getLogger(__name__)

WINDOW = 10_000  # keys listed at once: for each listing Tantivy goes through all it holds
MOST_WAITING = 10_000
MISSING, EXTRA, STALE = "missing", "extra", "stale"


@dataclass(frozen=True, slots=True)
class Drift:
    """How many keys were compared, and how many the index lacked, had too many, or held as they are not."""

    compared: int
    missing: int
    extra: int
    stale: int
    seconds: float = field(default=0.0, compare=False)

    @property
    def total(self) -> int:
        """How many keys differed."""
        return self.missing + self.extra + self.stale


class Window(NamedTuple):
    """A stretch of one label's keys on both sides; `end` is its last key, None when nothing is behind it."""

    end: str | None
    roots: dict[str, RootRevision]
    held: dict[str, int]


class Difference(NamedTuple):
    """What differs of a key, with the revision either side has it in (-1: not there)."""

    kind: str
    revision: int
    held: int


def reconcile(
    store: GraphStore,
    index: SearchIndex,
    clock: Clock = wall_clock,
    *,
    documents: bool = True,
    keep: Callable[[], None] = lambda: None,
) -> Drift:
    """Find drift, record a change of each root that has any, and report it for `status`.

    With `documents` those of equal revisions are compared too, which shows what other programs wrote into the graph
    under a root that Fram knows. `keep` is called before each listing and each page of documents. Raises
    StoreUnavailable or IndexUnavailable.
    """
    found: Counter[str] = Counter()
    compared = 0
    started = time.monotonic()
    try:
        for label in PROJECTIONS:
            end: str | None = ""
            while end is not None:
                keep()
                window = _look(store, index, label, end)
                compared += len(window.roots.keys() | window.held.keys())
                different = _differences(window)
                for page in _in_step(window) if documents else ():
                    keep()
                    different |= _differing_documents(store, index, label, page)
                drifted = _drifted(store, index, label, end, different)
                found.update(difference.kind for difference in drifted.values())
                _mend(store, label, drifted)
                end = window.end
    except FramError as error:
        report_failure(store, RECONCILE, error.message, clock)
        raise
    drift = Drift(compared, found[MISSING], found[EXTRA], found[STALE], time.monotonic() - started)
    report(store, RECONCILE, clock, **asdict(drift), drift=drift.total)
    return drift


def _mend(store: GraphStore, label: str, drifted: Mapping[str, Difference]) -> None:
    """Have what differs published again; a key that no change can be recorded of is told of and stays as it is."""
    above = max((0, *(difference.held for difference in drifted.values())))
    try:
        store.touch([NodeRef(label, key) for key in drifted], "reconcile", above)
    except Invalid:
        for key in drifted:
            try:
                store.touch([NodeRef(label, key)], "reconcile", above)
            except Invalid as error:
                log.warning("A %s in the graph cannot be published: %s", label, error.message)


def _look(store: GraphStore, index: SearchIndex, label: str, after: str) -> Window:
    """List both sides behind a key, as far as both listings reach."""
    index.refresh()
    held = index.revisions(PROJECTIONS[label].kind, after, WINDOW)
    roots = store.revisions(label, after, WINDOW)
    ends = [listed[-1].key for listed in (held, roots) if len(listed) == WINDOW]
    end = min(ends, default=None)
    return Window(
        end,
        {root.key: root for root in roots if end is None or root.key <= end},
        {key: revision for key, revision in held if end is None or key <= end},
    )


def _drifted(
    store: GraphStore, index: SearchIndex, label: str, after: str, before: Mapping[str, Difference]
) -> dict[str, Difference]:
    """Return what still differs as it did before, and is not about to be published."""
    if not before:
        return {}
    second = _look(store, index, label, after)
    now = _differences(second)
    for key, difference in before.items():
        root = second.roots.get(key)
        if difference.revision == difference.held and root and not root.waiting:
            now[key] = Difference(STALE, root.revision, second.held.get(key, -1))
    same = {key: difference for key, difference in before.items() if now.get(key) == difference}
    if any(difference.kind == EXTRA for difference in same.values()):
        waiting = {change.ref for change in store.changes(MOST_WAITING)}
        same = {key: difference for key, difference in same.items() if NodeRef(label, key) not in waiting}
    return same


def _differences(window: Window) -> dict[str, Difference]:
    found = {}
    for key in window.roots.keys() | window.held.keys():
        root = window.roots.get(key)
        held = window.held.get(key, -1)
        if root is None:
            found[key] = Difference(EXTRA, -1, held)
        elif root.revision != held and not root.waiting:
            found[key] = Difference(MISSING if held < 0 else STALE, root.revision, held)
    return found


def _in_step(window: Window) -> Iterator[dict[str, int]]:
    """Yield the roots that both sides have in the same revision, with it, page by page."""
    equal = (
        (key, root.revision)
        for key, root in window.roots.items()
        if not root.waiting and window.held.get(key) == root.revision
    )
    while page := dict(islice(equal, PAGE)):
        yield page


def _differing_documents(
    store: GraphStore, index: SearchIndex, label: str, revisions: Mapping[str, int]
) -> dict[str, Difference]:
    """Return those of these roots whose documents are not what the graph says."""
    reading = read(store, label, revisions)
    made = {entry.key: entry.document for entry in reading.entries}
    held = index.find_many(PROJECTIONS[label].kind, list(revisions))
    differing = [
        key for key in revisions if key not in held or key in reading.failed or held[key].document != made[key]
    ]
    return {key: Difference(STALE, revisions[key], revisions[key]) for key in differing}
