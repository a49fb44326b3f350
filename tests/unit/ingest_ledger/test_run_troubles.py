"""Runs of sources that do not answer, break, take too long or tell secrets."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from marshmallow import Schema

from ingest import ahead
from ingest.extract.source import Refused, Source
from ingest.jobs import Job, Jobs
from ingest.runner import Runner
from ingest.runs import get_run
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Batch, Receipt
from schemas.errors import InvalidSource, SourceUnavailable, StoreUnavailable
from schemas.ingest_runs import Run
from schemas.statements import Table


class Troubled(Source):
    """Yields some tables, then what it is told to do; `times` says how often it has been read."""

    about = "A source with troubles."
    settings = Schema
    times = 0

    def check(self) -> str:
        return "nothing"

    def extract(self) -> Iterator[Any]:
        self.times += 1
        for number in range(3):
            yield Table("hive", "gold", "core", f"t{number}")
        trouble: Callable[[int], Any] = self.told["trouble"]
        yield from trouble(self.times)


def run(
    trouble: Callable[[int], Any], store: MemoryGraphStore | None = None, **job: Any
) -> tuple[Run, Troubled, Runner]:
    runner = Runner(store or MemoryGraphStore(), Jobs())
    source = Troubled(trouble=trouble)
    told = Job("warehouse", "troubled", **{"retry_after": 0, "hidden": frozenset(("s3cret",)), **job})
    done = runner.run(told, source)
    assert get_run(runner.store, done.id, 0) == done
    return done, source, runner


def fails(error: Exception, until: int = 1_000) -> Callable[[int], Iterator[Any]]:
    def trouble(times: int) -> Iterator[Any]:
        if times < until:
            raise error
        yield from ()

    return trouble


def test_system_that_does_not_answer_is_asked_again_from_the_beginning():
    done, source, runner = run(fails(SourceUnavailable("Gone fishing."), 3))
    assert (done.status, source.times, done.message) == ("succeeded", 3, "")
    assert (done.read, done.written) == (3, 3)
    assert runner.store.count("Table") == 3


def test_system_that_never_answers_fails_the_run_and_takes_nothing_away():
    store = MemoryGraphStore()
    run(lambda _: iter(()), store)
    done, source, _ = run(fails(SourceUnavailable("No s3cret for you.")), store, retries=2)
    assert (done.status, source.times, done.removed) == ("failed", 3, 0)
    assert done.message == "No *** for you."
    assert store.count("Table") == 3


def test_what_only_a_first_time_through_said_is_marked_though_nothing_was_known_before_it():
    def trouble(times: int) -> Iterator[Any]:
        yield from (Table("hive", "gold", "core", f"more{number}") for number in range(150 if times == 1 else 90))
        if times == 1:
            raise SourceUnavailable("Gone fishing.")

    done, source, runner = run(trouble)
    assert (done.status, source.times) == ("succeeded", 2)
    assert done.removed > 0  # as many as the first time through had come to write
    assert runner.store.count("Table") == 3 + 90


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (InvalidSource("It holds s3cret."), "It holds ***."),
        (RuntimeError("s3cret broke"), "RuntimeError: *** broke"),
        (KeyError("x"), "KeyError: 'x'"),
    ],
)
def test_source_that_breaks_fails_its_run_alone(error: Exception, message: str):
    done, source, _ = run(fails(error))
    assert (done.status, source.times, done.message) == ("failed", 1, message)


def test_secret_in_a_refusal_is_not_shown():
    done, _, _ = run(lambda _: iter([Refused("row 5", "It is s3cret.")]))
    assert done.refusals == ["row 5: It is ***."]


def test_run_that_takes_too_long_is_ended():
    done, _, _ = run(lambda _: iter([Table("hive", "gold", "core", "late")]), time_limit=-1)
    assert done.status == "failed"
    assert done.message.startswith("The run took longer than its time limit")


@pytest.mark.parametrize(
    ("stopped", "limit", "status"), [(True, 600, "interrupted"), (False, 1, "failed")], ids=["stopped", "out of time"]
)
def test_source_that_hangs_does_not_hold_its_run(
    stopped: bool, limit: int, status: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ahead, "PATIENCE", 0.1)
    stop, answers = threading.Event(), threading.Event()
    runner = Runner(MemoryGraphStore(), Jobs(), stopping=stop)

    def trouble(_: int) -> Iterator[Any]:
        if stopped:
            stop.set()
        answers.wait(60)
        yield from ()

    done = runner.run(Job("warehouse", "troubled", time_limit=limit), Troubled(trouble=trouble))
    assert not answers.is_set()
    answers.set()
    assert (done.status, done.removed) == (status, 0)
    assert runner.run(Job("warehouse", "troubled"), Troubled(trouble=lambda _: iter(()))).status == (
        "interrupted" if stopped else "succeeded"
    )


def test_run_that_is_told_to_stop_is_interrupted():
    stop = threading.Event()
    runner = Runner(MemoryGraphStore(), Jobs(), stopping=stop)

    def trouble(_: int) -> Iterator[Any]:
        stop.set()
        yield Table("hive", "gold", "core", "late")

    done = runner.run(Job("warehouse", "troubled"), Troubled(trouble=trouble))
    assert (done.status, done.message) == ("interrupted", "It was told to stop.")


def test_graph_that_is_down_for_a_moment_is_waited_for():
    class Flaky(MemoryGraphStore):
        left = 2

        def apply(self, batch: Batch) -> Receipt:
            if self.left and any(ref.label == "Fram_Statement" for ref in batch.nodes):
                self.left -= 1
                raise StoreUnavailable("The graph is busy.")
            return super().apply(batch)

    done, source, _ = run(lambda _: iter(()), Flaky())
    assert (done.status, source.times, done.written) == ("succeeded", 3, 3)
