"""/metrics in Prometheus's format: how many requests of each route, how they ended, how long they took, and more."""

import time
from collections.abc import Iterable

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.registry import Collector

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def register(app: Flask, collectors: Iterable[Collector]) -> None:
    """Measure every request of this app and serve what was measured, and what these collectors tell."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)
    requests = Counter("fram_requests", "Requests answered.", ("method", "route", "status"), registry=registry)
    seconds = Histogram(
        "fram_request_seconds", "Time to answer.", ("method", "route"), registry=registry, buckets=_BUCKETS
    )

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()

    @app.after_request
    def finish(response: Response) -> Response:
        method, route, began = request.method, request.endpoint or "unknown", g.began
        requests.labels(method, route, response.status_code).inc()

        def observe() -> None:
            seconds.labels(method, route).observe(time.perf_counter() - began)

        if response.is_streamed:
            response.call_on_close(observe)  # what is written while it is sent takes until then
        else:
            observe()
        return response

    @app.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
