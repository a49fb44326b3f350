"""Models, runs and experiments as a source says them: where each hangs, what follows in lineage, what is remembered."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest
from graphs import edges_of, props_of

from ingest.ledger.precedence import Precedence
from ingest.ledger.purge import purge
from ingest.ledger.restore import restore
from ingest.ledger.said import said
from ingest.ledger.writer import Judged, Ledger, Verdict
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.graph import GONE
from schemas.model_statements import (
    Dataset,
    Experiment,
    ExperimentRuns,
    Input,
    Model,
    ModelVersion,
    Run,
    SignatureField,
    UsedColumn,
)
from schemas.statements import Column, Table

NOW = 1_700_000_000
EXPERIMENT, RUN = "mlflow://prod/experiment/7", "mlflow://prod/run/r7"
MODEL = "mlflow://prod/model/churn"
VERSION, DATASET = f"{MODEL}/version/1", "mlflow://prod/dataset/customers/d1"
TABLE = "hive://gold.core/customers"

Speak = Callable[..., list[Judged]]


@pytest.fixture
def ledger(graph_store: GraphStore) -> Callable[[str], Ledger]:
    return lambda run: Ledger(graph_store, "mlflow", run, Precedence(), epoch=lambda: NOW)


@pytest.fixture
def say(ledger: Callable[[str], Ledger]) -> Speak:
    def say(*statements: Any, run: str = "1") -> list[Judged]:
        return ledger(run).say([said(statement) for statement in statements])

    return say


def an_experiment(**more: Any) -> Experiment:
    return Experiment("prod", "7", "Churn", **more)


def a_run(**more: Any) -> Run:
    return Run("prod", "r7", "7", "nimble-owl", inputs=[Input("customers", "d1", "training", TABLE)], **more)


def a_model(**more: Any) -> Model:
    return Model("prod", "churn", **more)


def a_version(version: str = "1", **more: Any) -> ModelVersion:
    return ModelVersion("prod", "churn", version, run="r7", **more)


def a_table() -> Table:
    return Table("hive", "gold", "core", "customers", columns=[Column("age", "int"), Column("id", "int")])


def changes(store: GraphStore) -> set[tuple[Any, ...]]:
    names = ("kind", "subject", "before", "after", "run")
    return {tuple(node.props.get(name) for name in names) for node in store.list_nodes("MLChange")}


def test_everything_hangs_together_from_table_to_model(graph_store: GraphStore, say: Speak):
    columns = [UsedColumn(f"{TABLE}/age", "signature")]
    judged = say(
        a_table(),
        an_experiment(owners=["ada@x.org"], tags=["risk"], properties={"team": "a=b"}),
        ExperimentRuns("prod", "7", 1, metrics=["auc"]),
        Dataset("prod", "customers", "d1", "delta_table", table=TABLE),
        a_run(ran_by="ada@x.org", parameters={"depth": "5"}, metrics={"auc": 0.9}),
        a_model(description="Who leaves"),
        a_version(stage="Production", aliases=["champion"], inputs=[SignatureField("age", "long")], columns=columns),
    )
    assert [each.verdict for each in judged] == [Verdict.WRITTEN] * 7
    assert not any(each.unresolved for each in judged)
    experiment = props_of(graph_store, NodeRef("MLExperiment", EXPERIMENT))
    assert (experiment["name"], experiment["metrics"], experiment["properties"]) == ("Churn", ["auc"], ["team=a=b"])
    run = props_of(graph_store, NodeRef("MLRun", RUN))
    assert orjson.loads(run["parameters"]) == {"depth": "5"}
    assert orjson.loads(run["metrics"]) == {"auc": 0.9}
    version = props_of(graph_store, NodeRef("MLModelVersion", VERSION))
    assert (version["name"], version["stage"], version["aliases"]) == ("churn v1", "Production", ["champion"])
    assert orjson.loads(version["inputs"]) == [{"name": "age", "type": "long", "required": True}]

    for relation, source, target, ends in (
        ("HAS_RUN", "MLExperiment", "MLRun", (EXPERIMENT, RUN)),
        ("CONSUMED", "MLRun", "MLDataset", (RUN, DATASET)),
        ("SNAPSHOT_OF", "MLDataset", "Table", (DATASET, TABLE)),
        ("PRODUCED", "MLRun", "MLModelVersion", (RUN, VERSION)),
        ("HAS_VERSION", "MLModel", "MLModelVersion", (MODEL, VERSION)),
        ("RAN_BY", "MLRun", "User", (RUN, "ada@x.org")),
        ("HAS_DOWNSTREAM", "Table", "MLRun", (TABLE, RUN)),
        ("HAS_DOWNSTREAM", "MLRun", "MLModelVersion", (RUN, VERSION)),
        ("HAS_DOWNSTREAM", "MLModelVersion", "MLModel", (VERSION, MODEL)),
        ("HAS_DOWNSTREAM", "Column", "MLModelVersion", (f"{TABLE}/age", VERSION)),
    ):
        assert list(edges_of(graph_store, source, relation, target)) == [ends], relation


def test_a_table_that_is_not_there_is_never_made_and_is_linked_once_it_comes(graph_store: GraphStore, say: Speak):
    whole = (an_experiment(), Dataset("prod", "customers", "d1", table=TABLE), a_run(), a_model(), a_version())
    judged = say(*whole)
    assert [each.unresolved for each in judged] == [False, True, True, False, False]
    assert graph_store.list_nodes("Table") == []

    assert {each.verdict for each in say(*whole, run="2")} == {Verdict.UNCHANGED}
    say(a_table(), run="3")
    again = say(*whole, run="4")
    assert [each.verdict for each in again[:3]] == [Verdict.UNCHANGED, Verdict.WRITTEN, Verdict.WRITTEN]
    assert list(edges_of(graph_store, "Table", "HAS_DOWNSTREAM", "MLRun")) == [(TABLE, RUN)]


def test_what_is_consumed_in_two_contexts_is_one_relation(graph_store: GraphStore, say: Speak):
    both = [Input("customers", "d1", "training"), Input("customers", "d1", "eval"), Input("customers", "d1", "eval")]
    say(an_experiment(), Dataset("prod", "customers", "d1"), Run("prod", "r7", "7", inputs=both))
    assert edges_of(graph_store, "MLRun", "CONSUMED", "MLDataset")[(RUN, DATASET)]["context"] == "training, eval"
    assert props_of(graph_store, NodeRef("MLRun", RUN))["name"] == "r7"


def test_first_sight_is_no_change_and_every_later_one_is_remembered_once(graph_store: GraphStore, say: Speak):
    first = a_model(aliases={"champion": "1"}, stages={"1": "Staging"})
    say(first)
    assert changes(graph_store) == set()

    then = a_model(aliases={"champion": "2", "next": "3"}, stages={"1": "Archived", "2": "Production"})
    say(then, run="2")
    seen = {
        ("alias", "champion", "1", "2", "2"),
        ("alias", "next", None, "3", "2"),
        ("stage", "1", "Staging", "Archived", "2"),
        ("stage", "2", None, "Production", "2"),
    }
    assert changes(graph_store) == seen
    assert {node.props["observed_at"] for node in graph_store.list_nodes("MLChange")} == {NOW}
    assert len(edges_of(graph_store, "MLModel", "CHANGED", "MLChange")) == 4

    say(then, run="3")
    say(a_model(aliases=then.aliases, stages=then.stages, description="Other"), run="4")
    assert changes(graph_store) == seen

    say(a_model(aliases={"champion": "2"}, stages=then.stages), run="5")
    assert changes(graph_store) == seen | {("alias", "next", "3", None, "5")}


def test_changes_outlive_a_model_that_is_gone_for_a_while(
    graph_store: GraphStore, say: Speak, ledger: Callable[[str], Ledger]
):
    say(a_model(aliases={"a": "1"}), a_version())
    say(a_model(aliases={"a": "2"}), run="2")
    ledger("3").silence([f"model/{MODEL}", f"model_version/{VERSION}"])
    assert props_of(graph_store, NodeRef("MLModel", MODEL))[GONE] == NOW
    assert props_of(graph_store, NodeRef("MLModelVersion", VERSION))[GONE] == NOW
    assert (MODEL, VERSION) in edges_of(graph_store, "MLModel", "HAS_VERSION", "MLModelVersion")

    say(a_model(aliases={"a": "3"}), a_version(), run="4")
    assert GONE not in props_of(graph_store, NodeRef("MLModel", MODEL))
    assert changes(graph_store) == {("alias", "a", "1", "2", "2"), ("alias", "a", "2", "3", "4")}


def test_undoing_a_run_forgets_what_it_saw_so_that_nothing_is_told_twice(
    graph_store: GraphStore, say: Speak, ledger: Callable[[str], Ledger]
):
    say(a_model(aliases={"a": "1"}))
    say(a_model(aliases={"a": "2"}), run="2")
    restore(graph_store, ledger("3"), "2", lambda *_: None, lambda _: None)
    assert changes(graph_store) == set()
    say(a_model(aliases={"a": "2"}), run="4")
    assert changes(graph_store) == {("alias", "a", "1", "2", "4")}


def test_what_is_gone_for_long_goes_with_all_that_hangs_under_it(
    graph_store: GraphStore, say: Speak, ledger: Callable[[str], Ledger]
):
    say(an_experiment(), a_run(), a_model(aliases={"a": "1"}), a_version())
    say(a_model(aliases={"a": "2"}), run="2")
    names = [f"experiment/{EXPERIMENT}", f"run/{RUN}", f"model/{MODEL}", f"model_version/{VERSION}"]
    ledger("3").silence(names)
    assert purge(graph_store, "mlflow", NOW + 1) == 4
    for label in ("MLExperiment", "MLRun", "MLModel", "MLModelVersion", "MLChange"):
        assert graph_store.list_nodes(label) == [], label
