"""What no source says any more leaves the index, is no drift and no gap of a rebuild, and comes back."""

import pytest
from publishing import a_table, documents, put, table

from ingest.publish.publisher import Publisher
from ingest.publish.rebuild import rebuild
from ingest.publish.reconcile import reconcile
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import PutNode
from schemas.graph import GONE
from search_service.index.memory import MemorySearchIndex


@pytest.fixture
def graph() -> MemoryGraphStore:
    graph = MemoryGraphStore()
    put(graph, *a_table("a"), *a_table("b"))
    return graph


@pytest.fixture
def index(graph: MemoryGraphStore) -> MemorySearchIndex:
    index = MemorySearchIndex()
    rebuild(graph, index)
    return index


def mark(graph: MemoryGraphStore, since: int | None) -> None:
    put(graph, PutNode(table("a"), {GONE: since}))


def found(index: MemorySearchIndex) -> list[str]:
    return sorted(key for _, key in documents(index))


def test_marked_root_leaves_the_index_and_comes_back(graph: MemoryGraphStore, index: MemorySearchIndex):
    publisher = Publisher(graph, index)
    mark(graph, 5)
    publisher.publish()
    assert found(index) == [table("b").key]
    mark(graph, None)
    publisher.publish()
    assert found(index) == [table("a").key, table("b").key]
    publisher.stop()


def test_marked_root_is_no_drift(graph: MemoryGraphStore, index: MemorySearchIndex):
    publisher = Publisher(graph, index)
    mark(graph, 5)
    publisher.publish()
    assert reconcile(graph, index).total == 0
    publisher.stop()


def test_marked_root_that_is_still_in_the_index_is_drift(graph: MemoryGraphStore, index: MemorySearchIndex):
    mark(graph, 5)
    graph.acknowledge(graph.changes())  # as if it had been published
    drift = reconcile(graph, index)
    assert (drift.extra, drift.total) == (1, 1)
    publisher = Publisher(graph, index)
    publisher.publish()
    assert found(index) == [table("b").key]
    publisher.stop()


def test_rebuild_leaves_out_what_is_marked(graph: MemoryGraphStore):
    mark(graph, 5)
    index = MemorySearchIndex()
    rebuilt = rebuild(graph, index)
    assert rebuilt.documents == {"table": 1}
    assert found(index) == [table("b").key]
