"""The laws of sweeping, of impact and of paths, over random graphs with cycles, diamonds and self-edges."""

from itertools import count, pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineage_graphs import (
    MOST,
    REFS,
    START,
    UNHURRIED,
    Boards,
    Pairs,
    all_pairs,
    boards,
    chain,
    graphs,
    ladder,
    reached,
    reads,
    store_of,
    store_of_pairs,
)

from metadata_service.lineage.impact import Tally, affected, find_impact
from metadata_service.lineage.paths import find_paths
from metadata_service.lineage.sweep import Sweep, sweep
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore


def levels(found: Sweep) -> dict[NodeRef, int]:
    return {found.nodes[place]: level for place, level in found.levels.items()}


@UNHURRIED
@given(graphs, boards, st.booleans(), st.integers(0, 9))
def test_a_sweep_finds_everything_at_its_shortest_distance(pairs: Pairs, shown: Boards, along: bool, depth: int):
    found = sweep(store_of(pairs, shown), START, along, depth, MOST)
    every = reached(all_pairs(pairs, shown), along)
    assert found.complete
    assert levels(found) == {ref: level for ref, level in every.items() if level <= depth}
    assert list(found.levels.values()) == sorted(found.levels.values())


@UNHURRIED
@given(graphs, boards, st.booleans(), st.integers(1, 20))
def test_a_sweep_keeps_to_its_budget_and_says_so(pairs: Pairs, shown: Boards, along: bool, most: int):
    store = store_of(pairs, shown)
    found, every = sweep(store, START, along, 99, most), reached(all_pairs(pairs, shown), along)
    assert sum(map(len, found.fars.values())) <= most
    assert levels(found).keys() <= every.keys()
    if found.complete:
        assert levels(found) == every


def test_a_sweep_that_changes_relations_for_ever_ends():
    tables = [NodeRef("Table", f"t{number:03}") for number in range(300)]
    shown = [NodeRef("Dashboard", f"d{number:03}") for number in range(299)]
    shows = [
        PutEdge(EdgeRef("DASHBOARD_WITH_TABLE", board, table)) for board, table in zip(shown, tables, strict=False)
    ]
    leads = [PutEdge(EdgeRef("HAS_DOWNSTREAM", board, table)) for board, table in zip(shown, tables[1:], strict=True)]
    store = open_store("memory:")
    store.apply(Batch((*map(PutNode, (*tables, *shown)), *shows, *leads), Authority.SOURCE))
    found = sweep(store, tables[0], True, 1_000, MOST)
    assert not found.complete
    assert len(found.levels) > 100


@UNHURRIED
@given(graphs, boards, reads)
def test_impact_is_everything_downstream_once_by_distance_then_use(
    pairs: Pairs, shown: Boards, used: dict[NodeRef, int]
):
    store, tally = store_of(pairs, shown, used), Tally()
    found = find_impact(store, START)
    items = list(tally.counting(affected(store, found)))
    every = reached(all_pairs(pairs, shown), along=True)
    expected = [(level, -used.get(ref, 0), ref.key) for ref, level in every.items() if level]
    assert [(item.distance, -item.usage, item.key) for item in items] == sorted(expected)
    assert len(found) == len(items) == sum(tally.counts.values())


@UNHURRIED
@given(graphs, boards, st.sampled_from(REFS), st.integers(1, 5))
def test_paths_are_the_shortest_and_all_of_them(pairs: Pairs, shown: Boards, target: NodeRef, limit: int):
    found = find_paths(store_of(pairs, shown), START, target, limit, MOST)
    every = all_pairs(pairs, shown)
    far = reached(every, along=True).get(target)
    paths = [[NodeRef(stop.kind.capitalize(), stop.key) for stop in path] for path in found.paths]
    if far is None:
        assert (paths, found.length, found.complete) == ([], None, True)
        return
    inner = product(REFS, repeat=max(0, far - 1)) if far <= 4 else []
    whole = {(START, *between, target)[: far + 1] for between in inner}
    right = {path for path in whole if all(pair in every for pair in pairwise(path))}
    assert found.length == far
    assert all(path[0] == START and path[-1] == target and len(path) == far + 1 for path in paths)
    assert all(pair in every for path in paths for pair in pairwise(path))
    assert len({tuple(path) for path in paths}) == len(paths) <= limit
    if far <= 4:
        assert len(paths) == min(limit, len(right))
        assert found.complete == (len(right) <= limit)


@UNHURRIED
@given(graphs, boards, st.sampled_from(REFS), st.integers(1, 12))
def test_paths_within_a_small_budget_are_paths_and_sure_only_where_they_are(
    pairs: Pairs, shown: Boards, target: NodeRef, most: int
):
    store = store_of(pairs, shown)
    found, right = find_paths(store, START, target, 100, most), find_paths(store, START, target, 100, MOST)
    if found.complete:
        assert found == right
    elif found.paths:
        assert right.length is not None
        assert found.length is not None
        assert found.length >= right.length


def test_a_ladder_of_diamonds_has_more_paths_than_are_counted():
    store, rungs = ladder(60)
    found = find_paths(store, rungs[0][0], rungs[-1][0], 5, MOST)
    assert (len(found.paths), found.length, found.complete) == (5, 59, False)
    impact = find_impact(store, rungs[0][0])
    assert (len(impact), impact.complete) == (2 * 59, True)


@pytest.mark.parametrize(("length", "found"), [(900, True), (10_000, False)])
def test_paths_along_a_chain_are_found_up_to_the_greatest_length(length: int, found: bool):
    store, refs = chain(length)
    paths = find_paths(store, refs[0], refs[-1], 5, MOST)
    assert (len(paths.paths), paths.complete) == ((1, True) if found else (0, False))


def test_impact_of_a_chain_of_ten_thousand():
    store, refs = chain(10_000)
    found = find_impact(store, refs[0])
    assert (len(found), found.complete) == (10_000, True)
    assert [item.distance for item, _ in zip(affected(store, found), range(50), strict=False)] == list(range(1, 51))


class Counting:
    """A graph that counts how often it is read."""

    def __init__(self, store: GraphStore) -> None:
        self._store, self.calls = store, 0

    def fetch_many(self, *asked: Any) -> Any:
        self.calls += 1
        return self._store.fetch_many(*asked)


def test_what_is_read_of_a_chain_is_read_many_nodes_at_a_time():
    """One call for each distance was ten thousand round trips."""
    store, refs = chain(5_000)
    counting = Counting(store)
    items = list(affected(counting, find_impact(store, refs[0])))  # type: ignore[arg-type]
    assert [item.distance for item in items] == list(range(1, 5_001))
    assert counting.calls <= 3


def test_a_near_target_in_a_wide_graph_is_sure_though_not_all_was_seen():
    spokes = [NodeRef("Table", f"s{number:03}") for number in range(200)]
    numbers = count()
    leaves = [(spoke, NodeRef("Table", f"l{next(numbers):05}")) for spoke in spokes for _ in range(3)]
    tail = [(leaves[-1][1], NodeRef("Table", "x1")), (NodeRef("Table", "x1"), NodeRef("Table", "x2"))]
    into = [(NodeRef("Table", f"u{number:04}"), spokes[5]) for number in range(500)]
    hub = NodeRef("Table", "hub")
    store = store_of_pairs([*((hub, spoke) for spoke in spokes), *leaves, *tail, *into])
    found = find_paths(store, hub, spokes[5], 5, 300)
    assert ([stop.key for stop in found.paths[0]], found.complete) == (["hub", "s005"], True)
