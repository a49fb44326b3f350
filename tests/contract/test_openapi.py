"""The documentation is valid and says what the routes are."""

from flask.testing import FlaskClient
from openapi_spec_validator import validate

from http_service.openapi import METHODS, describe, templated
from metadata_service.api.routes import ROUTES
from metadata_service.app import SERVICE


def test_description_is_valid_openapi():
    validate(describe(SERVICE))


def test_description_has_every_route_and_method_and_no_other(client: FlaskClient):
    served = {
        (templated(str(rule)), method.lower())
        for rule in client.application.url_map.iter_rules()
        for method in rule.methods or ()
        if method.lower() in METHODS and "<anything:" not in str(rule)
    }
    described = {(path, method) for path, operations in describe(SERVICE)["paths"].items() for method in operations}
    plain = {(path, "get") for path in ("/openapi.json", "/apidocs/", "/metrics")}
    assert described == served - plain


def test_operation_ids_are_unique():
    paths = describe(SERVICE)["paths"].values()
    ids = [operation["operationId"] for operations in paths for operation in operations.values()]
    assert len(ids) == len(set(ids)) > len(ROUTES)


def test_description_and_its_page_are_served(client: FlaskClient):
    assert client.get("/openapi.json").json == describe(SERVICE)
    page = client.get("/apidocs/")
    assert page.mimetype == "text/html"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert all(path in page.text for path in describe(SERVICE)["paths"])
    assert "<script" not in page.text


def test_metrics_count_requests_by_route(client: FlaskClient):
    client.get("/tags/")
    assert 'fram_requests_total{method="GET",route="Table.Tags",status="200"} 1.0' in client.get("/metrics").text
