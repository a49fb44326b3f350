"""When the publisher works: APScheduler calls it, and every firing is counted, those that did not happen too."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler

from ingest.firings import Firings, shut_down
from ingest.publish.orders import Order
from ingest.publish.publisher import Publisher
from schemas.settings import Settings

# Late by so much, a firing counts as missed and the next one does its work.
GRACE_SECONDS = 30


class Schedule:
    """Lets a publisher work in the background, from `start` to `stop`."""

    def __init__(self, publisher: Publisher, settings: Settings, firings: Firings | None = None) -> None:
        """`firings` counts what else is scheduled in this process, too."""
        firings = firings or Firings()
        self.firings = firings.counter
        self._publisher = publisher
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_SECONDS},
        )
        firings.listen_to(self._scheduler)
        self.every("sync", settings.sync_seconds, self._sync, next_run_time=datetime.now(UTC))
        self.every("reconcile", settings.reconcile_seconds, publisher.reconcile)

    def start(self) -> None:
        """Begin; returns at once."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the pass that is under way, break off longer work, and give up the lease. Idempotent."""
        if self._scheduler.running:
            self._publisher.interrupt()
            shut_down(self._scheduler)
        self._publisher.stop()

    def every(self, name: str, seconds: float, work: Callable[[], object], **options: Any) -> None:
        """Do some work every so often, at most once at a time."""
        self._scheduler.add_job(work, "interval", seconds=seconds, id=name, **options)

    def _now(self, order: Order) -> None:
        # No late start is too late: the publisher waits for it.
        self._scheduler.add_job(
            self._publisher.carry_out, args=(order,), id=f"ordered_{order.action}", misfire_grace_time=None
        )

    def _sync(self) -> None:
        order = self._publisher.publish()
        if order is not None:
            self._now(order)
