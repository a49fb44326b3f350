"""Random statements of two sources, people's edits, runs, silence, restores and new orders, over the reference store.

Laws: what a person wrote is never lost; a run that changes nothing writes nothing; what the graph holds follows from
what the sources say and not from the order in which they said it; and what fell silent and was said again is as if it
had never been silent.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from marshmallow import Schema

from ingest.extract.source import Source
from ingest.jobs import Job, Jobs
from ingest.runner import Runner
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Authority, Batch, EdgeRef, Mutation, NodeRef, PutEdge, PutNode, RemoveEdge
from metadata_service.store.parts import PARTS, items
from metadata_service.store.port import GraphStore
from schemas.graph import EDITED, EDITED_BY, FIRST_SEEN, GONE, LAST_SEEN, RUN, SOURCE
from schemas.ingest_runs import SUCCEEDED, Run
from schemas.statements import Column, Label, Lineage, Reads, Statement, Table, Usage

NAMES = ("a", "b", "c")
KEYS = {name: f"hive://gold.core/{name}" for name in NAMES}
ORDER = ("one", "two")
LASTING = ("Updatedtimestamp", "Database", "Cluster", "Schema", "Tag", "User")  # are never taken away
TEXTS = st.none() | st.sampled_from(["x", "y"])

_COLUMNS = st.lists(
    st.builds(Column, st.sampled_from(["k", "l"]), st.sampled_from(["int", "row(f int)"]), TEXTS),
    max_size=2,
    unique_by=lambda column: column.name,
)
_TABLES = st.builds(
    Table,
    *[st.just(part) for part in ("hive", "gold", "core")],
    st.sampled_from(NAMES),
    is_view=st.none() | st.booleans(),
    description=TEXTS,
    schema_description=TEXTS,
    columns=_COLUMNS,
    tags=st.sets(st.sampled_from(["t", "u"])).map(sorted),
    badges=st.sampled_from([(), (Label("gold", "x"),), (Label("gold", "y"),)]),
    owners=st.sets(st.sampled_from(["ann", "bob"])).map(sorted),
)
_KEY = st.sampled_from([*KEYS.values()])
_LINEAGE = st.builds(Lineage, st.just("table"), _KEY, st.sets(_KEY).map(sorted))
_READERS = st.lists(st.builds(Reads, st.just("ann"), st.integers(1, 3)), max_size=1)
_USAGE = st.builds(Usage, st.just("table"), _KEY, _READERS)
_TOLD = st.lists(_TABLES, min_size=2, max_size=3, unique_by=lambda said: said.name)  # so that both speak of one
_STATEMENTS = st.lists(_TABLES | _LINEAGE | _USAGE, max_size=5, unique_by=lambda said: (type(said), _about(said)))


def _about(said: Any) -> str:
    return said.name if isinstance(said, Table) else said.key


class Said(Source):
    """A source that says what it is told to."""

    about = "What it is told."
    settings = Schema

    def check(self) -> str:
        return "nothing"

    def extract(self) -> Iterator[Statement]:
        yield from self.told["statements"]


class Sources:
    """A store and the two sources that write to it, the first of which in `order` wins."""

    def __init__(self, order: tuple[str, ...] = ORDER) -> None:
        self.store = MemoryGraphStore()
        self.ticks = 1_800_000_000_000_000
        self.put_in_order(order)

    def put_in_order(self, order: tuple[str, ...]) -> None:
        self.order = order
        self.runner = Runner(self.store, Jobs(precedence=order), clock=self._clock)

    def _clock(self) -> int:
        self.ticks += 1
        return self.ticks

    def run(self, source: str, statements: list[Statement]) -> Run:
        job = Job(source, "said", retries=0, share=1.0)
        return self.runner.run(job, Said(statements=statements), accept_removal=True)


def graph_of(store: GraphStore) -> dict[Any, dict[str, Any]]:
    """Return what is in the graph and not gone, without who said it when, and without what gone things left behind."""
    unlike = {SOURCE, RUN, FIRST_SEEN, LAST_SEEN}
    found: dict[Any, dict[str, Any]] = {}
    gone = set()
    for part in PARTS:
        if part.name.startswith(("Fram_", "CLUSTER ", "SCHEMA ")) or part.name in LASTING:
            continue
        for item in items(store, part):
            if GONE in item.props:
                gone.add(item.ref)
            else:
                found[item.ref] = {name: value for name, value in item.props.items() if name not in unlike}
    edges = {ref for ref in found if isinstance(ref, EdgeRef) and ref.source not in gone and ref.target not in gone}
    on = {edge.target for edge in edges}  # a badge stays when nothing has it any more
    return {
        ref: props
        for ref, props in found.items()
        if (ref in edges if isinstance(ref, EdgeRef) else ref.label != "Badge" or ref in on)
    }


class LedgerMachine(RuleBasedStateMachine):
    """What two sources say is followed by a model: the last statements of each, and what people wrote."""

    def __init__(self) -> None:
        super().__init__()
        self.sources = Sources()
        self.store = self.sources.store
        self.said: dict[str, list[Statement]] = {source: [] for source in ORDER}
        self.wrote: dict[NodeRef, str] = {}  # descriptions
        self.tagged: set[EdgeRef] = set()
        self.untagged: set[EdgeRef] = set()

    @initialize(said=st.tuples(_TOLD, _TOLD))
    def say_much(self, said: tuple[list[Statement], ...]) -> None:
        for source, statements in zip(ORDER, said, strict=True):
            self.say(source, statements)

    @rule(source=st.sampled_from(ORDER), statements=_STATEMENTS)
    def say(self, source: str, statements: list[Statement]) -> None:
        run = self.sources.run(source, statements)
        assert (run.status, run.refused) == (SUCCEEDED, 0), run
        self.said[source] = statements

    @rule(source=st.sampled_from(ORDER))
    def say_the_same_again(self, source: str) -> None:
        self._settle()
        self.store.acknowledge(self.store.changes())
        before = [*self.store.list_nodes("Fram_Statement")]
        run = self.sources.run(source, self.said[source])
        assert (run.written, run.removed) == (0, 0), run
        assert self.store.changes() == []
        assert self.store.list_nodes("Fram_Statement") == before

    @rule(source=st.sampled_from(ORDER))
    def fall_silent_and_say_it_again(self, source: str) -> None:
        self._settle()
        before = graph_of(self.store)
        self.sources.run(source, [])
        self.sources.run(source, self.said[source])
        self._settle()
        assert graph_of(self.store) == before

    @rule(source=st.sampled_from(ORDER), statements=_STATEMENTS)
    def say_something_else_and_restore(self, source: str, statements: list[Statement]) -> None:
        self._settle()
        before = graph_of(self.store)
        run = self.sources.run(source, statements)
        restored = self.sources.runner.restore(run.id)
        assert restored.status == SUCCEEDED, restored
        self._settle()
        assert graph_of(self.store) == before

    @rule()
    def turn_the_order_round(self) -> None:
        self.sources.put_in_order(self.sources.order[::-1])

    @rule(name=st.sampled_from(NAMES), text=st.sampled_from(["person", "other"]))
    def describe(self, name: str, text: str) -> None:
        table = NodeRef("Table", KEYS[name])
        if self._there(table):
            described = NodeRef("Description", f"{table.key}/_description")
            link = PutEdge(EdgeRef("DESCRIPTION", table, described))
            self._by_person(PutNode(described, {"description": text, "description_source": "description"}), link)
            self.wrote[described] = text

    @rule(name=st.sampled_from(NAMES), tag=st.sampled_from(["t", "mine"]))
    def tag(self, name: str, tag: str) -> None:
        edge = EdgeRef("TAGGED_BY", NodeRef("Table", KEYS[name]), NodeRef("Tag", tag))
        if self._there(edge.source):
            self._by_person(PutNode(edge.target), PutEdge(edge))
            self.tagged.add(edge)
            self.untagged.discard(edge)

    @rule(name=st.sampled_from(NAMES), tag=st.sampled_from(["t", "u", "mine"]))
    def untag(self, name: str, tag: str) -> None:
        edge = EdgeRef("TAGGED_BY", NodeRef("Table", KEYS[name]), NodeRef("Tag", tag))
        if edge in {found.ref for found in self.store.list_edges("TAGGED_BY", "Table", "Tag")}:
            self._by_person(RemoveEdge(edge))
            self.untagged.add(edge)
            self.tagged.discard(edge)

    @invariant()
    def what_people_wrote_stands(self) -> None:
        held = {node.ref: node.props.get("description") for node in self.store.list_nodes("Description")}
        assert {ref: held.get(ref) for ref in self.wrote} == self.wrote
        linked = {edge.ref.target for edge in self.store.list_edges("DESCRIPTION", "Table", "Description")}
        assert self.wrote.keys() <= linked
        tags = {edge.ref for edge in self.store.list_edges("TAGGED_BY", "Table", "Tag")}
        assert self.tagged <= tags
        assert not self.untagged & tags

    @invariant()
    def graph_follows_from_what_is_said(self) -> None:
        """Say it all to an empty graph, the second source first: but for people's words it comes to the same."""
        self._settle()
        other = Sources(self.sources.order)
        for source in (*reversed(ORDER), *ORDER):  # twice, for relations whose ends came later
            other.run(source, self.said[source])
        assert self._without_people(self.store) == self._without_people(other.store)

    def _without_people(self, store: GraphStore) -> dict[Any, dict[str, Any]]:
        """Return the graph without what people wrote on, here or there."""
        changed = {*self.wrote, *self.tagged, *self.untagged}
        links = {EdgeRef("DESCRIPTION", NodeRef("Table", ref.key.rpartition("/")[0]), ref) for ref in self.wrote}
        return {
            ref: {name: value for name, value in props.items() if name not in (EDITED, EDITED_BY)}
            for ref, props in graph_of(store).items()
            if ref not in changed and ref not in links and not getattr(ref, "type", "").startswith("RETRACTED_")
        }

    def _settle(self) -> None:
        """Have relations tried again whose ends another source said later."""
        for source in ORDER:
            self.sources.run(source, self.said[source])

    def _there(self, ref: NodeRef) -> bool:
        return any(node.ref == ref for node in self.store.list_nodes(ref.label))

    def _by_person(self, *mutations: Mutation) -> None:
        self.store.apply(Batch(mutations, Authority.PERSON, actor="ann"))


TestLedgerMachine = pytest.mark.slow(LedgerMachine.TestCase)
TestLedgerMachine.settings = settings(
    max_examples=30, stateful_step_count=8, deadline=None, suppress_health_check=[*HealthCheck]
)
