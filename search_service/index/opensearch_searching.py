"""Searches of one generation: all queries in one request, answered as pages."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from zlib import crc32

import orjson

from search_service.index import pages
from search_service.index.opensearch_connection import Connection, lines
from search_service.index.opensearch_dsl import SUGGESTIONS_ORDER, order, suggestions, translate
from search_service.index.opensearch_mapping import entry_of, facet_of
from search_service.index.opensearch_paging import WINDOW, Position, begins, ends
from search_service.index.opensearch_reading import WHOLE, Reader
from search_service.index.port import MAX_FACET_VALUES, Page, Suggestion
from search_service.plan import plan, plan_suggestion
from search_service.query import Query

Json = dict[str, Any]

MAX_COUNTED = 10_000  # different values of a facet in one shard, up to which counts are exact over several


class _Asked(NamedTuple):
    """A query, what is found by it in which order, and where its page begins."""

    query: Query
    found: Json
    position: Position

    def body(self, generation: str, reader: Reader) -> Json:
        """Return what is asked for a page."""
        body = {**self.found, "size": self.query.limit, "track_total_hits": True}
        if self.query.facets:
            counted = {"size": MAX_FACET_VALUES, "shard_size": MAX_COUNTED}
            body["aggs"] = {name: {"terms": {"field": facet_of(name), **counted}} for name in self.query.facets}
        after = self.position.after
        if after is None and self.position.seen + self.query.limit <= WINDOW:
            return {**body, "from": self.position.seen}
        if after is None:
            after = self._walked_to(generation, reader)
        return {**body, "search_after": after} if after else {**body, "size": 0}

    def _walked_to(self, generation: str, reader: Reader) -> list[Any] | None:
        """Return what the last hit before an offset is sorted by, or None when there are not that many."""
        after: list[Any] | None = None
        left = self.position.seen
        while left:
            size = min(left, WINDOW)
            step = {**self.found, "size": size, "_source": False, "track_total_hits": False}
            hits = reader.search(generation, step | ({"search_after": after} if after else {}))["hits"]["hits"]
            if len(hits) < size:
                return None
            after, left = hits[-1]["sort"], left - size
        return after


class Searching:
    """Searches generations by their names."""

    def __init__(self, connection: Connection, reader: Reader) -> None:
        self._connection = connection
        self._reader = reader

    def pages(self, generation: str, queries: Sequence[Query]) -> list[Page]:
        """Answer each query."""
        asked = [_ask(query) for query in queries]
        if not asked:
            return []
        body = lines(part for each in asked for part in self._request(generation, each))
        answers = self._connection.ask("POST", f"/{generation}/_msearch", body)["responses"]
        return [self._page(each, answer) for each, answer in zip(asked, answers, strict=True)]

    def suggest(self, generation: str, prefix: str, kinds: Sequence[str], limit: int) -> list[Suggestion]:
        """Return names with words that begin as typed."""
        wanted = suggestions([(kind, plan_suggestion(kind, prefix)) for kind in kinds])
        asked = {"query": wanted, "sort": SUGGESTIONS_ORDER, "size": limit, "track_total_hits": False}
        entries = [entry_of(hit["_source"]) for hit in self._reader.search(generation, asked)["hits"]["hits"]]
        return [
            Suggestion(found.kind, found.key, str((found.document or {}).get("name", found.key))) for found in entries
        ]

    def _request(self, generation: str, asked: _Asked) -> Iterator[Json]:
        """Yield the head and the body of a search; all pages of it are read from the same copies of the shards."""
        copies = f"{crc32(orjson.dumps(asked.found)):08x}"
        yield {"preference": copies, **WHOLE}
        yield asked.body(generation, self._reader)

    def _page(self, asked: _Asked, answer: Json) -> Page:
        if "error" in answer:
            raise self._connection.trouble(answer["status"], answer["error"])
        query, hits, total = asked.query, answer["hits"]["hits"], answer["hits"]["total"]["value"]
        entries = [entry_of(hit["_source"]) for hit in hits]
        ended = asked.position.seen + len(hits)
        return Page(
            total,
            [
                pages.hit(query, entry.key, 1.0 if hit["_score"] is None else hit["_score"], entry.document or {})
                for entry, hit in zip(entries, hits, strict=True)
            ],
            {
                name: pages.facet_counts((found["key"], found["doc_count"]) for found in counted["buckets"])
                for name, counted in answer.get("aggregations", {}).items()
            },
            ends(query.sort, ended, hits[-1]["sort"]) if hits and ended < total else None,
        )


def _ask(query: Query) -> _Asked:
    planned = plan(query)
    found = {"query": translate(planned, query.kind), "sort": order(planned, query.sort)}
    return _Asked(query, found, begins(query))
