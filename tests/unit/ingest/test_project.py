"""Search documents of the sample catalogue, as the graph is projected into them."""

import learned
import pytest

from fram import demo
from ingest.publish.project import PROJECTIONS, project
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Batch, EdgeRef, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from schemas.documents import RESOURCES
from schemas.graph import ROOTS

LEARNED = [("MLModel", learned.model_key("m0")), ("MLExperiment", learned.experiment_key("0"))]
ORDERS = "snowflake://warehouse.marts/fct_orders"


@pytest.fixture(scope="module")
def demo_graph() -> GraphStore:
    store = MemoryGraphStore()
    store.ensure_schema()
    demo.load(store)
    column = store.list_nodes("Column", limit=1)[0].ref.key
    learned.load(store, column.rpartition("/")[0], column)
    edges = [PutEdge(EdgeRef("HAS_BADGE", NodeRef(label, key), NodeRef("Badge", "gold"))) for label, key in LEARNED]
    reads = [PutEdge(EdgeRef("READ_BY", NodeRef(*ref), NodeRef("User", "ada@example.com"))) for ref in LEARNED]
    store.apply(Batch((PutNode(NodeRef("Badge", "gold")), *edges, *reads)))
    return store


def _every(store: GraphStore, label: str) -> list:
    return project(store, label, {node.ref.key: 1 for node in store.list_nodes(label, limit=10_000)})


def test_every_index_root_has_a_projection():
    assert set(PROJECTIONS) == set(ROOTS)
    assert {projection.kind for projection in PROJECTIONS.values()} == set(RESOURCES)


@pytest.mark.parametrize("label", ROOTS)
def test_every_document_is_one_of_its_kind(demo_graph: GraphStore, label: str):
    entries = _every(demo_graph, label)
    assert len(entries) > 5
    for entry in entries:
        RESOURCES[entry.kind].check(entry.key, entry.document)
        assert entry.document["name"]


@pytest.mark.parametrize("label", ROOTS)
def test_every_declared_field_is_filled_somewhere(demo_graph: GraphStore, label: str):
    filled = {name for entry in _every(demo_graph, label) for name in entry.document}
    rarely = {"display_name", "profile_url"}
    assert {declared.name for declared in RESOURCES[PROJECTIONS[label].kind].fields} - filled <= rarely


def test_a_table_says_what_it_is(demo_graph: GraphStore):
    [entry] = project(demo_graph, "Table", {ORDERS: 7})
    document = entry.document
    assert entry[:3] == ("table", ORDERS, 7)
    assert document["display_name"] == "marts.fct_orders"
    assert document["columns"][:2] == ["order_id", "order_date"]
    assert document["tags"] == ["core", "fact", "sales"]
    assert "gold" in document["badges"]
    assert "Zoë Lévêque" in document["owner_names"]
    assert document["unique_usage"] > 5
    assert document["last_updated_timestamp"] > 1_700_000_000


def test_what_is_gone_becomes_a_tombstone(demo_graph: GraphStore):
    entries = project(demo_graph, "Table", {ORDERS: 3, "snowflake://warehouse.marts/none": 4})
    assert [(entry.revision, entry.document is None) for entry in entries] == [(3, False), (4, True)]


def test_nothing_is_asked_for_nothing(demo_graph: GraphStore):
    assert project(demo_graph, "Table", {}) == []


def test_a_model_is_found_by_what_its_versions_were_made_of(demo_graph: GraphStore):
    document = project(demo_graph, "MLModel", {learned.model_key("m1"): 7})[0].document
    table = demo_graph.list_nodes("Column", limit=1)[0].ref.key.split("/")
    expected = {
        "name": "m1",
        "instance": "prod",
        "description": "Who is about to leave",
        "owners": ["ada@example.com"],
        "tags": ["risk"],
        "aliases": ["champion"],
        "version": "2",
        "version_count": 2,
        "flavors": ["sklearn"],
        "inputs": [table[-1]],
        "parameters": ["depth", "kind"],
        "metrics": ["auc"],
        "datasets": ["training_set"],
        "tables": [table[-2]],
        "experiments": ["Experiment 1"],
        "properties": ["tier=1"],
        "last_updated_timestamp": learned.NOW + 1,
    }
    assert {name: document.get(name) for name in expected} == expected
    assert "stages" not in document
    assert project(demo_graph, "MLModel", {learned.model_key("m0"): 7})[0].document["stages"] == ["Production"]


def test_an_experiment_is_found_by_what_its_runs_have_together(demo_graph: GraphStore):
    document = project(demo_graph, "MLExperiment", {learned.experiment_key("3"): 7})[0].document
    expected = {
        "name": "Experiment 3",
        "run_count": 1,
        "parameters": ["depth", "kind"],
        "metrics": ["auc"],
        "datasets": ["training_set"],
        "users": ["ada@example.com"],
    }
    assert {name: document.get(name) for name in expected} == expected
