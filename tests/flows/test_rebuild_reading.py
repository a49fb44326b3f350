"""A graph that child processes read for a rebuild: the same roots, and every way in which they may end."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from fram import demo
from ingest.publish import reading, roots
from ingest.publish.reading import Page, beside, here, read_all
from ingest.publish.rebuild import rebuild
from ingest.records import table_updated
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, NodeRef, RootRevision
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable
from search_service.index.memory import MemorySearchIndex
from search_service.index.opensearch import OpenSearchIndex
from search_service.index.port import Entry, Prepared, SearchIndex
from search_service.index.tantivy import TantivySearchIndex


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'graph.db'}"


@pytest.fixture
def catalogue(url: str) -> Iterator[GraphStore]:
    store = open_store(url)
    store.ensure_schema()
    demo.load(store)
    yield store
    store.close()


@pytest.mark.parametrize("readers", [1, 3])
@pytest.mark.parametrize("index", [MemorySearchIndex, TantivySearchIndex, OpenSearchIndex])
def test_children_send_what_would_be_made_here(
    catalogue: GraphStore, url: str, index: type[SearchIndex], readers: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(roots, "PAGE", 7)
    told: Counter[int] = Counter()
    real = reading._Reader.read

    def read(self: Any, label: str, of: list[RootRevision]) -> Any:
        told[self.asked.fileno()] += 1
        return real(self, label, of)

    monkeypatch.setattr(reading._Reader, "read", read)
    with beside(catalogue, url, index.prepare, readers) as pages:
        found = list(pages)
    assert _by_key(found) == [
        (label, root, index.prepare(entry))
        for label, root, entry in _by_key(here(catalogue))
        if isinstance(entry, Entry)
    ]
    listed = sorted((page.label, root.key) for page in found for root in page.roots)
    assert listed == sorted((page.label, root.key) for page in here(catalogue) for root in page.roots)
    assert max(len(page.roots) for page in found) == 7
    assert len(told) == readers  # each has read its part, at the least what it was told at once
    assert min(told.values()) >= min(reading.AHEAD, len(found) // readers)


def _by_key(pages: Iterable[Page]) -> list[tuple[str, RootRevision, Entry | Prepared]]:
    """Put together what pages say, in an order that does not depend on them; a root is in two if it was read twice."""
    return sorted(
        (page.label, root, entry) for page in pages for root, entry in zip(page.roots, page.entries, strict=True)
    )


@pytest.mark.parametrize("worth", [1, 10_000], ids=["beside", "here"])
def test_a_document_no_index_takes_is_refused_wherever_it_is_read(
    catalogue: GraphStore, url: str, worth: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(reading, "WORTH_A_PROCESS", worth)
    table = NodeRef("Table", catalogue.list_nodes("Table", limit=1)[0].ref.key)
    catalogue.apply(Batch(tuple(table_updated(table, 2**60)), Authority.SOURCE))
    rebuilt = rebuild(catalogue, MemorySearchIndex(), url=url)
    assert (rebuilt.refused, rebuilt.documents["table"]) == (1, 65)
    assert [change.ref for change in catalogue.changes() if change.source == "rebuild"] == [table]


def test_a_rebuild_by_a_child_is_whole(catalogue: GraphStore, url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "WORTH_A_PROCESS", 1)
    monkeypatch.setattr(reading, "here", None)  # nothing is read here
    index = MemorySearchIndex()
    rebuilt = rebuild(catalogue, index, url=url)
    assert rebuilt.documents == {
        "table": 66,
        "dashboard": 13,
        "feature": 11,
        "user": 28,
        "model": 1,
        "experiment": 1,
    }


def test_a_small_graph_is_read_here(catalogue: GraphStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "beside", None)
    with read_all(catalogue, "sqlite:///nowhere", MemorySearchIndex.prepare, reading.count_roots(catalogue)) as pages:
        assert sum(len(page.roots) for page in pages) == 120


def test_a_child_that_cannot_read_says_why(catalogue: GraphStore, tmp_path: Path):
    (tmp_path / "another.db").write_bytes(b"no database at all, but long enough to look into" * 100)
    with (
        beside(catalogue, f"sqlite:///{tmp_path / 'another.db'}", MemorySearchIndex.prepare) as pages,
        pytest.raises(StoreUnavailable, match="database"),
    ):
        list(pages)


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """The children that are started."""
    started: list[subprocess.Popen[bytes]] = []
    real = subprocess.Popen

    def start(*args: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(real(*args, **options))
        return started[-1]

    monkeypatch.setattr(reading.subprocess, "Popen", start)
    return started


def test_children_stand_behind_what_writes(catalogue: GraphStore, url: str, children: list[subprocess.Popen[bytes]]):
    with beside(catalogue, url, MemorySearchIndex.prepare, readers=1) as pages:
        next(pages)
        behind = os.getpriority(os.PRIO_PROCESS, children[0].pid)
    assert behind > os.getpriority(os.PRIO_PROCESS, 0)


def test_children_keep_their_memory_unless_an_operator_wants_otherwise(
    catalogue: GraphStore, url: str, children: list[subprocess.Popen[bytes]], monkeypatch: pytest.MonkeyPatch
):
    kept, given_back = reading.KEEPING_MEMORY
    monkeypatch.delenv(kept, raising=False)
    monkeypatch.setenv(given_back, "1000000")
    with beside(catalogue, url, MemorySearchIndex.prepare, readers=1) as pages:
        next(pages)
        told = Path(f"/proc/{children[0].pid}/environ").read_text().split("\0")
    assert f"{kept}={reading.KEEPING_MEMORY[kept]}" in told
    assert f"{given_back}=1000000" in told


def test_a_child_that_is_killed_is_noticed(catalogue: GraphStore, url: str, children: list[subprocess.Popen[bytes]]):
    with beside(catalogue, url, MemorySearchIndex.prepare) as pages:
        next(pages)
        children[0].kill()
        with pytest.raises(StoreUnavailable, match="ended early"):
            list(pages)
    assert all(child.returncode is not None for child in children)


def test_a_child_that_is_stopped_again_and_again_says_all():
    program = "from ingest.publish.reading import say\nfor n in range(30): say([n] * 500_000, 1)"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE) as child, _stopping(child.pid):
        assert child.stdout is not None
        for number in range(30):
            assert pickle.load(child.stdout) == [number] * 500_000  # noqa: S301  # from our own child


@contextmanager
def _stopping(process: int) -> Iterator[None]:
    """Stop a process meanwhile, and let it go on, hundreds of times a second."""
    over = Event()

    def stop() -> None:
        while not over.wait(0.001):
            os.kill(process, signal.SIGSTOP)
            time.sleep(0.003)
            os.kill(process, signal.SIGCONT)

    thread = Thread(target=stop)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_a_child_ends_with_a_rebuild_that_is_broken_off(
    catalogue: GraphStore, url: str, children: list[subprocess.Popen[bytes]]
):
    class Broken(Exception):
        pass

    def read_one() -> None:
        with beside(catalogue, url, MemorySearchIndex.prepare) as pages:
            next(pages)
            raise Broken

    with pytest.raises(Broken):
        read_one()
    assert children
    assert all(child.returncode is not None for child in children)
