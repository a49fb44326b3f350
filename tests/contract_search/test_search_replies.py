"""Replies of the search service: Amundsen's key for key, more only where it is asked for."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from marshmallow import RAISE
from search_client import ADA, BOARD, FEATURE, ORDERS

from schemas.wire import search_replies
from search_service.index.port import SearchIndex

KEYS = {
    "table": "key badges tag schema table column database cluster description resource_type",
    "dashboard": "key description resource_type url uri last_successful_run_timestamp group_name chart_names"
    " query_names name tag",
    "feature": "key description resource_type version availability feature_group feature_name entity status"
    " tags badges",
    "user": "full_name email first_name last_name resource_type",
}
V1_KEYS = {
    "table": "id database cluster schema name key display_name tags badges description last_updated_timestamp"
    " column_names column_descriptions programmatic_descriptions total_usage schema_description",
    "dashboard": "id uri cluster group_name group_url product name url description last_successful_run_timestamp"
    " chart_names",
    "feature": "id feature_group feature_name version key total_usage status entity description availability badges"
    " tags last_updated_timestamp",
}
FOUND = {"table": ORDERS, "dashboard": BOARD, "feature": FEATURE, "user": ADA}


def search(client: FlaskClient, text: str = "orders", **more: Any) -> Any:
    reply = client.post("/v2/search", json={"query_term": text, **more})
    assert reply.status_code == 200, reply.text
    assert search_replies.Search(unknown=RAISE).validate(reply.json) == {}
    return reply.json


def test_search_answers_with_amundsens_keys_and_no_others(client: FlaskClient):
    reply = search(client)
    results = reply.pop("results")
    assert reply == {"msg": "Success", "page_index": 0, "results_per_page": 10, "status_code": 200}
    assert set(results) == set(KEYS)
    for kind, found in results.items():
        assert set(found) == {"total_results", "results"}
        assert found["results"], kind
        item = found["results"][0]
        assert set(item) == {*KEYS[kind].split(), "search_score", "highlight"}
        assert item["resource_type"] == kind
        assert item["highlight"] == {}
        assert item["search_score"] > 0
    assert results["table"]["results"][0]["key"] == ORDERS
    assert results["user"]["results"][0]["email"] == ADA


def test_values_are_shown_under_amundsens_names(client: FlaskClient):
    table = search(client)["results"]["table"]["results"][0]
    assert (table["table"], table["tag"], table["column"]) == ("orders", ["money"], ["id", "amount"])
    board = search(client)["results"]["dashboard"]["results"][0]
    assert (board["chart_names"], board["query_names"], board["url"]) == (["Bars"], [], None)
    assert board["last_successful_run_timestamp"] == 1600000000


def test_only_the_kinds_asked_for_are_there_and_each_under_its_own_name(client: FlaskClient):
    results = search(client, resource_types=["user", "dashboard"])["results"]
    assert {kind: found["results"][0]["resource_type"] for kind, found in results.items()} == {
        "user": "user",
        "dashboard": "dashboard",
    }


def test_highlights_come_for_the_kinds_that_ask(client: FlaskClient):
    results = search(client, highlight_options={"table": {"enable_highlight": True}})["results"]
    assert results["table"]["results"][0]["highlight"]["name"] == ["<em>orders</em>"]
    assert results["dashboard"]["results"][0]["highlight"] == {}


def test_pages_do_not_overlap_and_totals_are_true(client: FlaskClient):
    asked = {"resource_types": ["table"], "sort": "usage"}
    pages = [search(client, "", page_index=page, **asked)["results"]["table"] for page in range(4)]
    assert {page["total_results"] for page in pages} == {26}
    names = [item["table"] for page in pages for item in page["results"]]
    assert len(names) == len(set(names)) == 26
    assert names[:2] == ["orders", "part_24"]


def test_cursor_leads_through_everything(client: FlaskClient):
    seen: list[str] = []
    cursor: dict[str, str] = {}
    for _ in range(3):
        found = search(client, "", resource_types=["table"], cursor=cursor)["results"]["table"]
        seen += [item["key"] for item in found["results"]]
        cursor = {"table": found["next"]}
    assert len(set(seen)) == 26
    assert found["next"] is None


def test_facets_are_counted_over_everything_found(client: FlaskClient):
    results = search(client, "", facets=["tags", "product"])["results"]
    assert results["table"]["facets"] == {"tags": [{"value": "part", "count": 25}, {"value": "money", "count": 1}]}
    assert results["dashboard"]["facets"] == {"tags": [], "product": [{"value": "mode", "count": 1}]}


def test_keys_come_where_they_are_asked_for(client: FlaskClient):
    results = search(client, keys=True)["results"]
    assert {kind: found["results"][0]["key"] for kind, found in results.items()} == FOUND


def test_explanation_says_why(client: FlaskClient):
    item = search(client, explain=True)["results"]["table"]["results"][0]
    assert item["explanation"].startswith("exact name")
    assert "4 readers" in item["explanation"]


@pytest.mark.parametrize(
    ("operation", "values", "total"),
    [("OR", ["money", "PAR*"], 26), ("AND", ["money", "part"], 0), ("OR", ["mon?y"], 1), ("OR", ["none"], 0)],
)
def test_filters_keep_what_has_the_values(client: FlaskClient, operation: str, values: list[str], total: int):
    wanted = [{"name": "tag", "values": values, "operation": operation}]
    assert search(client, "", resource_types=["table"], filters=wanted)["results"]["table"]["total_results"] == total


def test_filter_of_another_kind_finds_nothing_of_this_one(client: FlaskClient):
    wanted = [{"name": "product", "values": ["mode"], "operation": "OR"}]
    results = search(client, "", filters=wanted)["results"]
    assert {kind: found["total_results"] for kind, found in results.items()} == {
        "table": 0,
        "dashboard": 1,
        "feature": 0,
        "user": 0,
    }


def test_suggestions_begin_as_typed(client: FlaskClient):
    everything = client.get("/v2/suggest?query_term=ord").json
    assert search_replies.Suggestions(unknown=RAISE).validate(everything) == {}
    assert {item["key"] for item in everything["suggestions"]} == set(FOUND.values())
    tables = client.get("/v2/suggest?query_term=part&resource_types=table&limit=2").json["suggestions"]
    assert tables == [
        {"resource_type": "table", "key": f"hive://gold.core/part_{number}", "name": f"part_{number}"}
        for number in (24, 23)
    ]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("table", "/search"),
        ("user", "/search_user"),
        ("dashboard", "/search_dashboard"),
        ("feature", "/search_feature"),
    ],
)
def test_first_version_searches_each_kind(client: FlaskClient, kind: str, path: str):
    reply = client.get(f"{path}?query_term=orders&page_index=0&index={kind}_search_index").json
    assert search_replies.V1_RESULTS[kind](unknown=RAISE).validate(reply) == {}
    item = reply["results"][0]
    assert item["id"] == FOUND[kind]
    if kind in V1_KEYS:
        assert set(item) == set(V1_KEYS[kind].split())
    else:
        assert (item["full_name"], item["user_id"]) == ("Ada Orders", ADA)


@pytest.mark.parametrize(
    ("kind", "path", "filters"),
    [
        ("table", "/search_table", {"tag": ["money"], "schema": ["c*"]}),
        ("dashboard", "/search_dashboard_filter", {"product": ["mode", "none"]}),
        ("feature", "/search_feature_filter", {"availability": ["hive"]}),
    ],
)
def test_first_version_filters(client: FlaskClient, kind: str, path: str, filters: dict[str, list[str]]):
    body = {"page_index": 0, "query_term": "", "search_request": {"type": "AND", "filters": filters}}
    reply = client.post(path, json=body).json
    assert search_replies.V1_RESULTS[kind](unknown=RAISE).validate(reply) == {}
    assert [item["id"] for item in reply["results"]] == [FOUND[kind]]
    assert reply["total_results"] == 1


def test_first_version_has_tags_as_objects_and_ten_hits_a_page(client: FlaskClient):
    assert client.get("/search?query_term=orders").json["results"][0]["tags"] == [{"tag_name": "money"}]
    third = client.get("/search?query_term=part&page_index=2").json
    assert (third["total_results"], len(third["results"])) == (25, 5)
    assert len(client.get("/search?query_term=part&page_index=-1").json["results"]) == 25


def test_health_names_the_index(client: FlaskClient, index: SearchIndex):
    reply = client.get("/healthcheck")
    assert reply.status_code == 200
    assert reply.json["status"] == "ok"
    assert list(reply.json["checks"]) == [f"{type(index).__name__}:connection"]
