"""Routes that write documents in Amundsen: they confirm what the graph published, and never write past it."""

import threading
from typing import Any

import pytest
from flask.testing import FlaskClient
from search_client import ENTRIES, ORDERS
from werkzeug.test import TestResponse

from search_service.api import documents
from search_service.index.port import Entry, SearchIndex


@pytest.fixture(autouse=True)
def _short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "WAIT_SECONDS", 0.2)


def send(client: FlaskClient, method: str, field: str, **more: Any) -> TestResponse:
    body = {"resource_key": ORDERS, "resource_type": "table", "field": field, "operation": "add", **more}
    return client.open("/v2/document", method=method, json=body)


@pytest.mark.parametrize(
    ("method", "field", "more"),
    [
        ("POST", "tag", {"value": "money"}),
        ("POST", "tags", {"value": ["money"], "operation": "overwrite"}),
        ("POST", "description", {"value": "Every <order>.", "operation": "overwrite"}),
        ("POST", "display_name", {"operation": "overwrite"}),
        ("DELETE", "tag", {"value": "other"}),
        ("DELETE", "display_name", {}),
    ],
)
def test_what_the_index_holds_is_confirmed(client: FlaskClient, method: str, field: str, more: dict[str, Any]):
    reply = send(client, method, field, **more)
    done = {"POST": "updated", "DELETE": "deleted"}[method]
    assert reply.status_code == 200, reply.text
    expected = f"ES document field {field} for {ORDERS} with value {more.get('value')} was {done} successfully"
    assert reply.json == {"msg": expected}


@pytest.mark.parametrize(
    ("method", "field", "more"),
    [
        ("POST", "tag", {"value": "new"}),
        ("POST", "tag", {"value": [], "operation": "overwrite"}),
        ("POST", "description", {"value": "Mine.", "operation": "overwrite"}),
        ("DELETE", "tag", {"value": "money"}),
        ("DELETE", "description", {}),
    ],
)
def test_what_the_graph_did_not_publish_is_refused_and_not_written(
    client: FlaskClient, index: SearchIndex, method: str, field: str, more: dict[str, Any]
):
    reply = send(client, method, field, **more)
    assert (reply.status_code, reply.json["code"]) == (409, "conflict")
    assert "metadata service" in reply.json["message"]
    assert index.find("table", ORDERS) == ENTRIES[0]


def test_edit_on_its_way_from_the_graph_is_waited_for(
    client: FlaskClient, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(documents, "WAIT_SECONDS", 30)
    document = {**(ENTRIES[0].document or {}), "tags": ["money", "new"]}

    def publish() -> None:
        index.write([Entry("table", ORDERS, 2, document)])
        index.refresh()

    publishing = threading.Timer(0.3, publish)
    publishing.start()
    assert send(client, "POST", "tag", value="new").status_code == 200
    publishing.join()


def test_document_that_is_not_there_is_not_found(client: FlaskClient):
    reply = send(client, "POST", "tag", value="x", resource_key="hive://gold.core/none")
    assert (reply.status_code, reply.json["code"]) == (404, "not_found")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_first_version_confirms_documents_and_refuses_others(client: FlaskClient, method: str):
    held = client.get("/search?query_term=orders").json["results"][:1]
    reply = client.open("/document_table?index=x", method=method, json={"data": held})
    assert (reply.status_code, reply.json) == (200, "table_search_index")
    changed = [{**held[0], "description": "Mine."}]
    refused = client.open("/document_table", method=method, json={"data": changed})
    assert (refused.status_code, refused.json["code"]) == (409, "conflict")
    unknown = client.open("/document_user", method=method, json={"data": [{"email": "x"}]})
    assert unknown.status_code == 409


def test_first_version_deletes_what_is_gone_only(client: FlaskClient):
    assert client.delete(f"/document_table/{ORDERS}").status_code == 409
    gone = client.delete("/document_table/hive://gold.core/none")
    assert (gone.status_code, gone.json) == (200, {})
