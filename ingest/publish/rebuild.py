"""Build the search index anew from the graph alone, beside the one that serves.

What changes meanwhile is published to the serving index as ever, and the swap takes it over; what still waits then is
published to the new one. Whatever fails, the old index goes on serving.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass

from ingest.publish.project import PROJECTIONS
from ingest.publish.roots import pages, read
from ingest.publish.status import REBUILD, report
from metadata_service.store.mutations import PARKED, NodeRef
from metadata_service.store.port import Clock, GraphStore, wall_clock
from schemas.errors import FramError, RebuildRefused
from search_service.index.port import Outcome, Rebuild, SearchIndex

CLOCKS_DIFFER = 60_000_000  # microseconds that the clocks of two writers may be apart
MOST_PARKED = 10_000


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many documents of each kind serve now, and how many parked ones are left out."""

    documents: dict[str, int]
    refused: int
    seconds: float


def rebuild(
    store: GraphStore, index: SearchIndex, clock: Clock = wall_clock, keep: Callable[[], None] = lambda: None
) -> Rebuilt:
    """Build and swap in a new index; `keep` is called before each page, to renew a lease or to stop by raising.

    Raises RebuildRefused when the new index is empty, partial, or refuses documents that are not parked already (they
    are to be tried again), StoreUnavailable or IndexUnavailable. How it ended is reported for `status`.
    """
    started = time.monotonic()
    since = clock() - CLOCKS_DIFFER
    try:
        with index.rebuild(since) as new:
            documents, refused = _scan(store, new, since, keep)
            _check_refused(store, refused)
            keep()
            new.swap(documents, accept_refused=len(refused))
    except FramError as error:
        report(store, REBUILD, clock, failed=error.message)
        raise
    rebuilt = Rebuilt(dict(documents), len(refused), time.monotonic() - started)
    report(store, REBUILD, clock, **asdict(rebuilt))
    return rebuilt


def _scan(
    store: GraphStore, new: Rebuild, since: int, keep: Callable[[], None]
) -> tuple[Counter[str], dict[NodeRef, str]]:
    """Write every root; return how many documents of each kind there must be, and what was refused and why."""
    documents: Counter[str] = Counter()
    refused: dict[NodeRef, str] = {}
    for label, projection in PROJECTIONS.items():
        listed = 0
        for page in pages(store, label):
            keep()
            listed += len(page)
            reading = read(store, label, {root.key: root.revision for root in page})
            refused |= {NodeRef(label, key): reason for key, reason in reading.failed.items()}
            for entry, result in zip(reading.entries, new.write(reading.entries), strict=True):
                if result.outcome is Outcome.REFUSED:
                    refused[NodeRef(label, entry.key)] = result.reason
                elif entry.document is not None:
                    documents[projection.kind] += 1
        _check_complete(store, label, listed, since)
    return documents, refused


def _check_complete(store: GraphStore, label: str, listed: int, since: int) -> None:
    """Raise RebuildRefused when the graph has more roots than were listed and those that came meanwhile."""
    counted = store.count(label)
    if listed >= counted:
        return
    fresh = sum(root.revision >= since for page in pages(store, label) for root in page)
    if listed < counted - fresh:
        raise RebuildRefused(f"Only {listed} of {counted} {label} nodes were read; the old index goes on serving.")


def _check_refused(store: GraphStore, refused: dict[NodeRef, str]) -> None:
    """Raise RebuildRefused for documents that are refused and not known to be; have them tried again, and parked."""
    unknown = sorted(refused.keys() - _parked(store)) if refused else []
    if unknown:
        store.touch(unknown, "rebuild")
        first = f"{unknown[0].key}: {refused[unknown[0]]}"
        raise RebuildRefused(f"{len(unknown)} documents are refused, first {first}; the old index goes on serving.")


def _parked(store: GraphStore) -> Collection[NodeRef]:
    return {item.change.ref for item in store.postponed(MOST_PARKED) if item.retry_at == PARKED}
