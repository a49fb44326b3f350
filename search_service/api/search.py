"""Searching and suggesting."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from http_service.operation import Answer, Call, operation
from schemas.documents import AMUNDSENS, RESOURCES, resource_of
from schemas.errors import Invalid
from schemas.wire import search_replies, search_requests
from search_service.api.endpoint import IndexEndpoint
from search_service.api.items import v2_item
from search_service.index.port import Page
from search_service.query import Filter, Query, Sort, parse


class Search(IndexEndpoint):
    @operation(search_replies.Search, Invalid, body=search_requests.SearchBody)
    def post(self, call: Call) -> Answer:
        """Search several kinds of resources at once.

        Totals and facet counts are exact. An index that is down is a 503, never an empty answer.
        """
        asked = call.body
        kinds = _kinds(asked["resource_types"], AMUNDSENS)
        _check_facets(asked["facets"], kinds)
        pages = self.index.search_many([_query(kind, asked) for kind in kinds])
        return {
            "msg": "Success",
            "page_index": asked["page_index"],
            "results_per_page": asked["results_per_page"],
            "status_code": 200,
            "results": {kind: _results(asked, page) for kind, page in zip(kinds, pages, strict=True)},
        }


class Suggest(IndexEndpoint):
    @operation(search_replies.Suggestions, Invalid, query=search_requests.SuggestParameters)
    def get(self, call: Call) -> Answer:
        """Return names with words that begin as typed, the most used first."""
        asked = call.query
        found = self.index.suggest(asked["query_term"], _kinds(asked["resource_types"], RESOURCES), asked["limit"])
        return {"suggestions": [{"resource_type": item.kind, "key": item.key, "name": item.name} for item in found]}


def _kinds(asked: Sequence[str], usual: Iterable[str]) -> list[str]:
    """Return the kinds asked for, each once, or the usual ones. Raises Invalid for one there is not."""
    return list(dict.fromkeys(resource_of(kind.lower()).kind for kind in asked)) or list(usual)


def _check_facets(asked: Sequence[str], kinds: Sequence[str]) -> None:
    known = {name for kind in kinds for name in resource_of(kind).facets}
    for name in asked:
        if name not in known:
            raise Invalid(f"There is no facet {name!r} of {', '.join(kinds)}; there are {', '.join(sorted(known))}.")


def _query(kind: str, asked: Mapping[str, Any]) -> Query:
    return Query(
        kind,
        parse(asked["query_term"]),
        tuple(Filter(item["name"], tuple(item["values"]), item["operation"] == "AND") for item in asked["filters"]),
        Sort(asked["sort"]),
        asked["results_per_page"],
        asked["page_index"] * asked["results_per_page"],
        (asked["cursor"] or {}).get(kind),
        tuple(name for name in dict.fromkeys(asked["facets"]) if name in resource_of(kind).facets),
        highlight=asked["highlight_options"].get(kind, {}).get("enable_highlight", False),
        explain=asked["explain"],
    )


def _results(asked: Mapping[str, Any], page: Page) -> dict[str, Any]:
    """Return one kind's part of the reply; keys that Amundsen does not know only where they were asked for."""
    items = [v2_item(hit) for hit in page.hits]
    results: dict[str, Any] = {"total_results": page.total, "results": items}
    if asked["keys"]:
        for item, hit in zip(items, page.hits, strict=True):
            item["key"] = hit.key
    if asked["explain"]:
        for item, hit in zip(items, page.hits, strict=True):
            item["explanation"] = hit.explanation
    if asked["facets"]:
        results["facets"] = {
            name: [{"value": item.value, "count": item.count} for item in counts]
            for name, counts in page.facets.items()
        }
    if asked["cursor"] is not None:
        results["next"] = page.next
    return results
