"""One pass of the publisher: take what changed, read it again, write it to the index, acknowledge what was written.

A pass that is cut off anywhere is done again by the next: the index keeps what is newest, and nothing is acknowledged
before it is written.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.publish.project import PROJECTIONS
from ingest.publish.roots import PAGE, read
from metadata_service.store.mutations import PARKED, Change, NodeRef, Postponed
from metadata_service.store.port import Clock, GraphStore, wall_clock
from search_service.index.port import Entry, Outcome, SearchIndex

TRIES = 5
FIRST_DELAY = 1_000_000  # microseconds; each further one is twice as long


@dataclass(frozen=True, slots=True)
class Synced:
    """What a pass did. `lags`: how long each published change had waited, in seconds."""

    taken: int
    postponed: int
    lags: tuple[float, ...]

    @property
    def published(self) -> int:
        """How many changes are searchable now."""
        return len(self.lags)


def sync(store: GraphStore, index: SearchIndex, clock: Clock = wall_clock, limit: int = PAGE) -> Synced:
    """Publish the changes that wait the longest. Raises StoreUnavailable or IndexUnavailable; they wait on then."""
    taken = {change.ref: change for change in store.changes(limit)}
    entries, refused = _read(store, taken.values())
    written = index.write([entry for _, entry in entries])
    index.refresh()
    refused |= {
        ref: result.reason
        for (ref, _), result in zip(entries, written, strict=True)
        if result.outcome is Outcome.REFUSED
    }
    published = [change for ref, change in taken.items() if ref not in refused]
    store.acknowledge(published)
    now = clock()
    if refused:
        store.postpone(_postponed(taken[ref], reason, now) for ref, reason in sorted(refused.items()))
    return Synced(len(taken), len(refused), tuple(max(0, now - change.pending_since) / 1e6 for change in published))


def _read(store: GraphStore, changes: Iterable[Change]) -> tuple[list[tuple[NodeRef, Entry]], dict[NodeRef, str]]:
    """Read each root that changed; return entries, and why there is none of the others."""
    by_label: dict[str, dict[str, int]] = defaultdict(dict)
    for change in changes:
        by_label[change.ref.label][change.ref.key] = change.revision
    entries: list[tuple[NodeRef, Entry]] = []
    failed: dict[NodeRef, str] = {}
    for label in PROJECTIONS.keys() & by_label.keys():
        reading = read(store, label, by_label[label])
        entries += [(NodeRef(label, entry.key), entry) for entry in reading.entries]
        failed |= {NodeRef(label, key): reason for key, reason in reading.failed.items()}
    return entries, failed


def _postponed(change: Change, reason: str, now: int) -> Postponed:
    tries = change.failures + 1
    return Postponed(change, reason[:1000], PARKED if tries >= TRIES else now + FIRST_DELAY * 2**change.failures)
