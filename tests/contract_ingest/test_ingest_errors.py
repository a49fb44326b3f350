"""Every way in which the ingest service refuses, and how it says so."""

from collections.abc import Callable
from typing import Any

import pytest
from error_replies import check
from flask.testing import FlaskClient
from job_files import KEY, table
from werkzeug.test import TestResponse

from ingest.app import create_app
from ingest.claim import Claim
from metadata_service.store.port import GraphStore
from metadata_service.store.sqlite import SqliteGraphStore
from schemas.settings import Settings

Ask = Callable[[FlaskClient], TestResponse]


def post(body: Any) -> Ask:
    return lambda client: client.post("/ingest/entities", json=body)


def get(path: str, **query: Any) -> Ask:
    return lambda client: client.get(path, query_string=query)


@pytest.mark.parametrize(
    ("ask", "status", "code", "part"),
    [
        (lambda client: client.post("/ingest/entities"), 400, "invalid_body", "needs a body"),
        (lambda client: client.post("/ingest/entities", data="{"), 400, "invalid_body", "not JSON"),
        (post([]), 400, "invalid_body", "Invalid input type"),
        (post({"entities": []}), 400, "invalid_body", "source: Missing data"),
        (post({"source": "s"}), 400, "invalid_body", "entities: Missing data"),
        (post({"source": "a/b", "entities": []}), 400, "invalid_body", "source: It must be up to 100 letters"),
        (post({"source": "", "entities": []}), 400, "invalid_body", "source: It must be up to 100 letters"),
        (post({"source": "s", "entities": {}}), 400, "invalid_body", "entities: Not a valid list"),
        (post({"source": "s", "entities": [], "more": 1}), 400, "invalid_body", "more: Unknown field"),
        (post({"source": "s", "entities": [1] * 5001}), 400, "invalid_body", "entities: Longer than maximum length"),
        (post({"source": "warehouse", "entities": []}), 409, "conflict", "source: warehouse is a job"),
        (post({"source": "s", "entities": [table("t", description="x" * 200_000)]}), 413, "too_large", ""),
        (get("/ingest/runs/none"), 404, "not_found", "There is no run 'none'"),
        (get("/ingest/runs", limit=0), 400, "invalid_parameter", "limit: Must be greater"),
        (get("/ingest/runs", limit="x"), 400, "invalid_parameter", "limit: Not a valid integer"),
        (get("/ingest/statements", kind="table"), 400, "invalid_parameter", "key: Missing data"),
        (get("/ingest/statements", key=f"{KEY}t"), 400, "invalid_parameter", "kind: Missing data"),
        (get("/ingest/statements", kind="tables", key="k"), 400, "invalid_parameter", "kind: Must be one of"),
        (lambda client: client.post("/ingest/jobs/none/run"), 404, "not_found", "There is no job 'none'"),
        (lambda client: client.post("/ingest/jobs/broken/run"), 409, "conflict", "settings.pth: Unknown field"),
        (lambda client: client.get("/ingest/jobs/warehouse/run"), 405, "method_not_allowed", "no such method"),
        (get("/ingest/nothing"), 404, "not_found", "is no route of this service"),
    ],
)
def test_every_refusal_has_its_code_and_its_sentence(client: FlaskClient, ask: Ask, status: int, code: str, part: str):
    check(ask(client), status, code, part)


def test_process_that_runs_no_jobs_says_so(store: GraphStore, client: FlaskClient):
    alone = create_app(Settings(), store).test_client()
    check(alone.post("/ingest/jobs/warehouse/run"), 404, "not_found", "There is no job 'warehouse'")


def test_outage_of_the_graph_is_503(tmp_path: Any):
    closed = SqliteGraphStore(str(tmp_path / "graph.db"))
    closed.close()
    client = create_app(Settings(), closed).test_client()
    for ask in (
        post({"source": "s", "entities": [table("t")]}),
        get("/ingest/runs"),
        get("/ingest/runs/one"),
        get("/ingest/statements", kind="table", key="k"),
    ):
        check(ask(client), 503, "store_unavailable", "was closed")
    assert client.get("/healthcheck").status_code == 503


def test_job_that_runs_elsewhere_is_started_for_nothing(store: GraphStore, client: FlaskClient):
    with Claim(store, "warehouse"):
        assert client.post("/ingest/jobs/warehouse/run").status_code == 202
    assert client.get("/ingest/runs?job=other").json == {"items": [], "next": None}
