"""Put the web page together: built files, the forwarded API, and what browsers are told about both."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from flask import Flask, Response, g, request
from prometheus_client.registry import Collector

from http_service import errors, telemetry
from schemas.problems import request_id_of
from schemas.settings import Settings
from web import files
from web.forwarding import Forwarder

BUILT = Path(__file__).parent / "dist"

# Everything a page may load comes from here; what is not named may not be loaded at all.
POLICY = "; ".join(
    (
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect", "worker", "manifest")),
        *(f"{thing} 'none'" for thing in ("base-uri", "form-action", "frame-ancestors")),
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(
    settings: Settings,
    services: Mapping[str, str],
    built: Path = BUILT,
    collectors: Iterable[Collector] = (),
) -> Flask:
    """Return the web page of these services (name: URL; read anew with each request) from these built files."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.url_map.merge_slashes = False  # keys hold `//`
    errors.register(app)
    app.before_request(_begin)
    app.after_request(_finish)
    forwarder = Forwarder(services, (settings.actor_header,))
    app.add_url_rule("/api/<service>/<path:path>", "api", forwarder.forward, methods=forwarder.METHODS)
    app.add_url_rule("/api/", "no_api", files.no_api, defaults={"path": ""})
    app.add_url_rule("/api/<path:path>", "no_api", files.no_api)
    app.add_url_rule("/healthcheck", "healthcheck", _healthcheck)
    page = files.pages(built)
    app.add_url_rule("/", "page", page, defaults={"path": ""})
    app.add_url_rule("/<path:path>", "page", page)
    telemetry.register(app, collectors)
    return app


def _healthcheck() -> Mapping[str, object]:
    return {"status": "ok", "checks": {}}


def _begin() -> None:
    g.request_id = request_id_of(request.headers.get("X-Request-ID"))


def _finish(response: Response) -> Response:
    for name, text in {**HEADERS, "X-Request-ID": g.request_id}.items():
        response.headers.setdefault(name, text)
    return response
