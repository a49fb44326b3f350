"""Put the metadata service together: the only place where its parts meet."""

from collections.abc import Iterable

from flask import Flask
from prometheus_client.registry import Collector

from http_service.app import make_app
from http_service.service import Service
from metadata_service.api.converters import CONVERTERS, EXAMPLES
from metadata_service.api.routes import ROUTES
from metadata_service.api.sync_metrics import SyncMetrics
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable
from schemas.settings import Settings

SERVICE = Service(
    title="Fram metadata service",
    about="Tables, columns, dashboards, features and people as one graph; Amundsen's REST API.",
    routes=ROUTES,
    outage=StoreUnavailable,
    converters=CONVERTERS,
    examples=EXAMPLES,
)


def create_app(settings: Settings, store: GraphStore, collectors: Iterable[Collector] = ()) -> Flask:
    """Return the service over a store. The caller opens the store, ensures its schema and closes it."""
    return make_app(SERVICE, settings, (SyncMetrics(store), *collectors), store=store)
