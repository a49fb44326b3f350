"""The documentation of the ingest service is valid and says what the routes are."""

from flask.testing import FlaskClient
from openapi_spec_validator import validate

from http_service.openapi import METHODS, describe, templated
from ingest.app import SERVICE


def test_description_is_valid_and_has_every_route_and_no_other(client: FlaskClient):
    validate(describe(SERVICE))
    served = {
        (templated(str(rule)), method.lower())
        for rule in client.application.url_map.iter_rules()
        for method in rule.methods or ()
        if method.lower() in METHODS
    }
    described = {(path, method) for path, operations in describe(SERVICE)["paths"].items() for method in operations}
    assert described == served - {(path, "get") for path in ("/openapi.json", "/apidocs/", "/metrics")}


def test_description_is_served(client: FlaskClient):
    assert client.get("/openapi.json").json == describe(SERVICE)
    assert "/ingest/entities" in client.get("/apidocs/").text
