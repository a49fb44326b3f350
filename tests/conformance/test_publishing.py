"""What the publisher asks beside changes: postponed ones, touched roots, revisions, leases and notes."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from graphs import FakeClock, by_source, column, gone, node, nodes, pending, settle, table, tag, user

from metadata_service.store.factory import open_store
from metadata_service.store.mutations import PARKED, Backlog, Change, NodeRef, Postponed, RootRevision
from metadata_service.store.port import GraphStore
from schemas.errors import Invalid

T, U, ANN = table("t"), table("u"), user("ann")
SECOND = 1_000_000


def change_of(store: GraphStore, ref: NodeRef = T) -> Change:
    (found,) = [change for change in store.changes() if change.ref == ref]
    return found


def test_a_postponed_change_comes_back_when_it_is_time(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, *nodes(T, U))
    change = change_of(graph_store)
    graph_store.postpone([Postponed(change, "is bad", clock.now + SECOND)])
    assert pending(graph_store) == {U}
    assert graph_store.postponed() == [Postponed(replace(change, failures=1), "is bad", clock.now + SECOND)]
    clock.now += SECOND
    assert change_of(graph_store) == replace(change, failures=1)
    graph_store.postpone([Postponed(change_of(graph_store), "is bad still", clock.now + SECOND)])
    assert [(item.change.failures, item.reason) for item in graph_store.postponed()] == [(2, "is bad still")]


def test_a_parked_change_stays_away_and_is_listed(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, *nodes(T, U, ANN))
    graph_store.postpone([Postponed(change, "is bad", PARKED) for change in graph_store.changes() if change.ref != U])
    clock.now += 10**6 * SECOND
    assert pending(graph_store) == {U}
    assert [item.change.ref for item in graph_store.postponed()] == [T, ANN]
    assert [item.change.ref for item in graph_store.postponed(limit=1)] == [T]


def test_a_new_change_of_a_postponed_root_is_tried_at_once(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, node(T))
    first = change_of(graph_store)
    graph_store.postpone([Postponed(first, "is bad", PARKED)])
    clock.now += SECOND
    by_source(graph_store, node(T, name="mended"))
    assert change_of(graph_store) == Change(T, clock.now, first.pending_since, "", "", "")
    assert graph_store.postponed() == []


def test_postponing_what_changed_again_or_was_acknowledged_does_nothing(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, *nodes(T, U))
    old = graph_store.changes()
    clock.now += 1
    by_source(graph_store, node(T, a=1))
    graph_store.acknowledge([change for change in old if change.ref == U])
    graph_store.postpone([Postponed(change, "is bad", PARKED) for change in old])
    assert [(change.ref, change.failures) for change in graph_store.changes()] == [(T, 0)]
    assert graph_store.postponed() == []
    graph_store.postpone([])


def test_an_acknowledged_change_is_postponed_no_more(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, node(T))
    change = change_of(graph_store)
    graph_store.postpone([Postponed(change, "is bad", PARKED)])
    graph_store.acknowledge([change])
    assert (graph_store.postponed(), graph_store.changes()) == ([], [])
    by_source(graph_store, node(T, a=1))
    assert change_of(graph_store).failures == 0


def test_touching_raises_the_revision_and_leaves_the_root_alone(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, node(T, a=1))
    before = change_of(graph_store)
    settle(graph_store)
    graph_store.touch([T, T], "reconcile")
    assert change_of(graph_store) == Change(T, before.revision + 1, clock.now, "", "reconcile", "")
    assert graph_store.list_nodes("Table")[0].props == {"a": 1}
    graph_store.touch([], "reconcile")


def test_touching_a_parked_root_tries_it_again(graph_store: GraphStore):
    by_source(graph_store, node(T))
    graph_store.postpone([Postponed(change_of(graph_store), "is bad", PARKED)])
    graph_store.touch([T], "retry")
    assert change_of(graph_store).failures == 0
    assert graph_store.postponed() == []


def test_a_root_that_is_gone_is_touched_too(graph_store: GraphStore):
    graph_store.touch([T], "reconcile")
    assert pending(graph_store) == {T}
    assert graph_store.list_nodes("Table") == []


def test_touching_goes_above_what_the_index_holds(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, *nodes(T))
    graph_store.touch([T, U], "reconcile", above=clock.now + SECOND)
    assert {change.revision for change in graph_store.changes()} == {clock.now + SECOND + 1}


def test_a_key_longer_than_we_take_is_touched(graph_store: GraphStore):
    foreign = table("x" * 5000)
    graph_store.touch([foreign], "reconcile")
    assert pending(graph_store) == {foreign}
    graph_store.acknowledge(graph_store.changes())
    assert pending(graph_store) == set()


@pytest.mark.parametrize("ref", [tag("x"), column("c"), table("\0")])
def test_only_index_roots_are_touched(graph_store: GraphStore, ref: NodeRef):
    with pytest.raises(Invalid):
        graph_store.touch([T, ref], "reconcile")
    assert graph_store.changes() == []


def test_revisions_come_in_key_order_page_by_page(graph_store: GraphStore, clock: FakeClock):
    refs = sorted(table(name) for name in ("a", "\U0001f600", "\uffee", "B", "c/d"))
    by_source(graph_store, *nodes(*refs, ANN))
    settle(graph_store)
    by_source(graph_store, node(refs[2], a=1))
    read: list[RootRevision] = []
    while page := graph_store.revisions("Table", read[-1].key if read else "", 2):
        read += page
    touched = {refs[2]: RootRevision(refs[2].key, clock.now + 1, waiting=True)}
    assert read == [touched.get(ref, RootRevision(ref.key, clock.now, waiting=False)) for ref in refs]
    assert graph_store.revisions("Table", limit=0) == []


def test_revisions_leave_out_what_is_gone(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, U))
    by_source(graph_store, gone(T))
    assert [seen.key for seen in graph_store.revisions("Table")] == [U.key]


def test_what_is_postponed_still_waits(graph_store: GraphStore):
    by_source(graph_store, node(T))
    graph_store.postpone([Postponed(change_of(graph_store), "is bad", PARKED)])
    assert [seen.waiting for seen in graph_store.revisions("Table")] == [True]


def test_only_index_roots_have_revisions(graph_store: GraphStore):
    with pytest.raises(Invalid):
        graph_store.revisions("Tag")


def test_the_backlog_counts_what_waits_and_what_is_parked(graph_store: GraphStore, clock: FakeClock):
    assert graph_store.backlog() == Backlog(0, None, 0)
    by_source(graph_store, node(T))
    clock.now += 1
    by_source(graph_store, *nodes(U, ANN))
    assert graph_store.backlog() == Backlog(3, clock.now - 1, 0)
    graph_store.postpone([Postponed(change_of(graph_store), "is bad", PARKED)])
    graph_store.postpone([Postponed(change_of(graph_store, U), "is bad", clock.now + 1)])
    assert graph_store.backlog() == Backlog(2, clock.now, 1)
    graph_store.acknowledge(graph_store.changes())
    assert graph_store.backlog() == Backlog(1, clock.now, 1)


def test_a_lease_has_one_holder(graph_store: GraphStore, clock: FakeClock):
    fence = graph_store.acquire_lease("publisher", "a", 5)
    assert fence is not None
    assert graph_store.acquire_lease("publisher", "b", 5) is None
    assert graph_store.acquire_lease("another", "b", 5) is not None
    clock.now += 4 * SECOND
    assert graph_store.acquire_lease("publisher", "a", 5) == fence
    clock.now += 4 * SECOND
    assert graph_store.acquire_lease("publisher", "b", 5) is None


def test_a_lease_that_ended_passes_on_with_a_higher_number(graph_store: GraphStore, clock: FakeClock):
    first = graph_store.acquire_lease("publisher", "a", 5)
    clock.now += 5 * SECOND
    second = graph_store.acquire_lease("publisher", "b", 5)
    assert graph_store.acquire_lease("publisher", "a", 5) is None
    clock.now += 5 * SECOND
    third = graph_store.acquire_lease("publisher", "a", 5)
    assert first < second < third


def test_a_released_lease_is_free_at_once(graph_store: GraphStore):
    first = graph_store.acquire_lease("publisher", "a", 5)
    graph_store.release_lease("publisher", "b")
    assert graph_store.acquire_lease("publisher", "b", 5) is None
    graph_store.release_lease("publisher", "a")
    graph_store.release_lease("publisher", "a")
    assert graph_store.acquire_lease("publisher", "b", 5) > first
    graph_store.release_lease("none", "a")


def test_of_many_at_once_one_gets_the_lease(graph_store: GraphStore):
    with ThreadPoolExecutor(6) as pool:
        got = list(pool.map(lambda number: graph_store.acquire_lease("publisher", f"{number}", 5), range(12)))
    assert sum(fence is not None for fence in got) == 1


def test_notes_are_kept_and_overwritten(graph_store: GraphStore):
    assert graph_store.notes() == {}
    for text in "first", "\U0001f600 '\"":
        graph_store.note("rebuild", text)
    graph_store.note("sync", "")
    assert graph_store.notes() == {"rebuild": "\U0001f600 '\"", "sync": ""}


def test_all_of_it_outlives_the_process(database: GraphStore, database_url: str, clock: FakeClock):
    by_source(database, node(T))
    database.postpone([Postponed(change_of(database), "is bad", PARKED)])
    database.note("rebuild", "done")
    fence = database.acquire_lease("publisher", "a", 5)
    database.close()
    again = open_store(database_url, clock=clock)
    assert [item.reason for item in again.postponed()] == ["is bad"]
    assert again.notes() == {"rebuild": "done"}
    assert again.acquire_lease("publisher", "b", 5) is None
    assert again.acquire_lease("publisher", "a", 5) == fence
    again.close()
