"""Events that were taken in are kept, said, and not lost between threads, processes and crashes; over both stores."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event
from time import sleep
from typing import Any

import pytest
from openlineage_events import a_job, columns, dataset, epoch, facets, fields, key, run_event

from ingest.extract.openlineage.events import kind_of
from ingest.extract.openlineage.naming import Names
from ingest.openlineage.intake import Intake
from ingest.openlineage.records import EVENT, WAIT_MICROS
from ingest.openlineage.telling import Telling
from metadata_service.store.factory import open_store
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable

START = 1_800_000_000_000_000


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += 1
        return self.now


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[GraphStore]:
    opened = MemoryGraphStore() if request.param == "memory" else open_store(f"sqlite:///{tmp_path}/graph.db")
    opened.ensure_schema()
    yield opened
    opened.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def _order(source: str) -> tuple[int, str]:
    return 0, source


def _telling(store: GraphStore, clock: Clock) -> Telling:
    return Telling(store, Names(), _order, clock)


def _intake(store: GraphStore, clock: Clock, told: Any = lambda: None) -> Intake:
    return Intake(store, Names(), told, clock)


def _send(intake: Intake, *events: dict[str, Any]) -> None:
    intake.take([(kind_of(event), event) for event in events])


def _lineage(store: GraphStore) -> set[tuple[str, str]]:
    edges = store.list_edges("HAS_DOWNSTREAM", "Table", "Table")
    cut = len(key(""))
    return {(edge.ref.source.key[cut:], edge.ref.target.key[cut:]) for edge in edges}


def _stat(store: GraphStore, table: str) -> str | None:
    found = {node.ref.key: node.props for node in store.list_nodes("Stat")}
    return str(found[f"{key(table)}/rows_written/"]["stat_val"])


def _wrote(rows: int) -> dict[str, Any]:
    return {"outputFacets": facets(outputStatistics={"rowCount": rows})}


def test_what_is_sent_can_be_read_when_it_was_answered(store: GraphStore, clock: Clock):
    intake = _intake(store, clock, _telling(store, clock).work)
    _send(intake, run_event("START", 0, [dataset("a")]))
    out = dataset("b", schema=fields("x"), columnLineage=columns(x=[("a", "y")]))
    _send(intake, run_event("COMPLETE", 1, [], [out]))
    assert _lineage(store) == {("a", "b")}
    (step,) = store.list_edges("HAS_DOWNSTREAM", "Column", "Column")
    assert (step.ref.source.key, step.ref.target.key) == (f"{key('a')}/y", f"{key('b')}/x")
    assert step.props["transformation"] == "DIRECT/IDENTITY"
    (written,) = store.list_nodes("Timestamp")
    assert written.props["last_updated_timestamp"] == epoch(1)


def test_what_was_taken_in_is_said_by_whoever_comes_next(store: GraphStore, clock: Clock):
    _send(_intake(store, clock), run_event("COMPLETE", 0, [dataset("a")], [dataset("b")]))
    assert _lineage(store) == set()  # the process ended before it said anything
    assert _telling(store, clock).work() == 2
    assert _lineage(store) == {("a", "b")}
    assert _telling(store, clock).work() == 0


def test_one_that_was_killed_while_saying_says_it_again(
    store: GraphStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    _send(_intake(store, clock), run_event("COMPLETE", 0, [dataset("a")], [dataset("b")]))

    def killed(*_: Any) -> None:
        raise SystemExit

    killed_one = _telling(store, clock)
    with monkeypatch.context() as patched:
        patched.setattr("ingest.openlineage.records.settle", killed)
        with pytest.raises(SystemExit):
            killed_one.work()
    again = _telling(store, clock)
    assert again.work() == 0  # the lease of the one that was killed has not run out
    store.release_lease("openlineage", killed_one._lease.holder)
    assert again.work() == 2
    assert _lineage(store) == {("a", "b")}
    assert again.work() == 0


def test_what_comes_while_it_is_said_is_said_as_well(store: GraphStore, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    from ingest.openlineage import records

    intake, telling = _intake(store, clock), _telling(store, clock)
    _send(intake, run_event("COMPLETE", 0, [dataset("a")], [dataset("o")], run=1))
    settle = records.settle

    def late(*arguments: Any) -> None:
        monkeypatch.setattr(records, "settle", settle)
        _send(intake, run_event("COMPLETE", 1, [dataset("b")], [dataset("o")], run=2))
        settle(*arguments)

    monkeypatch.setattr(records, "settle", late)
    telling.work()
    assert _lineage(store) == {("a", "o")}
    telling.work()
    assert _lineage(store) == {("b", "o")}
    assert telling.work() == 0


def test_counts_of_every_run_wait_and_are_said_in_the_end(store: GraphStore, clock: Clock):
    telling = _telling(store, clock)
    intake = _intake(store, clock, telling.work)
    for run in range(1, 5):
        _send(intake, run_event("COMPLETE", run, [dataset("a")], [dataset("o") | _wrote(run)], run=run))
    assert _stat(store, "o") == "1"
    clock.now += WAIT_MICROS
    assert telling.work() == 1
    assert _stat(store, "o") == "4"
    assert telling.work() == 0


def test_a_batch_and_its_repetition_change_nothing_more(store: GraphStore, clock: Clock):
    telling = _telling(store, clock)
    events = [run_event("COMPLETE", n, [dataset("a")], [dataset(f"t{n}")], run=n) for n in range(1, 30)]
    _send(_intake(store, clock), *events)
    telling.work()
    statements = store.list_nodes("Fram_Statement")
    _send(_intake(store, clock), *events)
    telling.work()
    assert store.list_nodes("Fram_Statement") == statements
    assert len(_lineage(store)) == 29


def test_threads_and_processes_lose_nothing_of_each_other(store: GraphStore, clock: Clock):
    """Four intakes stand for processes; all events are of one run, so that they are in each other's way."""
    intakes = [_intake(store, clock) for _ in range(4)]
    sources = [f"s{n}" for n in range(24)]

    def send(place: int) -> None:
        _send(intakes[place % 4], run_event("RUNNING", 1, [dataset(sources[place])]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(send, range(len(sources))))
    _send(intakes[0], run_event("COMPLETE", 2, [], [dataset("o")]))
    _telling(store, clock).work()
    assert _lineage(store) == {(source, "o") for source in sources}


def test_a_file_that_turns_out_to_be_a_table_is_gone_under_its_own_name(store: GraphStore, clock: Clock):
    telling = _telling(store, clock)
    intake = _intake(store, clock, telling.work)
    lies_at = {"identifiers": [{"namespace": "hive://m:1", "name": "db.t", "type": "TABLE"}]}
    _send(intake, run_event("COMPLETE", 1, [dataset("p", "s3://b")], [dataset("o")], run=1))
    _send(intake, run_event("COMPLETE", 2, [dataset("p", "s3://b", symlinks=lies_at)], [dataset("q")], run=2))
    telling.work()
    live = {node.ref.key for node in store.list_nodes("Table") if "fram_gone_since" not in node.props}
    assert live == {"hive://default.db/t", key("o"), key("q")}
    found = store.list_edges("HAS_DOWNSTREAM", "Table", "Table")
    assert {edge.ref.source.key for edge in found} == {"hive://default.db/t"}


def test_nothing_is_answered_for_that_could_not_be_kept(
    store: GraphStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    def down(*_: Any) -> None:
        raise StoreUnavailable("The disk is full.")

    intake = _intake(store, clock)
    with monkeypatch.context() as patched:
        patched.setattr(type(store), "apply", down)
        with pytest.raises(StoreUnavailable):
            _send(intake, run_event("COMPLETE", 1, [dataset("a")], [dataset("o")]))
    assert store.list_nodes(EVENT) == []
    _send(intake, run_event("COMPLETE", 1, [dataset("a")], [dataset("o")]))
    _telling(store, clock).work()
    assert _lineage(store) == {("a", "o")}


def test_what_is_said_is_one_run_that_can_be_looked_at(store: GraphStore, clock: Clock):
    telling = _telling(store, clock)
    intake = _intake(store, clock, telling.work)
    _send(intake, run_event("COMPLETE", 1, [dataset("a")], [dataset("o")], run=1))
    _send(intake, run_event("COMPLETE", 2, [dataset("b")], [dataset("o")], run=2))
    (run,) = store.list_nodes("Fram_Run")
    assert (run.props["job"], run.props["status"], run.props["written"]) == ("openlineage", "succeeded", 6)


@pytest.mark.parametrize("name", ["wh.public.a\x00b", "wh.public." + "x" * 5_000, "wh.public.ä/%._dashboard"])
def test_a_name_that_no_store_holds_stops_no_other(store: GraphStore, clock: Clock, name: str):
    telling = _telling(store, clock)
    intake = _intake(store, clock, telling.work)
    strange = dataset(name, columnLineage=columns(**{"x" * 5_000: [("a", "y")]}))
    _send(intake, run_event("COMPLETE", 1, [dataset("a"), dataset(name)], [dataset("o"), strange]))
    assert ("a", "o") in _lineage(store)
    assert telling.work() == 0


def test_what_cannot_be_said_stops_no_other(store: GraphStore, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    from ingest.openlineage import telling as module

    said = module.statements

    def broken(of: Any, names: Names) -> Any:
        if of.key == key("b"):
            raise ZeroDivisionError
        return said(of, names)

    monkeypatch.setattr(module, "statements", broken)
    _send(
        _intake(store, clock, _telling(store, clock).work),
        run_event("COMPLETE", 1, [dataset("a")], [dataset("b"), dataset("o")]),
    )
    assert _lineage(store) == {("a", "o")}
    (run,) = store.list_nodes("Fram_Run")
    assert run.props["refusals"] == [f"{key('b')}: It could not be said; the log has why."]


def test_a_fault_at_one_request_is_its_own(store: GraphStore, clock: Clock, monkeypatch: pytest.MonkeyPatch):
    """Requests that wait at the same time are taken in together; one whose events nobody foresaw harms no other."""
    from ingest.openlineage import intake as module

    first_is_in, waiting = Event(), Event()
    whole = module.take

    def faulty(known: Any, names: Names, kind: str, event: dict[str, Any]) -> None:
        first_is_in.set()
        assert waiting.wait(10)
        if event["outputs"][0]["name"].endswith("bad"):
            raise ZeroDivisionError("nobody foresaw it")
        whole(known, names, kind, event)

    monkeypatch.setattr(module, "take", faulty)
    intake = _intake(store, clock)

    def send(table: str) -> None:
        _send(intake, run_event("COMPLETE", 1, [dataset("a")], [dataset(table)], job=a_job(table)))

    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(send, "first")
        assert first_is_in.wait(10)
        others = {name: pool.submit(send, name) for name in ("bad", "good")}  # these wait for the first, together
        while len(intake._queue) < len(others):
            sleep(0.01)
        waiting.set()
        for future in (first, others["good"]):
            future.result(10)
        with pytest.raises(ZeroDivisionError, match="nobody foresaw it"):
            others["bad"].result(10)
    _telling(store, clock).work()
    assert _lineage(store) == {("a", "first"), ("a", "good")}


@pytest.mark.parametrize("state", ["START", "COMPLETE"])
def test_a_facet_that_is_too_large_to_keep_takes_nothing_along_that_is_told(
    store: GraphStore, clock: Clock, state: str
):
    """All facets of a dataset went when one that nobody reads was too large, its columns among them."""
    plan = Random(1).randbytes(1_500_000).hex()
    intake = _intake(store, clock)
    output = dataset("o", plan={"plan": plan}, schema=fields("x"))
    _send(intake, run_event(state, 1, [dataset("a", plan={"plan": plan}, schema=fields("y"))], [output]))
    _send(intake, run_event("COMPLETE", 2, [], [dataset("o")]))
    _telling(store, clock).work()
    assert {node.ref.key for node in store.list_nodes("Column")} == {f"{key('o')}/x", f"{key('a')}/y"}
