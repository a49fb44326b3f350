"""The laws of exploring, over random graphs of several kinds with cycles, diamonds and self-edges."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lineage_graphs import (
    MOST,
    START,
    UNHURRIED,
    Boards,
    Pairs,
    all_pairs,
    boards,
    chain,
    graphs,
    ladder,
    of_tables,
    reached,
    reads,
    store_of,
    store_of_pairs,
)

from metadata_service.lineage.amundsen import get_lineage
from metadata_service.lineage.explore import Asked, Filter, explore
from metadata_service.lineage.walk import Budget
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas import lineage

directions = st.sampled_from(["upstream", "downstream", "both"])


def ref(item: Any) -> NodeRef:
    return NodeRef(item.kind.capitalize(), item.key)


def edges_of(found: lineage.Exploration) -> list[tuple[NodeRef, NodeRef]]:
    return [(ref(edge.source), ref(edge.target)) for edge in found.edges]


@UNHURRIED
@given(graphs, boards, reads, directions, st.integers(0, 5))
def test_levels_are_shortest_distances_and_edges_are_all_there_are(
    pairs: Pairs, shown: Boards, used: dict[NodeRef, int], direction: str, depth: int
):
    found = explore(store_of(pairs, shown, used), START, Asked(direction, depth, limit=100), MOST)
    every = all_pairs(pairs, shown)
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


@UNHURRIED
@given(graphs, boards, reads, directions, st.integers(0, 4), st.integers(1, 3), st.integers(1, 12))
def test_shown_and_hidden_add_up_whatever_is_left_out(
    pairs: Pairs,
    shown: Boards,
    used: dict[NodeRef, int],
    direction: str,
    depth: int,
    limit: int,
    most: int,
):
    found = explore(store_of(pairs, shown, used), START, Asked(direction, depth, limit), most)
    every, edges = all_pairs(pairs, shown), edges_of(found)
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
        whole = explore(store_of(pairs, shown, used), START, Asked(direction, depth, 100), MOST)
        assert nodes == {ref(item) for item in whole.nodes}


@UNHURRIED
@given(graphs, boards, reads, directions, st.integers(1, 4))
def test_pages_cover_each_neighbour_exactly_once_in_order_of_use(
    pairs: Pairs, shown: Boards, used: dict[NodeRef, int], direction: str, limit: int
):
    store = store_of(pairs, shown, used)
    seen: list[tuple[NodeRef, int]] = []
    cursor: str | None = ""
    while cursor is not None:
        page = explore(store, START, Asked(direction, 1, limit, cursor), MOST)
        seen += [(ref(item), item.level) for item in page.nodes[1:]]
        assert page.complete == (page.next is None)
        cursor = page.next
    for level, side in ((-1, 0), (1, 1)):
        around = {pair[side] for pair in all_pairs(pairs, shown) if pair[1 - side] == START} - {START}
        got = [at for at, its in seen if its == level]
        assert len(got) == len(set(got))
        if direction == {-1: "upstream", 1: "downstream"}[level]:
            assert got == sorted(around, key=lambda at: (-used.get(at, 0), at.key, at.label))


@UNHURRIED
@given(of_tables, st.sampled_from(["upstream", "downstream"]), st.integers(1, 5))
def test_amundsens_route_tells_of_the_same_nodes(pairs: Pairs, direction: str, depth: int):
    store = store_of(pairs, {})
    found = explore(store, START, Asked(direction, depth, limit=100), MOST)
    known, complete = get_lineage(store, START, direction, Budget(depth, MOST))
    items = known.upstream_entities if direction == "upstream" else known.downstream_entities
    assert {item.key: item.level for item in items} == {item.key: abs(item.level) for item in found.nodes[1:]}
    assert complete == found.complete


def test_chain_of_ten_thousand_is_shown_as_deep_as_asked():
    store, refs = chain(10_000)
    found = explore(store, refs[0], Asked("downstream", depth=100), MOST)
    assert [item.level for item in found.nodes] == list(range(101))
    assert (found.nodes[-1].hidden_downstream, found.complete) == (1, True)


@pytest.mark.parametrize("most", [50, 5_000])
def test_hub_of_a_hundred_thousand_shows_a_page_and_says_how_many_there_are(most: int):
    hub, spokes = NodeRef("Table", "hub"), [NodeRef("Table", f"s{number:06}") for number in range(100_000)]
    store = store_of_pairs([(hub, spoke) for spoke in spokes])
    found = explore(store, hub, Asked("both", 3, limit=20), most)
    assert [item.key for item in found.nodes] == ["hub", *(spoke.key for spoke in spokes[:20])]
    assert found.nodes[0].hidden_downstream == 100_000 - 20
    assert (found.complete, found.next is None) == (False, False)


class Counting:
    """A graph that counts the neighbours it is asked for."""

    def __init__(self, store: GraphStore) -> None:
        self._store, self.count, self.calls = store, 0, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def neighbours(self, *asked: Any) -> Any:
        found = self._store.neighbours(*asked)
        self.calls += 1
        self.count += sum(map(len, found))
        return found


def test_what_does_not_pass_counts_against_the_budget():
    hubs = [NodeRef("Table", f"h{number}") for number in range(6)]
    spokes = [(hub, NodeRef("Dashboard", f"{hub.key}-{number:04}")) for hub in hubs for number in range(2_000)]
    counting = Counting(store_of_pairs([*pairwise(hubs), *spokes]))
    asked = Asked("downstream", 50, filter=Filter(kinds=frozenset({"table"})))
    found = explore(counting, hubs[0], asked, 5_000)  # type: ignore[arg-type]
    assert 5_000 <= counting.count < 6_000
    assert not found.complete
    assert [item.key for item in found.nodes] == ["h0", "h1", "h2"]


def test_hub_of_which_nothing_passes_is_ranked_a_few_times_only():
    """Each page is a ranking of all: fifty pages of two hundred took a hub of a hundred thousand for seconds."""
    hub, spokes = NodeRef("Table", "hub"), [NodeRef("Table", f"s{number:06}") for number in range(12_000)]
    counting = Counting(store_of_pairs([(hub, spoke) for spoke in spokes]))
    asked = Asked("downstream", filter=Filter(owners=frozenset({"nobody"})))
    found = explore(counting, hub, asked, MOST)  # type: ignore[arg-type]
    assert counting.calls <= 6
    assert MOST <= counting.count < MOST + 400
    assert (len(found.nodes), found.nodes[0].hidden_downstream, found.complete) == (1, 12_000, False)
    assert found.next is not None


def test_ladder_of_diamonds_has_each_node_once():
    store, rungs = ladder(40)
    found = explore(store, rungs[0][0], Asked("downstream", 100), MOST)
    assert (len(found.nodes), len(found.edges), found.complete) == (1 + 2 * 39, 2 + 4 * 38, True)
