"""Amundsen's v1 searches: one kind a route, ten hits a page."""

from dataclasses import replace
from typing import Any

from http_service.operation import Answer, Call, operation
from schemas.errors import Invalid
from schemas.wire import search_requests
from schemas.wire.search_replies import V1_RESULTS
from search_service.api.endpoint import IndexEndpoint
from search_service.api.items import v1_item
from search_service.index.port import Hit
from search_service.query import Filter, Query, parse

PAGE = 10
PAGE_OF_EVERYTHING = 1000


def by_text(kind: str) -> type[IndexEndpoint]:
    """Make the endpoint that searches one kind for text."""

    class TextSearch(IndexEndpoint):
        @operation(V1_RESULTS[kind], Invalid, query=search_requests.V1Parameters)
        def get(self, call: Call) -> Answer:
            """Search for text (v1)."""
            return _search(self, Query(kind, parse(call.query["query_term"])), call.query["page_index"])

    return TextSearch


def by_filters(kind: str) -> type[IndexEndpoint]:
    """Make the endpoint that searches one kind for text among what has certain values."""

    class FilteredSearch(IndexEndpoint):
        @operation(V1_RESULTS[kind], Invalid, body=search_requests.V1SearchBody)
        def post(self, call: Call) -> Answer:
            """Search for text among what has one of the values of each filter (v1)."""
            wanted = call.body["search_request"]["filters"]
            filters = tuple(Filter(name, tuple(values)) for name, values in wanted.items())
            return _search(self, Query(kind, parse(call.body["query_term"]), filters), call.body["page_index"])

    return FilteredSearch


def _search(endpoint: IndexEndpoint, query: Query, page_index: int) -> dict[str, Any]:
    if page_index < 0:
        hits = _everything(endpoint, query)
        total = len(hits)
    else:
        page = endpoint.index.search(replace(query, limit=PAGE, offset=page_index * PAGE))
        hits, total = list(page.hits), page.total
    return {"total_results": total, "results": [v1_item(hit.kind, hit.key, hit.document) for hit in hits]}


def _everything(endpoint: IndexEndpoint, query: Query) -> list[Hit]:
    page = endpoint.index.search(replace(query, limit=PAGE_OF_EVERYTHING))
    hits = list(page.hits)
    while page.next is not None:
        page = endpoint.index.search(replace(query, limit=PAGE_OF_EVERYTHING, after=page.next))
        hits += page.hits
    return hits
