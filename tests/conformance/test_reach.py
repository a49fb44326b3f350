"""Reaching far in one call: what is around a node, by steps of any length."""

from itertools import pairwise

import pytest
from graphs import by_source, column, link, nodes, table, tag

from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore, Reach
from schemas.errors import Invalid
from schemas.graph import Direction

DOWN = ["HAS_DOWNSTREAM"]
OUT, IN = Direction.OUT, Direction.IN


def steps(found: Reach) -> set[tuple[str, str]]:
    return {(found.nodes[near].key[-1], found.nodes[far].key[-1]) for near, far in found.steps}


@pytest.fixture
def diamonds(graph_store: GraphStore) -> GraphStore:
    """A leads to b and c, both to d, d to e and back to a; e to itself. f leads to a."""
    pairs = ["ab", "ac", "bd", "cd", "de", "da", "ee", "fa"]
    refs = {name: table(name) for name in "abcdef"}
    links = [link(refs[near], "HAS_DOWNSTREAM", refs[far]) for near, far in pairs]
    by_source(graph_store, *nodes(*refs.values()), *links)
    return graph_store


@pytest.mark.parametrize(
    ("direction", "depth", "expected"),
    [
        (OUT, 0, ""),
        (OUT, 1, "ab ac"),
        (OUT, 2, "ab ac bd cd"),
        (OUT, 3, "ab ac bd cd de da"),
        (OUT, 4, "ab ac bd cd de da ee"),
        (OUT, 99_999, "ab ac bd cd de da ee"),
        (IN, 1, "ad af"),
        (IN, 2, "ad af db dc"),
        (IN, 3, "ad af db dc ba ca"),
    ],
)
def test_reach_walks_as_far_as_it_is_told(diamonds: GraphStore, direction: Direction, depth: int, expected: str):
    found = diamonds.reach(table("a"), DOWN, direction, depth, 100)
    assert steps(found) == {(pair[0], pair[1]) for pair in expected.split()}
    assert found.nodes[0] == table("a")
    assert len(set(found.nodes)) == len(found.nodes)
    assert len(set(found.steps)) == len(found.steps)


def test_reach_stops_at_the_limit_and_keeps_what_is_near(diamonds: GraphStore):
    found = diamonds.reach(table("a"), DOWN, OUT, 99, 3)
    assert len(found.steps) == 3
    assert {("a", "b"), ("a", "c")} < steps(found)


def test_reach_of_what_does_not_exist_is_it_alone(graph_store: GraphStore):
    assert graph_store.reach(table("no"), DOWN, OUT, 5, 10) == Reach([table("no")], [])
    by_source(graph_store, *nodes(table("a")))
    assert graph_store.reach(table("a"), DOWN, OUT, 5, 10) == Reach([table("a")], [])
    assert graph_store.reach(table("a"), [], OUT, 5, 10) == Reach([table("a")], [])


def test_reach_crosses_labels_and_relation_types(graph_store: GraphStore):
    t, c, label = table("t"), column("c"), tag("x")
    links = [link(t, "COLUMN", c), link(t, "TAGGED_BY", label), link(t, "HAS_DOWNSTREAM", table("u"))]
    by_source(graph_store, *nodes(t, c, label, table("u")), *links)
    found = graph_store.reach(t, ["COLUMN", "TAGGED_BY"], OUT, 3, 10)
    assert {(found.nodes[a], found.nodes[b]) for a, b in found.steps} == {(t, c), (t, label)}
    back = graph_store.reach(label, ["TAGGED_BY"], IN, 3, 10)
    assert [back.nodes[b] for _, b in back.steps] == [t]


def test_reach_takes_odd_keys_as_they_are(graph_store: GraphStore):
    odd = [NodeRef("Table", key) for key in ("a'b", 'c"d', "e`f", "주문", "\U0001f4e6")]
    links = [link(near, "HAS_DOWNSTREAM", far) for near, far in pairwise(odd)]
    by_source(graph_store, *nodes(*odd), *links)
    assert set(graph_store.reach(odd[0], DOWN, OUT, 9, 10).nodes) == set(odd)


def test_reach_refuses_what_the_model_does_not_have(graph_store: GraphStore):
    with pytest.raises(Invalid):
        graph_store.reach(table("a"), ["WRONG"], OUT, 1, 1)
    with pytest.raises(Invalid):
        graph_store.reach(NodeRef("Wrong", "a"), DOWN, OUT, 1, 1)
