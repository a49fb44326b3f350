"""Build the search index anew from the graph alone, beside the one that serves.

What changes meanwhile is published to the serving index as ever, and the swap takes it over; what still waits then is
published to the new one. Whatever fails, the old index goes on serving. The first index of all is swapped in even where
some documents are refused, since nothing serves yet; they are tried again and parked like any other.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field

from ingest.publish.project import PROJECTIONS
from ingest.publish.reading import Page, count_roots, read_all
from ingest.publish.roots import pages
from ingest.publish.spool import Spool, spool
from metadata_service.catalog.sync_status import REBUILD, report, report_failure
from metadata_service.store.collector import collector_paused
from metadata_service.store.mutations import PARKED, NodeRef
from metadata_service.store.port import Clock, GraphStore, wall_clock
from schemas.errors import FramError, RebuildRefused
from search_service.index.port import Outcome, Rebuild, SearchIndex

CLOCKS_DIFFER = 60_000_000  # microseconds that the clocks of two writers may be apart
MOST_PARKED = 10_000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many documents of each kind serve now, and how many refused ones are left out."""

    documents: dict[str, int]
    refused: int
    seconds: float


def rebuild(
    store: GraphStore,
    index: SearchIndex,
    clock: Clock = wall_clock,
    keep: Callable[[], None] = lambda: None,
    url: str = "",
) -> Rebuilt:
    """Build and swap in a new index; `keep` is called before each page, to renew a lease or to stop by raising.

    With the `url` of the store, a large graph is read by processes of their own.

    Raises RebuildRefused when the new index is empty, partial, or refuses documents that are not parked already (they
    are to be tried again), StoreUnavailable or IndexUnavailable. How it ended is reported for `status`.
    """
    started = time.monotonic()
    since = clock() - CLOCKS_DIFFER
    with spool() as waiting:
        try:
            first = index.ensure()
            with index.rebuild(since) as new:
                roots = count_roots(store)
                new.expect(sum(roots.values()))
                scanned = _scan(new, read_all(store, url, index.prepare, roots), since, keep, waiting)
                _check_complete(store, scanned.listed, since)
                _retry_refused(store, scanned.refused, first=first)
                keep()
                new.swap(scanned.documents, accept_refused=len(scanned.refused))
        except FramError as error:
            report_failure(store, REBUILD, error.message, clock)
            raise
        rebuilt = Rebuilt(dict(scanned.documents), len(scanned.refused), time.monotonic() - started)
        report(store, REBUILD, clock, **asdict(rebuilt))
        for changes in waiting.pages():  # a whole catalogue need not be written twice
            store.acknowledge(changes)
    return rebuilt


@dataclass(slots=True)
class _Scanned:
    """How many documents of each kind there must be, how many roots of each label, and what was refused and why."""

    documents: Counter[str] = field(default_factory=Counter)
    listed: Counter[str] = field(default_factory=Counter)
    refused: dict[NodeRef, str] = field(default_factory=dict)


def _scan(
    new: Rebuild,
    everything: AbstractContextManager[Iterator[Page]],
    since: int,
    keep: Callable[[], None],
    waiting: Spool,
) -> _Scanned:
    """Write every root; what had waited and was written is kept in `waiting`."""
    scanned = _Scanned()
    with everything as found:
        for page in found:
            keep()
            scanned.listed[page.label] += len(page.roots)
            with collector_paused():
                _write(new, page, since, scanned, waiting)
    return scanned


def _write(new: Rebuild, page: Page, since: int, scanned: _Scanned, waiting: Spool) -> None:
    """Write some roots of a label."""
    label, roots, entries, failed = page
    refused = {NodeRef(label, key): reason for key, reason in failed.items()}
    for entry, result in zip(entries, new.write(entries), strict=True):
        if result.outcome is Outcome.REFUSED:
            refused[NodeRef(label, entry.key)] = result.reason
        elif entry.is_live:
            scanned.documents[PROJECTIONS[label].kind] += 1
    scanned.refused |= refused
    # A younger change may have been read while a part of its batch was still to come.
    old = {root.key: root.revision for root in roots if root.waiting and root.revision < since}
    waiting.add(label, {key: revision for key, revision in old.items() if NodeRef(label, key) not in refused})


def _check_complete(store: GraphStore, listed: Mapping[str, int], since: int) -> None:
    """Raise RebuildRefused when the graph has more roots than were listed and those that came meanwhile."""
    for label in PROJECTIONS:
        found, counted = listed[label], store.count(label)
        if found >= counted:
            continue
        fresh = sum(root.revision >= since for page in pages(store, label) for root in page)
        if found < counted - fresh:
            raise RebuildRefused(f"Only {found} of {counted} {label} nodes were read; the old index goes on serving.")


def _retry_refused(store: GraphStore, refused: dict[NodeRef, str], *, first: bool) -> None:
    """Have refused documents that are not parked tried again. Raises RebuildRefused for any but in a first index."""
    unknown = sorted(refused.keys() - _parked(store)) if refused else []
    if unknown:
        store.touch(unknown, "rebuild")
    if unknown and not first:
        example = f"{unknown[0].key}: {refused[unknown[0]]}"
        raise RebuildRefused(f"{len(unknown)} documents are refused, first {example}; the old index goes on serving.")


def _parked(store: GraphStore) -> Collection[NodeRef]:
    return {item.change.ref for item in store.postponed(MOST_PARKED) if item.retry_at == PARKED}
