"""Random histories: whatever happens to a store and to the reference model, both are asked the same and agree."""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from empty_stores import NEO4J, url_of
from graphs import (
    FakeClock,
    badge,
    column,
    dashboard,
    description,
    outline,
    schema,
    table,
    tag,
    user,
)
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from metadata_service.store.factory import open_store
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import (
    PARKED,
    Authority,
    Batch,
    Change,
    EdgeRef,
    Expect,
    NodeRef,
    Postponed,
    PutEdge,
    PutNode,
    RemoveEdge,
    RemoveNode,
)
from metadata_service.store.port import GraphStore, Reach, Related
from metadata_service.store.shapes import Order, Select, Shape
from metadata_service.store.ways import Ask, Neighbour, Way
from schemas.errors import FramError
from schemas.graph import EDITED, EDITED_BY, POPULARITY, READERS, READS, ROOTS, Direction, is_relation, retracted

TYPE = "Type_Metadata"
NODES = [
    *(table(name) for name in ("a", "\U0001f600", "\uffee")),
    *(column(name, "a") for name in ("x", "y'\"`$")),
    *(NodeRef(TYPE, f"{column('x', 'a').key}/type/{path}") for path in ("x", "x/b", "x/c")),
    *(description(ref) for ref in (table("a"), column("x", "a"), schema())),
    NodeRef("Stat", f"{column('x', 'a').key}/max/"),
    *(schema(), dashboard("d"), tag("t"), tag("a"), badge("a"), user("u"), user("v")),
    NodeRef("MLDataset", "mlflow://p/dataset/d/1"),
    NodeRef("MLRun", "mlflow://p/run/r"),
    NodeRef("MLModelVersion", "mlflow://p/model/m/version/1"),
    NodeRef("MLModel", "mlflow://p/model/m"),
]
KINDS = ("TABLE", "COLUMN", "TYPE_METADATA", "SUBTYPE", "DESCRIPTION", "TAGGED_BY", "TAG", "HAS_BADGE", "OWNER")
KINDS += ("READ_BY", "STAT_OF", "HAS_DOWNSTREAM", "MANAGE_BY", retracted("OWNER"), retracted("TAGGED_BY"))
KINDS += ("CONSUMED", "SNAPSHOT_OF", "PRODUCED", "HAS_VERSION")
EDGES = [EdgeRef(*edge) for edge in product(KINDS, NODES, NODES) if is_relation(edge[0], edge[1].label, edge[2].label)]
LABELS = sorted({ref.label for ref in NODES})
ENDS = sorted({(edge.type, edge.source.label, edge.target.label) for edge in EDGES})

BADGES = Select(("HAS_BADGE",), "Badge", props=None)
TYPES = Select(("TYPE_METADATA",), TYPE, props=("x",), order=(Order("x"),), repeat=("SUBTYPE",), children={"b": BADGES})
NUMBERED = (Order("x", descending=True), Order("y"))
PEOPLE = Select(
    ("OWNER", "READ_BY"),
    "User",
    props=None,
    edge_props=("x", "read_count", EDITED_BY),
    order=(Order("read_count", "edge", descending=True), Order("x")),
    children={"managers": Select(("MANAGE_BY",), "User", limit=1)},
)
SHAPES = [
    Shape(
        "Table",
        None,
        {
            "columns": Select(("COLUMN",), "Column", order=NUMBERED, children={"types": TYPES, "badges": BADGES}),
            "schema": Select(
                ("TABLE",), "Schema", Direction.IN, children={"d": Select(("DESCRIPTION",), "Description")}
            ),
            "people": PEOPLE,
            "downstream": Select(("HAS_DOWNSTREAM",), "Table", order=NUMBERED, limit=1, children={"people": PEOPLE}),
            "true": Select(("HAS_DOWNSTREAM",), "Table", Direction.IN, where={"x": True}, children={"badges": BADGES}),
            "one": Select(("HAS_DOWNSTREAM",), "Column", where={"x": 1}),
        },
    ),
    Shape("Dashboard", ("x",), {"tags": Select(("TAG", "TAGGED_BY"), "Tag", edge_props=("x",), limit=1)}),
    Shape(TYPE, ("x",), {"below": Select(("SUBTYPE",), TYPE, repeat=("SUBTYPE",), edge_props=("x",), limit=2)}),
    Shape("User", None, {"read": Select(("READ_BY",), "Table", Direction.IN, edge_props=("read_count",))}),
]

values = st.sampled_from([None, "", "a", "\U0001f600", 0, 1, 2, True, False, 1.0, 2.5, 2**62, ["a"], []])
counts = st.sampled_from([None, 0, 1, 3, 2**62, "3", True])
plain = st.fixed_dictionaries({}, optional={"x": values, "y": values, "read_count": counts})
reserved = st.fixed_dictionaries(
    {},
    optional={
        EDITED: st.sampled_from([["x"], [], None]),
        EDITED_BY: st.sampled_from(["ann", None]),
        READERS: st.sampled_from([1, 5, None]),
        READS: st.sampled_from([1, 5, None]),
        POPULARITY: st.sampled_from([1.5, 2, 0.0, "3", True, None]),
    },
)
copied = st.builds(lambda a, b: {**a, **b}, plain, reserved)
refs, edges = st.sampled_from(NODES), st.sampled_from(EDGES)
directions = st.sampled_from(Direction)
limits = st.integers(0, 6) | st.just(1000)
ways = st.lists(st.builds(Way, st.sampled_from(KINDS), directions), max_size=3)
kinds = st.lists(st.sampled_from(KINDS), max_size=4)


def mutations(props: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[Any]:
    put_node, put_edge = st.builds(PutNode, refs, props), st.builds(PutEdge, edges, props)
    return st.one_of(put_node, put_edge, put_edge, st.builds(RemoveNode, refs), st.builds(RemoveEdge, edges))


def batches(authority: Authority) -> st.SearchStrategy[Batch]:
    props = copied if authority is Authority.COPY else plain
    return st.builds(
        Batch,
        st.lists(mutations(props), max_size=8).map(tuple),
        st.just(authority),
        actor=st.sampled_from(["ann", "bob", ""]),
        source=st.sampled_from(["csv", ""]),
        run=st.just("r1"),
        expect=st.lists(st.builds(Expect, refs, st.sampled_from(["x", "y"]), values), max_size=1).map(tuple),
        lenient=st.sampled_from([True, True, True, False]),
    )


def everything() -> Batch:
    """Return a batch with every node and one relation of each kind and ends, to begin with more than nothing."""
    related = {(edge.type, edge.source.label, edge.target.label): edge for edge in EDGES if edge.source != edge.target}
    return Batch((*map(PutNode, NODES), *map(PutEdge, related.values())), Authority.SOURCE)


class Agreement(RuleBasedStateMachine):
    """Two stores on one clock. What is asked of one is asked of the other."""

    open_empty: Callable[[FakeClock], GraphStore]

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.model = MemoryGraphStore(self.clock)
        self.store = type(self).open_empty(self.clock)
        self.seen: list[Change] = []

    def teardown(self) -> None:
        self.store.close()

    def both(self, ask: Callable[[GraphStore], Any]) -> None:
        expected, found = answer(self.model, ask), answer(self.store, ask)
        assert found == expected

    @rule(batch=st.sampled_from(Authority).flatmap(batches))
    def apply(self, batch: Batch) -> None:
        self.both(lambda store: store.apply(batch))

    @initialize(filled=st.booleans())
    def begin(self, filled: bool) -> None:
        if filled:
            self.both(lambda store: store.apply(everything()))

    @rule(microseconds=st.sampled_from([-5, 1, 1000]))
    def wait(self, microseconds: int) -> None:
        self.clock.now += microseconds

    @rule(limit=limits)
    def take_changes(self, limit: int) -> None:
        self.both(lambda store: store.changes(limit))
        self.seen += self.model.changes(limit)

    @rule(data=st.data())
    def acknowledge(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(self.seen), max_size=5)) if self.seen else []
        self.both(lambda store: store.acknowledge(some))

    @rule(data=st.data(), microseconds=st.sampled_from([1, 1000, None]))
    def postpone(self, data: st.DataObject, microseconds: int | None) -> None:
        some = data.draw(st.lists(st.sampled_from(self.seen), max_size=3)) if self.seen else []
        until = PARKED if microseconds is None else self.clock.now + microseconds
        self.both(lambda store: store.postpone([Postponed(change, "is bad", until) for change in some]))

    @rule(some=st.lists(refs, max_size=3), above=st.sampled_from([0, 2**52]))
    def touch(self, some: list[NodeRef], above: int) -> None:
        self.both(lambda store: store.touch(some, "reconcile", above))

    @rule(label=st.sampled_from(LABELS))
    def recount(self, label: str) -> None:
        self.both(lambda store: store.recount(label))

    @rule(near=st.lists(refs, max_size=6), via=kinds, direction=directions, limit=limits)
    def step(self, near: list[NodeRef], via: list[str], direction: Direction, limit: int) -> None:
        self.both(lambda store: store.neighbourhood(near, via, direction, limit))

    @rule(start=refs, via=kinds, direction=directions, depth=st.integers(0, 4))
    def reach(self, start: NodeRef, via: list[str], direction: Direction, depth: int) -> None:
        self.both(lambda store: around(store.reach(start, via, direction, depth, 1000)))

    @rule(near=st.lists(refs, max_size=4), via=ways, along=st.booleans(), limit=limits, after=refs)
    def look_around(self, near: list[NodeRef], via: list[Way], along: bool, limit: int, after: NodeRef) -> None:
        asked = [Ask(ref, along, behind) for ref in near for behind in (None, Neighbour(after, 1))]
        self.both(lambda store: store.neighbours(asked, via, "x", limit))
        self.both(lambda store: store.neighbour_counts(near, via))
        self.both(lambda store: sorted(store.between(near, [way.relation for way in via], 1000), key=repr))

    @rule(shape=st.sampled_from(SHAPES), near=st.lists(refs, min_size=1, max_size=4))
    def fetch(self, shape: Shape, near: list[NodeRef]) -> None:
        keys = [ref.key for ref in near]
        self.both(lambda store: {key: outline(record, shape) for key, record in store.fetch_many(keys, shape).items()})

    @rule(label=st.sampled_from(LABELS), by=st.sampled_from([POPULARITY, "x"]), limit=limits, least=st.integers(0, 3))
    def rank(self, label: str, by: str, limit: int, least: int) -> None:
        self.both(lambda store: store.rank(label, by, limit, {READERS: least} if least else None))
        self.both(lambda store: store.rank(label, by, limit, after=(least, "m")))

    @rule(label=st.sampled_from(LABELS), via=kinds, direction=directions, name=st.sampled_from([None, "x"]))
    def count(self, label: str, via: list[str], direction: Direction, name: str | None) -> None:
        having = [Related((kind,), tuple(LABELS), direction, name) for kind in via]
        self.both(lambda store: store.count(label, having))
        self.both(lambda store: store.degrees(label, via, direction))

    @rule(label=st.sampled_from(LABELS), after=refs, limit=limits, length=st.integers(0, 20))
    def page(self, label: str, after: NodeRef, limit: int, length: int) -> None:
        prefix = after.key[:length]
        for down in (False, True):
            self.both(lambda store, down=down: store.list_nodes(label, after.key, limit, prefix, descending=down))

    @rule(ends=st.sampled_from(ENDS), after=st.tuples(refs, refs), limit=limits)
    def page_edges(self, ends: tuple[str, str, str], after: tuple[NodeRef, NodeRef], limit: int) -> None:
        self.both(lambda store: store.list_edges(*ends, (after[0].key, after[1].key), limit))

    @invariant()
    def hold_the_same(self) -> None:
        self.both(contents)


def answer(store: GraphStore, ask: Callable[[GraphStore], Any]) -> Any:
    """Return what a store answers, or the error it raises."""
    try:
        return ask(store)
    except FramError as error:
        return type(error), error.message


def around(found: Reach) -> tuple[set[NodeRef], set[tuple[NodeRef, NodeRef]]]:
    """Return what was reached without its order, which is nobody's promise."""
    return set(found.nodes), {(found.nodes[near], found.nodes[far]) for near, far in found.steps}


def contents(store: GraphStore) -> list[Any]:
    """Return all a store holds. What ends an edit's key is random."""
    recorded = [(ref.key.rpartition("-")[0], sorted(props.items())) for ref, props in store.list_nodes("Fram_Edit")]
    nodes = [node for label in LABELS for node in store.list_nodes(label)]
    relations = [edge for ends in ENDS for edge in store.list_edges(*ends)]
    roots = [store.revisions(label) for label in LABELS if label in ROOTS]
    return [sorted(recorded, key=repr), nodes, relations, roots, store.changes(), store.postponed(), store.backlog()]


@pytest.mark.parametrize(
    ("backend", "examples", "steps"), [("sqlite", 60, 30), pytest.param(*NEO4J.values, 4, 20, marks=NEO4J.marks)]
)
def test_a_store_and_the_model_agree(backend: str, examples: int, steps: int, tmp_path: Path):
    numbers = iter(range(1_000_000))

    def open_empty(clock: FakeClock) -> GraphStore:
        folder = tmp_path / str(next(numbers))
        folder.mkdir()
        store = open_store(url_of(backend, folder), clock=clock)
        store.ensure_schema()
        return store

    class Machine(Agreement):
        pass

    Machine.open_empty = staticmethod(open_empty)
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
