"""Reader counts, rankings, counts and degrees."""

import math
from typing import Any

import pytest
from graphs import (
    badge,
    by_copy,
    by_person,
    by_source,
    column,
    cut,
    dashboard,
    description,
    edges_of,
    gone,
    link,
    node,
    nodes,
    props_of,
    settle,
    table,
    tag,
    user,
)

from metadata_service.store.mutations import NodeRef, PutNode
from metadata_service.store.port import GraphStore, Related
from metadata_service.store.tallies import MAX_READS
from schemas.graph import GONE, POPULARITY, READERS, READS, Direction


def tally(store: GraphStore, ref: NodeRef) -> tuple[int, int] | None:
    """Return (readers, reads), having checked the popularity that follows from them."""
    props = props_of(store, ref)
    assert props is not None
    if READERS not in props:
        assert READS not in props
        assert POPULARITY not in props
        return None
    readers, reads = props[READERS], props[READS]
    assert type(readers) is int
    assert type(reads) is int
    assert type(props[POPULARITY]) is float
    assert props[POPULARITY] == pytest.approx(readers * math.log(reads) if reads > 0 else 0.0)
    return readers, reads


def read(store: GraphStore, counts: dict[str, Any], of: NodeRef) -> None:
    people = [node(user(name)) for name in counts]
    by_source(store, node(of), *people, *(link(of, "READ_BY", user(u), read_count=n) for u, n in counts.items()))


def ranked(store: GraphStore, label: str, by: str, limit: int = 10, **minimum: float) -> list[str]:
    return [ref.key.rpartition("/")[2] for ref, _ in store.rank(label, by, limit, minimum)]


def test_readers_are_counted_as_they_come_and_go(graph_store: GraphStore):
    t = table("t")
    by_source(graph_store, *nodes(t, user("a"), user("b")))
    assert tally(graph_store, t) is None
    by_source(graph_store, link(t, "READ_BY", user("a"), read_count=10))
    assert tally(graph_store, t) == (1, 10)
    by_source(graph_store, link(t, "READ_BY", user("a"), read_count=10))
    assert tally(graph_store, t) == (1, 10)
    by_person(graph_store, link(t, "READ_BY", user("b"), read_count=5), link(t, "READ_BY", user("a"), read_count=7))
    assert tally(graph_store, t) == (2, 12)
    by_source(graph_store, cut(t, "READ_BY", user("a")))
    assert tally(graph_store, t) == (1, 5)
    by_person(graph_store, cut(t, "READ_BY", user("b")), cut(t, "READ_BY", user("b")))
    assert tally(graph_store, t) is None


ODD_COUNTS = [(None, 0), ("9", 0), (True, 0), (2.5, 0), (0, 0), (-1, 0), (-(2**62), 0), (2**62, MAX_READS)]


@pytest.mark.parametrize(("count", "reads"), ODD_COUNTS)
def test_a_reader_counts_even_where_the_read_count_is_odd(graph_store: GraphStore, count: Any, reads: int):
    read(graph_store, {"a": count}, table("t"))
    assert tally(graph_store, table("t")) == (1, reads)
    assert graph_store.recount("Table") == 0


def test_a_sum_of_nonsense_stays_a_number_that_can_be_stored(graph_store: GraphStore):
    read(graph_store, dict.fromkeys("abcdef", 2**62), table("t"))
    assert tally(graph_store, table("t")) == (6, 6 * MAX_READS)
    assert graph_store.recount("Table") == 0


def test_readers_of_every_resource_are_counted(graph_store: GraphStore):
    for ref in table("t"), dashboard("d"), NodeRef("Feature", "group/f/1"):
        read(graph_store, {"a": 3, "b": 4}, ref)
        assert tally(graph_store, ref) == (2, 7)


def test_a_removed_reader_no_longer_counts(graph_store: GraphStore):
    read(graph_store, {"a": 3, "b": 4}, table("t"))
    by_source(graph_store, gone(user("a")))
    assert tally(graph_store, table("t")) == (1, 4)


def test_a_table_made_anew_counts_anew(graph_store: GraphStore):
    t = table("t")
    read(graph_store, {"a": 3, "b": 4}, t)
    by_source(graph_store, gone(t), node(t), link(t, "READ_BY", user("a"), read_count=1))
    assert tally(graph_store, t) == (1, 1)
    by_source(graph_store, gone(t), node(t))
    assert tally(graph_store, t) is None


def test_writing_a_table_leaves_its_counts_alone(graph_store: GraphStore):
    read(graph_store, {"a": 3}, table("t"))
    by_source(graph_store, node(table("t"), name="t"), link(table("t"), "READ_BY", user("a"), read_count=8))
    assert tally(graph_store, table("t")) == (1, 8)


def test_a_copy_brings_its_counts_along_and_recount_mends_them(graph_store: GraphStore):
    counts = {READERS: 9, READS: 99, POPULARITY: 9.0}
    by_copy(graph_store, node(table("t"), **counts), node(user("a")), node(table("u"), **counts), node(table("v")))
    by_copy(graph_store, *(link(table(name), "READ_BY", user("a"), read_count=4) for name in "tv"))
    assert props_of(graph_store, table("t")) == counts
    settle(graph_store)
    assert graph_store.recount("Table") == 3
    assert [tally(graph_store, table(name)) for name in "tuv"] == [(1, 4), None, (1, 4)]
    assert ranked(graph_store, "Table", POPULARITY) == ["t", "v"]
    assert graph_store.recount("Table") == 0


def test_recount_mends_a_wrong_popularity(graph_store: GraphStore):
    by_copy(graph_store, node(table("t"), **{READERS: 1, READS: 4, POPULARITY: 1.0}), node(user("a")))
    by_copy(graph_store, link(table("t"), "READ_BY", user("a"), read_count=4))
    assert graph_store.recount("Table") == 1
    assert tally(graph_store, table("t")) == (1, 4)


def test_recount_of_one_label_leaves_the_others(graph_store: GraphStore):
    by_copy(graph_store, node(dashboard("d"), **{READERS: 1}))
    assert graph_store.recount("Table") == 0
    assert props_of(graph_store, dashboard("d")) == {READERS: 1}


def test_the_most_popular_come_first(graph_store: GraphStore):
    read(graph_store, {"a": 100}, table("few"))
    read(graph_store, dict.fromkeys("abc", 10), table("many"))
    read(graph_store, dict.fromkeys("abc", 10), table("as_many"))
    read(graph_store, {"a": 1}, table("once"))
    read(graph_store, dict.fromkeys("abcd", 1000), dashboard("other"))
    by_source(graph_store, node(table("unread")))
    assert ranked(graph_store, "Table", POPULARITY) == ["as_many", "many", "few", "once"]
    assert ranked(graph_store, "Table", POPULARITY, limit=3) == ["as_many", "many", "few"]
    assert ranked(graph_store, "Table", POPULARITY, limit=0) == []
    assert ranked(graph_store, "Table", POPULARITY, **{READERS: 2}) == ["as_many", "many"]
    assert ranked(graph_store, "Table", POPULARITY, **{READERS: 1, READS: 31}) == ["few"]
    assert ranked(graph_store, "Table", POPULARITY, fram_absent=0) == []


def test_popularity_falls_when_readers_leave(graph_store: GraphStore):
    read(graph_store, {"a": 50, "b": 50}, table("t"))
    read(graph_store, {"a": 60}, table("u"))
    by_source(graph_store, cut(table("t"), "READ_BY", user("a")))
    assert ranked(graph_store, "Table", POPULARITY) == ["u", "t"]
    by_source(graph_store, gone(table("u")))
    assert ranked(graph_store, "Table", POPULARITY) == ["t"]


def test_rank_takes_any_numeric_property(graph_store: GraphStore):
    values = {"a": 2, "b": 2.5, "c": None, "d": "9", "e": True, "f": -1, "g": 2**62, "h": 2**62 + 1, "i": 2}
    by_source(graph_store, *(node(table(name), x=value) for name, value in values.items()))
    assert ranked(graph_store, "Table", "x") == ["h", "g", "b", "a", "i", "f"]
    assert ranked(graph_store, "Table", "x", x=2) == ["h", "g", "b", "a", "i"]
    assert ranked(graph_store, "Table", "x", x=2.25) == ["h", "g", "b"]


@pytest.mark.parametrize("by", ["x", POPULARITY])
@pytest.mark.parametrize("limit", [1, 2, 3, 9])
def test_pages_of_a_ranking_add_up(graph_store: GraphStore, by: str, limit: int):
    odd = ["\ud7ff", "\ue000", "\uffee", "\uffff", "\uffff\ue000", "\U0001f600", "\U0010ffff"]
    values = {"a": 2, "b": 2.5, "c": None, "d": 2, "e": 2, "f": -1, "g": 7, **dict.fromkeys(reversed(odd), 2)}
    by_copy(graph_store, *(node(table(name), **{by: value}) for name, value in values.items()))
    found: list[str] = []
    after = None
    while page := graph_store.rank("Table", by, limit, after=after):
        assert len(page) <= limit
        found += [ref.key.rpartition("/")[2] for ref, _ in page]
        after = (page[-1].props[by], page[-1].ref.key)  # type: ignore[assignment]
    assert found == ["g", "b", "a", "d", "e", *odd, "f"]


def test_a_ranking_goes_on_from_a_place_between_two(graph_store: GraphStore):
    by_source(graph_store, *(node(table(name), x=value) for name, value in {"a": 3, "b": 2, "c": 1}.items()))
    for place, expected in (((2.5, ""), "bc"), ((2, table("a").key), "bc"), ((2, table("b").key), "c"), ((0, ""), "")):
        found = graph_store.rank("Table", "x", 9, after=place)
        assert [ref.key[-1] for ref, _ in found] == list(expected), place
    assert ranked(graph_store, "Table", "x", x=2) == ["a", "b"]
    assert [ref.key[-1] for ref, _ in graph_store.rank("Table", "x", 9, {"x": 2}, (2.5, ""))] == ["b"]


def test_a_popularity_that_is_no_number_is_not_ranked(graph_store: GraphStore):
    scores = {"a": "3", "b": True, "c": 2, "d": 1.5, "e": None}
    by_copy(graph_store, *(node(table(name), **{POPULARITY: score}) for name, score in scores.items()))
    assert ranked(graph_store, "Table", POPULARITY) == ["c", "d"]


def test_rank_returns_whole_nodes(graph_store: GraphStore):
    by_source(graph_store, node(table("t"), x=1, name="t"))
    ((ref, props),) = graph_store.rank("Table", "x", 1)
    assert (ref, props) == (table("t"), {"x": 1, "name": "t"})


def described(store: GraphStore) -> None:
    """Tables a (described), b (description empty), c (none), d (only its column), e (described and owned)."""
    by_source(store, *nodes(*map(table, "abcde"), column("x", "d"), user("ann"), user("bob")))
    texts = {table("a"): "text", table("b"): "", column("x", "d"): "text", table("e"): "text"}
    for ref, text in texts.items():
        by_source(store, node(description(ref), description=text), link(ref, "DESCRIPTION", description(ref)))
    by_source(store, link(table("d"), "COLUMN", column("x", "d")), link(table("e"), "OWNER", user("ann")))
    by_source(store, link(table("c"), "READ_BY", user("ann")), link(table("c"), "OWNER", user("bob")))


WORDS = ("Description", "Programmatic_Description")
COUNTS: dict[str, tuple[str, list[Related], int]] = {
    "all": ("Table", [], 5),
    "none of them": ("Dashboard", [], 0),
    "with a relation": ("Table", [Related(("DESCRIPTION",), WORDS)], 3),
    "with a relation to something non-empty": ("Table", [Related(("DESCRIPTION",), WORDS, non_empty="description")], 2),
    "with a property that is never there": ("Table", [Related(("DESCRIPTION",), WORDS, non_empty="absent")], 0),
    "to another label": ("Table", [Related(("DESCRIPTION",), ("Programmatic_Description",))], 0),
    "by one of several relations": ("Table", [Related(("OWNER", "READ_BY"), ("User",))], 2),
    "the other way": ("User", [Related(("OWNER",), ("Table", "Dashboard"), Direction.IN)], 2),
    "that pass every test": (
        "Table",
        [Related(("DESCRIPTION",), WORDS, non_empty="description"), Related(("OWNER",), ("User",))],
        1,
    ),
}


@pytest.mark.parametrize(("label", "having", "expected"), COUNTS.values(), ids=COUNTS)
def test_count_of_nodes(graph_store: GraphStore, label: str, having: list[Related], expected: int):
    described(graph_store)
    assert graph_store.count(label, having) == expected


def test_degrees_count_distinct_nodes_in_key_order(graph_store: GraphStore):
    t, u, d = table("t"), table("u"), dashboard("d")
    by_source(graph_store, *nodes(t, u, d, tag("unused")), node(tag("b"), tag_type="default"), node(tag("\U0001f600")))
    by_source(graph_store, *(link(ref, "TAGGED_BY", tag("b")) for ref in (t, u, d)), link(d, "TAG", tag("b")))
    by_source(graph_store, link(t, "TAGGED_BY", tag("\U0001f600")))
    found = graph_store.degrees("Tag", ["TAGGED_BY", "TAG"], Direction.IN)
    assert found == [((tag("b"), {"tag_type": "default"}), 3), ((tag("\U0001f600"), {}), 1)]
    assert graph_store.degrees("Tag", ["TAG"], Direction.IN) == [((tag("b"), {"tag_type": "default"}), 1)]
    assert graph_store.degrees("Tag", ["TAGGED_BY"], Direction.OUT) == []
    assert graph_store.degrees("Table", ["TAGGED_BY"], Direction.OUT) == [((t, {}), 2), ((u, {}), 1)]


def test_degrees_leave_out_what_is_gone_until_it_is_back(graph_store: GraphStore):
    t, u, pii = table("t"), table("u"), badge("pii")
    by_source(graph_store, *nodes(t, u, pii), link(t, "HAS_BADGE", pii), link(u, "HAS_BADGE", pii))
    by_source(graph_store, PutNode(t, {GONE: 5}))
    assert graph_store.degrees("Badge", ["HAS_BADGE"], Direction.IN) == [((pii, {}), 1)]
    by_source(graph_store, PutNode(u, {GONE: 5}))
    assert graph_store.degrees("Badge", ["HAS_BADGE"], Direction.IN) == []
    by_source(graph_store, PutNode(t, {GONE: None}))
    assert graph_store.degrees("Badge", ["HAS_BADGE"], Direction.IN) == [((pii, {}), 1)]


def test_degrees_fall_with_what_is_removed(graph_store: GraphStore):
    by_source(graph_store, *nodes(table("t"), table("u"), badge("pii")))
    by_source(graph_store, *(link(table(name), "HAS_BADGE", badge("pii")) for name in "tu"))
    by_source(graph_store, gone(table("u")))
    assert graph_store.degrees("Badge", ["HAS_BADGE"], Direction.IN) == [((badge("pii"), {}), 1)]
    by_source(graph_store, cut(table("t"), "HAS_BADGE", badge("pii")))
    assert graph_store.degrees("Badge", ["HAS_BADGE"], Direction.IN) == []
    assert edges_of(graph_store, "Table", "HAS_BADGE", "Badge") == {}
