"""Put the search service together: the only place where its parts meet."""

from flask import Flask

from http_service.app import make_app
from http_service.service import Service
from schemas.errors import IndexUnavailable
from schemas.settings import Settings
from search_service.api.routes import ROUTES
from search_service.index.port import SearchIndex

SERVICE = Service(
    title="Fram search service",
    about="Search over tables, dashboards, features and people; Amundsen's search API, v1 and v2.",
    routes=ROUTES,
    outage=IndexUnavailable,
    examples={"path": "hive://gold.core/orders"},
)


def create_app(settings: Settings, index: SearchIndex) -> Flask:
    """Return the service over an index. The caller opens the index and closes it."""
    return make_app(SERVICE, settings, index=index)
