"""Runs from beginning to end on every store: written, silent, undone, purged, and never two at once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from graphs import FakeClock, by_person, column, description, link, node, props_of, tag
from marshmallow import Schema

from ingest.claim import Claim
from ingest.extract.source import Source
from ingest.jobs import Job, Jobs
from ingest.ledger.held import SOURCE, sources
from ingest.ledger.writer import Judged
from ingest.runner import DAY, Runner
from ingest.runs import list_runs
from metadata_service.store.mutations import Authority, Batch, NodeRef, PutNode
from metadata_service.store.port import GraphStore
from schemas.errors import Conflict
from schemas.graph import GONE
from schemas.ingest_runs import Run
from schemas.statements import Column, Lineage, Table

JOB = Job("warehouse", "told", share=0.5)


class Told(Source):
    about = "What it is told."
    settings = Schema

    def check(self) -> str:
        return "nothing"

    def extract(self) -> Any:
        yield from self.told["statements"]


def a_table(name: str, **more: Any) -> Table:
    return Table("hive", "gold", "core", name, **more)


T0 = a_table("t0", description="All", columns=[Column("a", "struct<x:int>", "A")], tags=["x"])
REST = [a_table(f"t{number}") for number in range(1, 5)]


class Ingestion:
    """A store and its clock, which goes on by a microsecond with each look."""

    def __init__(self, store: GraphStore, clock: FakeClock) -> None:
        self.store = store
        self.clock = clock
        self.runner = Runner(store, Jobs(), clock=self.tick)

    def tick(self) -> int:
        self.clock.now += 1
        return self.clock.now

    def run(self, statements: Sequence[Any]) -> Run:
        run = self.runner.run(JOB, Told(statements=statements))
        assert run.status == "succeeded", run
        return run


@pytest.fixture
def ingestion(graph_store: GraphStore, clock: FakeClock) -> Ingestion:
    return Ingestion(graph_store, clock)


def test_run_is_kept_and_the_next_one_writes_nothing(ingestion: Ingestion):
    first, second = ingestion.run([T0, *REST]), ingestion.run([T0, *REST])
    assert (first.written, second.written, second.unchanged) == (5, 0, 5)
    assert [run.id for run in list_runs(ingestion.store, 10, 0)[0]] == [second.id, first.id]


def test_a_new_order_takes_effect_with_the_next_run(ingestion: Ingestion):
    told = {name: Told(statements=[a_table("t0", description=f"By {name}"), a_table(name)]) for name in ("a", "b")}
    text = description(NodeRef("Table", "hive://gold.core/t0"))

    def written(name: str, *order: str, **options: Any) -> int:
        runner = Runner(ingestion.store, Jobs(precedence=order), clock=ingestion.tick)
        return runner.run(Job(name, "told"), told[name], **options).written

    def shown() -> Any:
        return (props_of(ingestion.store, text) or {})["description"]

    assert [written("a"), written("b"), shown()] == [2, 2, "By a"]
    assert [written("a", "b"), shown()] == [1, "By b"]  # where nobody was named before
    assert [written("a", "a", "b"), written("b", "a", "b"), shown()] == [1, 0, "By a"]
    assert [written("a", "a", "b", "c"), written("a", "c", "a", "b"), shown()] == [0, 0, "By a"]

    said: dict[str, Judged] = {}
    assert written("a", "b", "a", dry=True, on_change=said.__setitem__) == 1
    (judged,) = said.values()
    assert judged.difference == (f"~ Description {text.key}: description 'By a' → 'By b'",)
    assert shown() == "By a"
    assert [written("a", "b", "a"), shown(), written("a", "b", "a")] == [1, "By b", 0]

    ingestion.runner.run(Job("b", "told", share=1), Told(statements=[a_table("b")]))
    assert [written("a", "a", "b"), shown()] == [0, "By a"]  # nobody else says anything of it any more


def test_what_fell_silent_is_marked_undone_and_purged(ingestion: Ingestion):
    store = ingestion.store
    ingestion.run([T0, *REST, Lineage("table", "hive://gold.core/t1", ["hive://gold.core/t0"])])
    silent = ingestion.run([*REST, Lineage("table", "hive://gold.core/t1", ["hive://gold.core/t0"])])
    assert (silent.removed, store.count("Table"), store.count("Column")) == (1, 4, 0)

    assert ingestion.runner.restore(silent.id).status == "succeeded"
    assert (store.count("Table"), store.count("Column")) == (5, 1)

    ingestion.run(REST)
    ingestion.clock.now += 31 * DAY * 1_000_000
    ingestion.run(REST)
    for label in ("Column", "Type_Metadata", "Description"):
        assert store.list_nodes(label) == []
    assert [found.ref.key[-2:] for found in store.list_nodes("Table")] == ["t1", "t2", "t3", "t4"]
    assert store.list_nodes("Fram_Undo") == []


def test_runs_are_forgotten_after_a_while_but_the_last_of_each_job_is_not(ingestion: Ingestion):
    seldom, table = replace(JOB, name="seldom"), NodeRef("Table", "hive://gold.core/t0")
    ingestion.runner.run(seldom, Told(statements=[a_table("t0", description="Old")]))
    kept = ingestion.runner.run(seldom, Told(statements=[a_table("t0", description="New")]))
    ingestion.run(REST)
    ingestion.clock.now += 31 * DAY * 1_000_000
    last = ingestion.run(REST)
    assert [run.id for run in list_runs(ingestion.store, 10, 0)[0]] == [last.id, kept.id]
    ingestion.runner.restore(kept.id)
    assert (props_of(ingestion.store, description(table)) or {})["description"] == "Old"


def test_sources_are_known_however_many_there_are(ingestion: Ingestion):
    names = [f"script-{number:04}" for number in range(1_100)]
    ingestion.store.apply(Batch(tuple(PutNode(NodeRef(SOURCE, name)) for name in names), Authority.SOURCE))
    assert sources(ingestion.store) == names


def test_what_carries_a_persons_word_is_not_purged(ingestion: Ingestion):
    store, table = ingestion.store, NodeRef("Table", "hive://gold.core/t0")
    ingestion.run([T0, *REST])
    by_person(store, node(tag("mine")), link(table, "TAGGED_BY", tag("mine")))
    ingestion.run(REST)
    ingestion.clock.now += 400 * DAY * 1_000_000
    ingestion.run(REST)
    assert GONE in (props_of(store, table) or {})
    assert props_of(store, column("a", "t0")) is None
    ingestion.run([T0, *REST])
    assert props_of(store, table) == {"name": "t0"}
    assert props_of(store, column("a", "t0")) is not None


def test_job_runs_once_at_a_time(ingestion: Ingestion):
    with Claim(ingestion.store, "warehouse"), pytest.raises(Conflict, match="is being run already"):
        ingestion.run(REST)
    assert ingestion.run(REST).written == 4
