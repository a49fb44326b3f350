"""The publisher as the schedule drives it: who works, what is built first, what others order, what is told."""

import threading
import time
from collections.abc import Callable

import pytest
from publishing import a_table, documents, projected, put, table

from ingest.publish import orders
from ingest.publish.orders import Order
from ingest.publish.publisher import Publisher
from ingest.publish.request import carry_out
from metadata_service.catalog.sync_status import sync_status
from metadata_service.store.memory import MemoryGraphStore
from schemas.errors import IndexUnavailable, RebuildRefused
from search_service.index.memory import MemorySearchIndex
from search_service.index.port import Entry, Written


@pytest.fixture
def graph() -> MemoryGraphStore:
    store = MemoryGraphStore()
    put(store, *a_table("a"), *a_table("b"))
    return store


class Failing(MemorySearchIndex):
    """An index that fails while it is told to."""

    down = False

    def write(self, entries: list[Entry]) -> list[Written]:
        if self.down:
            raise IndexUnavailable("The disk is full.")
        return super().write(entries)


@pytest.fixture
def index() -> Failing:
    return Failing()


def built(graph: MemoryGraphStore, index: MemorySearchIndex) -> Publisher:
    """Return the publisher, with its index built."""
    publisher = Publisher(graph, index)
    order = publisher.publish()
    assert order == Order("rebuild")
    publisher.carry_out(order)
    assert publisher.publish() is None
    return publisher


def test_an_index_is_built_before_anything_is_published(graph: MemoryGraphStore, index: Failing):
    publisher = Publisher(graph, index)
    order = publisher.publish()
    assert order == Order("rebuild")
    assert sync_status(graph).state == "building"
    assert publisher.publish() is None  # it is on its way
    assert documents(index) == {}
    publisher.carry_out(order)
    assert documents(index) == projected(graph)
    assert publisher.publish() is None
    assert sync_status(graph).state == "in_step"


def test_a_first_build_that_failed_is_tried_again_some_time_later(
    graph: MemoryGraphStore, index: Failing, monkeypatch: pytest.MonkeyPatch
):
    publisher = Publisher(graph, index)
    order = publisher.publish()
    with monkeypatch.context() as broken:
        broken.setattr(graph, "count", lambda _: 100)
        with pytest.raises(RebuildRefused):
            publisher.carry_out(order)
    assert "Only" in sync_status(graph).rebuild_failure.reason
    assert publisher.publish() is None
    monkeypatch.setattr("ingest.publish.publisher.time.monotonic", lambda: time.perf_counter() + 1e6)
    assert publisher.publish() == order


def test_all_that_waits_is_published_at_once(graph: MemoryGraphStore, index: Failing):
    publisher = built(graph, index)
    for number in range(1200):
        put(graph, *a_table(f"t{number}"))
    publisher.publish()
    assert graph.changes() == []
    assert documents(index) == projected(graph)
    assert sync_status(graph).last_sync.changes == 1202


def test_one_publishes_and_the_other_takes_over(graph: MemoryGraphStore, index: Failing):
    first = built(graph, index)
    second = Publisher(graph, index)
    put(graph, *a_table("c"))
    assert second.publish() is None
    assert len(graph.changes()) == 1
    second.reconcile()
    assert sync_status(graph).last_reconcile is None
    first.stop()
    first.stop()
    second.publish()
    assert graph.changes() == []
    assert sync_status(graph).last_sync.publisher == second.lease.holder


def test_an_index_that_fails_is_told_of_and_is_ensured_anew(graph: MemoryGraphStore, index: Failing):
    publisher = built(graph, index)
    put(graph, *a_table("c"))
    index.down = True
    with pytest.raises(IndexUnavailable):
        publisher.publish()
    assert sync_status(graph).state == "failing"
    assert "The disk is full." in sync_status(graph).message
    index.down = False
    publisher.publish()
    assert sync_status(graph).state == "in_step"
    assert documents(index) == projected(graph)


def test_an_index_that_vanished_is_built_anew(graph: MemoryGraphStore, index: Failing):
    publisher = built(graph, index)
    index.down = True
    put(graph, *a_table("c"))
    with pytest.raises(IndexUnavailable):
        publisher.publish()
    index.down = False
    index._stored, index._built = {}, False
    publisher._build_at = 0.0
    order = publisher.publish()
    assert order == Order("rebuild")
    publisher.carry_out(order)
    publisher.publish()
    assert documents(index) == projected(graph)


def working(publisher: Publisher, stop: threading.Event) -> Callable[[], None]:
    """Return a loop that drives a publisher as its schedule does."""

    def work() -> None:
        while not stop.wait(0.01):
            order = publisher.publish()
            if order:
                publisher.carry_out(order)

    return work


def test_what_is_ordered_is_done_by_the_publisher(graph: MemoryGraphStore, index: Failing):
    publisher = built(graph, index)
    stop = threading.Event()
    thread = threading.Thread(target=working(publisher, stop))
    thread.start()
    other = Publisher(graph, MemorySearchIndex())
    try:
        assert carry_out(graph, other, "rebuild")["documents"] == {"table": 2}
        index.write([Entry("table", "left over", 5, {"key": "left over", "resource_type": "table"})])
        assert carry_out(graph, other, "reconcile")["extra"] == 1
        put(graph, *a_table("c"))
        assert carry_out(graph, other, "sync") == {"depth": 0}
        assert documents(index) == projected(graph)
    finally:
        stop.set()
        thread.join()


def test_without_a_publisher_an_order_is_done_here(graph: MemoryGraphStore, index: Failing):
    assert carry_out(graph, Publisher(graph, index), "sync") == {"depth": 0}
    assert documents(index) == projected(graph)


def test_an_order_stands_until_it_is_answered(graph: MemoryGraphStore, index: Failing):
    publisher = built(graph, index)
    first = orders.give(graph, "reconcile")
    assert publisher.publish() == first
    assert publisher.publish() is None  # it is being carried out
    publisher.stop()
    heir = Publisher(graph, index)
    assert heir.publish() == first
    heir.carry_out(first)
    assert orders.find_answer(graph, first)["drift"] == 0
    assert heir.publish() is None
    later = orders.give(graph, "sync")
    assert not orders.is_standing(graph, first)
    assert orders.is_standing(graph, later)


def test_a_refused_order_says_why(graph: MemoryGraphStore, index: Failing, monkeypatch: pytest.MonkeyPatch):
    publisher = built(graph, index)
    order = orders.give(graph, "rebuild")
    monkeypatch.setattr(graph, "count", lambda _: 100)
    assert publisher.publish() == order
    with pytest.raises(RebuildRefused):
        publisher.carry_out(order)
    assert "Only" in orders.find_answer(graph, order)["failed"]


def test_a_publisher_that_stops_leaves_its_order_to_the_next(graph: MemoryGraphStore, index: Failing):
    publisher = built(graph, index)
    order = orders.give(graph, "rebuild")
    assert publisher.publish() == order
    publisher.interrupt()
    with pytest.raises(Exception, match="asked to stop"):
        publisher.carry_out(order)
    publisher.stop()
    assert orders.pending(graph) == order
    assert documents(index).keys() == {("table", table("a").key), ("table", table("b").key)}
