"""Run a job: read its source from beginning to end, write what differs, and mark what a complete run no longer saw.

A run is kept in the graph from its beginning to its end. One that is killed shows as interrupted and is simply run
again: what it had written is unchanged then. Two processes never run one job at a time.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from ingest.claim import SECONDS, Claim
from ingest.extract.source import Source
from ingest.jobs import Job, Jobs, in_words
from ingest.ledger import sweep
from ingest.ledger.purge import purge
from ingest.ledger.restore import restore
from ingest.ledger.sweep import Silence
from ingest.ledger.writer import Judged, Ledger
from ingest.reading import Reading, count
from ingest.runs import close_interrupted, find_last, get_run, new_run_id, save
from metadata_service.store.port import Clock, GraphStore, wall_clock
from schemas.errors import Conflict, FramError, StoreUnavailable
from schemas.ingest_runs import FAILED, INTERRUPTED, REFUSED_REMOVAL, RUNNING, SUCCEEDED, Run

DAY = 86_400

log = logging.getLogger(__name__)

Notice = Callable[[Run], None]
OnChange = Callable[[str, Judged], None]


def _nothing(*_: object) -> None:
    """Tell nobody."""


@dataclass(slots=True)
class Runner:
    """Runs jobs over a store. `stopping` ends what is being run at the next item, as interrupted."""

    store: GraphStore
    jobs: Jobs
    retention_days: float = 30.0
    notice: Notice = _nothing
    clock: Clock = wall_clock
    lease_seconds: float = SECONDS
    stopping: threading.Event = field(default_factory=threading.Event)

    def epoch(self) -> int:
        """Return the time in seconds."""
        return self.clock() // 1_000_000

    def run(
        self,
        job: Job,
        source: Source | None = None,
        *,
        dry: bool = False,
        accept_removal: bool = False,
        on_change: OnChange = _nothing,
    ) -> Run:
        """Run a job to its end and return how it went; what it fails with is in the run.

        With `dry` nothing is written; `on_change` is told of each statement that changes; a `source` that is given
        stands for the one the job names. Raises Conflict while the job is being run, InvalidSetting where it cannot
        be, StoreUnavailable.
        """
        source = source or job.open()
        run = Run(new_run_id(self.clock), job.name, job.source, RUNNING, self.epoch())
        ledger = Ledger(self.store, job.name, run.id, self.jobs.order, epoch=self.epoch, dry=dry)
        with self._recorded(run, dry=dry) as claim, self._failing(run, job.conceal):
            reading = self._read(job, source, ledger, run, claim, on_change)
            self._listen(job, source, ledger, run, reading, accept_removal=accept_removal, on_change=on_change)
            ledger.finish(whole=source.complete)
        return run

    def restore(self, run_id: str, left: Callable[[str], None] = _nothing) -> Run:
        """Undo a run, by a run of its own; `left` is told what was changed again since. Raises NotFound, Conflict."""
        undone = get_run(self.store, run_id, self.epoch())
        if undone.status == RUNNING:
            raise Conflict(f"The run {run_id} is not over yet.")
        run = Run(new_run_id(self.clock), undone.job, undone.source, RUNNING, self.epoch(), restores=run_id)
        ledger = Ledger(self.store, undone.job, run.id, self.jobs.order, epoch=self.epoch)

        def note(name: str, judged: Judged) -> None:
            run.read += 1
            count(run, name, judged)

        with self._recorded(run, dry=False), self._failing(run, str):
            restore(self.store, ledger, run_id, note, left)
            run.status = SUCCEEDED
        return run

    def expected(self, job: Job) -> int | None:
        """Return how much the job read last time, for a bar to show how far it is."""
        last = find_last(self.store, job.name, self.epoch())
        return last.read if last is not None and last.status == SUCCEEDED else None

    @contextmanager
    def _recorded(self, run: Run, *, dry: bool) -> Iterator[Claim]:
        """Hold the job's lease, and keep the run in the graph as it goes on and as it ends."""

        def beat() -> None:
            if not dry:
                save(self.store, run, self.epoch() + int(self.lease_seconds) + 1)

        with Claim(self.store, run.job, beat, self.lease_seconds) as claim:
            if not dry:
                close_interrupted(self.store, run.job, self.epoch())
            beat()
            yield claim
        run.ended = self.epoch()
        if not dry:
            self._end(run)

    def _end(self, run: Run) -> None:
        try:
            save(self.store, run)
        except StoreUnavailable as error:
            log.warning("The end of run %s could not be kept: %s", run.id, error.message)

    @contextmanager
    def _failing(self, run: Run, conceal: Callable[[str], str]) -> Iterator[None]:
        """Say in the run what it failed with."""
        try:
            yield
        except FramError as error:
            run.status, run.message = FAILED, conceal(error.message)
        except KeyboardInterrupt:
            run.status, run.message = INTERRUPTED, "It was told to stop."
        except Exception as error:
            # The edge of a run: whatever is wrong with a source, the run says so and other jobs go on.
            log.exception("run %s of %s failed", run.id, run.job)
            run.status, run.message = FAILED, conceal(f"{type(error).__name__}: {error}")

    def _read(self, job: Job, source: Source, ledger: Ledger, run: Run, claim: Claim, on_change: OnChange) -> Reading:
        """Read everything; where a system does not answer, begin again after a while."""
        deadline = time.monotonic() + job.time_limit

        def keep() -> None:
            claim.check()
            if self.stopping.is_set():
                raise KeyboardInterrupt
            if time.monotonic() > deadline:
                raise Conflict(f"The run took longer than its time limit of {in_words(job.time_limit)}.")

        for attempt in range(job.retries + 1):
            reading = Reading(ledger, run, keep, self.notice, on_change, job.conceal)
            reading.first = sweep.is_new(self.store, job.name)
            try:
                reading.read(source)
                break
            except FramError as error:
                if not error.retryable or attempt == job.retries:
                    raise
                self._wait(job.retry_after * 2**attempt, run, job.conceal(error.message), keep)
        return reading

    def _wait(self, seconds: int, run: Run, reason: str, keep: Callable[[], None]) -> None:
        run.message = f"{reason} Tried again in {in_words(seconds)}."
        self.notice(run)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            keep()
            self.stopping.wait(min(1.0, max(0.0, end - time.monotonic())))
        run.message = ""

    def _listen(
        self,
        job: Job,
        source: Source,
        ledger: Ledger,
        run: Run,
        reading: Reading,
        *,
        accept_removal: bool,
        on_change: OnChange,
    ) -> None:
        """Mark what is no longer said, if this run can tell; then let go of what was marked long ago."""
        run.status = SUCCEEDED
        if not (source.complete and job.mark):
            return
        if reading.refused_by_source and not job.despite_refusals:
            run.message = "The source refused something, so that nothing could be told to be gone."
            return
        # Of a source that had said nothing there is no more than it just said.
        silence = Silence() if reading.first else sweep.listen(self.store, job.name, reading.seen, reading.keep)
        reason = "" if accept_removal else silence.too_much(job.share)
        if reason:
            run.status, run.message = REFUSED_REMOVAL, reason
            return

        def note(name: str, judged: Judged) -> None:
            reading.keep()
            on_change(name, judged)
            count(run, name, judged)
            self.notice(run)

        if silence.unseen.total():
            sweep.mark(self.store, ledger, reading.seen, note)
        if not ledger.dry:
            before = self.epoch() - int(self.retention_days * DAY)
            purge(self.store, job.name, before, reading.keep, silent=silence.silent > 0)
