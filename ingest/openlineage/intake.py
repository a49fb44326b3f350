"""Events are taken in for good before they are answered: those of requests that wait at the same time by one commit."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.extract.openlineage.fold import needed, take
from ingest.extract.openlineage.known import Known
from ingest.extract.openlineage.naming import Names
from ingest.openlineage.records import Records
from metadata_service.store.port import Clock, GraphStore, wall_clock
from schemas.errors import Conflict, EditConflict, FramError

AT_ONCE = 200  # events of one commit
ATTEMPTS = 20

log = logging.getLogger(__name__)

Checked = tuple[str, dict[str, Any]]  # an event that was found right, behind what it is of


@dataclass(slots=True, eq=False)
class _Waiting:
    """The events of a request, until they are taken in or it is known why they cannot be."""

    events: Sequence[Checked]
    done: bool = False
    error: Exception | None = None


class Intake:
    """Takes in events, from any number of threads. `told` is called to say what is new, when nobody else waits."""

    def __init__(
        self,
        store: GraphStore,
        names: Names,
        told: Callable[[], object] = lambda: None,
        clock: Clock = wall_clock,
    ) -> None:
        self.names = names
        self._store = store
        self._told = told
        self._clock = clock
        self._lock = threading.Lock()
        self._turn = threading.Lock()
        self._queue: list[_Waiting] = []
        self._news = False  # something was taken in that is to be said at once

    def take(self, events: Sequence[Checked]) -> None:
        """Take in events; when this returns they outlast the process. Raises StoreUnavailable, TooLarge, Conflict."""
        waiting = _Waiting(events)
        with self._lock:
            self._queue.append(waiting)
        leads = False
        with self._turn:
            if not waiting.done:
                leads = True
                self._settle(self._next())
        if waiting.error is not None:
            raise waiting.error
        if leads and self._news and not self._queue:
            self._tell()

    def _next(self) -> list[_Waiting]:
        with self._lock:
            group, self._queue = self._queue, []
        return group

    def _settle(self, group: Sequence[_Waiting]) -> None:
        """Take in what requests wait for; where that fails for several, each by itself."""
        error = self._try([event for waiting in group for event in waiting.events])
        for waiting in group:
            waiting.error = error if error is None or len(group) == 1 else self._try(waiting.events)
            waiting.done = True

    def _try(self, events: Sequence[Checked]) -> Exception | None:
        try:
            for start in range(0, len(events), AT_ONCE):
                self._commit(events[start : start + AT_ONCE])
        except FramError as error:
            return error
        except Exception as error:
            # Each of the requests that wait has its own answer; what is wrong with one's events is not the others'.
            log.exception("events could not be taken in")
            return error
        return None

    def _commit(self, events: Sequence[Checked]) -> None:
        for _ in range(ATTEMPTS):
            records = Records(self._store, self._clock)
            known = Known(records.fetch)
            known.load(name for kind, event in events for name in needed(kind, event, self.names))
            for kind, event in events:
                take(known, self.names, kind, event)
            try:
                records.commit(known)
            except EditConflict:
                continue  # another process was quicker
            self._news = self._news or any(known.due.values())
            return
        raise Conflict("Other processes take in events of the same jobs all the time.")

    def _tell(self) -> None:
        self._news = False
        try:
            self._told()
        except FramError as error:
            log.warning("What events said is told later: %s", error.message)
