"""The search indexes that are measured: Fram's adapter, and the bare engine that does the same by hand."""

import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from base64 import b64decode
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from opensearchpy import OpenSearch
from opensearchpy.helpers import bulk
from tantivy import Document

from benchmarks.measure import seconds
from search_service.index import opensearch_dsl as dsl
from search_service.index import opensearch_mapping, tantivy_schema
from search_service.index.admission import admit
from search_service.index.factory import open_index
from search_service.index.opensearch_connection import read_url
from search_service.index.port import Entry
from search_service.index.tantivy_query import translate
from search_service.index.tantivy_writing import HEAP_BYTES
from search_service.plan import plan
from search_service.query import Query, Sort

Call = Callable[[], object]


class IndexBench(ABC):
    """An index under measurement. What is abstract here is the bare way, written by hand for each engine."""

    name: str
    search_target: float  # how many times the bare search a search through the service may take
    empty_answer: bool  # whether the bare search has an empty HTTP answer to it, not being one of its own

    def __init__(self, url: str) -> None:
        self.url = url
        self.index = open_index(url)

    @abstractmethod
    def bare_search(self, query: Query) -> Call:
        """Return a call that has the engine run the very same translated query."""

    @abstractmethod
    def ready(self, entry: Entry) -> Any:
        """Make what the engine takes for an entry."""

    @abstractmethod
    def bare_load(self, ready: Sequence[Any]) -> float:
        """Load what was made ready into an index of its own; return how many seconds passed until it was durable."""


class TantivyBench(IndexBench):
    """The embedded index, and the engine called from Python."""

    name = "Tantivy"
    search_target = 2.5
    empty_answer = True

    def bare_search(self, query: Query) -> Call:
        folder = Path(self.url.removeprefix("tantivy:///"))
        engine = tantivy_schema.open_folder(str(folder / (folder / "current").read_text()))
        engine.reload()
        searcher, wanted = engine.searcher(), translate(plan(query), query.kind)
        order = None if query.clauses else tantivy_schema.BY_USAGE
        weight = None if order else tantivy_schema.GAIN
        asked = {name: {"terms": {"field": tantivy_schema.facet_of(name), "size": 1000}} for name in query.facets}

        def search() -> None:
            searcher.search(wanted, query.limit, order_by_field=order, weight_by_field=weight)
            if asked:
                searcher.aggregate(wanted, asked)

        return search

    def ready(self, entry: Entry) -> Any:
        fields = orjson.loads(tantivy_schema.prepare(entry).body)
        fields[tantivy_schema.ENTRY] = b64decode(fields[tantivy_schema.ENTRY])
        return Document.from_dict(fields, tantivy_schema.SCHEMA)

    def bare_load(self, ready: Sequence[Any]) -> float:
        with tempfile.TemporaryDirectory() as folder:
            writer = tantivy_schema.open_folder(folder, new=True).writer(HEAP_BYTES, 1)

            def load() -> None:
                for document in ready:
                    writer.add_document(document)
                writer.commit()

            taken = seconds(load)
            writer.wait_merging_threads()
            return taken


class OpenSearchBench(IndexBench):
    """OpenSearch, and its own Python client."""

    name = "OpenSearch"
    search_target = 1.5
    empty_answer = False

    def __init__(self, url: str) -> None:
        super().__init__(url)
        address = read_url(url)
        headers = {"authorization": address.authorization} if address.authorization else None
        self.prefix = address.prefix
        self.client = OpenSearch(
            hosts=[{"host": address.host, "port": address.port, "use_ssl": address.tls}], headers=headers, timeout=60
        )

    def bare_search(self, query: Query) -> Call:
        planned = plan(query)
        body: dict[str, Any] = {
            "query": dsl.translate(planned, query.kind),
            "sort": dsl.order(planned, Sort.RELEVANCE),
            "size": query.limit,
            "track_total_hits": True,
        }
        if query.facets:
            body["aggs"] = {
                name: {"terms": {"field": opensearch_mapping.facet_of(name), "size": 100}} for name in query.facets
            }
        return lambda: self.client.search(body=body, index=self.prefix)

    def ready(self, entry: Entry) -> Any:
        body = opensearch_mapping.document_of(entry, admit(entry))
        return {"_index": f"{self.prefix}-bare", "_id": opensearch_mapping.id_of(entry.kind, entry.key), **body}

    def bare_load(self, ready: Sequence[Any]) -> float:
        name = f"{self.prefix}-bare"
        self.client.indices.create(
            index=name, body=opensearch_mapping.index_body(shards=1, replicas=0, similarity="BM25")
        )

        def load() -> None:
            bulk(self.client, ready, chunk_size=500)
            self.client.indices.refresh(index=name)

        try:
            return seconds(load)
        finally:
            self.client.indices.delete(index=name)


@contextmanager
def index_benches() -> Iterator[list[IndexBench]]:
    """Open every index there is, each empty: Tantivy always, OpenSearch where FRAM_TEST_OPENSEARCH_URL is set."""
    folder = Path(tempfile.mkdtemp(prefix="fram-bench-"))
    server = os.environ.get("FRAM_TEST_OPENSEARCH_URL")
    benches: list[IndexBench] = [TantivyBench(f"tantivy:///{folder / 'search'}")]
    if server:
        benches.append(OpenSearchBench(f"{server.rstrip('/')}/bench-{os.getpid()}"))
    try:
        yield benches
    finally:
        for bench in benches:
            bench.index.close()
            if isinstance(bench, OpenSearchBench):
                bench.client.indices.delete(index=f"{bench.prefix}-*")
        shutil.rmtree(folder, ignore_errors=True)
