"""What becomes of scheduled work: every firing is counted, and one that did not go well is logged once."""

import logging
from collections.abc import Mapping

from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_EXECUTED,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.base import BaseScheduler
from prometheus_client import Counter

from schemas.errors import FramError

log = logging.getLogger(__name__)

_OUTCOMES: Mapping[int, str] = {
    EVENT_JOB_EXECUTED: "done",
    EVENT_JOB_ERROR: "failed",
    EVENT_JOB_MISSED: "missed",
    EVENT_JOB_MAX_INSTANCES: "overlapping",
}


class Firings:
    """Listens to the schedulers of a process."""

    def __init__(self) -> None:
        self.counter = Counter("fram_schedule_firings", "Firings of scheduled work.", ("job", "outcome"), registry=None)
        self._failing: dict[str, str] = {}

    def listen_to(self, scheduler: BaseScheduler) -> None:
        """Note what a scheduler does, in place of its own log."""
        # It would log each second of an outage, with a traceback; what it has to say comes by the listener.
        logging.getLogger("apscheduler").setLevel(logging.CRITICAL)
        scheduler.add_listener(self._note, sum(_OUTCOMES))

    def _note(self, event: JobEvent) -> None:
        """Count a firing, and log it where a person should know: once, however often it goes on."""
        outcome = _OUTCOMES[event.code]
        self.counter.labels(event.job_id, outcome).inc()
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


def shut_down(scheduler: BaseScheduler) -> None:
    """Let nothing more begin, wait for what was begun, and end the scheduler."""
    # It ends its threads before its clock, which would go on handing them what is due, and fail.
    scheduler.remove_all_jobs()
    scheduler.shutdown(wait=True)
