"""Put the ingest service together: what tells how the publisher fares, beside the schedule that runs it."""

from collections.abc import Iterable

from flask import Flask
from prometheus_client.registry import Collector

from http_service.app import make_app
from http_service.service import Route, Service
from metadata_service.api import sync, system
from metadata_service.api.resources import TABLE
from metadata_service.api.sync_metrics import SyncMetrics
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable
from schemas.settings import Settings

SERVICE = Service(
    title="Fram ingest service",
    about="Keeps the search index in step with the graph, and tells how far it is.",
    routes=(
        Route("HealthCheck", system.HealthCheck, ("/healthcheck",), {"kind": TABLE}),
        Route("SyncStatus", sync.SyncStatus, ("/sync/status",), {"kind": TABLE}),
        Route("SyncRetry", sync.SyncRetry, ("/sync/retry",), {"kind": TABLE}),
    ),
    outage=StoreUnavailable,
)


def create_app(settings: Settings, store: GraphStore, collectors: Iterable[Collector] = ()) -> Flask:
    """Return the service over a store. The caller opens and closes the store, and starts and stops the schedule."""
    return make_app(SERVICE, settings, (SyncMetrics(store), *collectors), store=store)
