"""Searching a large catalogue through the service, against the bare engine running the same translated query.

The service is a process of its own, asked over one connection that is kept open. The bare search is of a query made
ready before, and of the engine's hits alone: neither their documents nor JSON.
"""

import http.client
import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import quote, urlsplit

from benchmarks import warehouse
from benchmarks.indexes import IndexBench
from benchmarks.measure import Figure, milliseconds, seconds
from search_service.index.port import Entry
from search_service.query import Filter, Query, parse

TABLES = 100_000
QUERIES = 60  # of each sort
SUGGEST_MILLISECONDS = 20
FACETS = ("schema", "tags", "owners")


@dataclass(slots=True)
class Times:
    """How long each question took, in seconds."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)

    def figure(self, name: str, target: float) -> Figure:
        """Compare the medians."""
        return Figure(name, median(self.ours) / median(self.bare), target, _spread(self.ours), _spread(self.bare))


def run(bench: IndexBench, tables: int = TABLES) -> Iterator[Figure]:
    """Measure each sort of query, all of them, and type-ahead."""
    _fill(bench, tables)
    with ExitStack() as stack:
        service = stack.enter_context(_served([str(_program("fram")), "serve", "search", "--port", "0"], bench.url))
        nothing = stack.enter_context(_served([sys.executable, "-m", "benchmarks.empty_answer"], bench.url))
        every = Times()
        for sort, queries in _queries().items():
            times = Times()
            for query, text in queries:
                _ask(bench, service, nothing, query, text, times)
            every.ours += times.ours
            every.bare += times.bare
            yield times.figure(f"{bench.name}: search, {tables:,} tables, {sort}", bench.search_target)
        yield every.figure(f"{bench.name}: search, {tables:,} tables, all of these", bench.search_target)
        typed = [seconds(partial(_suggest, service, prefix)) for prefix in _prefixes()]
        name = f"{bench.name}: type-ahead, to a search"
        yield Figure(name, median(typed) / median(every.ours), 0.5, _spread(typed), _spread(every.ours))
        name = f"{bench.name}: type-ahead, in units of {SUGGEST_MILLISECONDS} ms"
        yield Figure(name, 1000 * median(typed) / SUGGEST_MILLISECONDS, 1, _spread(typed), "-")


def _fill(bench: IndexBench, tables: int) -> None:
    bench.index.ensure()
    documents = warehouse.documents(tables)
    with bench.index.rebuild(since=2**50) as rebuild:
        while chunk := list(islice(documents, 1000)):
            rebuild.write([Entry("table", str(document["key"]), 1, document) for document in chunk])
        rebuild.swap({"table": tables})
    bench.index.close()


def _queries() -> dict[str, list[tuple[Query, str]]]:
    """Make what people type, by the sort of it."""
    chance = random.Random(9)  # noqa: S311  # repeatable, not secret
    plain = {
        "one word": [warehouse.words(chance, 1) for _ in range(QUERIES)],
        "two words": [warehouse.words(chance, 2) for _ in range(QUERIES)],
        "three to five words": [warehouse.words(chance, 3 + place % 3) for place in range(QUERIES)],
        "a letter wrong": [_misspelt(chance, warehouse.words(chance, 2)) for _ in range(QUERIES)],
    }
    asked = {sort: [(Query("table", parse(text)), text) for text in texts] for sort, texts in plain.items()}
    texts = [warehouse.words(chance, 2) for _ in range(QUERIES)]
    filters = [(Filter("schema", (_some(chance),)), Filter("tag", ("order*", "customer*"))) for _ in texts]
    asked["filtered"] = [(Query("table", parse(text), each), text) for text, each in zip(texts, filters, strict=True)]
    asked["with facets"] = [(Query("table", parse(text), facets=FACETS), text) for text in texts]
    return asked


def _some(chance: random.Random) -> str:
    return chance.choice(warehouse.SCHEMAS)


def _misspelt(chance: random.Random, text: str) -> str:
    """Leave a letter of the longest word out."""
    word = max(text.split(), key=len)
    at = chance.randrange(1, len(word))
    return text.replace(word, word[:at] + word[at + 1 :])


def _prefixes() -> list[str]:
    """Make what is in the box while somebody types: two to six letters, or a word and the beginning of another."""
    chance = random.Random(13)  # noqa: S311  # repeatable, not secret
    texts = [warehouse.words(chance, 1 + place % 2) for place in range(4 * QUERIES)]
    return [text[: max(2, text.rfind(" ") + chance.randint(2, 6))] for text in texts]


def _ask(
    bench: IndexBench,
    service: http.client.HTTPConnection,
    nothing: http.client.HTTPConnection,
    query: Query,
    text: str,
    times: Times,
) -> None:
    """Ask both, turn about, having asked once to warm up."""
    bare, body = bench.bare_search(query), json.dumps(_body(query, text)).encode()
    for place in range(3):
        own = seconds(lambda: _answer(service, "POST", "/v2/search", body))
        by_hand = seconds(bare) + (seconds(lambda: _answer(nothing, "GET", "/")) if bench.empty_answer else 0)
        if place:
            times.ours.append(own)
            times.bare.append(by_hand)


def _body(query: Query, text: str) -> dict[str, object]:
    filters = [{"name": each.name, "values": list(each.values), "operation": "OR"} for each in query.filters]
    return {
        "query_term": text,
        "page_index": 0,
        "results_per_page": query.limit,
        "resource_types": [query.kind],
        "filters": filters,
        "facets": list(query.facets),
    }


def _suggest(service: http.client.HTTPConnection, prefix: str) -> None:
    _answer(service, "GET", f"/v2/suggest?query_term={quote(prefix)}")


def _answer(connection: http.client.HTTPConnection, method: str, path: str, body: bytes | None = None) -> bytes:
    headers = {"Content-Type": "application/json"} if body else {}
    connection.request(method, path, body, headers)
    reply = connection.getresponse()
    read = reply.read()
    if reply.status != 200:
        raise RuntimeError(f"{method} {path}: {reply.status} {read.decode()}")
    return read


@contextmanager
def _served(command: Sequence[str], url: str) -> Iterator[http.client.HTTPConnection]:
    """Run a server and connect to where it says it is."""
    process = subprocess.Popen(  # noqa: S603  # our own programs
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "FRAM_SEARCH_URL": url}
    )
    try:
        assert process.stdout is not None
        address = urlsplit(process.stdout.readline().split()[-1])
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        yield connection
        connection.close()
    finally:
        process.terminate()
        process.wait()


def _program(name: str) -> Path:
    return Path(sys.executable).with_name(name)


def _spread(times: Sequence[float]) -> str:
    return f"{milliseconds(median(times))} (p99 {milliseconds(quantiles(times, n=100)[98])})"
