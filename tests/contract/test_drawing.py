"""Edges drawn and removed by hand: they show with who and why, they are recorded, and sources leave them be."""

from typing import Any

import pytest
from catalogue import BOARD, FEATURE, ITEMS, ORDERS, VIEW, edge, fill
from flask.testing import FlaskClient

from metadata_service.store.mutations import Authority, Batch
from metadata_service.store.port import GraphStore

AS_EVE = {"X-Fram-Actor": "eve"}


def body(source: tuple[str, str], target: tuple[str, str], reason: str = "") -> dict[str, Any]:
    ends = {
        name: dict(zip(("kind", "key"), end, strict=True)) for name, end in (("source", source), ("target", target))
    }
    return {**ends, "reason": reason}


TO_FEATURE = body(("table", ORDERS), ("feature", FEATURE), "The model reads it.")
TO_BOARD = body(("table", ORDERS), ("dashboard", BOARD))


def origins(client: FlaskClient, key: str = ORDERS) -> dict[tuple[str, str], dict[str, Any]]:
    found = client.get(f"/lineage/table/{key}").json["edges"]
    return {(item["source"]["key"], item["target"]["key"]): item["origin"] for item in found}


def test_a_drawn_edge_shows_who_drew_it_and_why(client: FlaskClient):
    assert client.put("/lineage/edge", json=TO_FEATURE, headers=AS_EVE).json["changed"]
    origin = origins(client)[ORDERS, FEATURE]
    assert (origin["author"], origin["reason"], origin["source"]) == ("eve", "The model reads it.", None)
    assert origin["first_seen_at"] > 1_700_000_000
    assert not client.put("/lineage/edge", json=TO_FEATURE, headers=AS_EVE).json["changed"]
    assert client.get(f"/lineage/table/{ORDERS}").json["nodes"][0]["downstream_count"] == 3


def test_drawing_and_removing_are_recorded_with_their_reason(client: FlaskClient):
    client.put("/lineage/edge", json=TO_FEATURE, headers=AS_EVE)
    client.delete("/lineage/edge", json={**TO_FEATURE, "reason": "It does not."}, headers=AS_EVE)
    entries = client.get(f"/table/{ORDERS}/history").json["items"]
    told = sorted((item["actor"], item["action"], item["relation"], item["other"], item["reason"]) for item in entries)
    assert told == [
        ("eve", "add", "HAS_DOWNSTREAM", FEATURE, "The model reads it."),
        ("eve", "remove", "HAS_DOWNSTREAM", FEATURE, "It does not."),
    ]


def test_both_ends_remember_who_drew_and_removed(client: FlaskClient):
    client.put("/lineage/edge", json=TO_FEATURE, headers=AS_EVE)
    client.delete("/lineage/edge", json=TO_BOARD, headers=AS_EVE)
    for path, action, relation in (
        (f"/feature/{FEATURE}/history", "add", "HAS_UPSTREAM"),
        (f"/dashboard/{BOARD}/history", "remove", "DASHBOARD_WITH_TABLE"),
    ):
        (entry,) = client.get(path).json["items"]
        told = (entry["actor"], entry["action"], entry["relation"], entry["other"])
        assert told == ("eve", action, relation, ORDERS)


def test_a_source_leaves_a_drawn_edge_and_does_not_bring_a_removed_one_back(client: FlaskClient, store: GraphStore):
    client.put("/lineage/edge", json=TO_FEATURE)
    client.delete("/lineage/edge", json=body(("table", ORDERS), ("table", VIEW)))
    client.delete("/lineage/edge", json=TO_BOARD)
    fill(store)
    assert set(origins(client)) == {(ITEMS, ORDERS), (ORDERS, FEATURE)}
    client.put("/lineage/edge", json=body(("table", ORDERS), ("table", VIEW)))
    fill(store)
    assert (ORDERS, VIEW) in origins(client)


def test_removing_what_is_not_there_changes_nothing(client: FlaskClient, store: GraphStore):
    assert not client.delete("/lineage/edge", json=TO_FEATURE).json["changed"]
    assert store.list_nodes("Fram_Edit") == []


@pytest.mark.parametrize("relation", ["HAS_DOWNSTREAM", "DASHBOARD_WITH_TABLE"])
def test_a_dashboard_is_cut_off_by_whatever_relation_it_hangs(client: FlaskClient, store: GraphStore, relation: str):
    if relation == "HAS_DOWNSTREAM":
        both = edge("HAS_DOWNSTREAM", ("Table", ORDERS), ("Dashboard", BOARD))
        store.apply(Batch((both,), Authority.SOURCE))
    assert (ORDERS, BOARD) in origins(client)
    assert client.delete("/lineage/edge", json=TO_BOARD).json["changed"]
    assert (ORDERS, BOARD) not in origins(client)
    assert client.get(f"/dashboard/{BOARD}").json["tables"] == []


def test_every_edge_says_which_source_and_run_it_came_from(client: FlaskClient, store: GraphStore):
    link = edge("HAS_DOWNSTREAM", ("Table", ITEMS), ("Table", VIEW))
    store.apply(Batch((link,), Authority.SOURCE, source="airflow", run="r7"))
    origin = origins(client, ITEMS)[ITEMS, VIEW]
    assert (origin["source"], origin["run"], origin["author"], origin["reason"]) == ("airflow", "r7", None, None)
    assert origin["first_seen_at"] == origin["last_seen_at"] > 1_700_000_000


def test_drawing_what_a_source_wrote_claims_it(client: FlaskClient, store: GraphStore):
    claimed = body(("table", ITEMS), ("table", ORDERS), "Checked.")
    assert client.put("/lineage/edge", json=claimed, headers=AS_EVE).json["changed"]
    origin = origins(client)[ITEMS, ORDERS]
    assert (origin["source"], origin["author"], origin["reason"]) == ("test", "eve", "Checked.")
