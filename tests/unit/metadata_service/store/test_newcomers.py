"""What is new is planned all at once, and comes to what planning one mutation after the other comes to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

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
from metadata_service.store.newcomers import newcomers
from metadata_service.store.plan import Existing, Plan
from metadata_service.store.planner import Planner
from schemas.graph import EDITED, EDITED_BY, GONE

KEY = "hive://gold.core"
T, U = NodeRef("Table", f"{KEY}/t"), NodeRef("Table", f"{KEY}/u")
C, D = NodeRef("Column", f"{KEY}/t/c"), NodeRef("Column", f"{KEY}/u/c")
SCHEMA, TAG, ANN = NodeRef("Schema", KEY), NodeRef("Tag", "x"), NodeRef("User", "ann")
NODES = (T, U, C, D, SCHEMA, TAG, ANN)
EDGES = (
    EdgeRef("TABLE", SCHEMA, T),
    EdgeRef("TABLE", SCHEMA, U),
    EdgeRef("COLUMN", T, C),
    EdgeRef("COLUMN", U, D),
    EdgeRef("TAGGED_BY", T, TAG),
    EdgeRef("RETRACTED_TAGGED_BY", T, TAG),
    EdgeRef("OWNER", T, ANN),
    EdgeRef("READ_BY", T, ANN),
    EdgeRef("HAS_DOWNSTREAM", T, U),
    EdgeRef("HAS_DOWNSTREAM", T, T),
)
NOW = 1_800_000_000

_PROPS = st.dictionaries(st.sampled_from(["name", "x"]), st.none() | st.sampled_from(["a", "b"]), max_size=2)
_MARKED = st.builds(lambda props, gone: {**props, **gone}, _PROPS, st.sampled_from([{}, {GONE: None}, {GONE: NOW}]))
_COUNTED = st.builds(lambda count: {"read_count": count}, st.integers(0, 3))
_NODE_PUTS = st.lists(st.builds(PutNode, st.sampled_from(NODES), _MARKED), max_size=8)
_EDGE_PUTS = st.lists(st.builds(PutEdge, st.sampled_from(EDGES), _PROPS | _COUNTED), max_size=8)
_ANY = st.lists(
    st.one_of(
        st.builds(PutNode, st.sampled_from(NODES), _MARKED),
        st.builds(PutEdge, st.sampled_from(EDGES), _PROPS),
        st.builds(RemoveNode, st.sampled_from(NODES)),
        st.builds(RemoveEdge, st.sampled_from(EDGES)),
    ),
    max_size=4,
)
_MUTATIONS = st.builds(lambda *parts: tuple(one for part in parts for one in part), _NODE_PUTS, _EDGE_PUTS, _ANY)


class OneByOne(Planner):
    """Plans every mutation by itself."""

    def _put_newcomers(self) -> Sequence[int]:
        return range(len(self.batch.mutations))


@st.composite
def _graphs(draw: st.DrawFn) -> Existing:
    """A graph with some of the nodes and relations, parts of it written by people."""
    names = draw(st.sets(st.sampled_from(NODES)))
    nodes: dict[NodeRef, Any] = {
        ref: draw(st.sampled_from([{}, {"x": "a"}, {"x": "c", EDITED: ["x"]}, {"x": "a", GONE: NOW}])) for ref in names
    }
    possible = [edge for edge in EDGES if edge.source in names and edge.target in names]
    edges: dict[EdgeRef, Any] = {
        edge: draw(st.sampled_from([{}, {"x": "a"}, {EDITED_BY: "ann"}])) for edge in possible if draw(st.booleans())
    }
    incident: dict[NodeRef, list[EdgeRef]] = defaultdict(list)
    for edge in edges:
        for end in {edge.source, edge.target}:
            incident[end].append(edge)
    return Existing(nodes, edges, incident, set(NODES) - names, set(possible))


def content(plan: Plan) -> list[Any]:
    """Return all of a plan that means something; nodes, as relations, are written in any order."""
    nodes = {write.ref: write for write in plan.put_nodes}
    edges = {write.ref: write for write in plan.put_edges}
    assert (len(nodes), len(edges)) == (len(plan.put_nodes), len(plan.put_edges))
    put = [plan.new_nodes, nodes, plan.new_edges, edges]
    return [put, plan.remove_nodes, set(plan.remove_edges), plan.tallies, plan.roots, plan.shared, plan.edits]


@given(_graphs(), _MUTATIONS, st.sampled_from([Authority.SOURCE, Authority.COPY]))
def test_all_at_once_comes_to_what_one_by_one_comes_to(
    existing: Existing, mutations: tuple[Mutation, ...], by: Authority
):
    batch = Batch(mutations, by, source="s", run="r", lenient=True)
    together, one_by_one = Planner(batch, existing, NOW).run(), OneByOne(batch, existing, NOW).run()
    assert content(together) == content(one_by_one)
    assert together.outcomes == one_by_one.outcomes


@given(
    _graphs(),
    st.dictionaries(st.sampled_from(NODES), _MARKED),
    st.dictionaries(st.sampled_from(EDGES), _PROPS | _COUNTED),
    _ANY,
    st.sampled_from(Authority),
)
def test_what_stands_before_the_mutations_comes_to_what_it_comes_to_as_mutations(
    existing: Existing, nodes: dict[NodeRef, Any], edges: dict[EdgeRef, Any], more: list[Mutation], by: Authority
):
    edges = {ref: props for ref, props in edges.items() if {ref.source, ref.target} <= {*existing.nodes, *nodes}}
    before = [*map(PutNode, nodes, nodes.values()), *map(PutEdge, edges, edges.values())]
    batch = Batch((*before, *more), by, actor="eve", source="s", run="r", lenient=True)
    as_mutations = OneByOne(batch, existing, NOW).run()
    whole = Planner(replace(batch, mutations=tuple(more), nodes=nodes, edges=edges), existing, NOW).run()
    assert content(whole) == content(as_mutations)
    assert whole.outcomes == as_mutations.outcomes[len(before) :]
    kept = {put.ref for put, outcome in zip(before, as_mutations.outcomes, strict=False) if outcome is Outcome.KEPT}
    assert whole.kept == kept


def test_first_load_leaves_nothing_to_plan_one_by_one():
    mutations = (PutNode(T, {"name": "t"}), PutNode(C), PutEdge(EDGES[2]), PutEdge(EDGES[0]))
    new = newcomers(mutations, Existing({SCHEMA: {}}, {}, {}, {T, C}, set()))
    assert (list(new.nodes), list(new.edges), new.rest) == ([T, C], [EDGES[2], EDGES[0]], [])


def test_what_a_mutation_holds_is_not_changed_by_a_plan():
    props: dict[str, Any] = {"x": "a", "name": None}
    batch = Batch((PutNode(T, props), PutNode(T, {"x": "b"}), PutNode(C, props)), Authority.SOURCE)
    assert Planner(batch, Existing({}, {}, {}, {T, C}, set()), NOW).run().new_nodes == {T: {"x": "b"}, C: {"x": "a"}}
    assert props == {"x": "a", "name": None}
