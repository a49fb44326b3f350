"""Where clients of OpenLineage send their events to."""

import gzip
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from openlineage_events import BASE, dataset, dataset_event, job_event, key, run_event, run_id

from ingest.openlineage import body
from metadata_service.store.port import GraphStore

ONE = "/api/v1/lineage"
MANY = "/api/v1/lineage/batch"
EVENT = run_event("COMPLETE", 1, [dataset("a")], [dataset("b", own={"anything": [1]})])


def _lineage(store: GraphStore) -> list[tuple[str, str]]:
    edges = store.list_edges("HAS_DOWNSTREAM", "Table", "Table")
    return [(edge.ref.source.key, edge.ref.target.key) for edge in edges]


def test_an_event_is_answered_by_201_without_a_body(client: FlaskClient, store: GraphStore):
    for _ in range(2):
        answer = client.post(ONE, json=EVENT)
        assert (answer.status_code, answer.data) == (201, b"")
    assert _lineage(store) == [(key("a"), key("b"))]


@pytest.mark.parametrize("encoding", ["gzip", "GZIP", "x-gzip"])
def test_a_body_may_be_compressed(client: FlaskClient, store: GraphStore, encoding: str):
    sent = gzip.compress(json.dumps(EVENT).encode())
    assert client.post(ONE, data=sent, headers={"Content-Encoding": encoding}).status_code == 201
    assert _lineage(store) == [(key("a"), key("b"))]


@pytest.mark.parametrize(
    "event",
    [
        {**EVENT, "dataset": {"x": 1}},
        {**EVENT, "dataset": 3},
        {**dataset_event(1, dataset("a")), "inputs": "x", "run": [1]},
        {**job_event(1, [dataset("a")], [dataset("b")]), "eventType": 7},
    ],
)
def test_members_that_an_event_of_another_kind_has_are_left_alone(client: FlaskClient, event: dict[str, Any]):
    """The schemas of OpenLineage ask nothing of them, so that they were an internal error."""
    assert client.post(ONE, json=event).status_code == 201


def nested(levels: int) -> dict[str, Any]:
    inner: dict[str, Any] = {}
    for _ in range(levels):
        inner = {"a": inner}
    return inner


def test_what_is_nested_more_deeply_than_can_be_kept_is_refused_by_its_name(client: FlaskClient, store: GraphStore):
    """It was an internal error, for each of the events that came with it as well."""
    deep = run_event("COMPLETE", 1, [dataset("a")], [dataset("b", own=nested(400))])
    answer = client.post(ONE, json=deep)
    assert (answer.status_code, answer.json["message"]) == (
        400,
        "outputs[0].facets.own: It is nested too deeply.",
    )
    answer = client.post(MANY, json=[EVENT, deep])
    assert answer.json["message"].startswith("[1].outputs[0].facets.own: It is nested too deeply.")
    assert _lineage(store) == [(key("a"), key("b"))]
    assert client.post(ONE, json=run_event("START", 1, [dataset("a", own=nested(200))])).status_code == 201


def test_a_batch_says_of_twenty_events_what_is_wrong(client: FlaskClient):
    message = client.post(MANY, json=[{}] * 25).json["message"]
    assert message.startswith("[0].eventTime: It must be there. [1].eventTime")
    assert message.endswith("5 more are wrong. The other 0 events were taken in.")


@pytest.mark.parametrize(
    ("data", "encoding", "message"),
    [
        (b"", "", "The request needs a body: an event, a JSON object."),
        (b"{", "", "The body is not JSON: "),
        (b"[]", "", "An event: It must be a JSON object."),
        (b'{"eventTime": 1}', "", "producer: It must be there."),
        (b"plain", "gzip", "The body is not gzip, as its Content-Encoding says: "),
        (gzip.compress(b"{}" * 100, mtime=0)[:-20], "gzip", "The body is cut off: its gzip has no end."),
        (b"{}", "br", "Content-Encoding: 'br' is not read; gzip is."),
    ],
)
def test_what_is_no_event_is_refused(client: FlaskClient, data: bytes, encoding: str, message: str):
    answer = client.post(ONE, data=data, headers={"Content-Encoding": encoding} if encoding else {})
    assert (answer.status_code, answer.json["code"]) == (400, "invalid_body")
    assert answer.json["message"].startswith(message)


def test_what_is_wrong_is_named(client: FlaskClient):
    fields = [{"name": "x"}, {"name": "y"}, {"type": "int"}]
    event = run_event("START", 1, [dataset("a", schema={"fields": fields})])
    answer = client.post(ONE, json=event)
    assert answer.json["message"] == "inputs[0].facets.schema.fields[2].name: It must be there."


def test_an_event_may_be_larger_than_other_bodies_up_to_a_limit(client: FlaskClient, monkeypatch: pytest.MonkeyPatch):
    large = json.dumps(run_event("START", 1, [dataset("a", own={"text": "x" * 500_000})])).encode()
    assert client.post(ONE, data=large).status_code == 201
    monkeypatch.setattr(body, "MAX_BYTES", 400_000)
    assert client.post(ONE, data=large).status_code == 413
    packed = client.post(ONE, data=gzip.compress(large), headers={"Content-Encoding": "gzip"})
    assert (packed.status_code, packed.json["code"]) == (413, "too_large")


def test_a_batch_takes_what_is_right_and_names_what_is_not(client: FlaskClient, store: GraphStore):
    wrong: dict[str, Any] = {**EVENT, "run": {"runId": "7"}}
    answer = client.post(MANY, json=[wrong, EVENT, {}])
    assert answer.status_code == 400
    message = "[0].run.runId: '7' is no UUID. [2].eventTime: It must be there. The other 1 events were taken in."
    assert answer.json["message"] == message
    assert _lineage(store) == [(key("a"), key("b"))]
    fine = client.post(MANY, json=[EVENT, EVENT])
    assert (fine.status_code, fine.json) == (201, {"received": 2})
    assert client.post(MANY, json=[]).json == {"received": 0}
    assert client.post(MANY, json=EVENT).json["message"] == "The body must be a JSON list of events."
    assert client.post(MANY, json=[{}] * (body.MAX_EVENTS + 1)).status_code == 413


def test_facets_that_nobody_reads_are_kept(client: FlaskClient):
    event = {**EVENT, "run": {**EVENT["run"], "facets": {"mine": {**BASE, "a": 1}}}}
    client.post(ONE, json=event)

    def facets(**asked: str) -> Any:
        return client.get("/ingest/openlineage", query_string=asked).json["facets"]

    of_table = dataset("b")
    assert facets(**of_table)["own"][1] == {**BASE, "anything": [1]}
    assert facets(kind="run", namespace="scheduler", name="job", run=run_id(1))["mine"][1] == {**BASE, "a": 1}
    assert facets(kind="job", namespace="scheduler", name="job") == {}


@pytest.mark.parametrize("asked", [{"kind": "dataset"}, {"kind": "job"}, {"kind": "run", "run": "x"}])
def test_what_no_event_told_of_is_not_found(client: FlaskClient, asked: dict[str, str]):
    answer = client.get("/ingest/openlineage", query_string={**asked, "namespace": "n", "name": "m"})
    assert (answer.status_code, answer.json["code"]) == (404, "not_found")
