"""Run jobs by themselves, as the jobs file says, and on demand: one run of a job at a time, in whichever process."""

import logging
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from prometheus_client import Counter, Gauge
from prometheus_client.registry import Collector

from ingest.firings import Firings, shut_down
from ingest.jobs import Job
from ingest.runner import Runner
from ingest.runs import find_last
from schemas.errors import Conflict, StoreUnavailable
from schemas.ingest_runs import SUCCEEDED, Run

AT_ONCE = 2  # runs of different jobs in one process
GRACE_SECONDS = 3_600  # so late a run still begins; several that were missed are one
SOON = timedelta(seconds=1)

log = logging.getLogger(__name__)


class JobSchedule:
    """Runs jobs in the background, from `start` to `stop`."""

    def __init__(self, runner: Runner, firings: Firings) -> None:
        self._runner = runner
        self._runs = Counter("fram_ingest_runs", "Runs of jobs that ended.", ("job", "status"), registry=None)
        self._statements = Counter(
            "fram_ingest_statements", "Statements that jobs read.", ("job", "outcome"), registry=None
        )
        self._succeeded = Gauge(
            "fram_ingest_last_success_timestamp_seconds", "When a job last succeeded.", ("job",), registry=None
        )
        self.metrics: tuple[Collector, ...] = (self._runs, self._statements, self._succeeded)
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(AT_ONCE)},
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": GRACE_SECONDS},
        )
        firings.listen_to(self._scheduler)

    def start(self) -> None:
        """Begin; returns at once."""
        for job in self._runner.jobs.jobs.values():
            name = f"ingest of {job.name}"
            if job.cron is not None:
                trigger = CronTrigger.from_crontab(job.cron, timezone=UTC)
                self._scheduler.add_job(self._run, trigger, args=(job,), id=name)
            elif job.every is not None:
                first = self._first(job)
                every = IntervalTrigger(seconds=job.every, timezone=UTC)
                self._scheduler.add_job(self._run, every, args=(job,), id=name, next_run_time=first)
        self._scheduler.start()

    def stop(self) -> None:
        """End what is being run at its next statement, as interrupted. Idempotent."""
        self._runner.stopping.set()
        if self._scheduler.running:
            shut_down(self._scheduler)

    def trigger(self, name: str) -> None:
        """Run a job now, in the background. Raises InvalidSetting for no job, or one that cannot be run."""
        job = self._runner.jobs.get(name)
        job.open()
        self._scheduler.add_job(
            self._carry_out,
            args=(job,),
            id=f"ingest of {name} on demand",
            replace_existing=True,
            misfire_grace_time=None,
        )

    def _first(self, job: Job) -> datetime:
        """Return when a job that runs every so often is due: as if this process had not been started anew."""
        now = datetime.now(UTC) + SOON
        try:
            last = find_last(self._runner.store, job.name, int(time.time()))
        except StoreUnavailable:
            return now
        if last is None or last.ended is None or last.status != SUCCEEDED:
            return now
        return max(now, datetime.fromtimestamp(last.started + (job.every or 0), UTC))

    def _run(self, job: Job) -> None:
        """Run a job, unless another process has just done so by the same schedule."""
        last = find_last(self._runner.store, job.name, int(time.time()))
        just_now = time.time() - min(30, (job.every or 60) / 2)
        if last is None or last.status != SUCCEEDED or last.started < just_now:
            self._carry_out(job)

    def _carry_out(self, job: Job) -> None:
        try:
            run = self._runner.run(job)
        except Conflict as error:
            log.info("%s", error.message)
            return
        self._count(run)
        what = f"{run.read} read, {run.written} written, {run.refused} refused, {run.removed} removed"
        log.info("Run %s of %s %s: %s. %s", run.id, run.job, run.status, what, run.message)

    def _count(self, run: Run) -> None:
        self._runs.labels(run.job, run.status).inc()
        counts: Mapping[str, int] = {
            name: getattr(run, name) for name in ("written", "unchanged", "refused", "removed")
        }
        for outcome, number in counts.items():
            self._statements.labels(run.job, outcome).inc(number)
        if run.status == SUCCEEDED:
            self._succeeded.labels(run.job).set(run.ended or 0)
