"""The laws of a lineage walk, over random graphs with cycles, diamonds and self-edges."""

from hypothesis import given
from hypothesis import strategies as st
from lineage_graphs import (
    MOST,
    START,
    TABLES,
    UNHURRIED,
    Boards,
    Pairs,
    boards,
    chain,
    graphs,
    of_tables,
    reached,
    store_of,
)

from metadata_service.lineage.walk import Budget, Walk, walk
from metadata_service.store.mutations import NodeRef
from schemas.graph import Direction

PLENTY = Budget(depth=100, steps=MOST)

directions = st.sampled_from(Direction)


def distances(pairs: Pairs, direction: Direction) -> dict[NodeRef, int]:
    return reached(pairs, along=direction is Direction.OUT)


def levels(found: Walk) -> dict[NodeRef, int]:
    return {found.nodes[place]: level for place, level in found.levels.items()}


def steps(found: Walk) -> list[tuple[NodeRef, NodeRef]]:
    return sorted((found.nodes[near], found.nodes[far]) for near, far in found.steps)


@UNHURRIED
@given(of_tables, directions, st.integers(0, 6))
def test_levels_are_shortest_distances_as_far_as_the_depth(pairs: Pairs, direction: Direction, depth: int):
    store = store_of(pairs, {})
    assert levels(walk(store, START, direction, PLENTY)) == distances(pairs, direction)
    found = walk(store, START, direction, Budget(depth, MOST))
    assert found.complete
    assert levels(found) == {node: level for node, level in distances(pairs, direction).items() if level <= depth}


@UNHURRIED
@given(of_tables, directions, st.integers(0, 6))
def test_every_relation_within_reach_is_walked_once(pairs: Pairs, direction: Direction, depth: int):
    found = walk(store_of(pairs, {}), START, direction, Budget(depth, MOST))
    near = {ref for ref, level in levels(found).items() if level < depth}
    turned = pairs if direction is Direction.OUT else {(b, a) for a, b in pairs}
    assert steps(found) == sorted(pair for pair in turned if pair[0] in near)


@UNHURRIED
@given(of_tables, directions)
def test_steps_come_level_by_level(pairs: Pairs, direction: Direction):
    found = walk(store_of(pairs, {}), START, direction, PLENTY)
    begun = [found.levels[near] for near, _ in found.steps]
    assert begun == sorted(begun)


@UNHURRIED
@given(of_tables, directions, st.integers(1, 30))
def test_budget_of_relations_is_kept_and_said(pairs: Pairs, direction: Direction, most: int):
    store = store_of(pairs, {})
    whole = walk(store, START, direction, PLENTY)
    found = walk(store, START, direction, Budget(100, most))
    assert len(found.steps) <= most
    assert found.complete == (len(whole.steps) <= most)
    assert levels(found).keys() <= levels(whole).keys()


@UNHURRIED
@given(graphs, boards, directions)
def test_other_kinds_and_relations_are_not_walked(pairs: Pairs, shown: Boards, direction: Direction):
    found = walk(store_of(pairs, shown), START, direction, PLENTY)
    assert levels(found) == distances({pair for pair in pairs if {*pair} <= {*TABLES}}, direction)


def test_chain_of_ten_thousand_answers():
    store, refs = chain(10_000)
    found = walk(store, refs[0], Direction.OUT, Budget(100_000, 100_000))
    assert levels(found)[refs[-1]] == 10_000
