"""Every way to fail has the same shape, a stable code and a sentence, with Flask's testing flag off."""

from typing import Any

import pytest
from error_replies import check
from flask.testing import FlaskClient
from openapi_spec_validator import validate
from search_client import ADA, ORDERS, client_over

from http_service.openapi import METHODS, describe
from schemas.errors import IndexUnavailable
from search_service.app import SERVICE

WANTED = {"name": "schema", "values": ["core"], "operation": "OR"}
DOCUMENT = {"resource_key": ORDERS, "resource_type": "table", "field": "tag", "value": "x", "operation": "add"}


def body(**more: Any) -> dict[str, Any]:
    return {"json": {"query_term": "x", **more}}


def filtered(**more: Any) -> dict[str, Any]:
    return body(filters=[{key: value for key, value in (WANTED | more).items() if value is not None}])


FAILURES = [
    ("get", "/nowhere", {}, 404, "not_found", "/nowhere"),
    ("get", "/v2/search", {}, 405, "method_not_allowed", "GET /v2/search"),
    ("post", "/v2/search", {}, 400, "invalid_body", "needs a body"),
    ("post", "/v2/search", {"data": "{"}, 400, "invalid_body", "not JSON"),
    ("post", "/v2/search", {"json": []}, 400, "invalid_body", "Invalid input type"),
    ("post", "/v2/search", {"json": {}}, 400, "invalid_body", "query_term: Missing"),
    ("post", "/v2/search", body(planet=1), 400, "invalid_body", "planet: Unknown field"),
    ("post", "/v2/search", body(resource_types=["x"]), 400, "invalid", 'Search for invalid resource "x" requested'),
    ("post", "/v2/search", body(page_index=-1), 400, "invalid_body", "page_index: "),
    ("post", "/v2/search", body(page_index=10**9), 400, "invalid_body", "page on by `cursor`"),
    ("post", "/v2/search", body(results_per_page=0), 400, "invalid_body", "results_per_page: "),
    ("post", "/v2/search", body(sort="colour"), 400, "invalid_body", "sort: "),
    ("post", "/v2/search", body(facets=["colour"]), 400, "invalid", "facet 'colour'"),
    ("post", "/v2/search", body(cursor={"table": "!"}), 400, "invalid", "cursor"),
    ("post", "/v2/search", filtered(name=None), 400, "invalid_body", "name: Missing"),
    ("post", "/v2/search", filtered(values=None), 400, "invalid_body", "values: Missing"),
    ("post", "/v2/search", filtered(operation=None), 400, "invalid_body", "operation: Missing"),
    ("post", "/v2/search", filtered(operation="XOR"), 400, "invalid_body", "operation: "),
    ("post", "/v2/search", filtered(name="colour"), 400, "invalid", "no filter 'colour'"),
    ("get", "/v2/suggest", {}, 400, "invalid_parameter", "query_term: Missing"),
    ("get", "/v2/suggest?query_term=x&resource_types=y", {}, 400, "invalid", 'invalid resource "y"'),
    ("get", "/v2/suggest?query_term=x&limit=0", {}, 400, "invalid_parameter", "limit: "),
    ("get", "/search", {}, 400, "invalid_parameter", "query_term: Missing"),
    ("get", "/search_user?query_term=x&page_index=-2", {}, 400, "invalid_parameter", "page_index: "),
    ("post", "/search_table", body(), 400, "invalid_body", "search_request: Missing"),
    ("post", "/search_table", {"json": {"query_term": "a:b", "search_request": {}}}, 400, "invalid_body", "`:`"),
    ("post", "/search_table", body(search_request={"filters": {"colour": []}}), 400, "invalid", "'colour'"),
    ("post", "/search_table", body(search_request={"type": "OR"}), 400, "invalid_body", "type"),
    ("post", "/v2/document", {"json": DOCUMENT | {"field": "colour"}}, 400, "invalid", "'colour'"),
    ("post", "/v2/document", {"json": DOCUMENT | {"resource_type": "x"}}, 400, "invalid", '"x"'),
    ("delete", "/v2/document", {"json": {**DOCUMENT, "operation": "x"}}, 400, "invalid_body", "operation: "),
    ("delete", "/v2/document", {"json": DOCUMENT | {"field": "colour"}}, 400, "invalid", "'colour'"),
    ("post", "/document_table", {"json": {}}, 400, "invalid_body", "data: Missing"),
    ("post", "/v2/search", {"data": b"x" * 2_000_000}, 413, "too_large", ""),
]


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "code", "part"),
    FAILURES,
    ids=[f"{case[0]} {case[1]} {case[4]} {number}" for number, case in enumerate(FAILURES)],
)
def test_failed_search_says_what_is_wrong(
    client: FlaskClient, method: str, path: str, sent: dict[str, Any], status: int, code: str, part: str
):
    check(client.open(path, method=method.upper(), **sent), status, code, part)


class DownIndex:
    """An index whose server is gone: whatever is asked of it fails as an adapter's failing network does."""

    def __getattr__(self, name: str) -> object:
        def fail(*args: object, **kwargs: object) -> object:
            raise IndexUnavailable("The search index does not answer.")

        return fail


CALLS = [
    ("post", "/v2/search", body()),
    ("get", "/v2/suggest?query_term=x", {}),
    ("post", "/v2/document", {"json": DOCUMENT}),
    ("delete", "/v2/document", {"json": DOCUMENT}),
    *(("get", f"/search{rest}?query_term=x", {}) for rest in ("", "_user", "_dashboard", "_feature")),
    *(("post", f"/search_{rest}", body(search_request={})) for rest in ("table", "dashboard_filter", "feature_filter")),
    *(
        (method, f"/document_{kind}", {"json": {"data": [{"key": "x"}]}})
        for kind in ("table", "user", "feature")
        for method in ("post", "put")
    ),
    *(("delete", f"/document_{kind}/{ADA}", {}) for kind in ("table", "user", "feature")),
]


@pytest.mark.parametrize(("method", "path", "sent"), CALLS, ids=[f"{call[0]} {call[1]}" for call in CALLS])
def test_index_that_is_down_is_503_and_never_nothing(method: str, path: str, sent: dict[str, Any]):
    down = client_over(DownIndex())  # type: ignore[arg-type]
    check(down.open(path, method=method.upper(), **sent), 503, "index_unavailable", "does not answer")


def test_every_search_route_is_tried_with_the_index_down(client: FlaskClient):
    adapter = client.application.url_map.bind("localhost")
    tried = {(adapter.match(path.split("?")[0], method=method.upper())[0], method) for method, path, _ in CALLS}
    offered = {(route.name, name) for route in SERVICE.routes for name in METHODS if hasattr(route.endpoint, name)}
    assert offered == tried | {("HealthCheck", "get")}


def test_health_is_503_while_the_index_is_down():
    reply = client_over(DownIndex()).get("/healthcheck")  # type: ignore[arg-type]
    assert (reply.status_code, reply.json["status"]) == (503, "fail")
    assert "does not answer" in reply.text


def test_search_service_describes_and_measures_itself(client: FlaskClient):
    validate(describe(SERVICE))
    assert client.get("/openapi.json").json == describe(SERVICE)
    assert set(describe(SERVICE)["paths"]) == {
        path.replace("<path:document_id>", "{document_id}") for route in SERVICE.routes for path in route.paths
    }
    page = client.get("/apidocs/")
    assert all(path in page.text for path in describe(SERVICE)["paths"])
    client.get("/search?query_term=x")
    assert 'route="table.TextSearch",status="200"} 1.0' in client.get("/metrics").text
