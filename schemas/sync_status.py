"""How far the search index is behind the graph, as every surface tells it. Times are epoch seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import field

from schemas.entities import entity


@entity
class Failure:
    """Why a step could not be done, the last time it was tried."""

    at: float
    reason: str


@entity
class LastSync:
    """What the publisher says of its passes. The lags are of the last `changes` changes it has published.

    `building`: there is no index yet, the first one is being built.
    """

    at: float
    publisher: str
    building: bool
    changes: int
    lag_p50_seconds: float | None
    lag_p99_seconds: float | None


@entity
class LastRebuild:
    """The last rebuild that was swapped in: documents of each kind, and parked ones that were left out."""

    at: float
    seconds: float
    documents: Mapping[str, int]
    refused: int


@entity
class LastReconcile:
    """The last comparison of the whole index with the graph. `drift`: keys that were missing, extra or stale."""

    at: float
    seconds: float
    compared: int
    missing: int
    extra: int
    stale: int
    drift: int


@entity
class PostponedDocument:
    """A document that could not be published. Tried again at `retry_at`, or on demand alone where that is null."""

    kind: str
    key: str
    reason: str
    failures: int
    waiting_since: float
    retry_at: float | None


@entity
class SyncStatus:
    """The state of publishing.

    `state`: `in_step` (nothing waits), `publishing` (something does), `building` (there is no index yet), `failing`
    (the last pass failed), `unattended` (no publisher has been heard of lately). Of `last_…` what was last done, null
    before the first time; of a `…_failure` null once it was done again.
    """

    state: str
    message: str
    depth: int
    oldest_age_seconds: float
    lag_p50_seconds: float | None
    lag_p99_seconds: float | None
    parked: int
    last_sync: LastSync | None
    sync_failure: Failure | None
    last_rebuild: LastRebuild | None
    rebuild_failure: Failure | None
    last_reconcile: LastReconcile | None
    reconcile_failure: Failure | None
    postponed: Sequence[PostponedDocument] = field(default_factory=list)
