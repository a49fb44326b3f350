"""A client that holds a service to what it documents: no answer may have a status that /openapi.json does not name."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from http_service.openapi import describe, templated
from http_service.service import Service


def hold(app: Flask, service: Service) -> FlaskClient:
    """Return a client of an app that fails where an answer is not documented."""
    responses = {
        (path, method.upper()): set(operation["responses"])
        for path, operations in describe(service)["paths"].items()
        for method, operation in operations.items()
    }

    class Client(FlaskClient):
        def open(self, *args: Any, **kwargs: Any) -> TestResponse:
            response = super().open(*args, **kwargs)
            request = response.request
            try:
                rule, _ = app.url_map.bind("").match(request.path, request.method, return_rule=True)
            except HTTPException:
                return response
            documented = responses.get((templated(str(rule)), request.method))
            # 500 is for what nobody meant to raise.
            known = documented is None or response.status_code == 500 or str(response.status_code) in documented
            assert known, f"{request.method} {rule} answers {response.status_code}, of {sorted(documented or ())}"
            return response

    app.test_client_class = Client
    return app.test_client()
