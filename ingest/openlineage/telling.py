"""Say what events have told: the datasets of which something new is due, as statements of the source openlineage.

One process does it at a time, by a lease. What was said is due no more only if nothing else became known meanwhile;
so one that is killed in the middle says some things twice, and nothing never.
"""

import logging
import threading
from collections.abc import Callable, Sequence

from ingest.extract.openlineage.known import Dataset, name_of, read_dataset
from ingest.extract.openlineage.naming import Names
from ingest.extract.openlineage.tables import statements
from ingest.ledger.precedence import Precedence
from ingest.ledger.writer import Judged, Ledger
from ingest.openlineage import records
from ingest.openlineage.records import SOURCE, Due, Records
from ingest.publish.lease import Lease
from ingest.reading import Reading
from ingest.runs import MOST_REFUSALS, new_run_id, refuse, save
from metadata_service.store.port import Clock, GraphStore, wall_clock
from schemas.ingest_runs import SUCCEEDED, Run
from schemas.statements import Statement, Table

AT_ONCE = 500  # datasets
RUN_SECONDS = 3_600  # what is said within one is one run, which can be undone
LEASE_SECONDS = 15.0
_LINEAGE = "lineage/"

log = logging.getLogger(__name__)


class Telling:
    """Says what is due. Made once a process; `work` may be called from any thread."""

    def __init__(self, store: GraphStore, names: Names, order: Precedence, clock: Clock = wall_clock) -> None:
        self._store = store
        self._names = names
        self._order = order
        self._clock = clock
        self._lease = Lease(store, name=SOURCE, seconds=LEASE_SECONDS)
        self._held_until = 0
        self._lock = threading.Lock()
        self._run = Run("", SOURCE, SOURCE, SUCCEEDED, 0)

    def work(self) -> int:
        """Say what is due, some hundred datasets of it at most; return how many. Raises StoreUnavailable."""
        if not self._lock.acquire(blocking=False):
            return 0
        try:
            found = records.due(self._store, self._clock(), AT_ONCE)
            return self._say(found) if found and self._hold() else 0
        finally:
            self._lock.release()

    def stop(self) -> None:
        """Let another process go on at once. Idempotent."""
        with self._lock:
            if self._held_until:
                self._lease.release()
                self._held_until = 0

    def _hold(self) -> bool:
        """Say whether this process may; the lease is renewed now and then."""
        now = self._clock()
        if now > self._held_until:
            self._held_until = now + int(LEASE_SECONDS * 300_000) if self._lease.hold() else 0
        return bool(self._held_until)

    def _say(self, found: Sequence[Due]) -> int:
        now = self._clock()
        read = Records(self._store, self._clock)
        names = {name_of("dataset", one.dataset): one.dataset for one in found}
        bodies = read.fetch(list(names))
        run = self._new_or_running(now // 1_000_000)
        unresolved: set[str] = set()

        def note(name: str, judged: Judged) -> None:
            if judged.unresolved:
                unresolved.add(name.removeprefix(_LINEAGE))

        ledger = Ledger(self._store, SOURCE, run.id, self._order, epoch=lambda: self._clock() // 1_000_000)
        said: list[Statement] = []
        gone: list[str] = []
        for body in bodies.values():
            dataset = read_dataset(body)
            told = self._told(dataset, run)
            said += told or ()
            if told == []:
                gone += (f"table/{dataset.key}", f"{_LINEAGE}{dataset.key}")
        self._write(ledger, run, said, note)
        run.removed += len(ledger.silence(gone))
        ledger.finish()
        full = len(found) == AT_ONCE  # an end that is missing may be among those that come next
        done = [one for one in found if not (full and one.dataset in unresolved)]
        records.settle(self._store, done, read.versions, now)
        run.ended = self._clock() // 1_000_000
        save(self._store, run)
        return len(names)

    def _told(self, dataset: Dataset, run: Run) -> list[Statement] | None:
        """Return what is known of a dataset as statements; None where that fails, which must not stop the others."""
        try:
            return list(statements(dataset, self._names))
        except Exception:
            log.exception("what is known of %s could not be said", dataset.key[:200])
            refuse(run, dataset.key[:200], "It could not be said; the log has why.")
            return None

    def _write(self, ledger: Ledger, run: Run, said: Sequence[Statement], note: Callable[[str, Judged], None]) -> None:
        """Write tables first, so that lineage finds them."""
        part = Run(run.id, SOURCE, SOURCE, SUCCEEDED, run.started)
        reading = Reading(ledger, part, lambda: None, lambda _: None, note, str)
        for statement in sorted(said, key=lambda one: not isinstance(one, Table)):
            reading.take(statement)
        reading.flush()
        for name in ("read", "written", "unchanged", "kept", "refused", "unresolved"):
            setattr(run, name, getattr(run, name) + getattr(part, name))
        run.refusals = [*run.refusals, *part.refusals][:MOST_REFUSALS]

    def _new_or_running(self, now: int) -> Run:
        if now - self._run.started >= RUN_SECONDS:
            self._run = Run(new_run_id(self._clock), SOURCE, SOURCE, SUCCEEDED, now)
        return self._run
