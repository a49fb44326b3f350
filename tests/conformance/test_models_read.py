"""Models as every store reads them: pages, documents and what depends on a column are the same on each."""

from collections.abc import Callable
from typing import Any

import learned
import pytest

from ingest.publish.project import project
from metadata_service.catalog.models import get_model, get_version
from metadata_service.catalog.models_runs import Wanted, list_runs
from metadata_service.catalog.models_training import get_experiment, get_run
from metadata_service.lineage.explore import Asked, explore
from metadata_service.lineage.impact import affected, find_impact
from metadata_service.lineage.models import find_models
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.statements import Column, Table

TABLE = "hive://gold.learn/customers"
AGE, OTHER = NodeRef("Column", f"{TABLE}/age"), NodeRef("Column", f"{TABLE}/other")


def _lineage(store: GraphStore) -> Any:
    found = explore(store, NodeRef("Table", TABLE), Asked("downstream", depth=3), 1000)
    return sorted((node.kind, node.key, node.level, node.upstream_count, node.owners) for node in found.nodes)


READ: dict[str, Callable[[GraphStore], Any]] = {
    "model": lambda store: get_model(store, learned.model_key("m1")),
    "version": lambda store: get_version(store, learned.version_key("m0", 1)),
    "experiment": lambda store: get_experiment(store, learned.experiment_key("1")),
    "run": lambda store: get_run(store, learned.run_key("r1")),
    "runs": lambda store: list_runs(store, learned.experiment_key("1"), Wanted(sort="metrics.auc")),
    "models of a column": lambda store: find_models(store, AGE),
    "models of another column": lambda store: find_models(store, OTHER),
    "impact": lambda store: list(affected(store, find_impact(store, AGE))),
    "lineage": _lineage,
    "documents": lambda store: [
        project(store, label, {key: 1})[0].document
        for label, key in (("MLModel", learned.model_key("m1")), ("MLExperiment", learned.experiment_key("1")))
    ],
}


def fill(store: GraphStore) -> None:
    columns = [Column("age", "int"), Column("other", "int")]
    learned.say(store, Table("hive", "gold", "learn", "customers", columns=columns), run="0")
    learned.load(store, TABLE, AGE.key, 2)


@pytest.fixture(scope="module")
def reference() -> GraphStore:
    store = MemoryGraphStore()
    store.ensure_schema()
    fill(store)
    return store


def test_every_store_says_the_same_of_models(graph_store: GraphStore, reference: GraphStore):
    fill(graph_store)
    for what, read in READ.items():
        assert read(graph_store) == read(reference), what
        assert read(reference), what
