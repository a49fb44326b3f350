"""How far the index is behind the graph, and how the last rebuild and reconcile ended."""

import json
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from metadata_service.store.mutations import Postponed
from metadata_service.store.port import Clock, GraphStore, wall_clock

SYNC, REBUILD, RECONCILE = "sync", "rebuild", "reconcile"
REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class Status:
    """The state of publishing. Of `sync`, `rebuild` and `reconcile` what was reported last, None before the first."""

    depth: int
    oldest_seconds: float
    parked: int
    postponed: tuple[Postponed, ...]
    sync: Mapping[str, Any] | None
    rebuild: Mapping[str, Any] | None
    reconcile: Mapping[str, Any] | None


class Lags:
    """The lags of the last changes that were published, in seconds."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, lags: Iterable[float]) -> None:
        """Remember some more, over the oldest."""
        self._seen.extend(lags)

    def facts(self) -> dict[str, float | int]:
        """Return how many there are, half of them, and 99 in 100, were no longer than; nothing of none."""
        if not self._seen:
            return {}
        ordered = sorted(self._seen)
        percentiles = {name: ordered[(len(ordered) - 1) * share // 100] for name, share in (("p50", 50), ("p99", 99))}
        return {"changes": len(ordered), **{f"lag_{name}_seconds": lag for name, lag in percentiles.items()}}


def report(store: GraphStore, name: str, clock: Clock = wall_clock, **facts: object) -> None:
    """Keep what is to be known of a step, with the time, where every process finds it."""
    store.note(name, json.dumps({"at": clock(), **facts}))


def status(store: GraphStore, clock: Clock = wall_clock, limit: int = 100) -> Status:
    """Return the state of publishing, with at most `limit` postponed changes. Raises StoreUnavailable."""
    backlog = store.backlog()
    notes = {name: json.loads(text) for name, text in store.notes().items()}
    return Status(
        backlog.waiting,
        0.0 if backlog.since is None else max(0, clock() - backlog.since) / 1e6,
        backlog.parked,
        tuple(store.postponed(limit)),
        notes.get(SYNC),
        notes.get(REBUILD),
        notes.get(RECONCILE),
    )
