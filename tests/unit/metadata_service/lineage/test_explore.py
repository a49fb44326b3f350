"""The laws of exploring, over random graphs of several kinds with cycles, diamonds and self-edges."""

from collections import deque
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metadata_service.lineage.explore import Asked, explore
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from schemas import lineage
from schemas.graph import READS

MOST = 10_000
REFS = [*(NodeRef("Table", f"t{number}") for number in range(6)), *(NodeRef("Dashboard", f"d{n}") for n in range(3))]
START = REFS[0]
ends = st.sampled_from(REFS)
graphs = st.sets(st.tuples(ends, ends), max_size=30)
shown = st.dictionaries(st.sampled_from([ref for ref in REFS if ref.label == "Dashboard"]), st.sampled_from(REFS[:6]))
reads = st.dictionaries(ends, st.integers(0, 3))
directions = st.sampled_from(["upstream", "downstream", "both"])
Pairs = set[tuple[NodeRef, NodeRef]]


def store_of(pairs: Pairs, boards: dict[NodeRef, NodeRef], used: dict[NodeRef, int]) -> GraphStore:
    store = open_store("memory:")
    nodes = [PutNode(ref, {READS: used[ref]} if ref in used else {}) for ref in REFS]
    edges = [PutEdge(EdgeRef("HAS_DOWNSTREAM", *pair)) for pair in sorted(pairs)]
    shows = [PutEdge(EdgeRef("DASHBOARD_WITH_TABLE", board, table)) for board, table in boards.items()]
    store.apply(Batch((*nodes, *edges, *shows), Authority.COPY))
    return store


def all_pairs(pairs: Pairs, boards: dict[NodeRef, NodeRef]) -> Pairs:
    return pairs | {(table, board) for board, table in boards.items()}


def reached(pairs: Pairs, downstream: bool) -> dict[NodeRef, int]:
    """Find shortest distances the plain way."""
    found, queue = {START: 0}, deque([START])
    while queue:
        here = queue.popleft()
        for source, target in sorted(pairs):
            near, far = (source, target) if downstream else (target, source)
            if near == here and far not in found:
                found[far] = found[here] + 1
                queue.append(far)
    return found


def ref(item: Any) -> NodeRef:
    return NodeRef(item.kind.capitalize(), item.key)


def edges_of(found: lineage.Exploration) -> list[tuple[NodeRef, NodeRef]]:
    return [(ref(edge.source), ref(edge.target)) for edge in found.edges]


@given(graphs, shown, reads, directions, st.integers(0, 5))
def test_levels_are_shortest_distances_and_edges_are_all_there_are(
    pairs: Pairs, boards: dict[NodeRef, NodeRef], used: dict[NodeRef, int], direction: str, depth: int
):
    found = explore(store_of(pairs, boards, used), START, Asked(direction, depth, limit=100), MOST)
    every = all_pairs(pairs, boards)
    sides = {"upstream": [False], "downstream": [True], "both": [False, True]}[direction]
    far: dict[NodeRef, int] = {}
    for side in sides:
        for at, distance in reached(every, side).items():
            if distance <= depth:
                far[at] = min(distance, far.get(at, distance))
    assert {ref(item): abs(item.level) for item in found.nodes} == far
    assert ref(found.nodes[0]) == START
    assert sorted(edges_of(found)) == sorted(pair for pair in every if far.keys() >= set(pair))
    assert found.complete
    assert found.next is None


@given(graphs, shown, reads, directions, st.integers(0, 4), st.integers(1, 3), st.integers(1, 12))
def test_shown_and_hidden_add_up_whatever_is_left_out(
    pairs: Pairs,
    boards: dict[NodeRef, NodeRef],
    used: dict[NodeRef, int],
    direction: str,
    depth: int,
    limit: int,
    most: int,
):
    found = explore(store_of(pairs, boards, used), START, Asked(direction, depth, limit), most)
    every, edges = all_pairs(pairs, boards), edges_of(found)
    nodes = {ref(item) for item in found.nodes}
    assert len(edges) == len(set(edges)) <= most
    assert len(nodes) == len(found.nodes)
    assert {end for pair in edges for end in pair} <= nodes
    for item in found.nodes:
        sources, targets = ({pair[side] for pair in every if pair[1 - side] == ref(item)} for side in (0, 1))
        assert (item.upstream_count, item.downstream_count) == (len(sources), len(targets))
        if found.complete or len(edges) < most:
            assert item.hidden_upstream == len(sources - nodes)
            assert item.hidden_downstream == len(targets - nodes)
    if found.complete:
        whole = explore(store_of(pairs, boards, used), START, Asked(direction, depth, 100), MOST)
        assert nodes == {ref(item) for item in whole.nodes}


@given(graphs, shown, reads, directions, st.integers(1, 4))
def test_pages_cover_each_neighbour_exactly_once_in_order_of_use(
    pairs: Pairs, boards: dict[NodeRef, NodeRef], used: dict[NodeRef, int], direction: str, limit: int
):
    store = store_of(pairs, boards, used)
    seen: list[tuple[NodeRef, int]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = explore(store, START, Asked(direction, 1, limit, cursor), MOST)
        seen += [(ref(item), item.level) for item in page.nodes[1:]]
        assert page.complete == (page.next is None)
        cursor = page.next
    for level, side in ((-1, 0), (1, 1)):
        around = {pair[side] for pair in all_pairs(pairs, boards) if pair[1 - side] == START} - {START}
        got = [at for at, its in seen if its == level]
        assert len(got) == len(set(got))
        if direction == {-1: "upstream", 1: "downstream"}[level]:
            assert got == sorted(around, key=lambda at: (-used.get(at, 0), at.key, at.label))


def chain(length: int) -> tuple[GraphStore, list[NodeRef]]:
    refs = [NodeRef("Table", f"c{number:05}") for number in range(length + 1)]
    links = [PutEdge(EdgeRef("HAS_DOWNSTREAM", *pair)) for pair in pairwise(refs)]
    store = open_store("memory:")
    store.apply(Batch((*map(PutNode, refs), *links), Authority.SOURCE))
    return store, refs


def test_chain_of_ten_thousand_is_shown_as_deep_as_asked():
    store, refs = chain(10_000)
    found = explore(store, refs[0], Asked("downstream", depth=100), MOST)
    assert [item.level for item in found.nodes] == list(range(101))
    assert (found.nodes[-1].hidden_downstream, found.complete) == (1, True)


@pytest.mark.parametrize("most", [50, 5_000])
def test_hub_of_a_hundred_thousand_shows_a_page_and_says_how_many_there_are(most: int):
    store, hub = open_store("memory:"), NodeRef("Table", "hub")
    spokes = [NodeRef("Table", f"s{number:06}") for number in range(100_000)]
    links = [PutEdge(EdgeRef("HAS_DOWNSTREAM", hub, spoke)) for spoke in spokes]
    store.apply(Batch((PutNode(hub), *map(PutNode, spokes), *links), Authority.SOURCE))
    found = explore(store, hub, Asked("both", 3, limit=20), most)
    assert [item.key for item in found.nodes] == ["hub", *(spoke.key for spoke in spokes[:20])]
    assert found.nodes[0].hidden_downstream == 100_000 - 20
    assert (found.complete, found.next is None) == (False, False)


def test_ladder_of_diamonds_has_each_node_once():
    store = open_store("memory:")
    rungs = [[NodeRef("Table", f"r{rung:02}{side}") for side in "ab"] for rung in range(40)]
    links = [PutEdge(EdgeRef("HAS_DOWNSTREAM", a, b)) for up, down in pairwise(rungs) for a in up for b in down]
    store.apply(Batch((*(PutNode(at) for rung in rungs for at in rung), *links), Authority.SOURCE))
    found = explore(store, rungs[0][0], Asked("downstream", 100), MOST)
    assert (len(found.nodes), len(found.edges), found.complete) == (1 + 2 * 39, 2 + 4 * 38, True)
