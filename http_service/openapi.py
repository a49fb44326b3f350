"""/openapi.json, made from the route table and the wire schemas, and /apidocs/, a page that shows it."""

import inspect
import re
from collections.abc import Iterator
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response, jsonify, render_template

from http_service.operation import Operation
from http_service.service import Route, Service
from schemas.errors import FramError, NotFound
from schemas.wire import replies

METHODS = ("get", "put", "delete", "post")

_VARIABLE = re.compile(r"<(?:(\w+):)?(\w+)>")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


@cache
def describe(service: Service) -> dict[str, Any]:
    """Return the OpenAPI 3.0 description of every route."""
    spec = APISpec(
        title=service.title,
        version=version("fram"),
        openapi_version="3.0.3",
        info={"description": service.about},
        plugins=[MarshmallowPlugin()],
    )
    for schema in service.schemas:
        spec.components.schema(schema.__name__, schema=schema)
    for route in service.routes:
        for path in route.paths:
            if "<anything:" not in path:  # there for a clear 404 only
                spec.path(templated(path), operations=dict(_operations(service, route, path)))
    described: dict[str, Any] = spec.to_dict()
    return described


def templated(path: str) -> str:
    """Return a path of the route table as OpenAPI writes it: `/table/{table}`."""
    return _VARIABLE.sub(r"{\2}", path)


def _operations(service: Service, route: Route, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for name in METHODS:
        method = getattr(route.endpoint, name, None)
        if method is not None:
            yield name, _operation(service, route, path, name, method)


def _operation(service: Service, route: Route, path: str, name: str, method: Any) -> dict[str, Any]:
    documented: Operation = method.operation
    summary, _, more = (inspect.getdoc(method) or "").partition("\n\n")
    variables = [_variable(service, *found) for found in _VARIABLE.findall(path)]
    described = {
        "operationId": "_".join([name, route.name.replace(".", "_"), *(v["name"] for v in variables)]),
        "summary": summary.replace("\n", " "),
        "tags": [path.split("/")[1]],
        "parameters": [*variables, {"in": "query", "schema": documented.query}],
        "responses": {
            **{str(status): _reply(documented, status) for status in documented.statuses},
            **dict(_errors((*documented.errors, *((NotFound,) if variables else ()), service.outage))),
        },
    }
    if more:
        described["description"] = more
    if documented.body is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": {"schema": documented.body}}}
    return described


def _variable(service: Service, converter: str, name: str) -> dict[str, Any]:
    example = service.examples[converter or "default"]
    return {"in": "path", "name": name, "required": True, "schema": {"type": "string"}, "example": example}


def _reply(documented: Operation, status: int) -> dict[str, Any]:
    if status == HTTPStatus.NO_CONTENT:
        return {"description": "Nothing"}
    if documented.reply is None:
        return {"description": "`null`"}
    schema: Any = {"type": "array", "items": documented.reply} if documented.many else documented.reply
    return {"description": "Done", "content": {"application/json": {"schema": schema}}}


def _errors(errors: tuple[type[FramError], ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    by_status: dict[int, list[str]] = {}
    for error in dict.fromkeys(errors):
        by_status.setdefault(error.status, []).append(f"`{error.code}`: {(error.__doc__ or '').strip()}")
    for status, codes in sorted(by_status.items()):
        schema = {"application/json": {"schema": replies.Problem}}
        yield str(status), {"description": " · ".join(codes), "content": schema}


def register(app: Flask, service: Service) -> None:
    """Serve the description and the page."""

    @app.get("/openapi.json")
    def openapi() -> Response:
        return jsonify(describe(service))

    @app.get("/apidocs/")
    def apidocs() -> Response:
        page = Response(render_template("apidocs.html", api=describe(service)), mimetype="text/html")
        page.headers["Content-Security-Policy"] = _POLICY
        return page
