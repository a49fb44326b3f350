"""What a change affects, over HTTP: counted, as CSV too, and written while it is sent where it is long."""

import csv
import http.client
import io
import json
import threading
from typing import Any

import pytest
from catalogue import ADA, BOARD, BOB, FEATURE, ITEMS, ORDERS, VIEW, edge, node
from clients import client_of
from flask.testing import FlaskClient
from waitress.server import create_server

from metadata_service.api import impact
from metadata_service.api.impact import STREAMED_FROM
from metadata_service.lineage.impact import find_impact
from metadata_service.store.mutations import Authority, Batch
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable
from schemas.graph import GONE

HUB = "hive://gold.core/hub"
COUNT = STREAMED_FROM + 1


def put(store: GraphStore, *mutations: Any) -> None:
    store.apply(Batch(mutations, Authority.SOURCE))


@pytest.fixture
def hub(store: GraphStore) -> GraphStore:
    spokes = [f"hive://gold.core/s{number:05}" for number in range(COUNT)]
    links = [edge("HAS_DOWNSTREAM", ("Table", HUB), ("Table", key)) for key in spokes]
    put(store, node("Table", HUB), *(node("Table", key, name=key[-6:]) for key in spokes), *links)
    put(store, edge("OWNER", ("Table", spokes[7]), ("User", ADA)))
    return store


def test_impact_is_everything_downstream_with_whom_to_tell(client: FlaskClient, store: GraphStore):
    put(store, edge("HAS_DOWNSTREAM", ("Table", VIEW), ("Feature", FEATURE)))
    found = client.get(f"/lineage/table/{ITEMS}/impact").json
    assert [(item["kind"], item["key"], item["distance"], item["usage"]) for item in found["items"]] == [
        ("table", ORDERS, 1, 40),
        ("dashboard", BOARD, 2, 9),
        ("table", VIEW, 2, 0),
        ("feature", FEATURE, 3, 0),
        ("feature", "customers/bare/1", 4, 0),
    ]
    assert found["counts"] == {"table": 2, "dashboard": 1, "feature": 2}
    assert found["owners"] == [{"owner": ADA, "count": 2}, {"owner": BOB, "count": 1}]
    assert (found["kind"], found["key"], found["complete"]) == ("table", ITEMS, True)


def test_what_no_source_tells_of_any_more_is_marked(client: FlaskClient, store: GraphStore):
    put(store, node("Table", ORDERS, **{GONE: 1_700_000_000}))
    found = client.get(f"/lineage/table/{ITEMS}/impact").json
    assert {item["key"]: item["gone_since"] for item in found["items"]} == {
        ORDERS: 1_700_000_000,
        BOARD: None,
        VIEW: None,
    }


def test_nothing_downstream_is_an_empty_list(client: FlaskClient):
    found = client.get(f"/lineage/dashboard/{BOARD}/impact").json
    assert (found["items"], found["counts"], found["owners"], found["complete"]) == ([], {}, [], True)


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.parametrize(("query", "headers"), [("?format=csv", {}), ("", {"Accept": "text/csv"})])
def test_impact_as_csv(client: FlaskClient, store: GraphStore, query: str, headers: dict[str, str]):
    put(store, node("Dashboard", BOARD, **{GONE: 1_700_000_000}))
    reply = client.get(f"/lineage/table/{ITEMS}/impact{query}", headers=headers)
    assert reply.mimetype == "text/csv"
    assert reply.headers["X-Fram-Complete"] == "true"
    assert rows(reply.text) == [
        ["kind", "key", "name", "distance", "owners", "usage", "gone_since"],
        ["table", ORDERS, "orders", "1", ADA, "40", ""],
        ["dashboard", BOARD, "Revenue", "2", ADA, "9", "1700000000"],
        ["table", VIEW, "description", "2", "", "0", ""],
    ]


def test_no_name_becomes_a_formula_in_a_spreadsheet(client: FlaskClient, store: GraphStore):
    names = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\uff1d1", 'a","b', "plain = 1", "a\nb"]
    keys = [f"hive://gold.core/x{place}" for place in range(len(names))]
    tables = [node("Table", key, name=name) for key, name in zip(keys, names, strict=True)]
    put(store, *tables, *(edge("HAS_DOWNSTREAM", ("Table", VIEW), ("Table", key)) for key in keys))
    text = client.get(f"/lineage/table/{VIEW}/impact?format=csv").get_data().decode()
    found = [row[2] for row in csv.reader(io.StringIO(text, newline=""))][1:]
    assert found == [f"'{name}" for name in names[:7]] + names[7:]


def test_a_long_reply_is_written_while_it_is_sent_and_is_whole(hub: GraphStore):
    client = client_of(hub)
    reply = client.get(f"/lineage/table/{HUB}/impact", headers={"X-Request-ID": "mine"}, buffered=False)
    chunks = list(reply.iter_encoded())
    assert reply.headers["X-Request-ID"] == "mine"
    assert "Content-Length" not in reply.headers
    assert len(chunks) > 10
    reply.close()
    found = json.loads(b"".join(chunks))
    assert len({item["key"] for item in found["items"]}) == len(found["items"]) == COUNT
    assert (found["counts"], found["owners"]) == ({"table": COUNT}, [{"owner": ADA, "count": 1}])
    metrics = client.get("/metrics").text
    assert 'fram_requests_total{method="GET",route="Table.Impact",status="200"} 1.0' in metrics
    assert 'fram_request_seconds_count{method="GET",route="Table.Impact"} 1.0' in metrics


def test_a_long_csv_begins_at_once_and_is_whole(hub: GraphStore):
    reply = client_of(hub).get(f"/lineage/table/{HUB}/impact?format=csv", buffered=False)
    assert reply.is_streamed
    chunks = list(reply.iter_encoded())
    reply.close()
    assert rows(chunks[0].decode()) == [["kind", "key", "name", "distance", "owners", "usage", "gone_since"]]
    found = rows(b"".join(chunks).decode())
    assert len({row[1] for row in found[1:]}) == len(found) - 1 == COUNT
    assert {row[0] for row in found[1:]} == {"table"}


def test_a_long_reply_that_its_budget_ended_says_so_at_its_end(hub: GraphStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(impact, "find_impact", lambda store, ref, most=50: find_impact(store, ref, min(most, 50)))
    client = client_of(hub)
    found = rows(client.get(f"/lineage/table/{HUB}/impact?format=csv").text)
    assert [row[0] for row in found] == ["kind", *["table"] * 50, "incomplete"]
    reply = client.get(f"/lineage/table/{HUB}/impact").json
    assert (len(reply["items"]), reply["counts"], reply["complete"]) == (50, {"table": 50}, False)


class Failing:
    """A graph whose database goes away once it has been asked for more than nodes so many times."""

    def __init__(self, store: GraphStore, times: int) -> None:
        self._store, self._left = store, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def fetch_many(self, keys: list[str], shape: Any) -> Any:
        self._left -= bool(shape.children)
        if self._left < 0:
            raise StoreUnavailable("The graph does not answer.")
        return self._store.fetch_many(keys, shape)


def test_a_failure_before_anything_is_sent_has_its_status(client: FlaskClient, store: GraphStore):
    reply = client_of(Failing(store, 0)).get(f"/lineage/table/{ITEMS}/impact")  # type: ignore[arg-type]
    assert (reply.status_code, reply.json["code"]) == (503, "store_unavailable")


def test_a_failure_on_the_way_cuts_the_reply_off_and_is_logged(hub: GraphStore, caplog: pytest.LogCaptureFixture):
    app = client_of(Failing(hub, 2)).application  # type: ignore[arg-type]
    server = create_server(app, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.effective_port, timeout=30)
    try:
        connection.request("GET", f"/lineage/table/{HUB}/impact", headers={"X-Request-ID": "mine"})
        reply = connection.getresponse()
        assert reply.status == 200
        with pytest.raises(http.client.IncompleteRead):
            reply.read()
    finally:
        connection.close()
        server.close()
        thread.join(10)
    assert "request mine was cut off" in caplog.text
