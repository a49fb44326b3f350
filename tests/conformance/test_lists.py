"""Pages of nodes and relations, and one breadth-first step."""

import pytest
from graphs import by_source, column, cut, edge, gone, link, node, nodes, table, tag, user

from metadata_service.store.mutations import Edge, EdgeRef, Node, NodeRef
from metadata_service.store.port import GraphStore
from schemas.graph import Direction

# In code point order; a store that compares UTF-16 units would put the last two the other way round.
ODD = sorted(["%", "'", '"', "A", "_", "`", "a", "a%2Fb", "a/b", "ab", "é", "\u2028", "\uffee", "\U0001f600"])


def odd_tags(store: GraphStore) -> None:
    by_source(store, *nodes(*map(tag, reversed(ODD))))


def listed(found: list[Node]) -> list[str]:
    return [ref.key for ref, _ in found]


def test_list_of_an_empty_label_is_empty(graph_store: GraphStore):
    assert graph_store.list_nodes("Tag") == []


def test_nodes_are_listed_in_code_point_order_with_all_properties(graph_store: GraphStore):
    by_source(graph_store, node(tag("b"), tag_type="default", weight=2), node(tag("a")), node(user("c")))
    assert graph_store.list_nodes("Tag") == [
        Node(tag("a"), {}),
        Node(tag("b"), {"tag_type": "default", "weight": 2}),
    ]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("limit", [1, 3, len(ODD), len(ODD) + 1])
def test_pages_of_nodes_add_up(graph_store: GraphStore, limit: int, descending: bool):
    odd_tags(graph_store)
    found: list[str] = []
    while page := listed(graph_store.list_nodes("Tag", found[-1] if found else "", limit, descending=descending)):
        assert len(page) <= limit
        found += page
    assert found == (ODD[::-1] if descending else ODD)


PREFIXES = {
    "": ODD,
    "a": ["a", "a%2Fb", "a/b", "ab"],
    "ab": ["ab"],
    "a/": ["a/b"],
    "%": ["%"],
    "_": ["_"],
    "é": ["é"],
    "\uffee": ["\uffee"],
    "\U0001f600": ["\U0001f600"],
    "none": [],
}


@pytest.mark.parametrize(("prefix", "expected"), PREFIXES.items(), ids=map(ascii, PREFIXES))
def test_prefix_lists_the_keys_that_begin_with_it(graph_store: GraphStore, prefix: str, expected: list[str]):
    odd_tags(graph_store)
    assert listed(graph_store.list_nodes("Tag", prefix=prefix)) == expected
    assert listed(graph_store.list_nodes("Tag", prefix=prefix, descending=True)) == expected[::-1]


EDGES_OF_UNICODE = ["x\ud7ff", "x\ue000", "x\U0010ffff", "x\U0010ffffy", "y", "\U0010ffff", "\U0010ffff\U0010ffff"]


@pytest.mark.parametrize("prefix", ["x", "x\ud7ff", "x\U0010ffff", "\U0010ffff"], ids=ascii)
def test_prefix_reaches_to_the_edges_of_unicode(graph_store: GraphStore, prefix: str):
    by_source(graph_store, *nodes(*map(tag, EDGES_OF_UNICODE)))
    expected = sorted(key for key in EDGES_OF_UNICODE if key.startswith(prefix))
    assert listed(graph_store.list_nodes("Tag", prefix=prefix)) == expected
    assert listed(graph_store.list_nodes("Tag", prefix=prefix, descending=True)) == expected[::-1]


def test_prefix_goes_with_after_and_limit(graph_store: GraphStore):
    odd_tags(graph_store)
    assert listed(graph_store.list_nodes("Tag", prefix="a", after="a", limit=2)) == ["a%2Fb", "a/b"]
    assert listed(graph_store.list_nodes("Tag", prefix="a", after="b")) == []
    assert listed(graph_store.list_nodes("Tag", prefix="a", after="A", limit=1)) == ["a"]


@pytest.mark.parametrize(
    ("after", "expected"),
    [("ab", ["a/b", "a%2Fb"]), ("b", ["ab", "a/b"]), ("a", []), ("A", []), ("\U0010ffff", ["ab", "a/b"])],
    ids=ascii,
)
def test_prefix_goes_with_after_and_limit_against_the_order(graph_store: GraphStore, after: str, expected: list[str]):
    odd_tags(graph_store)
    assert listed(graph_store.list_nodes("Tag", after, 2, prefix="a", descending=True)) == expected


def owned(store: GraphStore) -> list[tuple[str, str]]:
    """Put owners of tables and dashboards; return the (table, user) pairs in order."""
    tables, people = [table(name) for name in "ba"], [user(name) for name in ("\U0001f600", "\uffee", "a")]
    other = NodeRef("Dashboard", "mode_dashboard://gold.sales/d")
    by_source(store, *nodes(*tables, *people, other), link(other, "OWNER", people[0]))
    by_source(store, *(link(t, "OWNER", u, since=u.key) for t in tables for u in people))
    by_source(store, link(tables[0], "READ_BY", people[0]), cut(tables[1], "OWNER", people[2]))
    return sorted((t.key, u.key) for t in tables for u in people if (t, u) != (tables[1], people[2]))


def test_relations_are_listed_by_source_then_target_with_all_properties(graph_store: GraphStore):
    pairs = owned(graph_store)
    assert graph_store.list_edges("OWNER", "Table", "User") == [
        Edge(EdgeRef("OWNER", NodeRef("Table", t), user(u)), {"since": u}) for t, u in pairs
    ]


@pytest.mark.parametrize("limit", [1, 2, 6])
def test_pages_of_relations_add_up(graph_store: GraphStore, limit: int):
    pairs = owned(graph_store)
    found: list[tuple[str, str]] = []
    while page := graph_store.list_edges("OWNER", "Table", "User", after=found[-1] if found else ("", ""), limit=limit):
        assert len(page) <= limit
        found += [(ref.source.key, ref.target.key) for ref, _ in page]
    assert found == pairs


def test_relations_go_on_from_a_place_between_two(graph_store: GraphStore):
    by_source(graph_store, *nodes(table("a"), table("c"), user("b"), user("d")))
    by_source(graph_store, *(link(t, "OWNER", u) for t in (table("a"), table("c")) for u in (user("b"), user("d"))))
    after = {
        (table("a").key, "c"): 3,
        (table("a").key, "e"): 2,
        (table("b").key, "x"): 2,
        (table("c").key, "b"): 1,
        ("z", ""): 0,
    }
    for place, left in after.items():
        assert len(graph_store.list_edges("OWNER", "Table", "User", after=place)) == left


def lineage(store: GraphStore, *pairs: str) -> None:
    by_source(store, *nodes(*(table(name) for name in dict.fromkeys("".join(pairs)))))
    by_source(store, *(link(table(a), "HAS_DOWNSTREAM", table(b)) for a, b in pairs))


def steps(
    store: GraphStore, refs: list[NodeRef], direction: Direction, *types: str, limit: int = 100
) -> list[tuple[str, str]]:
    found = store.neighbourhood(refs, types or ["HAS_DOWNSTREAM"], direction, limit)
    return [(ref.source.key.rpartition("/")[2], ref.target.key.rpartition("/")[2]) for ref in found]


def test_neighbourhood_follows_one_direction(graph_store: GraphStore):
    lineage(graph_store, "ab", "bc", "db")
    assert steps(graph_store, [table("b")], Direction.OUT) == [("b", "c")]
    assert steps(graph_store, [table("b")], Direction.IN) == [("a", "b"), ("d", "b")]


def test_neighbourhood_takes_a_whole_frontier_in_order_of_near_then_far(graph_store: GraphStore):
    lineage(graph_store, "az", "ab", "ba", "bb", "cz")
    frontier = [table("b"), table("a"), table("missing"), table("a")]
    assert steps(graph_store, frontier, Direction.OUT) == [("a", "b"), ("a", "z"), ("b", "a"), ("b", "b")]
    assert steps(graph_store, [table("z"), table("b")], Direction.IN) == [
        ("a", "b"),
        ("b", "b"),
        ("a", "z"),
        ("c", "z"),
    ]


def test_neighbourhood_stops_at_the_limit(graph_store: GraphStore):
    lineage(graph_store, "az", "ab", "ba")
    assert steps(graph_store, [table("b"), table("a")], Direction.OUT, limit=2) == [("a", "b"), ("a", "z")]
    assert steps(graph_store, [table("b"), table("a")], Direction.OUT, limit=0) == []


def test_neighbourhood_cut_at_the_limit_keeps_the_first_whatever_came_first(graph_store: GraphStore):
    late_first = "zyxwvutsrqponm"
    lineage(graph_store, *(f"b{name}" for name in late_first), *(f"a{name}" for name in late_first))
    both = [table("b"), table("a")]
    assert steps(graph_store, both, Direction.OUT, limit=3) == [("a", "m"), ("a", "n"), ("a", "o")]
    assert steps(graph_store, [table(name) for name in late_first], Direction.IN, limit=3) == [
        ("a", "m"),
        ("b", "m"),
        ("a", "n"),
    ]


def test_neighbourhood_crosses_labels_and_relation_types(graph_store: GraphStore):
    t, u, c = table("t"), table("u"), column("c", "t")
    by_source(graph_store, *nodes(t, u, c, user("t")), link(t, "HAS_DOWNSTREAM", c), link(t, "HAS_DOWNSTREAM", u))
    by_source(graph_store, link(t, "COLUMN", c), link(t, "READ_BY", user("t")))
    assert graph_store.neighbourhood([t, c], ["HAS_DOWNSTREAM", "COLUMN"], Direction.OUT, 10) == [
        edge(t, "COLUMN", c),
        edge(t, "HAS_DOWNSTREAM", c),
        edge(t, "HAS_DOWNSTREAM", u),
    ]
    assert graph_store.neighbourhood([u, c], ["HAS_DOWNSTREAM"], Direction.IN, 10) == [
        edge(t, "HAS_DOWNSTREAM", c),
        edge(t, "HAS_DOWNSTREAM", u),
    ]


def test_neighbourhood_of_nothing_is_empty(graph_store: GraphStore):
    lineage(graph_store, "ab")
    assert graph_store.neighbourhood([], ["HAS_DOWNSTREAM"], Direction.OUT, 10) == []
    assert graph_store.neighbourhood([table("a")], [], Direction.OUT, 10) == []


def test_neighbourhood_of_thousands_is_complete(graph_store: GraphStore):
    wide = [table(f"{n:04}") for n in range(3_000)]
    by_source(graph_store, *nodes(table("hub"), *wide))
    by_source(graph_store, *(link(t, "HAS_DOWNSTREAM", table("hub")) for t in wide))
    found = graph_store.neighbourhood(wide, ["HAS_DOWNSTREAM"], Direction.OUT, 10_000)
    assert found == [edge(t, "HAS_DOWNSTREAM", table("hub")) for t in wide]


def test_relations_of_a_removed_node_are_gone(graph_store: GraphStore):
    lineage(graph_store, "ab", "bc")
    by_source(graph_store, gone(table("b")))
    assert graph_store.list_edges("HAS_DOWNSTREAM", "Table", "Table") == []
    assert steps(graph_store, [table("a"), table("b")], Direction.OUT) == []
