"""Every route's reply: its status, exactly the keys its schema has, and what stands in it."""

import json
import re
from pathlib import Path
from typing import Any

import learned
import pytest
from catalogue import ADA, ADDRESS_TYPE, AMOUNT, BARE, BOARD, BOB, CAI, FEATURE, ITEMS, ORDERS, STREET_TYPE, VIEW
from clients import client_of
from flask.testing import FlaskClient
from marshmallow import RAISE, Schema

from http_service.openapi import METHODS
from metadata_service.api.routes import ROUTES
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge
from metadata_service.store.port import GraphStore
from schemas import entities
from schemas.wire import derive, replies

KEYS = json.loads((Path(__file__).parent.parent / "vectors" / "amundsen_reply_keys.json").read_text())

DESCRIBED = {"json": {"description": "New."}}
PERSON = {"json": {"email": "dee@example.com", "full_name": "Dee Dee"}}
ENDS = {"source": {"kind": "table", "key": ORDERS}, "target": {"kind": "feature", "key": FEATURE}}
DRAWN = {"json": {**ENDS, "reason": "The model reads it."}}
MODEL, VERSION = learned.model_key("m0"), learned.version_key("m0", 1)
EXPERIMENT, RUN = learned.experiment_key("0"), learned.run_key("r0")
TAGGED = (ORDERS, "table"), (BOARD, "dashboard"), (FEATURE, "feature"), (MODEL, "model"), (EXPERIMENT, "experiment")
LINEAGE = (
    *(("table", ORDERS), ("column", AMOUNT), ("dashboard", BOARD), ("feature", FEATURE)),
    *(("model", MODEL), ("model_version", VERSION), ("run", RUN)),
)


@pytest.fixture
def with_models(store: GraphStore) -> GraphStore:
    learned.load(store, ORDERS, AMOUNT, 1)
    return store


# method, path, schema of the reply (None: null), status, what is sent
CALLS: list[tuple[str, str, type[Schema] | None, int, dict[str, Any]]] = [
    ("get", "/healthcheck", replies.HealthCheck, 200, {}),
    ("get", "/popular_tables/", replies.PopularTables, 200, {}),
    ("get", f"/popular_tables/{ADA}", replies.PopularTables, 200, {}),
    ("get", "/popular_resources/?types=table,dashboard", replies.PopularResources, 200, {}),
    ("get", f"/popular_resources/{ADA}", replies.PopularResources, 200, {}),
    ("get", "/tags/", replies.TagUsages, 200, {}),
    ("get", "/badges/", replies.Badges, 200, {}),
    ("get", "/system/statistics", replies.Statistics, 200, {}),
    ("get", "/latest_updated_ts", replies.LatestTimestamp, 200, {}),
    ("get", f"/table/{ORDERS}", replies.Table, 200, {}),
    ("get", f"/table/{BARE}", replies.Table, 200, {}),
    ("get", f"/table/{ORDERS}/dashboard/", replies.Dashboards, 200, {}),
    ("get", f"/table/{ORDERS}/column/amount/description", replies.Description, 200, {}),
    ("put", f"/table/{ORDERS}/column/amount/description", None, 200, DESCRIBED),
    ("put", f"/table/{ORDERS}/column/amount/badge/pk?category=column", replies.Message, 200, {}),
    ("delete", f"/table/{ORDERS}/column/amount/badge/pk?category=column", replies.Message, 200, {}),
    ("get", f"/table/{ORDERS}/column/amount/lineage", replies.Lineage, 200, {}),
    ("get", f"/type_metadata/{STREET_TYPE}/description", replies.Description, 200, {}),
    ("put", f"/type_metadata/{STREET_TYPE}/description", None, 200, DESCRIBED),
    ("put", f"/type_metadata/{ADDRESS_TYPE}/badge/pii?category=column", replies.Message, 200, {}),
    ("delete", f"/type_metadata/{ADDRESS_TYPE}/badge/pii?category=column", replies.Message, 200, {}),
    ("get", f"/dashboard/{BOARD}", replies.Dashboard, 200, {}),
    ("get", f"/feature/{FEATURE}", replies.Feature, 200, {}),
    ("get", f"/feature/{FEATURE}/generation_code", replies.GenerationCode, 200, {}),
    ("get", f"/feature/{FEATURE}/stats", replies.Stats, 200, {}),
    ("get", f"/feature/{FEATURE}/sample_data", replies.DataSample, 200, {}),
    ("get", "/history", replies.RecentHistory, 200, {}),
    ("get", "/sync/status", replies.SyncStatus, 200, {}),
    ("post", "/sync/retry", replies.Retried, 200, {"json": {}}),
    ("get", f"/user/{ADA}", replies.User, 200, {}),
    ("put", "/user", replies.User, 201, PERSON),
    ("put", "/user", replies.User, 200, {"json": {"email": ADA}}),
    ("get", f"/user/{ADA}/follow/", replies.UserResources, 200, {}),
    ("get", f"/user/{ADA}/own/", replies.UserResources, 200, {}),
    ("get", f"/user/{ADA}/read/", replies.UserReads, 200, {}),
    *(
        ("get", f"/user/{ADA}/{what}/?types=table,dashboard,feature", schema, 200, {})
        for what, schema in (
            ("follow", replies.UserResources),
            ("own", replies.UserResources),
            ("read", replies.UserReads),
        )
    ),
    *(
        call
        for key, kind in TAGGED
        for call in (
            ("get", f"/{kind}/{key}/description", replies.Description, 200, {}),
            ("put", f"/{kind}/{key}/description", None, 200, DESCRIBED),
            ("put", f"/{kind}/{key}/tag/new", replies.Message, 200, {}),
            ("delete", f"/{kind}/{key}/tag/new", replies.Message, 200, {}),
            ("put", f"/{kind}/{key}/badge/new?category=c", replies.Message, 200, {}),
            ("delete", f"/{kind}/{key}/badge/new?category=c", replies.Message, 200, {}),
            ("put", f"/{kind}/{key}/owner/{CAI}", replies.Message, 200, {}),
            ("delete", f"/{kind}/{key}/owner/{CAI}", replies.Message, 200, {}),
            ("get", f"/{kind}/{key}/history", replies.History, 200, {}),
            ("put", f"/user/{CAI}/follow/{kind}/{key}", replies.Message, 200, {}),
            ("delete", f"/user/{CAI}/follow/{kind}/{key}", replies.Message, 200, {}),
            ("put", f"/user/{CAI}/own/{kind}/{key}", replies.Message, 200, {}),
            ("delete", f"/user/{CAI}/own/{kind}/{key}", replies.Message, 200, {}),
        )
    ),
    ("get", f"/model/{MODEL}", replies.Model, 200, {}),
    ("get", f"/model_version/{VERSION}", replies.ModelVersion, 200, {}),
    ("get", f"/experiment/{EXPERIMENT}", replies.Experiment, 200, {}),
    ("get", f"/experiment/{EXPERIMENT}/runs", replies.RunPage, 200, {}),
    ("get", f"/run/{RUN}", replies.Run, 200, {}),
    ("get", f"/table/{ORDERS}/lineage", replies.Lineage, 200, {}),
    ("get", f"/feature/{FEATURE}/lineage", replies.Lineage, 200, {}),
    ("get", f"/lineage/paths?from=table/{ITEMS}&to=dashboard/{BOARD}", replies.Paths, 200, {}),
    ("post", "/lineage/among", replies.Among, 200, {"json": {"nodes": [ENDS["source"]]}}),
    ("put", "/lineage/edge", replies.Drawn, 200, DRAWN),
    ("delete", "/lineage/edge", replies.Drawn, 200, DRAWN),
    *(
        call
        for kind, key in LINEAGE
        for call in (
            ("get", f"/lineage/{kind}/{key}?columns=true&depth=3", replies.Exploration, 200, {}),
            ("get", f"/lineage/{kind}/{key}/impact", replies.Impact, 200, {}),
            ("get", f"/lineage/{kind}/{key}/models", replies.DependentModels, 200, {}),
        )
    ),
]


@pytest.mark.parametrize(
    ("method", "path", "schema", "status", "sent"), CALLS, ids=[f"{call[0]} {call[1]}" for call in CALLS]
)
@pytest.mark.usefixtures("with_models")
def test_reply_has_exactly_the_keys_of_its_schema(
    client: FlaskClient, method: str, path: str, schema: type[Schema] | None, status: int, sent: dict[str, Any]
):
    reply = client.open(path, method=method.upper(), **sent)
    assert reply.status_code == status, reply.text
    assert reply.mimetype == "application/json"
    assert re.fullmatch(r"[0-9a-f]{32}", reply.headers["X-Request-ID"])
    if schema is None:
        assert reply.json is None
    else:
        assert schema(unknown=RAISE).validate(reply.json) == {}


def test_list_of_users_has_the_keys_of_each(client: FlaskClient):
    (ada,) = client.get("/user").json
    assert replies.User(unknown=RAISE).validate(ada) == {}
    assert ada["user_id"] == ADA


def test_every_route_is_called_by_these_tests(client: FlaskClient):
    adapter = client.application.url_map.bind("localhost")
    called = {(adapter.match(path.split("?")[0], method=method.upper())[0], method) for method, path, *_ in CALLS}
    called.add(("User.Users", "get"))
    offered = {(route.name, name) for route in ROUTES for name in METHODS if hasattr(route.endpoint, name)}
    assert offered == called


@pytest.mark.parametrize("name", KEYS)
def test_entities_have_the_keys_that_amundsens_clients_accept(name: str):
    assert list(derive.schema_of(getattr(entities, name))().fields) == KEYS[name]


def test_table_carries_everything_known_of_it(client: FlaskClient):
    table = client.get(f"/table/{ORDERS}").json
    assert {name: table[name] for name in ("database", "cluster", "schema", "name", "key", "is_view")} == {
        "database": "hive",
        "cluster": "gold",
        "schema": "core",
        "name": "orders",
        "key": ORDERS,
        "is_view": False,
    }
    assert table["description"] == "Every order."
    assert table["tags"] == [{"tag_type": "default", "tag_name": "money"}]
    assert table["badges"] == [{"badge_name": "gold", "category": "table_status"}]
    assert [(reader["user"]["email"], reader["read_count"]) for reader in table["table_readers"]] == [
        (BOB, 30),
        (ADA, 10),
    ]
    assert [owner["full_name"] for owner in table["owners"]] == ["Ada Lovelace"]
    assert [column["name"] for column in table["columns"]] == ["address", "amount"]
    assert table["watermarks"] == [
        {"watermark_type": "high_watermark", "partition_key": "ds", "partition_value": "2026-01-02", "create_time": "t"}
    ]
    assert [(item["id"], item["kind"]) for item in table["table_apps"]] == [
        ("writer", "Producing"),
        ("reader", "Consuming"),
    ]
    assert table["table_writer"] == table["table_apps"][0]
    assert table["resource_reports"] == [{"name": "profile", "url": "http://p"}]
    assert table["last_updated_timestamp"] == 1600000000
    assert table["source"] == {"source_type": "github", "source": "http://git/orders.sql"}
    assert table["programmatic_descriptions"] == [{"source": "size", "text": "9 GB"}]
    assert [(join["column"], join["joined_on_column"]) for join in table["common_joins"]] == [
        ("amount", "order_amount")
    ]
    assert table["common_joins"][0]["joined_on_table"]["name"] == "items"
    assert table["common_filters"] == [{"where_clause": "amount > 99"}, {"where_clause": "amount > 10"}]


def test_columns_carry_stats_badges_and_nested_types(client: FlaskClient):
    address, amount = client.get(f"/table/{ORDERS}").json["columns"]
    assert amount["description"] == "In cents."
    assert amount["stats"] == [
        {"stat_type": "max", "stat_val": "9", "start_epoch": 1, "end_epoch": 2, "is_metric": None}
    ]
    assert amount["badges"] == [{"badge_name": "gold", "category": "table_status"}]
    assert amount["type_metadata"] is None
    nested = address["type_metadata"]
    assert (nested["kind"], nested["key"]) == ("struct", ADDRESS_TYPE)
    assert [(child["name"], child["key"]) for child in nested["children"]] == [("street", STREET_TYPE)]


def test_table_without_columns_or_schema_is_shown_by_its_key(client: FlaskClient):
    table = client.get(f"/table/{BARE}").json
    assert (table["database"], table["cluster"], table["schema"], table["name"]) == ("hive", "gold", "core", "bare")
    assert table["columns"] == []


def test_table_named_after_a_route_is_reached(client: FlaskClient):
    assert client.get(f"/table/{VIEW}").json["name"] == "description"
    assert client.get(f"/table/{VIEW}/description").json == {"description": None}


def test_key_is_understood_percent_encoded_too(client: FlaskClient):
    encoded = ORDERS.replace(":", "%3A").replace("/", "%2F")
    assert client.get(f"/table/{encoded}").json["key"] == ORDERS


def test_dashboard_carries_everything_known_of_it(client: FlaskClient):
    board = client.get(f"/dashboard/{BOARD}").json
    assert (board["product"], board["cluster"], board["group_name"]) == ("mode", "gold", "Finance")
    assert (board["created_timestamp"], board["updated_timestamp"]) == (1500000000, 1600000003)
    assert (board["last_successful_run_timestamp"], board["last_run_timestamp"]) == (1600000001, 1600000002)
    assert board["last_run_state"] == "failed"
    assert board["recent_view_count"] == 9
    assert [user["user_id"] for user in board["frequent_users"]] == [BOB, ADA]
    assert board["tags"] == [{"tag_type": "dashboard", "tag_name": "board"}]
    assert (board["chart_names"], board["query_names"]) == (["Bars"], ["Monthly"])
    assert board["queries"] == [{"name": "Monthly", "url": "http://m/q", "query_text": "select 1"}]
    assert [table["name"] for table in board["tables"]] == ["orders"]


def test_dashboards_of_a_table_are_none_for_an_unknown_one(client: FlaskClient):
    (board,) = client.get(f"/table/{ORDERS}/dashboard/").json["dashboards"]
    assert (board["uri"], board["last_successful_run_timestamp"]) == (BOARD, 1600000001)
    assert client.get("/table/hive://gold.core/nope/dashboard/").json == {"dashboards": []}


def test_feature_carries_everything_known_of_it(client: FlaskClient):
    feature = client.get(f"/feature/{FEATURE}").json
    assert (feature["feature_group"], feature["availability"]) == ("customers", ["hive"])
    assert feature["watermarks"] == [
        {"key": f"{FEATURE}/high_watermark", "watermark_type": "high_watermark", "time": "1600000000"}
    ]
    assert client.get(f"/feature/{FEATURE}/generation_code").json["text"] == "select sum(amount)"
    assert client.get(f"/feature/{FEATURE}/stats").json["stats"][0]["stat_val"] == "3.5"
    assert client.get(f"/feature/{FEATURE}/sample_data").json["error_text"]


def test_user_has_manager_and_configured_extras(client: FlaskClient):
    ada = client.get(f"/user/{ADA}").json
    assert (ada["manager_fullname"], ada["other_key_values"]) == ("Bob Gray", {"mode_user_id": "ada7"})
    assert client.get(f"/user/{BOB}").json["manager_fullname"] == ""
    assert client.get(f"/user/{CAI}").json["email"] == CAI


def test_popular_keeps_the_order_of_the_scores(client: FlaskClient):
    popular = client.get("/popular_resources/?types=table,dashboard").json
    assert [table["name"] for table in popular["Table"]] == ["items", "orders"]
    assert [board["name"] for board in popular["Dashboard"]] == ["Revenue"]
    assert client.get("/popular_resources/?limit=1").json == {"Table": popular["Table"][:1], "Dashboard": {}}
    assert client.get("/popular_tables/?limit=0").json == {"popular_tables": []}


def test_popular_among_peers_needs_enough_of_them(store: GraphStore):
    assert client_of(store).get(f"/popular_tables/{ADA}").json == {"popular_tables": []}
    peers = client_of(store, popular_minimum_readers=1).get(f"/popular_tables/{ADA}").json["popular_tables"]
    assert [table["name"] for table in peers] == ["orders", "items"]


def test_statistics_count_what_their_names_say(client: FlaskClient):
    assert client.get("/system/statistics").json["Statistics"] == {
        "number_of_tables": 4,
        "number_of_documented_tables": 1,
        "number_of_documented_cols": 1,
        "number_of_owners": 2,
        "number_of_tables_with_owners": 1,
        "number_of_documented_and_owned_tables": 1,
    }


def test_tags_in_use_are_counted_over_all_resources(client: FlaskClient):
    assert client.get("/tags/").json == {"tag_usages": [{"tag_name": "money", "tag_count": 2}]}
    assert client.get("/badges/").json == {"badges": [{"badge_name": "gold", "category": "table_status"}]}


def test_latest_timestamp_is_204_when_the_catalogue_was_never_fed(client: FlaskClient):
    assert client.get("/latest_updated_ts").json == {"neo4j_latest_timestamp": 1700000000}
    empty = client_of(open_store("memory:")).get("/latest_updated_ts")
    assert (empty.status_code, empty.data) == (204, b"")


def test_lineage_lists_a_node_once_for_each_parent(client: FlaskClient):
    lineage = client.get(f"/table/{ORDERS}/lineage?depth=2").json
    assert (lineage["key"], lineage["direction"], lineage["depth"]) == (ORDERS, "both", 2)
    assert lineage["upstream_entities"] == [
        {
            "key": ITEMS,
            "level": 1,
            "source": "hive",
            "badges": [],
            "usage": 507,
            "parent": ORDERS,
            "link": None,
            "in_amundsen": None,
        }
    ]
    assert [item["key"] for item in lineage["downstream_entities"]] == [VIEW]
    assert (lineage["upstream_count"], lineage["downstream_count"]) == (1, 1)


def test_lineage_goes_one_way_when_asked_and_echoes_the_direction(client: FlaskClient):
    down = client.get(f"/table/{ITEMS}/lineage?direction=downstream&depth=9").json
    assert [(item["key"], item["level"]) for item in down["downstream_entities"]] == [(ORDERS, 1), (VIEW, 2)]
    assert down["upstream_entities"] == []
    assert client.get(f"/table/{ITEMS}/lineage?direction=sideways").json["direction"] == "sideways"
    assert client.get(f"/table/{ITEMS}/lineage?depth=0").json["downstream_entities"] == []
    columns = client.get(f"/table/{ORDERS}/column/amount/lineage").json
    assert [item["key"] for item in columns["upstream_entities"]] == [f"{ITEMS}/order_amount"]


def test_lineage_says_when_its_budget_ended_it(store: GraphStore):
    reply = client_of(store, lineage_max_items=1).get(f"/table/{ITEMS}/lineage?direction=downstream&depth=9")
    assert reply.headers["X-Fram-Complete"] == "false"
    assert [item["key"] for item in reply.json["downstream_entities"]] == [ORDERS]


def test_people_have_what_they_own_and_read(client: FlaskClient):
    owned = client.get(f"/user/{ADA}/own/").json
    assert [table["name"] for table in owned["table"]] == ["orders"]
    assert [board["uri"] for board in owned["dashboard"]] == [BOARD]
    assert [table["name"] for table in client.get(f"/user/{ADA}/read/").json["table"]] == ["items", "orders"]
    assert client.get(f"/user/{CAI}/own/").json == {"table": [], "dashboard": []}
    assert client.get(f"/user/{CAI}/read/").json == {"table": []}


def test_people_have_features_where_they_are_asked_for(client: FlaskClient):
    client.put(f"/user/{CAI}/own/feature/{FEATURE}")
    client.put(f"/user/{CAI}/own/feature/customers/bare/1")
    client.put(f"/user/{CAI}/own/table/{ORDERS}")
    client.put(f"/user/{CAI}/follow/feature/{FEATURE}")
    assert client.get(f"/user/{CAI}/own/").json.keys() == {"table", "dashboard"}
    owned = client.get(f"/user/{CAI}/own/?types=feature").json
    assert (owned["table"], owned["dashboard"]) == ([], [])
    assert [feature["key"] for feature in owned["feature"]] == ["customers/bare/1", FEATURE]
    assert (owned["feature"][1]["feature_group"], owned["feature"][1]["name"]) == ("customers", "lifetime_value")
    every = client.get(f"/user/{CAI}/own/?types=feature,table,dashboard").json
    assert [len(every[kind]) for kind in ("table", "dashboard", "feature")] == [1, 0, 2]
    followed = client.get(f"/user/{CAI}/follow/?types=feature").json
    assert [feature["key"] for feature in followed["feature"]] == [FEATURE]


def test_people_read_dashboards_and_features_where_they_are_asked_for(client: FlaskClient, store: GraphStore):
    read = PutEdge(EdgeRef("READ_BY", NodeRef("Feature", FEATURE), NodeRef("User", ADA)), {"read_count": 3})
    store.apply(Batch((read,), Authority.SOURCE))
    found = client.get(f"/user/{ADA}/read/?types=dashboard,feature").json
    assert found["table"] == []
    assert [board["uri"] for board in found["dashboard"]] == [BOARD]
    assert [feature["key"] for feature in found["feature"]] == [FEATURE]


def test_column_key_of_the_vectors_is_the_grammars(client: FlaskClient):
    columns = client.get(f"/table/{ORDERS}").json["columns"]
    assert AMOUNT in [column["key"] for column in columns]
