"""Every error becomes one JSON object here, whether or not Flask's testing flag is on."""

import logging
from typing import Any

import flask_restful
import orjson
from flask import Flask, g, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from schemas.errors import FramError
from schemas.problems import problem, problem_of

log = logging.getLogger(__name__)

_CODES = {
    400: "invalid",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
}


class JsonApi(flask_restful.Api):  # type: ignore[misc]  # Flask-RESTful ships no types
    """Flask-RESTful with our errors: its own handling turns a registered error into a bare 500 outside of tests."""

    def handle_error(self, e: Exception) -> Response:
        return respond(e)


def respond(error: Exception) -> Response:
    """Turn any exception into a reply; one that nobody meant to raise is logged with its traceback."""
    request_id = str(getattr(g, "request_id", ""))
    if isinstance(error, FramError):
        return _reply(*problem_of(error, request_id), error)
    if isinstance(error, HTTPException):
        return _http(error, request_id)
    # The edge of a request: whatever went wrong inside, the caller gets a sentence and the log the whole story.
    log.error("request %s failed", request_id, exc_info=error)
    return _reply(problem("internal_error", "Internal Server Error", request_id), 500, error)


def _http(error: HTTPException, request_id: str) -> Response:
    status = error.code or 500
    if status < 400:  # a redirect to the route with its slash
        return error.get_response()
    code = _CODES.get(status, "invalid" if status < 500 else "internal_error")
    what = f"{request.method} {request.path}"
    said = {404: f"{what} is no route of this service; /openapi.json lists them.", 405: f"{what}: no such method."}
    reply = _reply(problem(code, said.get(status) or error.description or error.name, request_id), status, error)
    reply.headers.extend(pair for pair in error.get_headers() if pair[0] == "Allow")  # what a 405 owes its caller
    return reply


def _reply(payload: dict[str, Any], status: int, error: Exception) -> Response:
    if status >= 500 and isinstance(error, FramError):
        log.warning("request %s: %s", payload["request_id"], error.message)
    return Response(orjson.dumps(payload), status, mimetype="application/json")


def register(app: Flask) -> None:
    """Answer for routes that are not there, for methods they do not have, and for plain views."""
    app.register_error_handler(Exception, respond)
