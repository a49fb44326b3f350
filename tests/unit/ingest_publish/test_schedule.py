"""The schedule: work happens by itself, and every firing that did not go well is seen."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo

import pytest
from prometheus_client import CollectorRegistry
from publishing import a_table, documents, projected, put

from ingest import schedule as scheduling
from ingest.publish.publisher import Publisher
from ingest.schedule import Schedule
from metadata_service.store.memory import MemoryGraphStore
from schemas.errors import IndexUnavailable
from schemas.settings import Settings
from search_service.index.memory import MemorySearchIndex

FAST = Settings(sync_seconds=0.05, reconcile_seconds=0.2)


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def firings(schedule: Schedule, job: str, outcome: str) -> float:
    registry = CollectorRegistry()
    registry.register(schedule.firings)
    return registry.get_sample_value("fram_schedule_firings_total", {"job": job, "outcome": outcome}) or 0


def test_changes_are_published_and_compared_by_themselves():
    graph, index = MemoryGraphStore(), MemorySearchIndex()
    put(graph, *a_table("a"))
    schedule = Schedule(Publisher(graph, index), FAST)
    schedule.start()
    until(lambda: documents(index) == projected(graph) != {})
    put(graph, *a_table("b"))
    until(lambda: documents(index) == projected(graph))
    until(lambda: firings(schedule, "reconcile", "done") > 1 and firings(schedule, "ordered_rebuild", "done") == 1)
    schedule.stop()
    schedule.stop()
    put(graph, *a_table("c"))
    assert Publisher(graph, index).publish() is None  # it could take the lease at once
    assert documents(index) == projected(graph)


class Trouble(Publisher):
    """A publisher whose passes take and raise what they are told to."""

    def __init__(self) -> None:
        super().__init__(MemoryGraphStore(), MemorySearchIndex())
        self.error: Exception | None = None
        self.free = threading.Event()
        self.free.set()

    def publish(self) -> None:
        self.free.wait(20)
        if self.error:
            raise self.error


def test_failures_are_counted_each_time_and_logged_once(caplog: pytest.LogCaptureFixture):
    publisher = Trouble()
    publisher.error = IndexUnavailable("The index is down.")
    schedule = Schedule(publisher, FAST)
    with caplog.at_level(logging.INFO):
        schedule.start()
        until(lambda: firings(schedule, "sync", "failed") > 3)
        publisher.error = RuntimeError("a defect")
        until(lambda: "a defect" in caplog.text)
        publisher.error = None
        until(lambda: "works again" in caplog.text)
        schedule.stop()
    assert caplog.text.count("The index is down.") == 1
    assert caplog.text.count("Traceback") == 1  # of the defect alone


def test_overlapping_firings_are_counted():
    publisher = Trouble()
    publisher.free.clear()
    schedule = Schedule(publisher, FAST)
    schedule.start()
    until(lambda: firings(schedule, "sync", "overlapping") > 1)
    publisher.free.set()
    until(lambda: firings(schedule, "sync", "done") > 0)
    schedule.stop()


def test_missed_firings_are_counted_and_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture):
    monkeypatch.setattr(scheduling, "GRACE_SECONDS", 1)
    schedule = Schedule(Trouble(), FAST)
    schedule.start()
    until(lambda: firings(schedule, "sync", "done") > 0)
    with caplog.at_level(logging.WARNING), monkeypatch.context() as later:
        # As after a suspended machine wakes up: the clock has jumped beyond the grace.
        class Jumped(datetime):
            @classmethod
            def now(cls, tz: tzinfo | None = None) -> datetime:
                return datetime.now(tz) + timedelta(seconds=100)

        later.setattr("apscheduler.executors.base.datetime", Jumped)
        until(lambda: firings(schedule, "sync", "missed") > 0)
    schedule.stop()
    assert "was missed" in caplog.text
