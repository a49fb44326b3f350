"""The plan of a batch: net writes only, in an order that can be written as it stands."""

from typing import Any

from metadata_service.store.mutations import (
    Authority,
    Batch,
    EdgeRef,
    Mutation,
    NodeRef,
    Outcome,
    PutEdge,
    PutNode,
    RemoveEdge,
    RemoveNode,
)
from metadata_service.store.plan import EdgeWrite, Existing, NodeWrite, Plan, root_of
from metadata_service.store.planner import Planner

A, B = NodeRef("Table", "hive://gold.core/a"), NodeRef("Table", "hive://gold.core/b")
ANN = NodeRef("User", "ann")
LINEAGE, READ = EdgeRef("HAS_DOWNSTREAM", A, B), EdgeRef("READ_BY", A, ANN)
NOW = 1_700_000_000
NODES: dict[NodeRef, Any] = {A: {"x": 1, "y": 2}, B: {}, ANN: {}}
EDGES: dict[EdgeRef, Any] = {LINEAGE: {"z": 1}, READ: {"read_count": 5}}
INCIDENT = {A: [LINEAGE, READ], B: [LINEAGE], ANN: [READ]}


def plan(*mutations: Mutation, authority: Authority = Authority.SOURCE) -> Plan:
    existing = Existing(NODES, EDGES, INCIDENT, absent=set(), related=set(EDGES))
    return Planner(Batch(mutations, authority, actor="eve"), existing, NOW).run()


def writes(made: Plan) -> list[Any]:
    new = [*made.new_nodes, *made.new_edges]
    return [made.remove_nodes, new, made.put_nodes, made.remove_edges, made.put_edges, made.tallies]


def test_what_changes_nothing_writes_nothing():
    made = plan(PutNode(A, {"x": 1}), PutEdge(LINEAGE, {"z": 1}), RemoveNode(NodeRef("Tag", "none")))
    assert writes(made) == [[], [], [], [], [], {}]
    assert made.outcomes == [Outcome.UNCHANGED] * 3


def test_a_write_tells_what_changes_and_what_it_ends_in():
    made = plan(PutNode(A, {"x": 3, "y": None, "z": 4}), PutEdge(LINEAGE, {"w": 2}))
    assert made.put_nodes == [NodeWrite(A, {"x": 3, "y": None, "z": 4}, {"x": 3, "z": 4})]
    assert made.put_edges == [EdgeWrite(LINEAGE, {"w": 2}, {"z": 1, "w": 2})]


def test_several_changes_of_one_thing_are_one_write():
    made = plan(PutNode(A, {"x": 3}), PutNode(A, {"x": 4}), PutNode(A, {"x": 1, "v": 5}))
    assert made.put_nodes == [NodeWrite(A, {"v": 5}, {"x": 1, "y": 2, "v": 5})]


def test_what_comes_and_goes_is_not_written():
    tag = NodeRef("Tag", "new")
    new = EdgeRef("TAGGED_BY", A, tag)
    made = plan(PutNode(tag), PutEdge(new), RemoveEdge(new), PutEdge(new), RemoveNode(tag))
    assert writes(made) == [[], [], [], [], [], {}]


def test_what_is_removed_and_made_anew_is_written_as_new():
    made = plan(RemoveNode(A), PutNode(A, {"x": 9}), PutEdge(LINEAGE))
    assert made.remove_nodes == [A]
    assert (made.new_nodes, made.put_nodes) == ({A: {"x": 9}}, [])
    assert (made.new_edges, made.put_edges) == ({LINEAGE: {}}, [])


def test_relations_of_a_removed_node_are_not_removed_one_by_one():
    made = plan(RemoveNode(A), RemoveNode(A))
    assert writes(made) == [[A], [], [], [], [], {}]
    assert made.outcomes == [Outcome.REMOVED, Outcome.UNCHANGED]
    assert made.roots == {A, ANN}


def test_reader_counts_follow_the_relations():
    assert plan(PutEdge(READ, {"read_count": 7})).tallies == {A: (0, 2)}
    assert plan(RemoveEdge(READ)).tallies == {A: (-1, -5)}
    assert plan(RemoveNode(ANN)).tallies == {A: (-1, -5)}
    assert plan(RemoveEdge(READ), PutEdge(READ, {"read_count": 5})).tallies == {}
    assert plan(PutEdge(READ, {"read_count": 7}), authority=Authority.COPY).tallies == {}


def test_what_is_given_is_left_as_it_was():
    held = {ref: dict(props) for ref, props in NODES.items()}, {ref: dict(props) for ref, props in EDGES.items()}
    given = {"x": 8, "n": None}
    plan(PutNode(A, given), PutEdge(LINEAGE, given), RemoveNode(B), authority=Authority.PERSON)
    assert held == (NODES, EDGES)
    assert given == {"x": 8, "n": None}


def test_a_source_s_new_node_touches_nothing_but_itself():
    column = NodeRef("Column", f"{A.key}/c")
    assert plan(PutNode(column)).roots == set()
    assert plan(PutNode(column), PutEdge(EdgeRef("COLUMN", A, column))).roots == {A}
    assert plan(PutNode(NodeRef("Feature", "g/f/1"))).roots == {NodeRef("Feature", "g/f/1")}


def test_the_root_of_a_node_is_found_in_its_key():
    assert root_of(A) == A
    assert root_of(NodeRef("Stat", f"{A.key}/c/max/")) == A
    assert root_of(NodeRef("Description", "hive://gold.core/_description")) is None
    assert root_of(NodeRef("Tag", "x")) is None
