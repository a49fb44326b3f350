"""How far the search index is behind the graph: what the graph's own bookkeeping and the publisher's notes say.

The publisher (ingest/publish/) leaves its notes beside the graph, so every process can tell, whoever publishes.
"""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from metadata_service.store.mutations import PARKED, NodeRef, Postponed
from metadata_service.store.port import Clock, GraphStore, wall_clock
from schemas.documents import RESOURCES, resource_of
from schemas.sync_status import Failure, LastRebuild, LastReconcile, LastSync, PostponedDocument, SyncStatus

SYNC, REBUILD, RECONCILE = "sync", "rebuild", "reconcile"
HEARTBEAT_SECONDS = 10.0  # a publisher that has nothing to do says so as often
UNATTENDED_SECONDS = 3 * HEARTBEAT_SECONDS
MOST_POSTPONED = 1000

_FAILED = "_failed"
_KINDS = {resource.label: kind for kind, resource in RESOURCES.items()}
T = TypeVar("T")
_Done = LastSync | LastRebuild | LastReconcile


def report(store: GraphStore, name: str, clock: Clock = wall_clock, **facts: Any) -> None:
    """Keep what is to be known of a step that was done, with the time, where every process finds it."""
    store.note(name, json.dumps({"at": clock() / 1e6, **facts}))


def report_failure(store: GraphStore, name: str, reason: str, clock: Clock = wall_clock) -> None:
    """Keep why a step could not be done."""
    store.note(name + _FAILED, json.dumps({"at": clock() / 1e6, "reason": reason}))


def sync_status(store: GraphStore, clock: Clock = wall_clock, limit: int = 100) -> SyncStatus:
    """Return the state of publishing, with at most `limit` postponed documents. Raises StoreUnavailable."""
    backlog = store.backlog()
    notes = {name: json.loads(text) for name, text in store.notes().items()}
    now = clock()
    last = _note(notes, SYNC, LastSync)
    failure = _failure(notes, SYNC, last)
    state, message = _state(backlog.waiting, now / 1e6, last, failure)
    rebuilt, reconciled = _note(notes, REBUILD, LastRebuild), _note(notes, RECONCILE, LastReconcile)
    return SyncStatus(
        state=state,
        message=message,
        depth=backlog.waiting,
        oldest_age_seconds=0.0 if backlog.since is None else max(0, now - backlog.since) / 1e6,
        lag_p50_seconds=last.lag_p50_seconds if last else None,
        lag_p99_seconds=last.lag_p99_seconds if last else None,
        parked=backlog.parked,
        last_sync=last,
        sync_failure=failure,
        last_rebuild=rebuilt,
        rebuild_failure=_failure(notes, REBUILD, rebuilt),
        last_reconcile=reconciled,
        reconcile_failure=_failure(notes, RECONCILE, reconciled),
        postponed=[_postponed(item) for item in store.postponed(limit)],
    )


def retry(store: GraphStore, documents: Collection[tuple[str, str]] | None = None) -> int:
    """Have postponed documents, all or those of these (kind, key), tried again with the next pass; return how many.

    All means the first thousand. Raises Invalid for a kind there is not.
    """
    wanted = None if documents is None else {NodeRef(resource_of(kind).label, key) for kind, key in documents}
    found = [item.change.ref for item in store.postponed(MOST_POSTPONED)]
    chosen = [ref for ref in found if wanted is None or ref in wanted]
    store.touch(chosen, "retry")
    return len(chosen)


def _state(depth: int, now: float, last: LastSync | None, failure: Failure | None) -> tuple[str, str]:
    if failure is not None:
        return "failing", f"The last pass failed: {failure.reason}"
    if last is None:
        return "unattended", "No publisher has run on this graph yet."
    if now - last.at > UNATTENDED_SECONDS:
        return "unattended", f"No publisher has been heard of for {now - last.at:.0f} seconds."
    if last.building:
        return "building", "The index is being built from the graph; search answers when it is there."
    if depth:
        return "publishing", f"{depth} changes wait to be published."
    return "in_step", "Every change is searchable."


def _note(notes: Mapping[str, Any], name: str, made: type[T]) -> T | None:
    with suppress(KeyError, TypeError):  # never noted, or by another version that tells other things
        return made(**notes[name])
    return None


def _failure(notes: Mapping[str, Any], name: str, done: _Done | None) -> Failure | None:
    found = _note(notes, name + _FAILED, Failure)
    return found if found and (done is None or found.at > done.at) else None


def _postponed(item: Postponed) -> PostponedDocument:
    change = item.change
    return PostponedDocument(
        kind=_KINDS.get(change.ref.label, change.ref.label),
        key=change.ref.key,
        reason=item.reason,
        failures=change.failures,
        waiting_since=change.pending_since / 1e6,
        retry_at=None if item.retry_at == PARKED else item.retry_at / 1e6,
    )
