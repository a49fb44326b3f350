"""Jobs run by themselves and on demand, one run at a time, and tell how they fared."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from job_files import a_job, some_jobs, table, write
from prometheus_client import CollectorRegistry

from ingest.claim import Claim
from ingest.firings import Firings
from ingest.job_schedule import JobSchedule
from ingest.runner import Runner
from ingest.runs import list_runs, new_run_id, save
from metadata_service.store.memory import MemoryGraphStore
from schemas.errors import InvalidSetting
from schemas.ingest_runs import Run


def until(true: Callable[[], Any]) -> None:
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class Scheduled:
    """A store, a job over a file and the schedule that runs it."""

    def __init__(self, file: Path, **job: Any) -> None:
        self.store = MemoryGraphStore()
        self.firings = Firings()
        write(file, [table("t")])
        self.runner = Runner(self.store, some_jobs(a_job(file, **job)))
        self.schedule = JobSchedule(self.runner, self.firings)

    def runs(self) -> list[Run]:
        return list_runs(self.store, 100, int(time.time()))[0]

    def sample(self, name: str, **labels: str) -> float:
        registry = CollectorRegistry()
        for collector in (self.firings.counter, *self.schedule.metrics):
            registry.register(collector)
        return registry.get_sample_value(name, labels) or 0


@pytest.fixture
def scheduled(tmp_path: Path) -> Iterator[Callable[..., Scheduled]]:
    made: list[Scheduled] = []

    def scheduled(**job: Any) -> Scheduled:
        made.append(Scheduled(tmp_path / "statements.ndjson", **job))
        return made[-1]

    yield scheduled
    for each in made:
        each.schedule.stop()


def test_job_runs_every_so_often(scheduled: Callable[..., Scheduled]):
    it = scheduled(every=1)
    it.schedule.start()
    until(lambda: len(it.runs()) >= 2 and it.runs()[0].status == "succeeded")
    last, before = it.runs()[:2]
    assert (before.status, before.read) == ("succeeded", 1)
    assert (last.written, last.unchanged) == (0, 1)
    until(lambda: it.sample("fram_ingest_runs_total", job="warehouse", status="succeeded") >= 2)
    assert it.sample("fram_ingest_statements_total", job="warehouse", outcome="written") == 1
    assert it.sample("fram_ingest_last_success_timestamp_seconds", job="warehouse") == pytest.approx(
        time.time(), abs=20
    )
    assert it.sample("fram_schedule_firings_total", job="ingest of warehouse", outcome="done") >= 2


def test_job_that_ran_lately_waits_for_its_turn_after_a_restart(scheduled: Callable[..., Scheduled]):
    it = scheduled(every=3600)
    now = int(time.time())
    save(it.store, Run(new_run_id(), "warehouse", "file", "succeeded", now - 60, now - 59))
    it.schedule.start()
    [job] = it.schedule._scheduler.get_jobs()
    assert job.next_run_time.timestamp() == pytest.approx(now - 60 + 3600, abs=2)


def test_job_runs_by_cron(scheduled: Callable[..., Scheduled]):
    it = scheduled(cron="30 4 * * *")
    it.schedule.start()
    [job] = it.schedule._scheduler.get_jobs()
    assert (job.next_run_time.hour, job.next_run_time.minute) == (4, 30)


def test_job_without_a_schedule_runs_on_demand_alone(scheduled: Callable[..., Scheduled]):
    it = scheduled()
    it.schedule.start()
    assert it.schedule._scheduler.get_jobs() == []
    it.schedule.trigger("warehouse")
    until(lambda: it.runs() and it.runs()[0].status == "succeeded")
    with pytest.raises(InvalidSetting, match="There is no job 'another'"):
        it.schedule.trigger("another")


def test_job_that_is_being_run_elsewhere_is_left_alone(scheduled: Callable[..., Scheduled]):
    it = scheduled()
    it.schedule.start()
    with Claim(it.store, "warehouse"):
        it.schedule.trigger("warehouse")
        until(lambda: it.sample("fram_schedule_firings_total", job="ingest of warehouse on demand", outcome="done"))
    assert it.runs() == []


def test_failure_is_kept_in_the_run(scheduled: Callable[..., Scheduled], tmp_path: Path):
    it = scheduled(retries=0)
    (tmp_path / "statements.ndjson").unlink()
    it.schedule.start()
    it.schedule.trigger("warehouse")
    until(lambda: it.sample("fram_ingest_runs_total", job="warehouse", status="failed") == 1)
    assert "is neither a file nor a folder" in it.runs()[0].message


def test_stopping_interrupts_what_is_being_run(scheduled: Callable[..., Scheduled], tmp_path: Path):
    it = scheduled()
    write(tmp_path / "statements.ndjson", (table(f"t{number}") for number in range(20_000)))
    it.schedule.start()
    it.schedule.trigger("warehouse")
    until(lambda: it.store.count("Table") > 0)
    it.schedule.stop()
    [run] = it.runs()
    assert (run.status, run.message) == ("interrupted", "It was told to stop.")
    assert 0 < it.store.count("Table") < 20_000
