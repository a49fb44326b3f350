"""Each step of the publisher by itself, over the two ports."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import pytest
from publishing import Crashed, Crashing, FakeClock, Fuse, a_table, documents, projected, put, table

from ingest.publish import reconcile as reconciling
from ingest.publish import spool
from ingest.publish.lags import Lags
from ingest.publish.lease import SECONDS, Lease
from ingest.publish.rebuild import rebuild
from ingest.publish.reconcile import Drift, reconcile
from ingest.publish.roots import read
from ingest.publish.sync import TRIES, sync
from metadata_service.catalog.sync_status import SYNC, report, report_failure, retry, sync_status
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import EdgeRef, NodeRef, PutEdge, PutNode, RemoveNode, RootRevision
from metadata_service.store.port import GraphStore
from schemas.errors import IndexUnavailable, RebuildRefused, StoreUnavailable
from search_service.index.memory import MemorySearchIndex
from search_service.index.port import Entry, Written

SECOND = 1_000_000


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def graph(clock: FakeClock) -> MemoryGraphStore:
    return MemoryGraphStore(clock)


@pytest.fixture
def index() -> MemorySearchIndex:
    """An index that was built when the graph was empty."""
    built = MemorySearchIndex()
    with built.rebuild(since=0) as new:
        new.swap({})
    return built


def bypass(graph: MemoryGraphStore, ref: NodeRef, **props: str) -> None:
    """Write as another program would: into the graph alone."""
    graph._graph.nodes[ref.label].setdefault(ref.key, {}).update(props)


def test_a_pass_publishes_what_changed(graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock):
    put(graph, *a_table("a", is_view=True), *a_table("b"))
    clock.now += SECOND
    synced = sync(graph, index, clock)
    assert (synced.taken, synced.published, synced.lags) == (2, 2, (1.0, 1.0))
    assert documents(index) == projected(graph)
    assert documents(index).keys() == {("table", table("a").key), ("table", table("b").key)}
    assert graph.changes() == []
    put(graph, RemoveNode(table("a")))
    sync(graph, index, clock)
    assert documents(index).keys() == {("table", table("b").key)}


def test_what_changes_while_it_is_published_waits_for_the_next_pass(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock
):
    put(graph, *a_table("a"))

    class Edited(MemorySearchIndex):
        def write(self, entries: Sequence[Entry]) -> list[Written]:
            put(graph, PutNode(table("a"), {"name": "renamed"}))
            return index.write(entries)

    sync(graph, Edited(), clock)
    assert [change.ref for change in graph.changes()] == [table("a")]
    sync(graph, index, clock)
    assert documents(index)["table", table("a").key]["name"] == "renamed"


def test_an_index_that_is_down_loses_nothing(graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock):
    put(graph, *a_table("a"))

    class Down(MemorySearchIndex):
        def write(self, _entries: Sequence[Entry]) -> list[Written]:
            raise IndexUnavailable("The index is down.")

    with pytest.raises(IndexUnavailable):
        sync(graph, Down(), clock)
    sync(graph, index, clock)
    assert documents(index) == projected(graph)


def test_a_refused_document_is_tried_again_then_parked_and_never_in_the_way(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock
):
    stamp = NodeRef("Timestamp", f"{table('bad').key}/timestamp")
    put(graph, *a_table("bad"), *a_table("good"), PutNode(stamp, {"last_updated_timestamp": 2**60}))
    put(graph, PutEdge(EdgeRef("LAST_UPDATED_AT", table("bad"), stamp)))
    synced = sync(graph, index, clock)
    assert (synced.published, synced.postponed) == (1, 1)
    assert documents(index).keys() == {("table", table("good").key)}
    assert sync(graph, index, clock).taken == 0
    for _ in range(TRIES):
        clock.now += 100 * SECOND
        sync(graph, index, clock)
    seen = sync_status(graph, clock)
    assert (seen.depth, seen.parked) == (0, 1)
    assert "last_updated_timestamp" in seen.postponed[0].reason
    put(graph, PutNode(stamp, {"last_updated_timestamp": 2}))
    assert sync(graph, index, clock).published == 1
    assert sync_status(graph, clock).postponed == []


@pytest.fixture
def unreadable(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Keys of tables whose projection fails."""
    from ingest.publish import roots

    keys: set[str] = set()
    real = roots.project

    def failing(store: GraphStore, label: str, revisions: dict[str, int]) -> list[Entry]:
        if keys & revisions.keys():
            raise TypeError("no such thing")
        return real(store, label, revisions)

    monkeypatch.setattr(roots, "project", failing)
    return keys


def test_a_root_that_cannot_be_read_never_blocks_the_others(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock, unreadable: set[str]
):
    put(graph, *a_table("bad"), *a_table("good"))
    unreadable.add(table("bad").key)
    sync(graph, index, clock)
    assert documents(index).keys() == {("table", table("good").key)}
    assert sync_status(graph, clock).postponed[0].reason == "TypeError: no such thing"
    unreadable.clear()
    assert retry(graph, [("table", table("good").key)]) == 0
    assert retry(graph) == 1
    sync(graph, index, clock)
    assert documents(index) == projected(graph)


def test_roots_are_read_as_many_at_once_as_the_store_likes(
    graph: MemoryGraphStore, unreadable: set[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(graph, "keys_at_once", 2)
    names = ["a", "b", "c", "d", "e"]
    put(graph, *(said for name in names for said in a_table(name)))
    unreadable.add(table("d").key)
    reading = read(graph, "Table", {table(name).key: place for place, name in enumerate(names)})
    assert [(entry.key, entry.revision) for entry in reading.entries] == [
        (table(name).key, place) for place, name in enumerate(names) if name != "d"
    ]
    assert reading.failed == {table("d").key: "TypeError: no such thing"}


def test_a_rebuild_makes_the_index_from_the_graph_alone(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock
):
    put(graph, *a_table("a"), *a_table("b"))
    bypass(graph, table("foreign"), name="foreign")
    index.write([Entry("table", "left over", 5, {"key": "left over", "resource_type": "table"})])
    assert rebuild(graph, index, clock).documents == {"table": 3}
    assert documents(index) == projected(graph)
    assert sync_status(graph, clock).last_rebuild.documents == {"table": 3}
    sync(graph, index, clock)
    assert reconcile(graph, index, clock) == Drift(3, 0, 0, 0)


def test_what_is_published_during_a_rebuild_is_kept(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock
):
    put(graph, *a_table("a"), *a_table("b"), *a_table("c"))
    sync(graph, index, clock)
    done = []

    def meanwhile() -> None:
        if not done and len(documents(index)) == 3:
            done.append(1)
            return
        if len(done) == 1:
            done.append(2)
            clock.now += SECOND
            put(graph, RemoveNode(table("a")), PutNode(table("b"), {"name": "renamed"}), *a_table("d"))
            sync(graph, index, clock)

    rebuild(graph, index, clock, keep=meanwhile)
    assert len(done) == 2
    assert documents(index) == projected(graph)
    assert documents(index)["table", table("b").key]["name"] == "renamed"


def test_a_rebuild_of_nothing_is_refused(graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock):
    put(graph, *a_table("a"))
    sync(graph, index, clock)
    with pytest.raises(RebuildRefused):
        rebuild(MemoryGraphStore(clock), index, clock)
    assert len(documents(index)) == 1


def test_a_rebuild_that_reads_a_part_only_is_refused(index: MemorySearchIndex, clock: FakeClock):
    class Forgetful(MemoryGraphStore):
        def revisions(self, label: str, after: str = "", limit: int = 1000) -> list[RootRevision]:
            return super().revisions(label, after, limit)[:1] if not after else []

    graph = Forgetful(clock)
    put(graph, *a_table("a"), *a_table("b"))
    sync(graph, index, clock)
    clock.now += 1000 * SECOND
    with pytest.raises(RebuildRefused, match="Only 1 of 2"):
        rebuild(graph, index, clock)
    assert len(documents(index)) == 2
    assert "Only 1 of 2" in sync_status(graph, clock).rebuild_failure.reason


def test_a_rebuild_leaves_out_what_is_parked_and_nothing_else(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock, unreadable: set[str]
):
    put(graph, *a_table("bad"), *a_table("good"))
    sync(graph, index, clock)
    unreadable.add(table("bad").key)
    with pytest.raises(RebuildRefused, match="1 documents are refused"):
        rebuild(graph, index, clock)
    assert len(documents(index)) == 2
    for _ in range(TRIES):
        clock.now += 100 * SECOND
        sync(graph, index, clock)
    assert rebuild(graph, index, clock).refused == 1
    assert documents(index).keys() == {("table", table("good").key)}


def test_a_first_rebuild_has_published_what_waited_long_enough(
    graph: MemoryGraphStore, clock: FakeClock, unreadable: set[str]
):
    index = MemorySearchIndex()
    put(graph, *a_table("old"), *a_table("bad"))
    clock.now += 100 * SECOND
    put(graph, *a_table("young"))
    unreadable.add(table("bad").key)
    rebuild(graph, index, clock)
    assert {change.ref for change in graph.changes()} == {table("bad"), table("young")}
    assert documents(index).keys() == {("table", table("old").key), ("table", table("young").key)}


def test_a_full_disk_ends_a_rebuild_and_nothing_else(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    put(graph, *a_table("a"))
    rebuild(graph, index, clock)
    monkeypatch.setattr(spool, "TemporaryFile", partial(Path("/dev/full").open, "r+b"))
    clock.now += 100 * SECOND
    put(graph, PutNode(table("a"), {"name": "renamed"}))
    clock.now += 100 * SECOND
    with pytest.raises(IndexUnavailable, match="No space left"):
        rebuild(graph, index, clock)
    assert [change.ref for change in graph.changes()] == [table("a")]
    assert documents(index)["table", table("a").key]["name"] == "a"


def test_reconcile_counts_and_mends_what_differs(graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock):
    put(graph, *a_table("a"), *a_table("b"), *a_table("c"))
    sync(graph, index, clock)
    bypass(graph, table("new"), name="new")
    bypass(graph, table("a"), name="edited elsewhere")
    del graph._graph.nodes["Table"][table("c").key]
    graph._graph.out.clear()
    graph._graph.into.clear()
    clock.now += SECOND
    assert reconcile(graph, index, clock, documents=False) == Drift(4, 1, 1, 0)
    assert reconcile(graph, index, clock) == Drift(4, 0, 0, 1)
    sync(graph, index, clock)
    assert documents(index) == projected(graph)
    assert reconcile(graph, index, clock) == Drift(3, 0, 0, 0)
    assert sync_status(graph, clock).last_reconcile.stale == 0


def test_a_key_that_no_change_can_be_recorded_of_never_blocks_the_others(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock
):
    for ref in (table("a\0b"), table("long" * 2000), table("good")):
        bypass(graph, ref, name="x")
    assert reconcile(graph, index, clock).missing == 3
    sync(graph, index, clock)
    assert documents(index).keys() == {("table", table(name).key) for name in ("long" * 2000, "good")}


def test_an_index_ahead_of_a_restored_graph_is_mended(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock
):
    put(graph, *a_table("a"))
    later = clock.now + 1000 * SECOND
    index.write([Entry("table", table("a").key, later, {"key": table("a").key, "resource_type": "table"})])
    sync(graph, index, clock)
    assert reconcile(graph, index, clock).stale == 1
    sync(graph, index, clock)
    assert documents(index) == projected(graph)
    assert reconcile(graph, index, clock).total == 0


def test_what_waits_is_no_drift(graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock):
    put(graph, *a_table("a"), *a_table("b"))
    sync(graph, index, clock)
    put(graph, PutNode(table("a"), {"name": "x"}), RemoveNode(table("b")), *a_table("c"))
    assert reconcile(graph, index, clock).total == 0


@pytest.mark.parametrize("window", [100, 100_000])
def test_many_pages_are_compared_on_both_sides(
    graph: MemoryGraphStore,
    index: MemorySearchIndex,
    clock: FakeClock,
    window: int,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(reconciling, "WINDOW", window)
    for first in range(0, 1300, 100):
        put(graph, *(m for n in range(first, first + 100) for m in a_table(f"{n:05}")))
    while sync(graph, index, clock).taken:
        pass
    for n in range(0, 1300, 2):
        del graph._graph.nodes["Table"][table(f"{n:05}").key]
    graph._graph.out.clear()
    graph._graph.into.clear()
    for n in range(7):
        bypass(graph, table(f"99{n}"), name="new")
    for n in range(1, 1300, 100):
        bypass(graph, table(f"{n:05}"), name="edited elsewhere")
    kept: list[int] = []
    assert reconcile(graph, index, clock, keep=lambda: kept.append(1)) == Drift(1307, 7, 650, 13)
    assert len(kept) >= 1307 / min(window, 500)


def test_one_publisher_holds_the_lease_and_another_takes_over(graph: MemoryGraphStore, clock: FakeClock):
    one, two = Lease(graph), Lease(graph)
    assert (one.hold(), two.hold(), one.hold()) == (True, False, True)
    one.keep()
    clock.now += int(SECONDS * SECOND)
    assert two.hold()
    with pytest.raises(StoreUnavailable, match="taken over"):
        one.keep()
    two.release()
    assert one.hold()


def test_the_status_tells_how_far_behind_the_index_is(
    graph: MemoryGraphStore, index: MemorySearchIndex, clock: FakeClock
):
    assert (sync_status(graph, clock).state, sync_status(graph, clock).last_sync) == ("unattended", None)
    put(graph, *a_table("a"))
    clock.now += 3 * SECOND
    lags = Lags()
    report(graph, SYNC, clock, publisher="one", building=False, **lags.facts())
    seen = sync_status(graph, clock)
    assert (seen.state, seen.depth, seen.oldest_age_seconds, seen.lag_p99_seconds) == ("publishing", 1, 3.0, None)
    lags.add(sync(graph, index, clock).lags)
    lags.add(number / 100 for number in range(99))
    report(graph, SYNC, clock, publisher="one", building=False, **lags.facts())
    seen = sync_status(graph, clock)
    assert (seen.state, seen.depth, seen.lag_p50_seconds, seen.lag_p99_seconds) == ("in_step", 0, 0.49, 0.98)
    assert (seen.last_sync.at, seen.last_sync.changes, seen.last_sync.publisher) == (clock.now / 1e6, 100, "one")
    clock.now += 60 * SECOND
    assert sync_status(graph, clock).state == "unattended"
    report_failure(graph, SYNC, "the disk is full", clock)
    assert sync_status(graph, clock).state == "failing"
    assert "the disk is full" in sync_status(graph, clock).message
    report(graph, SYNC, clock, publisher="one", building=False, **lags.facts())
    assert (sync_status(graph, clock).state, sync_status(graph, clock).sync_failure) == ("in_step", None)


@pytest.mark.parametrize("after", [False, True])
def test_a_crash_between_any_two_steps_is_made_good_by_the_next_pass(
    graph: MemoryGraphStore, clock: FakeClock, after: bool
):
    crashes = 0
    for calls in range(1, 12):
        index = MemorySearchIndex()
        put(graph, *a_table("a", is_view=bool(calls % 2)), *a_table(f"t{calls}"))
        fuse = Fuse(calls, after=after)
        try:
            sync(Crashing(graph, fuse), Crashing(index, fuse), clock)
        except Crashed:
            crashes += 1
        sync(graph, index, clock)
        reconcile(graph, index, clock)
        sync(graph, index, clock)
        assert documents(index) == projected(graph)
    assert crashes > 3
