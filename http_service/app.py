"""Make a Flask app of a service."""

import gc
from collections.abc import Iterable
from typing import Any

import orjson
from flask import Flask, Response, g, request
from prometheus_client.registry import Collector

from http_service import errors, openapi, telemetry
from http_service.service import Service
from schemas.problems import request_id_of
from schemas.settings import Settings

# A wide reply is a hundred thousand objects that live for a moment. With Python's own thresholds (700, 10, 10) the
# collector walks through all of them several times before it is written.
COLLECTOR_THRESHOLDS = (50_000, 20, 20)


def make_app(service: Service, settings: Settings, collectors: Iterable[Collector] = (), **parts: object) -> Flask:
    """Return the app of a service whose endpoints are all made with these parts and the settings.

    `collectors` tell /metrics what there is beside requests.
    """
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.url_map.merge_slashes = False  # keys hold `//`
    app.url_map.converters.update(service.converters)
    errors.register(app)
    app.before_request(_begin)
    app.after_request(_finish)
    api = errors.JsonApi(app, catch_all_404s=True)
    api.representations = {"application/json": _json}
    for route in service.routes:
        made_with = {"settings": settings, **parts, **route.parts}
        api.add_resource(route.endpoint, *route.paths, endpoint=route.name, resource_class_kwargs=made_with)
    openapi.register(app, service)
    telemetry.register(app, collectors)
    return app


def _begin() -> None:
    g.request_id = request_id_of(request.headers.get("X-Request-ID"))


def _finish(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _json(data: Any, status: int, headers: dict[str, str] | None = None) -> Response:
    body = b"" if status == 204 else orjson.dumps(data)
    return Response(body, status, headers, mimetype="application/json")
