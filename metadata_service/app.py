"""Put the metadata service together: the only place where its parts meet."""

import gc
from typing import Any

import orjson
from flask import Flask, Response, g, request

from metadata_service.api import converters, errors, openapi, telemetry
from metadata_service.api.routes import ROUTES
from metadata_service.store.port import GraphStore
from schemas.problems import request_id_of
from schemas.settings import Settings

# The page of a wide table is a hundred thousand objects that live for a moment. With Python's own thresholds (700, 10,
# 10) the collector walks through all of them several times before the reply is written.
COLLECTOR_THRESHOLDS = (50_000, 20, 20)


def create_app(settings: Settings, store: GraphStore) -> Flask:
    """Return the service over a store. The caller opens the store, ensures its schema and closes it."""
    gc.set_threshold(*COLLECTOR_THRESHOLDS)
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    converters.register(app.url_map)
    errors.register(app)
    app.before_request(_begin)
    app.after_request(_finish)
    api = errors.JsonApi(app, catch_all_404s=True)
    api.representations = {"application/json": _json}
    for route in ROUTES:
        parts = {"store": store, "settings": settings, "kind": route.kind}
        api.add_resource(route.endpoint, *route.paths, endpoint=route.name, resource_class_kwargs=parts)
    openapi.register(app)
    telemetry.register(app)
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
