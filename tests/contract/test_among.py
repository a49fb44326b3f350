"""The edges among nodes that somebody has already, whatever brought them, and those among their columns."""

from typing import Any

from catalogue import ADDRESS, AMOUNT, BOARD, FEATURE, ITEMS, ORDERS, VIEW, edge
from clients import client_of
from flask.testing import FlaskClient

from metadata_service.store.mutations import Authority, Batch
from metadata_service.store.port import GraphStore

ITEM_AMOUNT = f"{ITEMS}/order_amount"
TABLES = [("table", ORDERS), ("table", ITEMS)]


def among(client: FlaskClient, ends: list[tuple[str, str]], **options: bool) -> dict[str, Any]:
    body = {"nodes": [{"kind": kind, "key": key} for kind, key in ends], **options}
    reply = client.post("/lineage/among", json=body)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json
    return found


def pairs(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(item["source"]["key"], item["target"]["key"]) for item in found["edges"]}


def test_edges_of_every_relation_among_the_nodes_and_no_others(client: FlaskClient):
    found = among(client, [*TABLES, ("dashboard", BOARD), ("feature", FEATURE)])
    assert pairs(found) == {(ITEMS, ORDERS), (ORDERS, BOARD)}
    assert (found["nodes"], found["complete"]) == ([], True)
    assert {item["origin"]["source"] for item in found["edges"]} == {"test"}
    assert pairs(among(client, [("table", ITEMS), ("table", VIEW)])) == set()


def test_what_does_not_exist_or_is_named_twice_changes_nothing(client: FlaskClient):
    found = among(client, [*TABLES, *TABLES, ("table", "hive://no.such/table"), ("column", "nonsense")], columns=True)
    assert pairs(found) == {(ITEMS, ORDERS), (ITEM_AMOUNT, AMOUNT)}


def test_columns_that_have_lineage_come_along_with_what_they_hide(client: FlaskClient):
    found = among(client, TABLES, columns=True)
    columns = {item["key"]: (item["table"], item["hidden_upstream"]) for item in found["nodes"]}
    assert columns == {AMOUNT: (ORDERS, 0), ITEM_AMOUNT: (ITEMS, 0)}
    assert ADDRESS not in columns
    (alone,) = among(client, [("table", ORDERS)], columns=True)["nodes"]
    assert (alone["key"], alone["upstream_count"], alone["hidden_upstream"]) == (AMOUNT, 1, 1)


def test_more_than_the_budget_is_said_to_be_incomplete(client: FlaskClient, store: GraphStore):
    puts = [edge("HAS_DOWNSTREAM", ("Table", ORDERS), ("Table", key)) for key in (ORDERS, ITEMS)]
    store.apply(Batch(tuple(puts), Authority.SOURCE, source="test"))
    assert len(among(client, TABLES)["edges"]) == 3
    narrow = client_of(store, lineage_max_items=2)
    assert [len(among(narrow, TABLES)["edges"]), among(narrow, TABLES)["complete"]] == [2, False]
    one = among(client_of(store, lineage_max_items=1), TABLES[1:], columns=True)
    assert (len(one["nodes"]), one["complete"]) == (1, True)
    assert not among(client_of(store, lineage_max_items=1), TABLES[:1], columns=True)["complete"]  # two columns
