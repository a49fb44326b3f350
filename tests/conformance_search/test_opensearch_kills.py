"""OpenSearch when a process that writes to it or rebuilds it is killed."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from entries import a_table, a_tombstone, found
from opensearch_server import new_prefix, request, serving
from tantivy_writer import BATCH, batch

from search_service.index.factory import open_index

pytestmark = [pytest.mark.opensearch, pytest.mark.xdist_group("opensearch")]

WRITER = Path(__file__).parent / "tantivy_writer.py"


@pytest.fixture
def url() -> Iterator[str]:
    with new_prefix() as url:
        yield url


def _killed_after(url: str, how: str, seconds: float) -> int:
    """Let a process work so long after its first acknowledgement, kill it, and return the last one."""
    process = subprocess.Popen([sys.executable, str(WRITER), url, how], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.kill()
    said = [first, *process.stdout.readlines()]
    process.wait()
    process.stdout.close()
    return int([line for line in said if line.endswith("\n")][-1])


def test_a_killed_writer_loses_nothing_it_acknowledged(url: str):
    last = _killed_after(url, "batches", 0.5)
    survivor = open_index(url)
    assert survivor.ensure() is False
    for number in range(last + 1):
        entries = batch(number)[:-1]
        held = survivor.find_many("table", [entry.key for entry in entries])
        for entry in entries[1:]:
            assert held[entry.key] == entry
        gone = a_tombstone(entries[0], number + 2)  # by the next batch, which may have come as far
        assert held[entries[0].key] in ([gone] if number < last else [gone, entries[0]])


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_rebuild_leaves_an_index_that_serves(url: str, seed: int):
    last = _killed_after(url, "rebuilds", random.Random(seed).uniform(0, 0.5))
    prefix = url.rpartition("/")[2]
    survivor = open_index(url)
    assert survivor.ensure() is False
    assert {held.revision for held in survivor.revisions("table")} in ({last + 1}, {last + 2})
    assert survivor.count("table") == BATCH
    time.sleep(1)  # what it asked for last is done by then; a lock lasts much longer
    lock = request("GET", f"/{prefix}-lock/_doc/rebuild")["_source"]
    request("PUT", f"/{prefix}-lock/_doc/rebuild?refresh=true", lock | {"until": 1})  # as if its time were over
    survivor.write([a_table("later", 10**9)])
    with survivor.rebuild(since=10**9) as rebuild:
        rebuild.write([a_table("new", 1)])
        rebuild.swap({"table": 1})
    assert found(survivor) == {"new", "later"}
    assert list(request("GET", f"/{prefix}-v*")) == [serving(url)]
    survivor.close()
