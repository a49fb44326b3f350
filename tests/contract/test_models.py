"""Models, versions, experiments and runs over HTTP, and which models depend on a table or a column."""

from typing import Any

import learned
import pytest
from catalogue import ORDERS
from flask.testing import FlaskClient
from learned import NOW, experiment_key, model_key, run_key, version_key

from ingest.ledger.precedence import Precedence
from ingest.ledger.writer import Ledger
from metadata_service.store.port import GraphStore
from schemas.model_statements import Experiment, Model, ModelVersion, Run
from schemas.statements import Column, Lineage, Step, Table

TABLE = "hive://gold.learn/customers"
AGE, OTHER = f"{TABLE}/age", f"{TABLE}/name"
RAW = "hive://gold.learn/raw"


@pytest.fixture
def store(store: GraphStore) -> GraphStore:
    columns = [Column("age", "int"), Column("name", "text")]
    learned.say(store, Table("hive", "gold", "learn", "customers", columns=columns), run="0")
    learned.load(store, TABLE, AGE, 3)
    return store


def models(client: FlaskClient, path: str, **query: Any) -> list[tuple[Any, ...]]:
    found = client.get(f"/lineage/{path}/models", query_string=query)
    assert found.status_code == 200, found.text
    return [(item["name"], item["version"], item["known_by"]) for item in found.json["items"]]


def test_a_model_with_everything(client: FlaskClient):
    found = client.get(f"/model/{model_key('m1')}").json
    assert (found["name"], found["instance"], found["description"]) == ("m1", "prod", "Who is about to leave")
    assert [owner["user_id"] for owner in found["owners"]] == ["ada@example.com"]
    assert found["tags"] == [{"tag_name": "risk", "tag_type": "default"}]
    assert (found["properties"], found["complete"]) == (["tier=1"], True)
    second, first = found["versions"]
    assert (second["version"], first["version"]) == ("2", "1")
    assert (first["aliases"], first["stage"], first["flavors"]) == (["champion"], None, ["sklearn"])
    assert first["inputs"] == [{"name": "age", "type": "long", "required": True}]
    assert second["inputs"] is None
    assert first["run"]["parameters"] == {"depth": "1", "kind": "tree"}
    assert first["run"]["metrics"] == {"auc": 0.51}
    assert [(each["name"], each["context"], each["tables"]) for each in first["datasets"]] == [
        ("training_set", "training", [TABLE])
    ]
    assert first["columns"] == [{"key": AGE, "known_by": "signature"}]
    assert found["changes"] == [
        {"kind": "alias", "subject": "next", "before": None, "after": "2", "observed_at": NOW, "run": "2"}
    ]
    assert client.get(f"/model_version/{version_key('m1', 1)}").json == first


def test_an_experiment_and_a_run(client: FlaskClient):
    found = client.get(f"/experiment/{experiment_key('2')}").json
    assert (found["name"], found["run_count"], found["metrics"]) == ("Experiment 2", 1, ["auc"])
    run = client.get(f"/run/{run_key('r2')}").json
    assert run["experiment"] == {"key": experiment_key("2"), "name": "Experiment 2"}
    assert (run["user"], run["ran_by"], run["description"]) == ("ada", "ada@example.com", "First try")
    assert [each["name"] for each in run["versions"]] == ["m2 v1", "m2 v2"]
    assert run["parent"] is None


@pytest.mark.parametrize(
    ("path", "missing"),
    [
        ("model/mlflow://prod/model/nil", "model"),
        ("model/nil", "model"),
        ("model_version/mlflow://prod/model/m1/version/9", "model_version"),
        ("experiment/mlflow://prod/experiment/9", "experiment"),
        ("experiment/mlflow://prod/experiment/9/runs", "experiment"),
        ("run/mlflow://prod/run/nil", "run"),
    ],
)
def test_what_is_not_there_is_said_to_be(client: FlaskClient, path: str, missing: str):
    found = client.get(f"/{path}")
    assert (found.status_code, found.json["code"]) == (404, "not_found")
    assert found.json["message"].startswith(missing)


# Runs


@pytest.fixture
def runs(client: FlaskClient, store: GraphStore) -> FlaskClient:
    said = [
        Run(
            "prod",
            f"x{n}",
            "9",
            f"run {n}",
            started_at=NOW + n,
            status="FINISHED" if n % 2 else "FAILED",
            user=("ada", "bob")[n % 2],
            parameters={"depth": str(n), **({"mixed": ("3", "ten", "-2.5")[n % 3]} if n else {})},
            metrics={"auc": 1 - n / 10} if n else {},
            parent="x0" if n else "",
        )
        for n in range(6)
    ]
    learned.say(store, Experiment("prod", "9", "Many"), *said)
    return client


def rows(client: FlaskClient, **query: Any) -> list[str]:
    found = client.get(f"/experiment/{experiment_key('9')}/runs", query_string=query)
    assert found.status_code == 200, found.text
    return [item["name"].removeprefix("run ") for item in found.json["items"]]


def test_runs_come_latest_first_in_pages(runs: FlaskClient):
    assert rows(runs) == ["5", "4", "3", "2", "1", "0"]
    assert rows(runs, limit=2, offset=2) == ["3", "2"]
    found = runs.get(f"/experiment/{experiment_key('9')}/runs", query_string={"limit": 1}).json
    assert (found["total"], found["complete"]) == (6, True)


@pytest.mark.parametrize(
    ("sort", "direction", "expected"),
    [
        ("metrics.auc", "ascending", "543210"),
        ("metrics.auc", "descending", "123450"),
        ("parameters.depth", "ascending", "012345"),
        ("parameters.mixed", "ascending", "523410"),
        ("parameters.mixed", "descending", "413520"),
        ("status", "ascending", "420531"),
        ("name", "ascending", "012345"),
    ],
)
def test_runs_are_sorted_by_anything_with_what_has_nothing_last(
    runs: FlaskClient, sort: str, direction: str, expected: str
):
    assert "".join(rows(runs, sort=sort, direction=direction)) == expected


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("metrics.auc>0.6", {"1", "2", "3"}),
        ("metrics.auc >= 0.6, parameters.depth<4", {"1", "2", "3"}),
        ("metrics.auc<=0.5", {"5"}),
        ("parameters.mixed=ten", {"1", "4"}),
        ("parameters.mixed!=ten", {"2", "3", "5"}),
        ("status=FAILED", {"0", "2", "4"}),
        ("bob", {"1", "3", "5"}),
        ("RUN 3", {"3"}),
        ("metrics.nothing>1", set()),
        (" , ", set("012345")),
    ],
)
def test_runs_are_filtered(runs: FlaskClient, where: str, expected: set[str]):
    assert set(rows(runs, where=where)) == expected


@pytest.mark.parametrize("query", [{"sort": "colour"}, {"sort": "metrics."}, {"where": "colour=red"}, {"limit": 0}])
def test_a_column_that_is_none_is_refused_by_name(runs: FlaskClient, query: dict[str, Any]):
    found = runs.get(f"/experiment/{experiment_key('9')}/runs", query_string=query)
    assert (found.status_code, found.json["code"]) == (400, "invalid_parameter")
    assert next(iter(query)) in found.json["message"]


def test_nested_runs_know_each_other(runs: FlaskClient):
    assert len(runs.get(f"/run/{run_key('x0')}").json["children"]) == 5
    assert runs.get(f"/run/{run_key('x3')}").json["parent"] == {"key": run_key("x0"), "name": "run 0"}


# Editing


@pytest.mark.parametrize("path", [f"model/{model_key('m1')}", f"experiment/{experiment_key('1')}"])
def test_people_edit_models_and_experiments_as_anything_else(client: FlaskClient, store: GraphStore, path: str):
    for url, body in (
        ("description", {"description": "By hand"}),
        ("tag/checked", None),
        ("badge/gold?category=quality", None),
        ("owner/bob@example.com", None),
    ):
        assert client.put(f"/{path}/{url}", json=body).status_code == 200, url
    assert client.put(f"/user/ada@example.com/follow/{path}").status_code == 200
    found = client.get(f"/{path}").json
    assert found["description"] == "By hand"
    assert {tag["tag_name"] for tag in found["tags"]} == {"risk", "checked"}
    assert [badge["badge_name"] for badge in found["badges"]] == ["gold"]
    assert {owner["user_id"] for owner in found["owners"]} == {"ada@example.com", "bob@example.com"}
    history = client.get(f"/{path}/history").json["items"]
    assert {"description", "HAS_BADGE", "OWNER", "TAGGED_BY"} <= {
        each["property"] or each["relation"] for each in history
    }

    learned.say(store, Model("prod", "m1", description="Said again"), Experiment("prod", "1", "E"), run="9")
    assert client.get(f"/{path}").json["description"] == "By hand"
    assert client.delete(f"/{path}/tag/checked").status_code == 200


# Lineage


def test_lineage_goes_from_a_table_through_its_runs_to_models(client: FlaskClient):
    found = client.get(f"/lineage/table/{TABLE}", query_string={"direction": "downstream", "depth": 3}).json
    kinds = {(node["kind"], node["name"], node["level"]) for node in found["nodes"]}
    assert {("run", "run 1", 1), ("model_version", "m1 v1", 2), ("model", "m1", 3)} <= kinds
    node = next(node for node in found["nodes"] if node["kind"] == "model_version")
    assert (node["database"], node["schema"], node["owners"]) == ("mlflow", "prod", ["ada@example.com"])
    up = client.get(f"/lineage/model/{model_key('m1')}", query_string={"direction": "upstream", "depth": 3}).json
    assert TABLE in {node["key"] for node in up["nodes"]}
    only = client.get(f"/lineage/table/{TABLE}", query_string={"kinds": "run"}).json
    assert {node["kind"] for node in only["nodes"]} == {"table", "run"}


def test_impact_of_a_column_counts_models(client: FlaskClient):
    found = client.get(f"/lineage/column/{AGE}/impact").json
    assert found["counts"] == {"model_version": 3, "model": 3}
    assert found["owners"] == [{"owner": "ada@example.com", "count": 6}]


def test_production_models_that_depend_on_a_column_are_one_call(client: FlaskClient):
    found = client.get(f"/lineage/column/{AGE}/models", query_string={"production": "true"}).json
    assert found["complete"] is True
    assert found["items"] == [
        {
            "key": version_key(name, 1),
            "version": "1",
            "model": model_key(name),
            "name": name,
            "stage": stage,
            "aliases": aliases,
            "in_production": True,
            "known_by": "signature",
            "distance": 1,
            "runs": [run_key(f"r{name[1]}")],
            "owners": ["ada@example.com"],
        }
        for name, stage, aliases in (("m0", "Production", []), ("m1", None, ["champion"]))
    ]


def test_a_version_that_knows_its_columns_depends_on_no_other(client: FlaskClient):
    """The second versions know the table alone, so they may use any column of it."""
    assert models(client, f"column/{AGE}") == [
        ("m0", "1", "signature"),
        ("m1", "1", "signature"),
        ("m2", "1", "signature"),
        ("m0", "2", "table"),
        ("m1", "2", "table"),
        ("m2", "2", "table"),
    ]
    assert models(client, f"column/{OTHER}") == [(f"m{n}", "2", "table") for n in range(3)]


def test_a_column_further_up_is_followed_by_columns_and_by_tables(client: FlaskClient, store: GraphStore):
    columns = [Column("birthday", "date"), Column("x", "text")]
    steps = [Step(f"{RAW}/birthday", AGE)]
    learned.say(
        store,
        Table("hive", "gold", "learn", "raw", columns=columns),
        Lineage("table", TABLE, upstream=[RAW], columns=steps),
        run="5",
    )
    by_column = models(client, f"column/{RAW}/birthday")
    assert by_column[:3] == [(f"m{n}", "1", "signature") for n in range(3)]
    assert {known_by for *_, known_by in by_column[3:]} == {"table"}
    assert {known_by for *_, known_by in models(client, f"column/{RAW}/x")} == {"table"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"stage": "Production"}, [("m0", "1")]),
        ({"alias": "champion"}, [("m1", "1")]),
        ({"alias": "champion, other", "stage": "Production,Staging"}, [("m0", "1"), ("m1", "1")]),
        ({"stage": "Archived"}, []),
    ],
)
def test_models_of_a_stage_or_an_alias(client: FlaskClient, query: dict[str, str], expected: list[tuple[str, str]]):
    found = models(client, f"table/{TABLE}", **query)
    assert [item[:2] for item in found] == expected
    assert all(item[2] is None for item in found)


def test_a_table_that_nothing_is_learned_from_has_no_models(client: FlaskClient):
    assert models(client, f"table/{ORDERS}") == []
    assert client.get("/lineage/table/hive://gold.core/nil/models").status_code == 404


def test_a_version_that_is_gone_is_none_to_ask_about(client: FlaskClient, store: GraphStore):
    ledger = Ledger(store, "mlflow", "7", Precedence(), epoch=lambda: NOW)
    ledger.silence([f"model_version/{version_key('m0', 1)}"])
    assert ("m0", "1", "signature") not in models(client, f"column/{AGE}")
    assert [each["version"] for each in client.get(f"/model/{model_key('m0')}").json["versions"]] == ["2"]
    said = ModelVersion("prod", "m0", "1", run="r0")
    learned.say(store, said, run="8")
    assert len(client.get(f"/model/{model_key('m0')}").json["versions"]) == 2
