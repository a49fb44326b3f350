"""How long an edit takes to be searchable, at fifty edits a second, through real processes and HTTP.

Fifty tables bear one tag. Five writers, each with tables of its own, write descriptions in turn, each time with the
number of the write; a search for the tag, twenty times a second, shows the highest number of each table that is
searchable. A write that a later one of the same table overtook counts as searchable when that one is. A lag begins
before its write is sent and includes the wait for the next look. What is measured comes after as much that is not:
servers that were just started compile what they run.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.bare_neo4j import neo4j_bench
from benchmarks.measure import Figure

TABLES, WRITERS, PER_SECOND, SECONDS, LOOKS_PER_SECOND = 50, 5, 50, 60, 20
START_SECONDS = 120
P50_SECONDS, P99_SECONDS, LATE = 1.2, 2.0, 1.05
TAG = "freshness"


def run(seconds: float = SECONDS) -> Iterator[Figure]:
    """Measure each pair of stores there is. The ratios are to the targets."""
    for name, urls in _pairs().items():
        if urls:  # the sample catalogue is loaded into an empty graph alone
            _empty_neo4j()
        with tempfile.TemporaryDirectory() as folder, _serving(folder, urls) as (metadata, search):
            keys = _tagged(metadata, search)
            _measure(metadata, search, keys, seconds, "warming")
            lags, taken = _measure(metadata, search, keys, seconds, "measured")
        kept = f"{name}: {len(lags):,} writes, at {PER_SECOND} a second"
        yield Figure(kept, taken / seconds, LATE, f"{taken:.1f} s", f"{seconds:.1f} s")
        p50, p99 = lags[len(lags) // 2], lags[len(lags) * 99 // 100]
        yield Figure(f"{name}: write to searchable, p50 to {P50_SECONDS} s", p50 / P50_SECONDS, 1, f"{p50:.2f} s", "-")
        yield Figure(f"{name}: write to searchable, p99 to {P99_SECONDS} s", p99 / P99_SECONDS, 1, f"{p99:.2f} s", "-")


def _pairs() -> Mapping[str, Mapping[str, str]]:
    graph, index = os.environ.get("FRAM_TEST_NEO4J_URL"), os.environ.get("FRAM_TEST_OPENSEARCH_URL")
    pairs: dict[str, Mapping[str, str]] = {"SQLite + Tantivy": {}}
    if graph and index:
        index = f"{index.rstrip('/')}/freshness-{os.getpid()}"
        pairs["Neo4j + OpenSearch"] = {"FRAM_GRAPH_URL": graph, "FRAM_SEARCH_URL": index}
    return pairs


def _empty_neo4j() -> None:
    with neo4j_bench() as graph:
        assert graph is not None
        graph.empty()


@contextmanager
def _serving(folder: str, urls: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Run `fram demo` and yield the addresses of its services."""
    fram = Path(sys.executable).with_name("fram")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    process = subprocess.Popen(  # noqa: S603  # our own program
        [fram, "demo", "--data", folder, "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env={**environment, **urls},
    )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1], process.stdout.readline().split()[-1]
    finally:
        process.terminate()
        process.wait()


Written = Mapping[str, list[tuple[int, float]]]  # by table: the number of each write, and when it was sent


class _Client:
    """One connection that stays open."""

    def __init__(self, url: str) -> None:
        self._connection = HTTPConnection(urlsplit(url).netloc, timeout=30)

    def ask(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        self._connection.request(method, path, None if body is None else json.dumps(body))
        reply = self._connection.getresponse()
        return reply.status, json.loads(reply.read() or b"null")


def _measure(metadata: str, search: str, keys: Sequence[str], seconds: float, mark: str) -> tuple[list[float], float]:
    """Return the lag of every write, sorted, and how long writing took; descriptions bear the mark."""
    written: Written = {key: [] for key in keys}
    lags: list[float] = []
    over = threading.Event()
    watcher = threading.Thread(target=_watch, args=(search, mark, written, lags, over))
    watcher.start()
    began, total = time.monotonic(), int(PER_SECOND * seconds)
    with ThreadPoolExecutor(WRITERS) as writers:
        turns = [range(first, total, WRITERS) for first in range(WRITERS)]
        list(writers.map(lambda turn: _write(metadata, keys, turn, began, mark, written), turns))
    taken = time.monotonic() - began
    over.set()
    watcher.join(60)
    assert len(lags) == total, f"{total - len(lags)} writes were never searchable"
    return sorted(lags), taken


def _write(metadata: str, keys: Sequence[str], turn: Iterable[int], began: float, mark: str, written: Written) -> None:
    """Make the writes of one writer, each when its time has come."""
    client = _Client(metadata)
    for number in turn:
        time.sleep(max(0, began + number / PER_SECOND - time.monotonic()))
        key = keys[number % len(keys)]
        written[key].append((number, time.monotonic()))
        status, _ = client.ask("PUT", f"/table/{key}/description", {"description": f"{number} {mark}"})
        assert status == 200


def _tagged(metadata: str, search: str) -> list[str]:
    """Tag the tables and wait until search finds them."""
    looking, editing = _Client(search), _Client(metadata)
    deadline = time.monotonic() + START_SECONDS
    while True:
        assert time.monotonic() < deadline, f"there are no {TABLES} tables to be found"
        status, found = looking.ask("POST", "/v2/search", _query("", TABLES))
        keys = [item["key"] for item in found["results"]["table"]["results"]] if status == 200 else []
        if len(keys) == TABLES:
            break
        time.sleep(0.2)
    for key in keys:
        assert editing.ask("PUT", f"/table/{key}/tag/{TAG}")[0] == 200
    while looking.ask("POST", "/v2/search", _query(f"tag:{TAG}", 1))[1]["results"]["table"]["total_results"] < TABLES:
        time.sleep(0.2)
    return keys


def _watch(search: str, mark: str, written: Written, lags: list[float], over: threading.Event) -> None:
    """Look again and again, and note the lag of each write that has become searchable."""
    client = _Client(search)
    done = dict.fromkeys(written, 0)
    deadline = float("inf")
    while time.monotonic() < deadline:
        time.sleep(1 / LOOKS_PER_SECOND)
        asked = _query(f"tag:{TAG}", TABLES)
        found = client.ask("POST", "/v2/search", asked)[1]["results"]["table"]["results"]
        seen = time.monotonic()
        for item in found:
            writes, first = written[item["key"]], done[item["key"]]
            number, _, borne = (item["description"] or "").partition(" ")
            newest = int(number) if borne == mark else -1
            fresh = [at for write, at in writes[first:] if write <= newest]
            lags += [seen - at for at in fresh]
            done[item["key"]] += len(fresh)
        if over.is_set():
            deadline = min(deadline, seen + 20)
            if all(done[key] == len(writes) for key, writes in written.items()):
                return


def _query(text: str, limit: int) -> dict[str, object]:
    return {"query_term": text, "resource_types": ["table"], "results_per_page": limit}
