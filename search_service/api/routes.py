"""Every route of the search service, in one table."""

from http_service.service import Route
from search_service.api import documents, first_version, search, system
from search_service.api.endpoint import IndexEndpoint

# What v1 calls the routes of each kind; it had none that write dashboards, and none that filter people.
_BY_TEXT = {"table": "/search", "user": "/search_user", "dashboard": "/search_dashboard", "feature": "/search_feature"}
_BY_FILTERS = {
    "table": "/search_table",
    "dashboard": "/search_dashboard_filter",
    "feature": "/search_feature_filter",
}
_WRITTEN = ("table", "user", "feature")


def _route(endpoint: type[IndexEndpoint], path: str, kind: str = "") -> Route:
    name = ".".join(part for part in (kind, endpoint.__name__) if part)
    return Route(name, endpoint, (path,), {"kind": kind})


ROUTES = (
    _route(system.HealthCheck, "/healthcheck"),
    _route(search.Search, "/v2/search"),
    _route(search.Suggest, "/v2/suggest"),
    _route(documents.FieldOfDocument, "/v2/document"),
    *(_route(first_version.by_text(kind), path, kind) for kind, path in _BY_TEXT.items()),
    *(_route(first_version.by_filters(kind), path, kind) for kind, path in _BY_FILTERS.items()),
    *(_route(documents.Documents, f"/document_{kind}", kind) for kind in _WRITTEN),
    *(_route(documents.DocumentByKey, f"/document_{kind}/<path:document_id>", kind) for kind in _WRITTEN),
)
