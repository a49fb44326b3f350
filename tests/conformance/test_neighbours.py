"""What is next to nodes: ranked and paged, counted, and the relations among them."""

from collections.abc import Iterator

import pytest
from graphs import by_copy, by_source, column, dashboard, edge, link, node, nodes, table, tag

from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.ways import Ask, Degrees, Neighbour, Way, ranking
from schemas.errors import Invalid
from schemas.graph import READS, Direction

DOWN = "HAS_DOWNSTREAM"
SHOWS = "DASHBOARD_WITH_TABLE"
WAYS = [Way(DOWN, Direction.OUT), Way(SHOWS, Direction.IN)]
HUB, BOARD = table("hub"), dashboard("b")
# The last two come the other way round where text is compared by UTF-16 units.
ODD = ["a", "a'b", 'c"d', "e`f", "주문", "\uffee", "\U0001f4e6"]


@pytest.fixture
def store(graph_store: GraphStore) -> GraphStore:
    """A hub that leads to tables read more or less, to itself, a column and twice to a dashboard; x leads to it."""
    reads = {"a": 5, "b": 7, "c": 7, "d": None}
    by_copy(graph_store, *(node(table(name), **{READS: count}) for name, count in reads.items()))
    by_source(graph_store, *nodes(HUB, table("x"), column("c", "hub"), BOARD, tag("t")))
    links = [link(HUB, DOWN, table(name)) for name in reads]
    links += [link(HUB, DOWN, HUB, how="self"), link(HUB, DOWN, column("c", "hub")), link(table("x"), DOWN, HUB)]
    links += [link(HUB, DOWN, BOARD), link(BOARD, SHOWS, HUB, why="both"), link(HUB, "TAGGED_BY", tag("t"))]
    by_source(graph_store, *links, link(table("b"), DOWN, table("a")))
    return graph_store


RANKED = [(table("b"), 7), (table("c"), 7), (table("a"), 5)]
UNREAD = [(ref, 0) for ref in sorted([table("d"), HUB, column("c", "hub"), BOARD], key=lambda ref: ref.key)]
ALONG = [Neighbour(*pair) for pair in (*RANKED, *UNREAD)]


def first(store: GraphStore, ask: Ask, limit: int = 100) -> list[Neighbour]:
    (found,) = store.neighbours([ask], WAYS, READS, limit)
    return found


def test_neighbours_are_ranked_then_by_key_each_once(store: GraphStore):
    assert first(store, Ask(HUB)) == ALONG


def test_neighbours_against_the_ways(store: GraphStore):
    assert first(store, Ask(HUB, along=False)) == [Neighbour(HUB, 0), Neighbour(table("x"), 0)]
    assert first(store, Ask(BOARD, along=False)) == [Neighbour(HUB, 0)]
    assert first(store, Ask(BOARD)) == []


@pytest.mark.parametrize("limit", [1, 2, 3, len(ALONG), 50])
def test_pages_have_each_neighbour_exactly_once(store: GraphStore, limit: int):
    assert list(paged(store, HUB, limit)) == ALONG


def paged(store: GraphStore, ref: NodeRef, limit: int) -> Iterator[Neighbour]:
    page = first(store, Ask(ref), limit)
    while page:
        assert len(page) <= limit
        yield from page
        last = page[-1]
        page = first(store, Ask(ref, after=last), limit)
        assert all(ranking(found) > ranking(last) for found in page)


def test_each_ask_is_answered_in_its_place(store: GraphStore):
    asked = [Ask(table("b")), Ask(table("none")), Ask(HUB, after=ALONG[-2]), Ask(column("c", "hub"), along=False)]
    found = store.neighbours([*asked, asked[0]], WAYS, READS, 100)
    only_a, the_hub = [Neighbour(table("a"), 5)], [Neighbour(HUB, 0)]
    assert found == [only_a, [], [ALONG[-1]], the_hub, only_a]
    assert store.neighbours([], WAYS, READS, 100) == []


def test_a_page_goes_on_behind_what_is_gone_meanwhile(store: GraphStore):
    assert first(store, Ask(HUB, after=Neighbour(table("bb"), 7))) == ALONG[1:]
    assert first(store, Ask(HUB, after=Neighbour(table("zz"), 6.5))) == ALONG[2:]


def test_odd_keys_page_in_code_point_order(graph_store: GraphStore):
    odd = [NodeRef("Table", key) for key in ODD]
    by_source(graph_store, *nodes(HUB, *odd), *(link(HUB, DOWN, ref) for ref in reversed(odd)))
    assert [found.ref for found in paged(graph_store, HUB, 2)] == odd


def test_what_is_no_number_ranks_as_nothing(graph_store: GraphStore):
    values = {"a": True, "b": "9", "c": 1.5, "d": ["x"], "e": -1}
    by_source(graph_store, *(node(table(name), x=value) for name, value in values.items()), node(HUB))
    by_source(graph_store, *(link(HUB, DOWN, table(name)) for name in values))
    (found,) = graph_store.neighbours([Ask(HUB)], WAYS, "x", 9)
    assert [(near.ref.key[-1], near.rank) for near in found] == [("c", 1.5), ("a", 0), ("b", 0), ("d", 0), ("e", -1)]


def test_neighbours_are_counted_each_once_both_ways(store: GraphStore):
    asked = [HUB, BOARD, table("a"), table("none"), column("c", "hub"), tag("t")]
    assert store.neighbour_counts(asked, WAYS) == {
        HUB: Degrees(2, len(ALONG)),
        BOARD: Degrees(1, 0),
        table("a"): Degrees(2, 0),
        column("c", "hub"): Degrees(1, 0),
        tag("t"): Degrees(0, 0),
    }
    assert store.neighbour_counts([], WAYS) == {}


def test_relations_between_nodes_come_with_their_properties(store: GraphStore):
    found = store.between([HUB, BOARD, table("a"), table("b"), table("none")], [DOWN, SHOWS], 100)
    assert dict(found) == {
        edge(HUB, DOWN, HUB): {"how": "self"},
        edge(HUB, DOWN, BOARD): {},
        edge(BOARD, SHOWS, HUB): {"why": "both"},
        edge(HUB, DOWN, table("a")): {},
        edge(HUB, DOWN, table("b")): {},
        edge(table("b"), DOWN, table("a")): {},
    }
    assert len(found) == 6


def test_relations_between_nodes_end_at_the_limit(store: GraphStore):
    assert len(store.between([HUB, table("a"), table("b")], [DOWN], 2)) == 2
    assert store.between([HUB, table("a")], [DOWN], 0) == []
    assert store.between([], [DOWN], 9) == []
    assert store.between([HUB], [], 9) == []


def test_what_the_model_does_not_have_is_refused(graph_store: GraphStore):
    for wrong in (
        lambda: graph_store.neighbours([Ask(NodeRef("Wrong", "a"))], WAYS, READS, 1),
        lambda: graph_store.neighbours([Ask(HUB)], [Way("WRONG", Direction.OUT)], READS, 1),
        lambda: graph_store.neighbours([Ask(HUB)], WAYS, "x}) DELETE", 1),
        lambda: graph_store.neighbours([Ask(HUB, after=Neighbour(NodeRef("Wrong", "a"), 1))], WAYS, READS, 1),
        lambda: graph_store.neighbour_counts([HUB], [Way("WRONG", Direction.OUT)]),
        lambda: graph_store.neighbour_counts([NodeRef("Wrong", "a")], WAYS),
        lambda: graph_store.between([HUB], ["WRONG"], 1),
        lambda: graph_store.between([NodeRef("Table", "a\0")], [DOWN], 1),
    ):
        with pytest.raises(Invalid):
            wrong()
