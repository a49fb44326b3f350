"""What no source says any more is marked: it stays, and is neither counted, ranked nor published until it is back."""

import pytest
from graphs import (
    by_copy,
    by_person,
    by_source,
    column,
    description,
    gone,
    link,
    node,
    nodes,
    one,
    pending,
    props_of,
    settle,
    table,
    tag,
    user,
)

from metadata_service.store.mutations import NodeRef, Outcome, PutNode
from metadata_service.store.port import GraphStore, Related
from metadata_service.store.shapes import Select, Shape
from schemas.errors import Invalid
from schemas.graph import GONE, POPULARITY, READERS

SINCE = 1_700_000_000
A, B = table("a"), table("b")


def mark(since: int | None = SINCE, ref: NodeRef = A) -> PutNode:
    return PutNode(ref, {GONE: since})


@pytest.fixture
def marked(graph_store: GraphStore) -> GraphStore:
    by_source(
        graph_store,
        *nodes(A, B, user("u"), tag("t")),
        *(link(ref, "READ_BY", user("u"), read_count=5) for ref in (A, B)),
        *(link(ref, "TAGGED_BY", tag("t")) for ref in (A, B)),
    )
    settle(graph_store)
    assert one(by_source(graph_store, mark())) is Outcome.UPDATED
    return graph_store


def test_marking_shows_in_the_document_and_is_undone_by_the_next_who_says_it(marked: GraphStore):
    assert pending(marked) == {A}
    settle(marked)
    assert one(by_source(marked, mark())) is Outcome.UNCHANGED
    assert one(by_source(marked, mark(None))) is Outcome.UPDATED
    assert pending(marked) == {A}
    assert GONE not in props_of(marked, A)


def test_what_is_gone_has_no_revision_and_does_not_count(marked: GraphStore):
    assert [root.key for root in marked.revisions("Table")] == [B.key]
    assert marked.count("Table") == 1
    assert marked.count("Table", [Related(("TAGGED_BY",), ("Tag",))]) == 1
    by_source(marked, mark(None))
    assert [root.key for root in marked.revisions("Table")] == [A.key, B.key]
    assert marked.count("Table") == 2


def test_what_is_gone_is_nowhere_among_the_popular(marked: GraphStore):
    assert [found.ref for found in marked.rank("Table", POPULARITY, 10)] == [B]
    by_source(marked, link(A, "READ_BY", user("u"), read_count=9))
    assert marked.recount("Table") == 0
    assert [found.ref for found in marked.rank("Table", POPULARITY, 10)] == [B]
    assert props_of(marked, A)[READERS] == 1

    by_source(marked, mark(None))
    assert [found.ref for found in marked.rank("Table", POPULARITY, 10)] == [A, B]
    assert marked.recount("Table") == 0


def test_marked_nodes_are_listed_by_key_and_by_when(marked: GraphStore):
    by_source(marked, mark(SINCE + 10, B))
    assert [found.ref for found in marked.list_gone("Table", SINCE)] == []
    assert [found.ref for found in marked.list_gone("Table", SINCE + 1)] == [A]
    assert [found.ref for found in marked.list_gone("Table", SINCE + 11)] == [A, B]
    assert [found.ref for found in marked.list_gone("Table", SINCE + 11, limit=1)] == [A]
    assert [found.ref for found in marked.list_gone("Table", SINCE + 11, A.key)] == [B]
    assert marked.list_gone("Column", SINCE + 11) == []


def test_mark_is_copied_with_its_node(marked: GraphStore):
    by_copy(marked, node(table("c"), **{GONE: SINCE}))
    assert marked.count("Table") == 1
    by_copy(marked, gone(table("c")))
    assert [found.ref for found in marked.list_gone("Table", SINCE + 1)] == [A]


def test_selection_can_ask_for_what_is_not_gone(graph_store: GraphStore):
    by_source(graph_store, *nodes(A, column("x", "a"), column("y", "a")))
    by_source(graph_store, *(link(A, "COLUMN", column(name, "a")) for name in "xy"), mark(ref=column("x", "a")))
    shape = Shape("Table", (), {"columns": Select(("COLUMN",), "Column", where={GONE: None})})
    assert [record.key for record in graph_store.fetch(A.key, shape).children["columns"]] == [column("y", "a").key]


def test_what_hangs_below_is_back_when_a_source_puts_it_and_a_root_when_that_says_so(graph_store: GraphStore):
    x = column("x", "a")
    by_source(graph_store, *nodes(A, x), mark(), mark(ref=x))
    by_person(graph_store, node(x, name="said by somebody"))
    assert props_of(graph_store, x)[GONE] == SINCE

    assert one(by_source(graph_store, mark(ref=x))) is Outcome.UNCHANGED
    assert props_of(graph_store, x)[GONE] == SINCE
    settle(graph_store)
    assert one(by_source(graph_store, node(x))) is Outcome.UPDATED
    assert GONE not in props_of(graph_store, x)
    assert pending(graph_store) == {A}
    assert one(by_source(graph_store, node(A))) is Outcome.UNCHANGED
    assert props_of(graph_store, A)[GONE] == SINCE


def test_nobody_but_a_source_marks(graph_store: GraphStore):
    with pytest.raises(Invalid, match="reserved"):
        by_person(graph_store, mark())
    with pytest.raises(Invalid, match="reserved"):
        by_source(graph_store, node(A, fram_popularity=3))


def test_source_does_not_remove_what_a_person_has_related(graph_store: GraphStore):
    by_source(graph_store, *nodes(A, B, description(B)))
    by_person(graph_store, node(tag("mine")), link(A, "TAGGED_BY", tag("mine")))
    by_person(graph_store, link(B, "DESCRIPTION", description(B)))
    assert one(by_source(graph_store, gone(A))) is Outcome.KEPT
    assert one(by_source(graph_store, gone(description(B)))) is Outcome.KEPT
    assert props_of(graph_store, A) is not None
