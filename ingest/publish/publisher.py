"""The publisher: whatever changes in the graph is searchable a moment later, as long as one of them runs.

Any number may run; one has the lease and works, the others wait. It is driven from outside: `publish` every second,
`reconcile` every few minutes, `carry_out` for what `publish` returns. They may be called from several threads.
"""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Any

from ingest.publish import orders
from ingest.publish.lags import Lags
from ingest.publish.lease import Lease
from ingest.publish.orders import Order
from ingest.publish.rebuild import rebuild
from ingest.publish.reconcile import reconcile
from ingest.publish.roots import PAGE
from ingest.publish.sync import Synced, sync
from metadata_service.catalog.sync_status import HEARTBEAT_SECONDS, SYNC, report, report_failure
from metadata_service.store.port import GraphStore
from schemas.errors import FramError, IndexUnavailable, StoreUnavailable
from search_service.index.port import SearchIndex

REBUILD_AGAIN_SECONDS = 5.0  # after the first build of an index has failed
PASSING_SECONDS = 45.0  # longer than anything a killed publisher holds


class Publisher:
    """Keeps one index in step with one graph.

    `seen` is told of each pass; by `url` another process finds the graph, to read it for a rebuild.
    """

    def __init__(
        self, store: GraphStore, index: SearchIndex, seen: Callable[[Synced], None] = lambda _: None, url: str = ""
    ) -> None:
        self._url = url
        self.lease = Lease(store)
        self._actions: Mapping[str, Callable[[], dict[str, Any]]] = {
            "sync": self._sync,
            "rebuild": self._rebuild,
            "reconcile": self._reconcile,
        }
        self._store = store
        self._index = index
        self._seen = seen
        self._lags = Lags()
        self._pass = threading.Lock()
        self._stopping = threading.Event()
        self._built = False  # as far as the last pass has seen
        self._build_at = 0.0
        self._told_at = float("-inf")
        self._carrying_out = False
        self._failing = ("", 0.0)  # the number of an order, and since when it fails

    def publish(self) -> Order | None:
        """Publish all that waits, if this is the publisher; return what `carry_out` is to be called with besides.

        Raises StoreUnavailable or IndexUnavailable; what waits does so until the next call then.
        """
        with self._pass:
            if not self.lease.hold():
                self._stand_by()
                return None
            try:
                return self._publish()
            except IndexUnavailable as error:
                self._built = False
                self._told_at = float("-inf")
                report_failure(self._store, SYNC, error.message)
                raise

    def do(self, action: str) -> dict[str, Any]:
        """Do `sync`, `rebuild` or `reconcile` now, holding the lease; return facts. Raises as these do."""
        return self._actions[action]()

    def carry_out(self, order: Order) -> None:
        """Do what was ordered and answer. Raises what went wrong, once that is answered too.

        What may pass, as the lock that a killed rebuild leaves in OpenSearch does, is answered when it has not passed
        for a while; until then the order stands.
        """
        try:
            outcome = self.do(order.action)
        except FramError as error:
            if not self._may_pass(order, error) and not self._stopping.is_set() and self.lease.hold():
                orders.answer(self._store, order, failed=error.message)
            raise
        else:
            orders.answer(self._store, order, **outcome)
        finally:
            self._carrying_out = False

    def reconcile(self) -> None:
        """Compare the whole index with the graph, if this is the publisher. Raises as `publish` does."""
        if self._built:
            self._reconcile()

    def interrupt(self) -> None:
        """End long work soon, by StoreUnavailable."""
        self._stopping.set()

    def stop(self) -> None:
        """Let another publisher take over at once. Idempotent; raises nothing, for a lease ends by itself."""
        self._stopping.set()
        with self._pass, suppress(StoreUnavailable, IndexUnavailable):
            self._stand_by()
            self.lease.release()

    def _publish(self) -> Order | None:
        self._built = not self._index.ensure()  # each time: an index that was removed is missed though nothing changes
        if not self._built:
            self._tell(news=False)
            return self._begin(self._first_build())
        published = 0
        while not self._stopping.is_set():
            synced = sync(self._store, self._index, limit=PAGE)
            self._lags.add(synced.lags)
            self._seen(synced)
            published += synced.published
            if synced.taken < PAGE:
                break
            self.lease.keep()
        self._tell(news=published > 0)
        return self._begin(orders.pending(self._store))

    def _may_pass(self, order: Order, error: FramError) -> bool:
        """Say whether a failure is to be waited out."""
        number, since = self._failing
        if number != order.number:
            since = time.monotonic()
            self._failing = order.number, since
        return error.retryable and time.monotonic() - since < PASSING_SECONDS

    def _begin(self, order: Order | None) -> Order | None:
        """Return an order unless another is being carried out."""
        if order is None or self._carrying_out:
            return None
        self._carrying_out = True
        return order

    def _first_build(self) -> Order | None:
        """Order the first build of an index, again some time after it has failed."""
        now = time.monotonic()
        if now < self._build_at:
            return None
        self._build_at = now + REBUILD_AGAIN_SECONDS
        return Order("rebuild")

    def _rebuild(self) -> dict[str, Any]:
        rebuilt = rebuild(self._store, self._index, keep=self._keep, url=self._url)
        self._built = True
        self._told_at = float("-inf")
        return asdict(rebuilt)

    def _sync(self) -> dict[str, Any]:
        if self._index.ensure():
            self._rebuild()
        self.publish()
        return {"depth": self._store.backlog().waiting}

    def _reconcile(self) -> dict[str, Any]:
        drift = reconcile(self._store, self._index, keep=self._keep)
        return {**asdict(drift), "drift": drift.total}

    def _keep(self) -> None:
        if self._stopping.is_set():
            raise StoreUnavailable("The publisher was asked to stop.")
        self.lease.keep()

    def _tell(self, *, news: bool) -> None:
        """Leave a note of how far things are, now and then if there is nothing new."""
        now = time.monotonic()
        if news or now - self._told_at >= HEARTBEAT_SECONDS:
            facts: dict[str, Any] = {"publisher": self.lease.holder, "building": not self._built, **self._lags.facts()}
            report(self._store, SYNC, **facts)
            self._told_at = now

    def _stand_by(self) -> None:
        self._built = False
        self._told_at = float("-inf")
        self._index.release()
