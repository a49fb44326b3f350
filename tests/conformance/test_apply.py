"""What becomes of each mutation, and that a batch goes in whole or not at all."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from graphs import (
    badge,
    by_copy,
    by_person,
    by_source,
    column,
    cut,
    edge,
    edges_of,
    edits,
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

from metadata_service.store.mutations import Batch, Expect, Mutation, Outcome, PutEdge, RemoveEdge
from metadata_service.store.port import GraphStore
from schemas.errors import EditConflict, NotFound
from schemas.graph import Direction

CREATED, UPDATED, UNCHANGED = Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED
REMOVED, MISSING_END = Outcome.REMOVED, Outcome.MISSING_END
A, B, T, U = table("a"), table("b"), table("t"), user("u")


def test_a_batch_of_nothing_does_nothing(graph_store: GraphStore):
    receipt = by_source(graph_store)
    assert (receipt.outcomes, receipt.changed) == ((), frozenset())
    assert graph_store.changes() == []


@dataclass(frozen=True)
class Merging:
    """Putting `given` on a node that has `before` ends in `after`."""

    before: dict[str, Any] | None
    given: dict[str, Any]
    outcome: Outcome
    after: dict[str, Any]


MERGINGS = {
    "new": Merging(None, {"x": 1}, CREATED, {"x": 1}),
    "new without properties": Merging(None, {}, CREATED, {}),
    "new with a None": Merging(None, {"x": None, "y": 1}, CREATED, {"y": 1}),
    "another property": Merging({"x": 1}, {"y": 2}, UPDATED, {"x": 1, "y": 2}),
    "another value": Merging({"x": 1}, {"x": 2}, UPDATED, {"x": 2}),
    "the same": Merging({"x": 1, "y": 2}, {"x": 1}, UNCHANGED, {"x": 1, "y": 2}),
    "nothing": Merging({"x": 1}, {}, UNCHANGED, {"x": 1}),
    "None removes": Merging({"x": 1, "y": 2}, {"x": None}, UPDATED, {"y": 2}),
    "None of what is absent": Merging({"x": 1}, {"y": None}, UNCHANGED, {"x": 1}),
    "1 is not true": Merging({"x": 1}, {"x": True}, UPDATED, {"x": True}),
    "0 is not false": Merging({"x": False}, {"x": 0}, UPDATED, {"x": 0}),
    "1 is not 1.0": Merging({"x": 1}, {"x": 1.0}, UPDATED, {"x": 1.0}),
    "empty is not absent": Merging({"x": ""}, {"x": None}, UPDATED, {}),
    "a list": Merging({"x": ["a"]}, {"x": ["a", "b"]}, UPDATED, {"x": ["a", "b"]}),
    "the same list": Merging({"x": ["a", "b"]}, {"x": ["a", "b"]}, UNCHANGED, {"x": ["a", "b"]}),
}


@pytest.mark.parametrize("case", MERGINGS.values(), ids=MERGINGS)
def test_putting_a_node_merges_its_properties(graph_store: GraphStore, case: Merging):
    if case.before is not None:
        by_source(graph_store, node(T, **case.before))
    assert one(by_source(graph_store, node(T, **case.given))) is case.outcome
    found = props_of(graph_store, T)
    assert found == case.after
    assert found is not None
    assert {name: type(value) for name, value in found.items()} == {n: type(v) for n, v in case.after.items()}


@pytest.mark.parametrize("case", MERGINGS.values(), ids=MERGINGS)
def test_putting_a_relation_merges_its_properties(graph_store: GraphStore, case: Merging):
    by_source(graph_store, *nodes(T, U))
    if case.before is not None:
        by_source(graph_store, link(T, "READ_BY", U, **case.before))
    assert one(by_source(graph_store, link(T, "READ_BY", U, **case.given))) is case.outcome
    assert edges_of(graph_store, "Table", "READ_BY", "User") == {(T.key, U.key): case.after}


def test_one_key_under_two_labels_is_two_nodes(graph_store: GraphStore):
    by_source(graph_store, node(tag("x"), tag_type="a"), node(badge("x"), category="b"))
    by_source(graph_store, gone(tag("x")))
    assert props_of(graph_store, tag("x")) is None
    assert props_of(graph_store, badge("x")) == {"category": "b"}


def test_removing_is_idempotent(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, U), link(T, "READ_BY", U))
    assert one(by_source(graph_store, cut(T, "READ_BY", U))) is REMOVED
    assert one(by_source(graph_store, cut(T, "READ_BY", U))) is UNCHANGED
    assert one(by_source(graph_store, gone(T))) is REMOVED
    assert one(by_source(graph_store, gone(T))) is UNCHANGED
    assert one(by_source(graph_store, cut(table("none"), "READ_BY", user("none")))) is UNCHANGED


def test_removing_a_node_removes_its_relations_in_both_directions(graph_store: GraphStore):
    by_source(graph_store, *nodes(A, B, T, U), link(A, "HAS_DOWNSTREAM", T), link(T, "HAS_DOWNSTREAM", B))
    by_source(graph_store, link(T, "HAS_DOWNSTREAM", T), link(T, "OWNER", U), link(A, "OWNER", U), gone(T))
    assert edges_of(graph_store, "Table", "HAS_DOWNSTREAM", "Table") == {}
    assert list(edges_of(graph_store, "Table", "OWNER", "User")) == [(A.key, U.key)]
    by_source(graph_store, node(T))
    assert graph_store.neighbourhood([T], ["HAS_DOWNSTREAM", "OWNER"], Direction.OUT, 10) == []
    assert graph_store.neighbourhood([T], ["HAS_DOWNSTREAM"], Direction.IN, 10) == []


def test_a_new_node_has_no_relation_of_one_that_was_removed(graph_store: GraphStore):
    by_source(graph_store, node(A), node(U), node(T), link(A, "HAS_DOWNSTREAM", T), link(T, "OWNER", U))
    by_source(graph_store, gone(T))
    by_source(graph_store, node(B))
    assert edges_of(graph_store, "Table", "HAS_DOWNSTREAM", "Table") == {}
    assert edges_of(graph_store, "Table", "OWNER", "User") == {}
    assert graph_store.neighbourhood([A, B], ["HAS_DOWNSTREAM", "OWNER"], Direction.OUT, 10) == []


@dataclass(frozen=True)
class Sequence:
    """These mutations in one batch, on a graph of A-HAS_DOWNSTREAM->B with x=1 each, have these outcomes."""

    mutations: list[Mutation]
    outcomes: list[Outcome]
    nodes: dict[str, dict[str, Any]] = field(default_factory=lambda: {"a": {"x": 1}, "b": {"x": 1}})
    edges: dict[str, dict[str, Any]] = field(default_factory=lambda: {"ab": {}})


LINEAGE = (A, "HAS_DOWNSTREAM", B)
SEQUENCES = {
    "create, then change": Sequence(
        [node(T, x=1), node(T, x=2, y=3)],
        [CREATED, UPDATED],
        {"a": {"x": 1}, "b": {"x": 1}, "t": {"x": 2, "y": 3}},
    ),
    "create twice": Sequence([node(T), node(T)], [CREATED, UNCHANGED], {"a": {"x": 1}, "b": {"x": 1}, "t": {}}),
    "create, then remove": Sequence([node(T), gone(T), gone(T)], [CREATED, REMOVED, UNCHANGED]),
    "change and back": Sequence([node(A, x=2), node(A, x=1)], [UPDATED, UPDATED]),
    "remove, then make anew": Sequence(
        [gone(A), node(A, y=2)], [REMOVED, CREATED], {"a": {"y": 2}, "b": {"x": 1}}, edges={}
    ),
    "make anew with its relation": Sequence(
        [gone(A), node(A), link(*LINEAGE, z=1)],
        [REMOVED, CREATED, CREATED],
        {"a": {}, "b": {"x": 1}},
        {"ab": {"z": 1}},
    ),
    "relation of nodes put before it": Sequence(
        [node(T), link(T, "HAS_DOWNSTREAM", A)],
        [CREATED, CREATED],
        {"a": {"x": 1}, "b": {"x": 1}, "t": {}},
        {"ab": {}, "ta": {}},
    ),
    "relation made and unmade": Sequence(
        [cut(*LINEAGE), link(*LINEAGE, z=1), cut(*LINEAGE), cut(*LINEAGE)],
        [REMOVED, CREATED, REMOVED, UNCHANGED],
        edges={},
    ),
    "relation unmade and made": Sequence(
        [cut(*LINEAGE), link(*LINEAGE, z=1)], [REMOVED, CREATED], edges={"ab": {"z": 1}}
    ),
    "relation changed twice": Sequence(
        [link(*LINEAGE, z=1), link(*LINEAGE, z=2, y=1), link(*LINEAGE, z=2)],
        [UPDATED, UPDATED, UNCHANGED],
        edges={"ab": {"z": 2, "y": 1}},
    ),
    "relation of a node removed later": Sequence(
        [node(T), link(T, "HAS_DOWNSTREAM", A), gone(T)], [CREATED, CREATED, REMOVED]
    ),
    "relation to itself": Sequence(
        [link(A, "HAS_DOWNSTREAM", A), gone(A)], [CREATED, REMOVED], {"b": {"x": 1}}, edges={}
    ),
    "relation cut after its end is gone": Sequence(
        [gone(B), cut(*LINEAGE)], [REMOVED, UNCHANGED], {"a": {"x": 1}}, edges={}
    ),
}


@pytest.mark.parametrize("case", SEQUENCES.values(), ids=SEQUENCES)
def test_mutations_of_a_batch_follow_each_other(graph_store: GraphStore, case: Sequence):
    by_source(graph_store, node(A, x=1), node(B, x=1), link(*LINEAGE))
    assert list(by_source(graph_store, *case.mutations).outcomes) == case.outcomes
    found = {ref.key[-1]: props for ref, props in graph_store.list_nodes("Table")}
    assert found == case.nodes
    lineage = edges_of(graph_store, "Table", "HAS_DOWNSTREAM", "Table")
    assert {a[-1] + b[-1]: props for (a, b), props in lineage.items()} == case.edges


MISSING = {
    "source": link(table("none"), "HAS_DOWNSTREAM", A),
    "target": link(A, "HAS_DOWNSTREAM", table("none")),
    "both": link(table("none"), "HAS_DOWNSTREAM", table("none")),
}


@pytest.mark.parametrize("mutation", MISSING.values(), ids=MISSING)
def test_a_relation_without_its_end_refuses_the_batch(graph_store: GraphStore, mutation: PutEdge):
    by_source(graph_store, node(A))
    with pytest.raises(NotFound, match=r"no Table with key hive://gold\.core/none"):
        by_source(graph_store, node(B), mutation)
    assert props_of(graph_store, B) is None


@pytest.mark.parametrize("mutation", MISSING.values(), ids=MISSING)
def test_a_lenient_batch_reports_the_missing_end_and_goes_on(graph_store: GraphStore, mutation: PutEdge):
    by_source(graph_store, node(A))
    receipt = by_source(graph_store, mutation, node(B), link(*LINEAGE), lenient=True)
    assert receipt.outcomes == (MISSING_END, CREATED, CREATED)
    assert list(edges_of(graph_store, "Table", "HAS_DOWNSTREAM", "Table")) == [(A.key, B.key)]


def test_an_end_put_only_later_is_missing(graph_store: GraphStore):
    receipt = by_source(graph_store, node(A), link(*LINEAGE), node(B), lenient=True)
    assert receipt.outcomes == (CREATED, MISSING_END, CREATED)


def test_an_end_removed_earlier_is_missing(graph_store: GraphStore):
    by_source(graph_store, *nodes(A, B), link(*LINEAGE))
    receipt = by_source(graph_store, gone(B), link(*LINEAGE), lenient=True)
    assert receipt.outcomes == (REMOVED, MISSING_END)
    assert edges_of(graph_store, "Table", "HAS_DOWNSTREAM", "Table") == {}


@dataclass(frozen=True)
class Expectation:
    """On a table with these properties (None: no such table), this expectation holds or not."""

    held: dict[str, Any] | None
    expect: Any
    holds: bool


EXPECTATIONS = {
    "the value": Expectation({"x": "a"}, "a", True),
    "another value": Expectation({"x": "a"}, "b", False),
    "no value and none there": Expectation({}, None, True),
    "no value and one there": Expectation({"x": "a"}, None, False),
    "a value and none there": Expectation({}, "a", False),
    "no value of no node": Expectation(None, None, True),
    "a value of no node": Expectation(None, "a", False),
    "empty is not absent": Expectation({"x": ""}, None, False),
    "1 is not true": Expectation({"x": True}, 1, False),
    "a list": Expectation({"x": ["a", "b"]}, ["a", "b"], True),
}


@pytest.mark.parametrize("case", EXPECTATIONS.values(), ids=EXPECTATIONS)
def test_a_batch_goes_in_only_if_its_expectations_hold(graph_store: GraphStore, case: Expectation):
    if case.held is not None:
        by_source(graph_store, node(T, **case.held))
    expect = (Expect(T, "x", case.expect),)
    if case.holds:
        by_person(graph_store, node(U), expect=expect)
        assert props_of(graph_store, U) == {}
    else:
        with pytest.raises(EditConflict, match="x of hive"):
            by_person(graph_store, node(U), expect=expect)
        assert props_of(graph_store, U) is None


def test_expectations_are_of_the_graph_before_the_batch(graph_store: GraphStore):
    by_source(graph_store, node(T, x=1))
    by_source(graph_store, node(T, x=2), expect=(Expect(T, "x", 1),))
    assert props_of(graph_store, T) == {"x": 2}


def test_every_expectation_must_hold(graph_store: GraphStore):
    by_source(graph_store, node(A, x=1), node(B, x=1))
    with pytest.raises(EditConflict):
        by_source(graph_store, node(T), expect=(Expect(A, "x", 1), Expect(B, "x", 2)))
    assert props_of(graph_store, T) is None


def test_a_refused_batch_leaves_nothing_behind(graph_store: GraphStore):
    by_source(graph_store, node(A, x=1), node(U), link(A, "READ_BY", U, read_count=1), node(tag("x")))
    by_source(graph_store, link(A, "TAGGED_BY", tag("x")))
    settle(graph_store)
    before = [graph_store.list_nodes(label) for label in ("Table", "User", "Tag")]
    with pytest.raises(NotFound):
        by_person(
            graph_store,
            node(A, x=2),
            node(T),
            gone(tag("x")),
            link(A, "READ_BY", U, read_count=9),
            link(A, "OWNER", user("none")),
        )
    assert [graph_store.list_nodes(label) for label in ("Table", "User", "Tag")] == before
    assert list(edges_of(graph_store, "Table", "TAGGED_BY", "Tag")) == [(A.key, "x")]
    assert edges_of(graph_store, "Table", "READ_BY", "User") == {(A.key, U.key): {"read_count": 1}}
    assert pending(graph_store) == set()
    assert edits(graph_store) == []


def test_a_large_batch_goes_in_whole(graph_store: GraphStore):
    many = [column(f"{n:04}") for n in range(2_500)]
    mutations = [node(T), *nodes(*many), *(link(T, "COLUMN", c) for c in many)]
    first, second = by_source(graph_store, *mutations), by_source(graph_store, *mutations)
    assert set(first.outcomes) == {CREATED}
    assert set(second.outcomes) == {UNCHANGED}
    assert first.changed == {T}
    assert second.changed == frozenset()
    assert graph_store.count("Column") == len(many)


def test_a_copy_makes_a_node_exactly_as_given(graph_store: GraphStore):
    by_source(graph_store, node(T, x=1, y=2), node(U), link(T, "READ_BY", U, a=1, b=2))
    receipt = by_copy(graph_store, node(T, y=3), link(T, "READ_BY", U, b=2))
    assert receipt.outcomes == (UPDATED, UPDATED)
    assert props_of(graph_store, T) == {"y": 3}
    assert edges_of(graph_store, "Table", "READ_BY", "User") == {(T.key, U.key): {"b": 2}}
    assert set(by_copy(graph_store, node(T, y=3), link(T, "READ_BY", U, b=2)).outcomes) == {UNCHANGED}


def test_receipts_list_outcomes_in_order(graph_store: GraphStore):
    by_source(graph_store, node(A, x=1))
    batch = Batch((node(B), node(A, x=1), RemoveEdge(edge(*LINEAGE)), link(*LINEAGE), node(A, x=3), gone(B)))
    assert graph_store.apply(batch).outcomes == (CREATED, UNCHANGED, UNCHANGED, CREATED, UPDATED, REMOVED)
