"""Exploring lineage over HTTP: kinds mix, filters hide, pages add up, columns come along."""

from typing import Any

from catalogue import ADA, AMOUNT, BOARD, FEATURE, ITEMS, ORDERS, VIEW, edge, node
from flask.testing import FlaskClient

from metadata_service.store.mutations import Authority, Batch
from metadata_service.store.port import GraphStore
from schemas.graph import GONE

ITEM_AMOUNT = f"{ITEMS}/order_amount"


def explored(client: FlaskClient, path: str) -> dict[str, Any]:
    reply = client.get(path)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json
    return found


def levels(found: dict[str, Any]) -> dict[str, int]:
    return {item["key"]: item["level"] for item in found["nodes"]}


def pairs(found: dict[str, Any]) -> set[tuple[str, str]]:
    return {(item["source"]["key"], item["target"]["key"]) for item in found["edges"]}


def test_both_sides_of_a_table_with_its_dashboards(client: FlaskClient):
    found = explored(client, f"/lineage/table/{ORDERS}")
    assert levels(found) == {ORDERS: 0, ITEMS: -1, VIEW: 1, BOARD: 1}
    assert pairs(found) == {(ITEMS, ORDERS), (ORDERS, VIEW), (ORDERS, BOARD)}
    assert (found["complete"], found["next"]) == (True, None)
    orders, board = found["nodes"][0], next(item for item in found["nodes"] if item["kind"] == "dashboard")
    assert {name: orders[name] for name in ("kind", "name", "schema", "database", "cluster", "usage", "owners")} == {
        "kind": "table",
        "name": "orders",
        "schema": "core",
        "database": "hive",
        "cluster": "gold",
        "usage": 40,
        "owners": [ADA],
    }
    assert orders["badges"] == [{"badge_name": "gold", "category": "table_status"}]
    assert (board["name"], board["database"], board["schema"], board["table"]) == ("Revenue", "mode", "finance", None)


def test_what_no_source_tells_of_any_more_is_marked_and_stays(client: FlaskClient, store: GraphStore):
    store.apply(Batch((node("Table", ITEMS, **{GONE: 1_700_000_000}),), Authority.SOURCE))
    found = explored(client, f"/lineage/table/{ORDERS}")
    since = {item["key"]: item["gone_since"] for item in found["nodes"]}
    assert since == {ORDERS: None, ITEMS: 1_700_000_000, VIEW: None, BOARD: None}


def test_a_dashboard_is_made_from_its_tables(client: FlaskClient):
    found = explored(client, f"/lineage/dashboard/{BOARD}?depth=2")
    assert levels(found) == {BOARD: 0, ORDERS: -1, ITEMS: -2}
    assert (found["nodes"][1]["downstream_count"], found["nodes"][1]["hidden_downstream"]) == (2, 1)


def test_one_direction_alone(client: FlaskClient):
    assert levels(explored(client, f"/lineage/table/{ORDERS}?direction=upstream")) == {ORDERS: 0, ITEMS: -1}
    found = explored(client, f"/lineage/table/{ORDERS}?direction=downstream&depth=0")
    assert (levels(found), found["complete"]) == ({ORDERS: 0}, True)
    assert found["nodes"][0]["hidden_upstream"] == 1


def test_what_is_filtered_out_is_hidden_and_not_followed(client: FlaskClient):
    for query, kept in (
        ("kinds=dashboard", {BOARD}),
        ("schema=core", {ITEMS, VIEW}),
        ("schema=core,finance&database=mode", {BOARD}),
        (f"owner={ADA}", {BOARD}),
        ("badge=gold,other", {BOARD}),
        ("owner=nobody", set()),
    ):
        found = explored(client, f"/lineage/table/{ORDERS}?{query}")
        assert set(levels(found)) == {ORDERS} | kept, query
        start = found["nodes"][0]
        assert start["hidden_upstream"] + start["hidden_downstream"] == 3 - len(kept)
        assert found["complete"]
    assert set(levels(explored(client, f"/lineage/table/{VIEW}?depth=2&badge=none"))) == {VIEW}


def test_pages_show_each_neighbour_of_a_hub_once_the_most_used_first(client: FlaskClient, store: GraphStore):
    tables = [f"hive://gold.core/t{number:02}" for number in range(45)]
    puts = [node("Table", key) for key in tables] + [
        edge("HAS_DOWNSTREAM", ("Table", ORDERS), ("Table", key)) for key in tables
    ]
    read = edge("READ_BY", ("Table", tables[30]), ("User", ADA), read_count=7)
    store.apply(Batch((*puts, read), Authority.SOURCE))
    path, seen, cursor = f"/lineage/table/{ORDERS}?direction=downstream&limit=10", [], ""
    while cursor is not None:
        found = explored(client, f"{path}&cursor={cursor}")
        page = [item["key"] for item in found["nodes"][1:]]
        assert found["nodes"][0]["hidden_downstream"] == 47 - len(page)
        assert found["complete"] == (found["next"] is None)
        seen += page
        cursor = found["next"]
    assert seen[:2] == [BOARD, tables[30]]
    assert sorted(seen) == sorted([BOARD, VIEW, *tables])


def test_columns_come_with_the_tables_they_are_of(client: FlaskClient):
    found = explored(client, f"/lineage/table/{ORDERS}?columns=true")
    columns = {item["key"]: (item["level"], item["table"]) for item in found["nodes"] if item["kind"] == "column"}
    assert columns == {AMOUNT: (0, ORDERS), ITEM_AMOUNT: (-1, ITEMS)}
    assert (ITEM_AMOUNT, AMOUNT) in pairs(found)
    assert AMOUNT not in levels(explored(client, f"/lineage/table/{ORDERS}"))


def test_a_column_has_the_owners_of_its_table(client: FlaskClient):
    found = explored(client, f"/lineage/column/{AMOUNT}")
    assert (found["nodes"][0]["owners"], found["nodes"][0]["table"]) == ([ADA], ORDERS)
    assert levels(found) == {AMOUNT: 0, ITEM_AMOUNT: -1}


def test_features_have_a_group_for_a_schema(client: FlaskClient):
    found = explored(client, f"/lineage/feature/{FEATURE}")
    assert levels(found) == {FEATURE: 0, "customers/bare/1": 1}
    assert (found["nodes"][0]["schema"], found["nodes"][0]["database"]) == ("customers", None)


def test_column_called_like_a_route_is_a_column(client: FlaskClient, store: GraphStore):
    store.apply(Batch((node("Column", f"{ORDERS}/impact", name="impact"),), Authority.SOURCE))
    assert explored(client, f"/lineage/column/{ORDERS}/impact")["nodes"][0]["name"] == "impact"
