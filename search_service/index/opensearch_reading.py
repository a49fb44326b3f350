"""Small questions to one generation."""

from collections.abc import Iterator, Sequence
from typing import Any

from schemas.documents import RESOURCES, resource_of
from schemas.errors import IndexUnavailable
from search_service.index.opensearch_connection import WRITE_PATIENCE, Connection
from search_service.index.opensearch_dsl import live
from search_service.index.opensearch_mapping import KEY, KIND, LIVE, REVISION, entry_of, id_of
from search_service.index.opensearch_paging import WINDOW
from search_service.index.port import Entry, Held

Json = dict[str, Any]

CHUNK = 1_000  # whole entries read at once
WHOLE = {"allow_partial_search_results": "false"}  # what some shard does not answer is no answer


class Reader:
    """Reads generations by their names."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def search(self, generation: str, body: Json) -> Json:
        """Ask one question."""
        answer: Json = self._connection.ask("POST", f"/{generation}/_search", body, params=WHOLE)
        return answer

    def refresh(self, generation: str) -> None:
        """Make everything written so far visible."""
        self._connection.ask("POST", f"/{generation}/_refresh", patience=WRITE_PATIENCE)

    def count(self, generation: str, kind: str) -> int:
        """Count the live documents of a kind."""
        return self._total(generation, live(resource_of(kind).kind))

    def counts(self, generation: str) -> dict[str, int]:
        """Count the live documents of each kind."""
        return {kind: self.count(generation, kind) for kind in RESOURCES}

    def _total(self, generation: str, query: Json) -> int:
        found = self.search(generation, {"size": 0, "track_total_hits": True, "query": query})
        return int(found["hits"]["total"]["value"])

    def entries(self, generation: str, kind: str, keys: Sequence[str]) -> dict[str, Entry]:
        """Return what is held of each key, written a moment ago or not."""
        found: dict[str, Entry] = {}
        for start in range(0, len(keys), CHUNK):
            ids = [id_of(kind, key) for key in keys[start : start + CHUNK]]
            answer = self._connection.ask("POST", f"/{generation}/_mget", {"ids": ids})
            for document in answer["docs"]:
                if "error" in document:
                    raise self._unavailable(document["error"])
                if document["found"]:
                    entry = entry_of(document["_source"])
                    found[entry.key] = entry
        return found

    def revisions(self, generation: str, kind: str, after: str, limit: int) -> list[Held]:
        """Return live keys in their order, beginning behind one."""
        found: list[Held] = []
        while len(found) < limit:
            size = min(limit - len(found), WINDOW)
            body: Json = {
                "size": size,
                "track_total_hits": False,
                "query": {"bool": {"filter": [live(kind)]}},
                "sort": [{KEY: "asc"}],
                "_source": False,
                "docvalue_fields": [REVISION],
            }
            if after:
                body["search_after"] = [after]
            hits = self.search(generation, body)["hits"]["hits"]
            found += [Held(hit["sort"][0], hit["fields"][REVISION][0]) for hit in hits]
            if len(hits) < size:
                break
            after = found[-1].key
        return found

    def newer(self, generation: str, since: int) -> Iterator[list[Entry]]:
        """Read tombstones and what was written since a revision, some at a time."""
        dead = {"bool": {"must_not": [{"exists": {"field": LIVE}}]}}
        wanted = {"bool": {"should": [{"range": {REVISION: {"gte": since}}}, dead]}}
        body: Json = {
            "size": CHUNK,
            "track_total_hits": False,
            "query": {"bool": {"filter": [wanted]}},
            "sort": [{KIND: "asc"}, {KEY: "asc"}],
        }
        while hits := self.search(generation, body)["hits"]["hits"]:
            yield [entry_of(hit["_source"]) for hit in hits]
            body["search_after"] = hits[-1]["sort"]

    def _unavailable(self, error: Any) -> IndexUnavailable:
        trouble = self._connection.trouble(404, error)
        return trouble if isinstance(trouble, IndexUnavailable) else IndexUnavailable(trouble.message)
