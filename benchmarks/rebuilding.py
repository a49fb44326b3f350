"""Rebuilding the search index from the graph, against a bare bulk load with the engine's documents ready made.

The graph is read, projected and cut into tokens on the one side; on the other that is done before the clock starts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread

from benchmarks import warehouse
from benchmarks.indexes import IndexBench
from benchmarks.measure import Figure, memory_watched, milliseconds, seconds
from benchmarks.stores import batches
from ingest.publish.rebuild import rebuild
from ingest.publish.reconcile import reconcile
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch
from metadata_service.store.port import GraphStore
from schemas.errors import FramError
from search_service.index.port import Entry
from search_service.query import Query, parse

TABLES = 100_000
PAUSE_SECONDS = 0.02
TARGET, GROWTH = 0.7, 1.1


@dataclass(slots=True)
class Searches:
    """What became of the searches made meanwhile."""

    failed: list[FramError] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


def run(bench: IndexBench, tables: int = TABLES) -> Iterator[Figure]:
    """Measure a quarter of the catalogue while it is searched, then all of it, then the bare load and a reconcile."""
    quarter = tables // 4
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'graph.db'}"
        store = open_store(url)
        store.ensure_schema()
        _load(store, quarter)
        rebuild(store, bench.index, url=url)
        with memory_watched() as before, _searching(bench) as searches:
            rebuild(store, bench.index, url=url)
        usual, worst = milliseconds(median(searches.times)), milliseconds(max(searches.times))
        name = f"{bench.name}: searches that failed during a rebuild, of {len(searches.times):,}"
        yield Figure(name, len(searches.failed), 0, f"median {usual}, slowest {worst}", "-")
        _load(store, tables)
        with memory_watched() as after:
            own = seconds(lambda: rebuild(store, bench.index, url=url))
        count = sum(bench.index.count(kind) for kind in ("table", "user"))
        by_hand = _bare(bench, tables)
        ours, bare = (f"{done / taken:,.0f}/s" for done, taken in ((count, own), (tables, by_hand)))
        name = f"{bench.name}: rebuilding {count:,} documents"
        yield Figure(name, (count / own) / (tables / by_hand), TARGET, ours, bare, at_least=True)
        name = f"{bench.name}: peak memory after rebuilding four times as much"
        yield Figure(name, max(after) / max(before), GROWTH, f"{max(after):.0f} MB", f"{max(before):.0f} MB")
        while changes := store.changes():
            store.acknowledge(changes)  # what waits is not compared
        compared = seconds(lambda: reconcile(store, bench.index))
        name = f"{bench.name}: reconciling, to a rebuild"
        yield Figure(name, compared / own, 1, f"{compared:.1f} s", f"{own:.1f} s")
        store.close()


def _load(store: GraphStore, tables: int) -> None:
    """Load the catalogue, or the rest of it."""
    for batch in batches(warehouse.graph(tables)):
        store.apply(Batch(batch, Authority.SOURCE, source="benchmark"))


def _bare(bench: IndexBench, tables: int) -> float:
    """Return how long the engine takes for as many documents; making them ready is not counted."""
    documents = warehouse.documents(tables)
    ready = [bench.ready(Entry("table", str(document["key"]), 1, document)) for document in documents]
    return bench.bare_load(ready)


@contextmanager
def _searching(bench: IndexBench) -> Iterator[Searches]:
    """Search again and again meanwhile."""
    done, searches = Event(), Searches()

    def search() -> None:
        queries = [Query("table", parse(f"{subject} id"), facets=("schema",)) for subject in warehouse.SUBJECTS[:50]]
        while not done.wait(PAUSE_SECONDS):
            query = queries[len(searches.times) % len(queries)]
            try:
                searches.times.append(seconds(partial(bench.index.search, query)))
            except FramError as error:
                searches.failed.append(error)

    thread = Thread(target=search)
    thread.start()
    try:
        yield searches
    finally:
        done.set()
        thread.join()
