"""A real MLflow server, read by a job again and again while it is changed: what is in the graph, search and lineage."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mlflow_process import Mlflow, running_mlflow

from ingest.jobs import Job, Jobs
from ingest.ledger.precedence import Precedence
from ingest.ledger.said import said
from ingest.ledger.writer import Ledger
from ingest.publish.project import project
from ingest.runner import Runner
from metadata_service.catalog.models import get_model
from metadata_service.catalog.models_runs import Wanted, list_runs
from metadata_service.catalog.models_training import get_experiment
from metadata_service.lineage import models as lineage
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.graph import GONE
from schemas.ingest_runs import Run
from schemas.statements import Column, Table

MODEL = "mlflow://lab/model/churn"
TABLE = "delta://gold.core/customers"
AGE = NodeRef("Column", f"{TABLE}/age")


@pytest.fixture(scope="module")
def mlflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mlflow]:
    with running_mlflow(tmp_path_factory.mktemp("mlflow")) as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GraphStore]:
    store = open_store(f"sqlite:///{tmp_path / 'graph.db'}")
    store.ensure_schema()
    columns = [Column("age", "int"), Column("id", "int")]
    table = Table("delta", "gold", "core", "customers", columns=columns)
    Ledger(store, "warehouse", "0", Precedence()).say([said(table)])
    yield store
    store.close()


def versions(store: GraphStore) -> dict[str, tuple[Any, ...]]:
    return {each.version: (each.stage, *each.aliases) for each in get_model(store, MODEL).versions}


def changes(store: GraphStore) -> set[tuple[Any, ...]]:
    return {(each.kind, each.subject, each.before, each.after) for each in get_model(store, MODEL).changes}


def check_what_was_read(store: GraphStore) -> str:
    """Hold the graph to what the server was filled with; return the key of the experiment."""
    assert versions(store) == {"1": ("Production", "champion"), "2": (None,), "3": (None,)}
    assert changes(store) == set()
    model = get_model(store, MODEL)
    assert (model.description, [owner.email for owner in model.owners]) == ("Leavers", ["ada@example.com"])
    newest = model.versions[0]
    assert [(each.name, each.type) for each in newest.inputs or ()] == [("age", "long")]
    assert (newest.flavors, newest.size_bytes) == (["python_function"], 12)
    assert newest.run is not None
    assert newest.run.git_commit == "c0ffee"
    assert [each.tables for each in newest.datasets] == [[TABLE]]

    (experiment,) = {node.ref.key for node in store.list_nodes("MLExperiment") if node.props["name"] != "Default"}
    assert get_experiment(store, experiment).name == "Churn, 'quoted' / Grüße"
    best = list_runs(store, experiment, Wanted(where="metrics.auc>0.1", sort="metrics.auc"))
    assert [(each.name, each.parameters["depth"], round(each.metrics["auc"], 6)) for each in best.items] == [
        ("run 2", "2", 0.22),
        ("run 1", "1", 0.12),
    ]
    used = lineage.find_models(store, AGE, lineage.Wanted(in_production=True)).items
    assert [(each.name, each.version, each.known_by) for each in used] == [("churn", "1", "signature")]
    assert lineage.find_models(store, NodeRef("Column", f"{TABLE}/id")).items == []
    document = project(store, "MLModel", {MODEL: 1})[0].document
    assert document is not None
    assert (document["tables"], document["stages"], document["metrics"]) == (["customers"], ["Production"], ["auc"])
    return str(experiment)


def test_a_real_server_is_read_again_and_again(mlflow: Mlflow, store: GraphStore):
    settings = {"url": mlflow.url, "instance": "lab", "people": {"ada": "ada@example.com"}}
    job = Job("lab", "mlflow", settings, share=0.9)
    runner = Runner(store, Jobs({"lab": job}))

    def run() -> Run:
        done = runner.run(job)
        assert (done.status, done.refused) == ("succeeded", 0), done
        return done

    mlflow.do("fill")
    assert "2 experiments, 9 models, 3 versions" in job.check()
    first = run()
    assert (first.written, first.unresolved) == (first.read, 0)
    experiment = check_what_was_read(store)

    store.acknowledge(store.changes())
    second = run()
    assert (second.written, second.removed, second.unchanged) == (0, 0, second.read)
    assert store.changes() == []

    mlflow.do("change")
    third = run()
    assert versions(store) == {"1": ("Archived",), "2": ("Production", "champion")}
    moved = {
        ("alias", "champion", "1", "2"),
        ("stage", "1", "Production", "Archived"),
        ("stage", "2", None, "Production"),
    }
    assert changes(store) == moved
    assert third.removed == 3  # a version, a model and a run
    assert get_experiment(store, experiment).name == "Churn renamed"
    assert list_runs(store, experiment, Wanted()).total == 2
    gone = {node.props["name"]: GONE in node.props for node in store.list_nodes("MLModel")}
    assert [name for name, is_gone in gone.items() if is_gone] == ["other 7"]
    used = lineage.find_models(store, AGE, lineage.Wanted(in_production=True)).items
    assert [each.version for each in used] == ["2"]

    mlflow.do("restore")
    fourth = run()
    assert fourth.removed == 0
    assert list_runs(store, experiment, Wanted()).total == 3
    assert changes(store) == moved
    assert run().written == 0
