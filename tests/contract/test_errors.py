"""Every way to fail has the same shape, a stable code and a sentence, with Flask's testing flag off."""

import re

import pytest
from catalogue import ADA, BARE, BOARD, FEATURE, ORDERS
from clients import client_of
from error_replies import check
from flask.testing import FlaskClient

from http_service.openapi import METHODS
from metadata_service.api.converters import EXAMPLES
from metadata_service.api.routes import ROUTES
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable

NOPE = "hive://gold.core/nope"
NO_BOARD = "mode_dashboard://gold.finance/nope"
TEXT = {"json": {"description": "New."}}


def end(kind: str, key: str) -> dict[str, str]:
    return {"kind": kind, "key": key}


HERE = end("table", ORDERS)

# method, path, what is sent, status, code, part of the message
FAILURES = [
    ("get", "/nowhere", {}, 404, "not_found", "/nowhere"),
    ("get", f"/table/{NOPE}", {}, 404, "not_found", f"table_uri {NOPE} does not exist"),
    ("get", "/table/not-a-key", {}, 404, "not_found", "table_uri not-a-key does not exist"),
    ("get", f"/dashboard/{NO_BOARD}", {}, 404, "not_found", f"dashboard_id {NO_BOARD} does not exist"),
    ("get", "/dashboard/not-a-key", {}, 404, "not_found", "dashboard_id not-a-key does not exist"),
    ("get", "/feature/a/b/c", {}, 404, "not_found", "feature_uri a/b/c does not exist"),
    ("get", "/feature/a/b/c/generation_code", {}, 404, "not_found", "feature_uri a/b/c does not exist"),
    ("get", "/feature/customers/bare/1/generation_code", {}, 404, "not_found", "Generation code for id"),
    ("get", "/feature/a/b/c/stats", {}, 404, "not_found", "feature_uri a/b/c"),
    ("get", "/feature/a/b/c/sample_data", {}, 404, "not_found", "feature_uri a/b/c"),
    ("get", "/feature/a/b/c/lineage", {}, 404, "not_found", "a/b/c does not exist"),
    ("get", f"/table/{NOPE}/lineage", {}, 404, "not_found", f"{NOPE} does not exist"),
    ("get", f"/table/{NOPE}/history", {}, 404, "not_found", f"table_uri {NOPE}"),
    ("get", f"/table/{ORDERS}/column/nope/lineage", {}, 404, "not_found", "nope does not exist"),
    ("get", f"/lineage/table/{NOPE}", {}, 404, "not_found", f"{NOPE} does not exist"),
    ("get", "/lineage/column/not-a-key", {}, 404, "not_found", "not-a-key does not exist"),
    ("get", f"/lineage/user/{ADA}", {}, 404, "not_found", "no route"),
    ("get", f"/lineage/table/{ORDERS}?direction=down", {}, 400, "invalid_parameter", "direction: "),
    ("get", f"/lineage/table/{ORDERS}?depth=101", {}, 400, "invalid_parameter", "depth: "),
    ("get", f"/lineage/table/{ORDERS}?limit=0", {}, 400, "invalid_parameter", "limit: "),
    ("get", f"/lineage/table/{ORDERS}?kinds=table,planet", {}, 400, "invalid_parameter", "kinds: 'planet'"),
    ("get", f"/lineage/table/{ORDERS}?columns=perhaps", {}, 400, "invalid_parameter", "columns: "),
    ("get", f"/lineage/table/{ORDERS}?cursor=eyJ1cCI6M30", {}, 400, "invalid_parameter", "cursor: "),
    # a rank of 2 ** 64 - 1
    *(
        ("get", f"/lineage/table/{ORDERS}?cursor={cursor}", {}, 400, "invalid_parameter", "cursor: ")
        for cursor in ("eyJ1cCI6WzE4NDQ2NzQ0MDczNzA5NTUxNjE1LCJUYWJsZSIsIngiXX0", "e30x", "bnVsbA", "a")
    ),
    ("get", f"/lineage/table/{ORDERS}?cursor=%C3%A9", {}, 400, "invalid_parameter", "cursor: "),
    ("get", f"/lineage/table/{NOPE}/impact", {}, 404, "not_found", f"{NOPE} does not exist"),
    ("get", f"/lineage/table/{ORDERS}/impact?format=pdf", {}, 400, "invalid_parameter", "format: "),
    ("get", f"/lineage/paths?from=table/{ORDERS}", {}, 400, "invalid_parameter", "to: Missing"),
    ("get", f"/lineage/paths?from=table/{ORDERS}&to=user/{ADA}", {}, 400, "invalid_parameter", "to: It must be"),
    ("get", f"/lineage/paths?from={ORDERS}&to=table/{ORDERS}", {}, 400, "invalid_parameter", "from: It must be"),
    ("get", f"/lineage/paths?from=table/&to=table/{ORDERS}", {}, 400, "invalid_parameter", "from: It must be"),
    ("get", f"/lineage/paths?from=table/{ORDERS}&to=table/{ORDERS}&limit=0", {}, 400, "invalid_parameter", "limit: "),
    ("get", f"/lineage/paths?from=table/{ORDERS}&to=table/{NOPE}", {}, 404, "not_found", f"no table with key {NOPE}"),
    ("get", f"/lineage/paths?from=table/{NOPE}&to=table/{ORDERS}", {}, 404, "not_found", f"no table with key {NOPE}"),
    ("post", "/lineage/among", {"json": {}}, 400, "invalid_body", "nodes: Missing"),
    ("post", "/lineage/among", {"json": {"nodes": []}}, 400, "invalid_body", "nodes: "),
    ("post", "/lineage/among", {"json": {"nodes": [{"kind": "user", "key": "x"}]}}, 400, "invalid_body", "kind: "),
    (
        "post",
        "/lineage/among",
        {"json": {"nodes": [{"kind": "table", "key": "x"}] * 2_001}},
        400,
        "invalid_body",
        "nodes",
    ),
    *(
        (method, "/lineage/edge", {"json": body}, status, code, part)
        for method in ("put", "delete")
        for body, status, code, part in (
            ({"source": HERE, "target": end("table", NOPE)}, 404, "not_found", f"no table with key {NOPE}"),
            ({"source": end("column", "x"), "target": HERE}, 404, "not_found", "no column with key x"),
            ({"source": HERE, "target": end("user", ADA)}, 400, "invalid_body", "target.kind: "),
            ({"source": HERE, "target": end("table", "")}, 400, "invalid_body", "target.key: "),
            ({"source": HERE}, 400, "invalid_body", "target: "),
            ({"source": HERE, "target": end("dashboard", BOARD), "reason": 7}, 400, "invalid_body", "reason: "),
            ({"source": HERE, "target": end("dashboard", BOARD), "reason": "a\0"}, 400, "invalid", "NUL"),
        )
    ),
    ("get", "/user/nobody", {}, 404, "not_found", "User id nobody does not exist"),
    ("get", "/user/nobody/follow/", {}, 404, "not_found", "user_id nobody does not exist"),
    ("get", "/user/nobody/own/", {}, 404, "not_found", "user_id nobody does not exist"),
    ("get", "/user/nobody/read/", {}, 404, "not_found", "user_id nobody does not exist"),
    *(
        ("get", f"/user/{ADA}/{what}/?types=table,planet", {}, 400, "invalid_parameter", "types: 'planet'")
        for what in ("follow", "own", "read")
    ),
    ("put", f"/table/{NOPE}/description", TEXT, 404, "not_found", f"table_uri {NOPE}"),
    ("put", f"/table/{ORDERS}/column/nope/description", TEXT, 404, "not_found", f"table_uri {ORDERS} with column nope"),
    ("put", f"/type_metadata/{ORDERS}/a/type/a/description", TEXT, 404, "not_found", "type_metadata_key"),
    ("put", f"/dashboard/{NO_BOARD}/description", TEXT, 404, "not_found", f"dashboard_id {NO_BOARD}"),
    ("put", "/feature/a/b/c/description", TEXT, 404, "not_found", "feature_uri a/b/c"),
    ("put", f"/table/{NOPE}/tag/x", {}, 404, "not_found", f"table_uri {NOPE}"),
    ("put", f"/table/{NOPE}/badge/x?category=c", {}, 404, "not_found", f"table_uri {NOPE}"),
    ("put", f"/table/{NOPE}/owner/{ADA}", {}, 404, "not_found", f"table_uri {NOPE}"),
    ("put", f"/user/{ADA}/follow/table/{NOPE}", {}, 404, "not_found", f"table_uri {NOPE}"),
    ("put", f"/user/{ADA}/own/dashboard/{NO_BOARD}", {}, 404, "not_found", f"dashboard_id {NO_BOARD}"),
    ("put", f"/user/{ADA}/follow/planet/mars", {}, 404, "not_found", "planet"),
    ("delete", f"/user/{ADA}/follow/planet/mars", {}, 404, "not_found", "planet"),
    ("delete", f"/table/{ORDERS}", {}, 405, "method_not_allowed", f"DELETE /table/{ORDERS}"),
    ("post", "/user", {}, 405, "method_not_allowed", "POST /user"),
    ("put", f"/table/{ORDERS}/tag/x?tag_type=badge", {}, 406, "not_acceptable", "/badge/"),
    ("put", f"/feature/{FEATURE}/tag/x?tag_type=owner", {}, 409, "conflict", "owner tags are not editable"),
    ("delete", f"/feature/{FEATURE}/tag/x?tag_type=owner", {}, 409, "conflict", "owner tags are not editable"),
    ("get", "/sync/status?limit=-1", {}, 400, "invalid_parameter", "limit: "),
    ("post", "/sync/retry", {"json": {"documents": [{"kind": "planet", "key": "x"}]}}, 400, "invalid", "planet"),
    ("post", "/sync/retry", {"json": {"documents": [{"kind": "table"}]}}, 400, "invalid_body", "documents.0.key: "),
    ("put", f"/table/{ORDERS}/badge/x", {}, 400, "invalid_parameter", "category: Missing"),
    ("delete", f"/table/{ORDERS}/badge/x", {}, 400, "invalid_parameter", "category: Missing"),
    ("put", f"/table/{ORDERS}/badge/x?category=", {}, 404, "not_found", "`category` parameter is required"),
    ("get", f"/table/{ORDERS}/lineage?depth=deep", {}, 400, "invalid_parameter", "depth: "),
    ("get", f"/table/{ORDERS}/lineage?depth=-1", {}, 400, "invalid_parameter", "depth: "),
    ("get", "/popular_tables/?limit=many", {}, 400, "invalid_parameter", "limit: "),
    ("get", "/popular_tables/?limit=1000000", {}, 400, "invalid_parameter", "limit: "),
    ("get", "/popular_resources/?types=planet", {}, 400, "invalid_parameter", "types: 'planet'"),
    ("get", f"/table/{ORDERS}/history?limit=0", {}, 400, "invalid_parameter", "limit: "),
    ("get", "/history?limit=1001", {}, 400, "invalid_parameter", "limit: "),
    *(
        ("get", f"/history?cursor={cursor}", {}, 400, "invalid_parameter", "cursor: ")
        for cursor in ("a", "1", "1-", "-a", "-1-a", "1.5-a", "%C2%B2-a", f"{2**63}-a", "9" * 5000 + "-a")
    ),
    ("put", f"/table/{ORDERS}/description", {}, 400, "invalid_body", "needs a body"),
    ("put", f"/table/{ORDERS}/description", {"data": "{not json"}, 400, "invalid_body", "not JSON"),
    ("put", f"/table/{ORDERS}/description", {"data": b"\xff"}, 400, "invalid_body", "not JSON"),
    ("put", f"/table/{ORDERS}/description", {"json": []}, 400, "invalid_body", "Invalid input type"),
    ("put", f"/table/{ORDERS}/description", {"json": {}}, 400, "invalid_body", "description: Missing"),
    ("put", f"/table/{ORDERS}/description", {"json": {"description": 7}}, 400, "invalid_body", "description: "),
    ("put", f"/table/{ORDERS}/description", {"json": {"description": "a\0b"}}, 400, "invalid", "NUL"),
    ("put", "/user", {}, 400, "invalid_body", "needs a body"),
    ("put", "/user", {"json": {"first_name": "X"}}, 400, "invalid_body", "user_id"),
    ("put", "/user", {"json": {"user_id": "x"}}, 400, "invalid_body", "display_name"),
    ("put", "/user", {"json": {"email": "x", "team_name": 7}}, 400, "invalid_body", "team_name: "),
    (
        "put",
        "/user",
        {"json": {"email": "x", "other_key_values": {"y": "z"}}},
        400,
        "invalid_body",
        "other_key_values.y",
    ),
    ("put", "/user", {"data": b"x" * 2_000_000}, 413, "too_large", ""),
]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code", "part"),
    FAILURES,
    ids=[f"{case[0]} {case[1][:60]} {case[4]} {number}" for number, case in enumerate(FAILURES)],
)
def test_failure_says_what_is_wrong(
    client: FlaskClient, method: str, path: str, sent: dict[str, object], status: int, code: str, part: str
):
    check(client.open(path, method=method.upper(), **sent), status, code, part)


def test_failed_requests_leave_nothing_behind(client: FlaskClient, store: GraphStore):
    before = [store.list_nodes(label) for label in ("Table", "User", "Tag", "Badge", "Description", "Fram_Edit")]
    for method, path, sent, *_ in FAILURES:
        client.open(path, method=method.upper(), **sent)
    assert [
        store.list_nodes(label) for label in ("Table", "User", "Tag", "Badge", "Description", "Fram_Edit")
    ] == before


def test_edit_of_a_text_that_changed_meanwhile_is_refused(client: FlaskClient):
    path = f"/table/{ORDERS}/description"
    read = client.get(path).headers["ETag"]
    assert client.put(path, json={"description": "one"}, headers={"If-Match": read}).status_code == 200
    check(client.put(path, json={"description": "two"}, headers={"If-Match": read}), 412, "edit_conflict", ORDERS)
    assert client.get(path).json == {"description": "one"}


def test_reserved_names_and_badges_outside_the_whitelist_are_refused(store: GraphStore):
    client = client_of(store, badge_whitelist=("status:gold", "beta"))
    check(client.put(f"/table/{ORDERS}/badge/new?category=status"), 404, "not_found", "whitelist")
    check(client.put(f"/table/{ORDERS}/badge/gold?category=other"), 404, "not_found", "whitelist")
    assert client.put(f"/table/{ORDERS}/badge/gold?category=status").status_code == 200
    assert client.put(f"/table/{ORDERS}/badge/beta?category=any").status_code == 200
    check(client.put(f"/table/{ORDERS}/tag/gold"), 409, "conflict", "reserved for badge")


class DownStore:
    """A graph whose database is gone: whatever is asked of it fails as an adapter's failing network does."""

    def __getattr__(self, name: str) -> object:
        def fail(*args: object, **kwargs: object) -> object:
            raise StoreUnavailable("The graph does not answer.")

        return fail


def test_every_route_answers_503_while_the_graph_is_down(client: FlaskClient):
    down = client_of(DownStore())  # type: ignore[arg-type]
    assert down.get("/healthcheck").json["status"] == "fail"
    assert down.get("/healthcheck").status_code == 503
    drawn = {"source": HERE, "target": HERE}
    bodies: dict[str, dict[str, object]] = {
        "/user": {"email": "x"},
        "/sync/retry": {},
        "/lineage/edge": {**drawn},
        "/lineage/among": {"nodes": [HERE]},
    }
    values = {"key": ORDERS, "user": ADA, "kind": "table", "column": "c", "tag": "t", "badge": "b", "owner": "o"}
    keys = {"column": f"{ORDERS}/c", "dashboard": BOARD, "feature": FEATURE, "type": f"{ORDERS}/c/type/c"}
    keys |= {kind: EXAMPLES[kind] for kind in ("model", "model_version", "experiment", "run")}
    tried = 0
    for route in ROUTES:
        for path in route.paths:
            filled = re.sub(r"<(?:(\w+):)?(\w+)>", lambda found: keys.get(found[1] or "", values[found[2]]), path)
            for method in METHODS:
                if hasattr(route.endpoint, method) and filled != "/healthcheck":
                    body = bodies.get(filled, {"description": "x"})
                    reply = down.open(f"{filled}?category=c&from=table/a&to=table/b", method=method.upper(), json=body)
                    check(reply, 503, "store_unavailable", "does not answer")
                    tried += 1
    assert tried > 60


class BrokenStore:
    """A graph with a defect: fails in a way that nobody meant."""

    def __getattr__(self, name: str) -> object:
        raise RuntimeError("secret detail")


def test_defect_is_a_plain_500_and_its_story_is_in_the_log_alone(caplog: pytest.LogCaptureFixture):
    reply = client_of(BrokenStore()).get(f"/table/{BARE}", headers={"X-Request-ID": "mine"})  # type: ignore[arg-type]
    check(reply, 500, "internal_error", "Internal Server Error")
    assert reply.json["request_id"] == "mine"
    assert "secret detail" not in reply.text
    assert "secret detail" in caplog.text
    assert "mine" in caplog.text


def test_method_that_is_not_there_comes_with_those_that_are(client: FlaskClient):
    assert set(client.delete("/tags/").headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


def test_request_id_that_is_not_fit_for_a_log_is_replaced(client: FlaskClient):
    assert client.get("/tags/", headers={"X-Request-ID": "x" * 200}).headers["X-Request-ID"] != "x" * 200
