"""When the publisher works: APScheduler calls it, and every firing is counted, those that did not happen too."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.background import BackgroundScheduler
from prometheus_client import Counter

from ingest.publish.orders import Order
from ingest.publish.publisher import Publisher
from schemas.errors import FramError
from schemas.settings import Settings

# Late by so much, a firing counts as missed and the next one does its work.
GRACE_SECONDS = 30

log = logging.getLogger(__name__)

_OUTCOMES: Mapping[int, str] = {
    EVENT_JOB_EXECUTED: "done",
    EVENT_JOB_ERROR: "failed",
    EVENT_JOB_MISSED: "missed",
    EVENT_JOB_MAX_INSTANCES: "overlapping",
}


class Schedule:
    """Lets a publisher work in the background, from `start` to `stop`."""

    def __init__(self, publisher: Publisher, settings: Settings) -> None:
        self.firings = Counter("fram_schedule_firings", "Firings of scheduled work.", ("job", "outcome"), registry=None)
        self._publisher = publisher
        self._failing: dict[str, str] = {}
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_SECONDS},
        )
        # It would log each second of an outage, with a traceback; what it has to say comes by the listener.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        self._scheduler.add_listener(self._note, sum(_OUTCOMES))
        self._every("sync", settings.sync_seconds, self._sync, next_run_time=datetime.now(UTC))
        self._every("reconcile", settings.reconcile_seconds, publisher.reconcile)

    def start(self) -> None:
        """Begin; returns at once."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the pass that is under way, break off longer work, and give up the lease. Idempotent."""
        if self._scheduler.running:
            self._publisher.interrupt()
            self._scheduler.shutdown(wait=True)
        self._publisher.stop()

    def _every(self, name: str, seconds: float, work: Callable[[], None], **options: Any) -> None:
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

    def _note(self, event: JobEvent) -> None:
        """Count a firing, and log it where a person should know: once, however often it goes on."""
        outcome = _OUTCOMES[event.code]
        self.firings.labels(event.job_id, outcome).inc()
        if outcome == "failed":
            self._log_failure(event.job_id, event.exception)
        elif outcome == "missed":
            log.warning("The %s of %s was missed: the process was not running.", event.job_id, event.scheduled_run_time)
        elif outcome == "done" and self._failing.pop(event.job_id, ""):
            log.info("The %s works again.", event.job_id)

    def _log_failure(self, name: str, error: BaseException) -> None:
        expected = isinstance(error, FramError)
        said = error.message if isinstance(error, FramError) else repr(error)
        if self._failing.get(name) != said:
            log.warning("The %s failed and is tried again: %s", name, said, exc_info=None if expected else error)
        self._failing[name] = said
