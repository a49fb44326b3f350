"""The walk that README.md proposes, over a running demo: a raw column, through dbt, to a dashboard and to a model."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from test_serve import Server, serving

from fram.demo import catalogue_dir

PROJECT = catalogue_dir().parent / "dbt"
WAREHOUSE = "snowflake://warehouse"
RAW = f"{WAREHOUSE}.raw/shop_subscriptions"
STAGED = f"{WAREHOUSE}.staging/stg_subscriptions"
MONTHS = f"{WAREHOUSE}.marts/fct_subscription_mrr"
DASHBOARD = "superset_dashboard://prod.subscriptions/retention_desk"
VERSION = "mlflow://merrowfield/model/churn/version/14"
CLEAN = {"refused": 0, "unresolved": 0, "message": ""}


@contextmanager
def running(data: Path) -> Iterator[Server]:
    with serving("demo", "--data", str(data)) as server:
        assert server.process.stdout is not None
        lines = [server.process.stdout.readline() for _ in range(3)]
        server.ingest_url = lines[-1].split()[-1]  # type: ignore[attr-defined]  # the last that it prints
        yield server


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(tmp_path_factory.mktemp("demo")) as server:
        yield server


def ask(demo: Server, path: str) -> Any:
    status, reply = demo.ask(path)
    assert status == 200, reply
    return reply


def ask_ingest(demo: Server, path: str, method: str = "GET") -> Any:
    request = urllib.request.Request(f"{demo.ingest_url}{path}", method=method)  # type: ignore[attr-defined]
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.loads(reply.read())


def test_dbt_was_read_by_a_run_of_a_job(demo: Server):
    (run,) = ask_ingest(demo, "/ingest/runs?job=dbt-subscriptions")["items"]
    assert (run["source"], run["status"], {name: run[name] for name in CLEAN}) == ("dbt", "succeeded", CLEAN)
    assert run["read"] == run["written"] > 0
    (job,) = ask_ingest(demo, "/ingest/jobs")["jobs"]
    assert (job["name"], job["last_run"]["id"]) == ("dbt-subscriptions", run["id"])


def test_column_leads_through_the_models_of_dbt(demo: Server):
    found = ask(demo, f"/lineage/column/{RAW}/plan?direction=downstream&depth=2")
    edges = {(edge["source"]["key"], edge["target"]["key"]): edge for edge in found["edges"]}
    assert (f"{RAW}/plan", f"{STAGED}/plan") in edges
    step = edges[f"{STAGED}/plan", f"{MONTHS}/plan"]
    assert step["origin"]["source"] == "dbt-subscriptions"


def test_what_is_computed_comes_from_all_that_it_is_computed_of(demo: Server):
    found = ask(demo, f"/lineage/column/{MONTHS}/months_active?direction=upstream")
    assert {edge["source"]["key"] for edge in found["edges"]} == {
        f"{STAGED}/valid_from",
        f"{STAGED}/subscription_id",  # of each, the first
        f"{WAREHOUSE}.marts/dim_date/date_day",
    }


@pytest.mark.parametrize(("start", "name"), [("table", ""), ("column", "/plan")])
def test_impact_names_dashboard_and_production_model(demo: Server, start: str, name: str):
    items = ask(demo, f"/lineage/{start}/{RAW}{name}/impact")["items"]
    distance = {item["key"]: item["distance"] for item in items}
    assert (distance[f"{STAGED}{name}"], distance[f"{MONTHS}{name}"], distance[DASHBOARD]) == (1, 2, 3)
    assert VERSION in distance
    assert "mlflow://merrowfield/model/churn" in distance


def test_dashboard_is_reached_from_the_table_that_dbt_says_it_shows(demo: Server):
    (path,) = ask(demo, f"/lineage/paths?from={quote(f'table/{RAW}')}&to={quote(f'dashboard/{DASHBOARD}')}")["paths"]
    assert [node["key"] for node in path] == [RAW, STAGED, MONTHS, DASHBOARD]
    dashboard = ask(demo, f"/dashboard/{DASHBOARD}")
    assert (dashboard["name"], [owner["email"] for owner in dashboard["owners"]]) == (
        "Retention Desk",
        ["carla.mendes@merrowfield.example"],
    )


def test_production_model_depends_on_the_raw_column(demo: Server):
    found = ask(demo, f"/lineage/column/{RAW}/plan/models?production=true")["items"]
    assert [(item["name"], item["version"], item["in_production"], item["known_by"]) for item in found] == [
        ("churn", "14", True, "signature")
    ]


def test_tests_of_dbt_are_on_the_table(demo: Server):
    table = ask(demo, f"/table/{MONTHS}")
    notes = {note["source"]: note["text"] for note in table["programmatic_descriptions"]}
    assert "- `accepted_values` on `movement`: pass" in notes["dbt_tests"]


def test_running_the_job_again_changes_nothing(demo: Server):
    assert ask_ingest(demo, "/ingest/jobs/dbt-subscriptions/run", "POST")["message"]
    runs: list[Any] = []
    while len(runs) < 2 or runs[0]["status"] == "running":
        runs = ask_ingest(demo, "/ingest/runs?job=dbt-subscriptions")["items"]
    assert (runs[0]["status"], runs[0]["written"], runs[0]["read"]) == ("succeeded", 0, runs[1]["read"])


def test_jobs_of_ones_own_stand_in_place_of_the_demos(tmp_path: Path):
    (tmp_path / "fram-jobs.toml").write_text('[jobs.mine]\nsource = "file"\nsettings = { path = "x" }\n')
    with running(tmp_path / "data") as server:
        assert [job["name"] for job in ask_ingest(server, "/ingest/jobs")["jobs"]] == ["mine"]
        assert ask_ingest(server, "/ingest/runs?job=dbt-subscriptions")["items"]


# The project


def nodes() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((PROJECT / "target" / "manifest.json").read_text())["nodes"]
    return found


@pytest.mark.parametrize("id_", [id_ for id_ in nodes() if id_.startswith("model.")])
def test_manifest_says_what_the_files_of_the_project_say(id_: str):
    node = nodes()[id_]
    file: Path = PROJECT / node["original_file_path"]
    assert node["raw_code"] == file.read_text().rstrip("\n")
    (model,) = yaml.safe_load(file.with_suffix(".yml").read_text())["models"]
    assert node["description"] == model["description"]
    assert {name: column["description"] for name, column in node["columns"].items()} == {
        column["name"]: column["description"] for column in model["columns"]
    }
