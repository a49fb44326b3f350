"""What the ingest service answers: each reply by its schema, and what it says."""

import time
from typing import Any

from flask.testing import FlaskClient
from job_files import KEY, table

from ingest.runs import save
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutNode, RemoveEdge
from metadata_service.store.port import GraphStore
from schemas.ingest_runs import Run
from schemas.wire import ingest_replies

LINEAGE = {"type": "lineage", "kind": "table", "key": f"{KEY}t", "upstream": [f"{KEY}nowhere"]}


def push(client: FlaskClient, *entities: Any, source: str = "script", **more: Any) -> dict[str, Any]:
    reply = client.post("/ingest/entities", json={"source": source, "entities": list(entities), **more})
    assert reply.status_code == 200, reply.text
    assert ingest_replies.Pushed().validate(reply.json) == {}
    return reply.json


def statuses(pushed: dict[str, Any]) -> list[str]:
    return [item["status"] for item in pushed["items"]]


def run_of(client: FlaskClient, run_id: str) -> dict[str, Any]:
    reply = client.get(f"/ingest/runs/{run_id}")
    assert reply.status_code == 200, reply.text
    assert ingest_replies.Run().validate(reply.json) == {}
    return reply.json


def test_pushed_statements_are_written_once(client: FlaskClient, store: GraphStore):
    first = push(client, table("t", columns=[{"name": "a"}]), LINEAGE)
    assert statuses(first) == ["written", "written"]
    assert [item["key"] for item in first["items"]] == [f"{KEY}t", f"{KEY}t"]
    assert [item["unresolved"] for item in first["items"]] == [False, True]
    assert [node.ref.key for node in store.list_nodes("Column")] == [f"{KEY}t/a"]

    again = push(client, table("t", columns=[{"name": "a"}]), LINEAGE)
    assert (again["run"], statuses(again)) == (None, ["unchanged", "unchanged"])


def test_each_statement_is_answered_for(client: FlaskClient, store: GraphStore):
    pushed = push(
        client,
        table("good"),
        table("bad", columns=[{"type": "int"}]),
        "nonsense",
        table("good"),
        table("odd", columns=[{"name": "a"}, {"name": "a"}]),
        table("", description="x"),
    )
    assert statuses(pushed) == ["written", *["refused"] * 5]
    assert [item["reason"] for item in pushed["items"][1:]] == [
        "entities[1].columns[0].name: Missing data for required field.",
        "entities[2]: it must be a JSON object.",
        "entities[3]: It is there twice; the first is taken.",
        "entities[4]: columns: 'a' is there twice.",
        "entities[5]: A key has an empty part; every part needs at least one character.",
    ]
    assert store.count("Table") == 1
    run = run_of(client, pushed["run"])
    assert (run["source"], run["job"], run["status"]) == ("push", "script", "succeeded")
    assert (run["read"], run["written"], run["refused"]) == (6, 1, 5)
    assert run["refusals"][0] == "entities[1].columns[0].name: Missing data for required field."


def test_dry_run_says_what_would_change(client: FlaskClient, store: GraphStore):
    pushed = push(client, table("t"), dry_run=True)
    assert (pushed["run"], statuses(pushed)) == (None, ["written"])
    assert f"+ Table {KEY}t" in pushed["items"][0]["difference"]
    assert store.count("Table") == 0


def test_what_each_source_says_is_shown_in_the_order_in_which_they_win(client: FlaskClient, store: GraphStore):
    push(client, table("t", description="script"), source="script")
    push(client, table("t", description="another"), source="another")
    described = NodeRef("Description", f"{KEY}t/_description")
    store.apply(Batch((PutNode(described, {"description": "person"}),), Authority.PERSON, actor="ann"))
    reply = client.get("/ingest/statements", query_string={"kind": "table", "key": f"{KEY}t"})
    assert reply.status_code == 200
    assert ingest_replies.Statements().validate(reply.json) == {}
    said = [(item["source"], item["statement"]["description"]) for item in reply.json["statements"]]
    assert said == [("another", "another"), ("script", "script")]
    nothing = client.get("/ingest/statements", query_string={"kind": "table", "key": f"{KEY}other"})
    assert nothing.json == {"statements": []}


def test_runs_are_listed_the_latest_first_and_page_by_page(client: FlaskClient):
    ids = [push(client, table(f"t{number}"), source=f"s{number % 2}")["run"] for number in range(5)]
    reply = client.get("/ingest/runs?limit=3")
    assert ingest_replies.Runs().validate(reply.json) == {}
    assert [run["id"] for run in reply.json["items"]] == ids[:1:-1]
    rest = client.get("/ingest/runs", query_string={"limit": 3, "after": reply.json["next"]}).json
    assert ([run["id"] for run in rest["items"]], rest["next"]) == (ids[1::-1], None)
    assert [run["id"] for run in client.get("/ingest/runs?job=s1").json["items"]] == [ids[3], ids[1]]


def test_runs_are_told_by_how_they_stand_now(client: FlaskClient, store: GraphStore):
    now = int(time.time())
    save(store, Run("1", "warehouse", "file", "running", now), now - 60)  # its process is gone
    save(store, Run("2", "warehouse", "file", "running", now), now + 60)
    save(store, Run("3", "warehouse", "file", "failed", now))
    save(store, Run("4", "other", "file", "failed", now))

    def told(**asked: str) -> list[str]:
        return [run["id"] for run in client.get("/ingest/runs", query_string=asked).json["items"]]

    assert told(status="failed") == ["4", "3"]
    assert told(status="failed", job="warehouse") == ["3"]
    assert (told(status="running"), told(status="interrupted")) == (["2"], ["1"])
    refused = client.get("/ingest/runs?status=dancing")
    assert refused.status_code == 400
    assert "status" in refused.json["message"]


def test_jobs_are_shown_without_what_they_are_told(client: FlaskClient, tmp_path: Any):
    reply = client.get("/ingest/jobs")
    assert ingest_replies.Jobs().validate(reply.json) == {}
    assert [(job["name"], job["source"], job["schedule"], job["last_run"]) for job in reply.json["jobs"]] == [
        ("warehouse", "file", "every 1h", None),
        ("broken", "file", None, None),
    ]
    assert str(tmp_path) not in reply.text


def test_job_is_started_and_its_run_is_seen(client: FlaskClient):
    reply = client.post("/ingest/jobs/warehouse/run")
    assert (reply.status_code, reply.json) == (202, {"message": "The job warehouse is started."})
    deadline = time.monotonic() + 20
    while (last := client.get("/ingest/jobs").json["jobs"][0]["last_run"]) is None or last["status"] == "running":
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert (last["status"], last["read"], last["written"]) == ("succeeded", 1, 1)


def test_health_and_how_far_the_index_is_are_told(client: FlaskClient):
    assert client.get("/healthcheck").json["status"] == "ok"
    assert client.get("/sync/status").status_code == 200
    assert client.post("/sync/retry", json={}).json == {"retried": 0}
    assert "fram_requests_total" in client.get("/metrics").text


def test_relations_that_people_took_back_stay_away(client: FlaskClient, store: GraphStore):
    push(client, table("t", tags=["x"]))
    link = EdgeRef("TAGGED_BY", NodeRef("Table", f"{KEY}t"), NodeRef("Tag", "x"))
    store.apply(Batch((RemoveEdge(link),), Authority.PERSON, actor="ann"))
    assert statuses(push(client, table("t", tags=["x"], description="new"))) == ["written"]
    assert store.list_edges("TAGGED_BY", "Table", "Tag") == []
    push(client, table("t"))
    pushed = push(client, table("t", tags=["x"]))
    assert store.list_edges("TAGGED_BY", "Table", "Tag") == []
    assert run_of(client, pushed["run"])["kept"] == 1


def test_run_that_was_killed_shows_as_interrupted(client: FlaskClient, store: GraphStore):
    save(store, Run("20200101T000000000000Z-aaaaaa", "warehouse", "file", "running", 1), alive_until=2)
    assert run_of(client, "20200101T000000000000Z-aaaaaa")["status"] == "interrupted"
