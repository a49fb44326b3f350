"""What people changed, the latest first: on one entity, and on any."""

from typing import Any

import pytest
from catalogue import ADA, AMOUNT, BOARD, FEATURE, ITEMS, ORDERS
from clients import client_of
from flask.testing import FlaskClient

from metadata_service.store.mutations import Authority, Batch, NodeRef, RemoveNode
from metadata_service.store.port import GraphStore

AS_EVE = {"X-Fram-Actor": "eve"}


def describe(client: FlaskClient, path: str, text: str) -> None:
    assert client.put(f"/{path}/description", json={"description": text}, headers=AS_EVE).status_code == 200


def pages(client: FlaskClient, path: str, parameter: str, limit: int) -> list[Any]:
    found, cursor = [], ""
    while cursor is not None:
        page = client.get(path, query_string={"limit": limit, parameter: cursor}).json
        assert 1 <= len(page["items"]) <= limit
        found += page["items"]
        cursor = page["next"]
    return found


@pytest.mark.parametrize(("path", "parameter"), [(f"/table/{ORDERS}/history", "after"), ("/history", "cursor")])
def test_the_latest_come_first_page_by_page(client: FlaskClient, path: str, parameter: str):
    for number in range(7):
        describe(client, f"table/{ORDERS}", str(number))
        describe(client, f"table/{ITEMS}", f"other {number}")
    whole = client.get(f"{path}?limit=1000").json
    texts = [item["after"] for item in whole["items"] if item["key"] == f"{ORDERS}/_description"]
    assert texts == [str(number) for number in reversed(range(7))]
    moments = [item["at"] for item in whole["items"]]
    assert moments == sorted(moments, reverse=True)
    assert whole["next"] is None
    for limit in (1, 2, 7, 100):
        assert pages(client, path, parameter, limit) == whole["items"]


def test_a_page_that_ends_with_the_last_says_so(client: FlaskClient):
    describe(client, f"table/{ORDERS}", "one")
    for path in (f"/table/{ORDERS}/history", "/history"):
        assert client.get(f"{path}?limit=1").json["next"] is None


def test_nothing_changed_is_an_empty_list(client: FlaskClient):
    assert client.get("/history").json == {"items": [], "next": None}


def test_a_recent_change_says_what_it_belongs_to(client: FlaskClient):
    describe(client, f"table/{ORDERS}/column/amount", "In euros.")
    describe(client, f"dashboard/{BOARD}", "By month.")
    client.put(f"/feature/{FEATURE}/tag/fresh", headers=AS_EVE)
    client.put("/user", json={"email": ADA, "team_name": "Ops"}, headers=AS_EVE)
    items = client.get("/history").json["items"]
    told = [(item["kind"], item["entity"], item["name"], item["key"]) for item in items if item["action"] == "set"]
    assert told == [
        ("user", ADA, "Ada Lovelace", ADA),
        ("user", ADA, "Ada Lovelace", ADA),
        ("user", ADA, "Ada Lovelace", ADA),
        ("tag", "fresh", "fresh", "fresh"),
        ("dashboard", BOARD, "Revenue", f"{BOARD}/_description"),
        ("table", ORDERS, "orders", f"{AMOUNT}/_description"),
    ]
    (tagged,) = [item for item in items if item["action"] == "add"]
    assert (tagged["kind"], tagged["entity"], tagged["relation"], tagged["other"]) == (
        "feature",
        FEATURE,
        "TAGGED_BY",
        "fresh",
    )
    assert {item["actor"] for item in items} == {"eve"}


def test_what_is_gone_has_no_name(client: FlaskClient, store: GraphStore):
    describe(client, f"table/{ORDERS}", "one")
    store.apply(Batch((RemoveNode(NodeRef("Table", ORDERS)),), Authority.SOURCE))
    (item,) = client.get("/history").json["items"]
    assert (item["entity"], item["name"], item["after"]) == (ORDERS, None, "one")


class Counting:
    """A graph that counts what it is asked."""

    def __init__(self, store: GraphStore) -> None:
        self._store, self.calls = store, 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self._store, name)


def test_a_page_takes_as_many_calls_however_much_was_changed(client: FlaskClient, store: GraphStore):
    for number in range(60):
        describe(client, f"table/{(ORDERS, ITEMS)[number % 2]}", str(number))
    counting = Counting(store)
    assert len(client_of(counting).get("/history?limit=50").json["items"]) == 50  # type: ignore[arg-type]
    assert counting.calls == 2
