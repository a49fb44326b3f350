"""The laws of a lineage walk, over random graphs with cycles, diamonds and self-edges."""

from collections import deque
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from metadata_service.lineage.walk import LINEAGE, Budget, Walk, walk
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from schemas.graph import Direction

PLENTY = Budget(depth=100, steps=10_000)
START = NodeRef("Table", "t0")

numbers = st.integers(0, 9)
graphs = st.sets(st.tuples(numbers, numbers), max_size=40)
directions = st.sampled_from(Direction)


def table(number: int) -> NodeRef:
    return NodeRef("Table", f"t{number}")


def store_of(pairs: set[tuple[int, int]]) -> GraphStore:
    store = open_store("memory:")
    nodes = [PutNode(table(number)) for number in range(10)]
    edges = [PutEdge(EdgeRef(LINEAGE[0], table(a), table(b))) for a, b in sorted(pairs)]
    store.apply(Batch((*nodes, *edges), Authority.SOURCE))
    return store


def distances(pairs: set[tuple[int, int]], direction: Direction) -> dict[NodeRef, int]:
    """Find shortest distances the plain way."""
    far = {START: 0}
    queue = deque([0])
    while queue:
        here = queue.popleft()
        steps = {
            (b if direction is Direction.OUT else a) for a, b in pairs if here == (a, b)[direction is Direction.IN]
        }
        for there in sorted(steps):
            if table(there) not in far:
                far[table(there)] = far[table(here)] + 1
                queue.append(there)
    return far


def levels(found: Walk) -> dict[NodeRef, int]:
    return {found.nodes[place]: level for place, level in found.levels.items()}


def steps(found: Walk) -> list[tuple[NodeRef, NodeRef]]:
    return sorted((found.nodes[near], found.nodes[far]) for near, far in found.steps)


@given(graphs, directions)
def test_levels_are_shortest_distances(pairs: set[tuple[int, int]], direction: Direction):
    found = walk(store_of(pairs), START, direction, PLENTY)
    assert found.complete
    assert levels(found) == distances(pairs, direction)


@given(graphs, directions, st.integers(0, 4))
def test_depth_cuts_what_is_farther_and_nothing_else(pairs: set[tuple[int, int]], direction: Direction, depth: int):
    found = walk(store_of(pairs), START, direction, Budget(depth, 10_000))
    assert found.complete
    assert levels(found) == {node: level for node, level in distances(pairs, direction).items() if level <= depth}


@given(graphs, directions)
def test_every_relation_within_reach_is_walked_once(pairs: set[tuple[int, int]], direction: Direction):
    found = walk(store_of(pairs), START, direction, PLENTY)
    turned = {(table(a), table(b)) if direction is Direction.OUT else (table(b), table(a)) for a, b in pairs}
    assert steps(found) == sorted(pair for pair in turned if pair[0] in levels(found))


@given(graphs, directions)
def test_steps_come_level_by_level(pairs: set[tuple[int, int]], direction: Direction):
    found = walk(store_of(pairs), START, direction, PLENTY)
    begun = [found.levels[near] for near, _ in found.steps]
    assert begun == sorted(begun)


@given(graphs, directions, st.integers(1, 30))
def test_budget_of_relations_is_kept_and_said(pairs: set[tuple[int, int]], direction: Direction, most: int):
    whole = walk(store_of(pairs), START, direction, PLENTY)
    found = walk(store_of(pairs), START, direction, Budget(100, most))
    assert len(found.steps) <= most
    assert found.complete == (len(whole.steps) <= most)
    assert levels(found).keys() <= levels(whole).keys()


def test_other_kinds_are_not_walked():
    store = store_of({(0, 1)})
    board = NodeRef("Dashboard", "d")
    edge = PutEdge(EdgeRef(LINEAGE[0], START, board))
    store.apply(Batch((PutNode(board), edge), Authority.SOURCE))
    assert levels(walk(store, START, Direction.OUT, PLENTY)) == {START: 0, table(1): 1}


def test_chain_of_ten_thousand_answers():
    store = open_store("memory:")
    refs = [NodeRef("Table", f"c{number:05}") for number in range(10_001)]
    edges = [PutEdge(EdgeRef(LINEAGE[0], a, b)) for a, b in pairwise(refs)]
    store.apply(Batch((*map(PutNode, refs), *edges), Authority.SOURCE))
    found = walk(store, refs[0], Direction.OUT, Budget(100_000, 100_000))
    assert levels(found)[refs[-1]] == 10_000
