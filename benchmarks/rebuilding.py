"""Rebuilding the search index from the graph, against a bare bulk load with the engine's documents ready made.

The graph is read, projected and cut into tokens on the one side; on the other that is done before the clock starts.
A third way has all of that done before, too, and takes the steps of a rebuild for the rest: it tells what is left where
there are cores enough to read the graph. Memory is compared from 50,000 documents on, by when the engine has filled two
segments.
"""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
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
from ingest.publish.roots import PAGE
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch
from metadata_service.store.port import GraphStore, wall_clock
from schemas.documents import RESOURCES
from schemas.errors import FramError
from search_service.index.port import Entry, Prepared
from search_service.query import Query, parse

TABLES = 100_000
PAUSE_SECONDS = 0.02
TURNS = 5
TARGET, GROWTH = 0.7, 1.1


@dataclass(slots=True)
class Searches:
    """What became of the searches made meanwhile."""

    failed: list[FramError] = field(default_factory=list)
    times: list[float] = field(default_factory=list)


def run(bench: IndexBench, tables: int = TABLES) -> Iterator[Figure]:
    """Measure half of the catalogue while it is searched, all of it and the bare load in turn, and a reconcile."""
    with TemporaryDirectory() as folder, ExitStack() as closed:

        def loaded(count: int) -> tuple[GraphStore, str]:
            url = f"sqlite:///{Path(folder) / f'{count}.db'}"
            store = closed.enter_context(closing(open_store(url)))
            _load(store, count)
            return store, url

        # Both are loaded first, since what a load leaves behind in this process is not what a rebuild takes.
        (half, half_url), (store, url) = loaded(tables // 2), loaded(tables)
        rebuild(half, bench.index, url=half_url)
        with memory_watched() as before, _searching(bench) as searches:
            rebuild(half, bench.index, url=half_url)
        usual, worst = milliseconds(median(searches.times)), milliseconds(max(searches.times))
        name = f"{bench.name}: searches that failed during a rebuild, of {len(searches.times):,}"
        yield Figure(name, len(searches.failed), 0, f"median {usual}, slowest {worst}", "-")
        with memory_watched() as after:
            rebuild(store, bench.index, url=url)
        name = f"{bench.name}: peak memory after rebuilding twice as much"
        yield Figure(name, max(after) / max(before), GROWTH, f"{max(after):.0f} MB", f"{max(before):.0f} MB")
        yield from _against_bare(bench, tables, lambda: rebuild(store, bench.index, url=url))
        while changes := store.changes():
            store.acknowledge(changes)  # what waits is not compared
        compared, built = (
            seconds(lambda: reconcile(store, bench.index)),
            seconds(lambda: rebuild(store, bench.index, url=url)),
        )
        name = f"{bench.name}: reconciling, to a rebuild"
        yield Figure(name, compared / built, 1, f"{compared:.1f} s", f"{built:.1f} s")


def _against_bare(bench: IndexBench, tables: int, rebuild_all: Callable[[], object]) -> Iterator[Figure]:
    """Rebuild, load what was made ready, and rebuild of that, in turn: a machine may be much quicker a minute later."""
    entries = [Entry("table", str(made["key"]), 1, made) for made in warehouse.documents(tables)]
    ready, prepared = [bench.ready(entry) for entry in entries], [bench.index.prepare(entry) for entry in entries]
    del entries
    count = sum(bench.index.count(kind) for kind in RESOURCES)
    gc.freeze()  # what was made ready is not looked through while the others run
    took = [(seconds(rebuild_all), bench.bare_load(ready), _handed_over(bench, prepared)) for _ in range(TURNS)]
    gc.unfreeze()
    own, bare, handed = map(median, zip(*took, strict=True))
    rates = [f"{done / taken:,.0f}/s" for done, taken in ((count, own), (tables, bare), (tables, handed))]
    name = f"{bench.name}: rebuilding {count:,} documents"
    yield Figure(name, (count / own) / (tables / bare), TARGET, rates[0], rates[1], at_least=True)
    name = f"{bench.name}: a rebuild that is handed {tables:,} documents made ready"
    yield Figure(name, bare / handed, TARGET, rates[2], rates[1], at_least=True)


def _load(store: GraphStore, tables: int) -> None:
    """Load the catalogue into an empty store."""
    store.ensure_schema()
    for batch in batches(warehouse.graph(tables)):
        store.apply(Batch(batch, Authority.SOURCE, source="benchmark"))


def _handed_over(bench: IndexBench, prepared: Sequence[Prepared]) -> float:
    """Return how long a rebuild takes that reads nothing; it replaces what serves."""
    expected = {**dict.fromkeys(RESOURCES, 0), "table": len(prepared)}

    def load() -> None:
        with bench.index.rebuild(wall_clock()) as new:
            for begin in range(0, len(prepared), PAGE):
                new.write(prepared[begin : begin + PAGE])
            new.swap(expected)

    return seconds(load)


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
