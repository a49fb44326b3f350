"""Models and experiments are found by what they are called and by what they were made of, on every index."""

from typing import Any

import learned
import pytest
from flask.testing import FlaskClient

from ingest.publish.project import project
from metadata_service.store.memory import MemoryGraphStore
from schemas.statements import Column, Table
from search_service.index.port import SearchIndex

TABLE = "hive://gold.learn/customers"
MODELS = {f"m{n}" for n in range(3)}
EXPERIMENTS = {f"Experiment {n}" for n in range(3)}


@pytest.fixture(autouse=True)
def _learned(index: SearchIndex) -> None:
    graph = MemoryGraphStore()
    graph.ensure_schema()
    learned.say(graph, Table("hive", "gold", "learn", "customers", columns=[Column("age", "int")]), run="0")
    learned.load(graph, TABLE, f"{TABLE}/age", 3)
    for label in "MLModel", "MLExperiment":
        index.write(project(graph, label, {node.ref.key: 1 for node in graph.list_nodes(label)}))
    index.refresh()


def found(client: FlaskClient, kind: str, text: str, **more: Any) -> set[str]:
    reply = client.post("/v2/search", json={"query_term": text, "resource_types": [kind], **more})
    assert reply.status_code == 200, reply.text
    return {hit["name"] for hit in reply.json["results"][kind]["results"]}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("m1", {"m1"}),
        ("leave", MODELS),
        ("champion", {"m1"}),
        ("alias:champion", {"m1"}),
        ("stage:production", {"m0"}),
        ("flavor:sklearn", MODELS),
        ("metric:auc parameter:depth", MODELS),
        ("input:age", MODELS),
        ("table:customers", MODELS),
        ("dataset:training_set", MODELS),
        ("tag:risk owner:ada*", MODELS),
        ('experiment:"Experiment 2"', {"m2"}),
        ("alias:nothing", set()),
    ],
)
def test_a_model_is_found(client: FlaskClient, text: str, names: set[str]):
    assert found(client, "model", text) == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Experiment 1", {"Experiment 1"}),
        ("metric:auc", EXPERIMENTS),
        ("parameter:kind", EXPERIMENTS),
        ("tag:risk", EXPERIMENTS),
        ("user:ada@example.com", EXPERIMENTS),
        ("property:crm", EXPERIMENTS),
    ],
)
def test_an_experiment_is_found(client: FlaskClient, text: str, names: set[str]):
    assert names <= found(client, "experiment", text)


def test_facets_count_stages_and_aliases(client: FlaskClient):
    asked = {"query_term": "*", "resource_types": ["model"], "facets": ["stages", "aliases", "flavors"]}
    facets = client.post("/v2/search", json=asked).json["results"]["model"]["facets"]
    assert facets["stages"] == [{"value": "Production", "count": 1}]
    assert facets["aliases"] == [{"value": "champion", "count": 1}]
    assert facets["flavors"] == [{"value": "sklearn", "count": 3}]


def test_who_names_no_kind_gets_those_of_amundsen(client: FlaskClient):
    reply = client.post("/v2/search", json={"query_term": "m1"}).json["results"]
    assert set(reply) == {"table", "dashboard", "feature", "user"}
    suggested = client.get("/v2/suggest", query_string={"query_term": "m1"}).json["suggestions"]
    assert ("model", "m1") in {(item["resource_type"], item["name"]) for item in suggested}
