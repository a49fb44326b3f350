"""Random edits, passes, crashes, rebuilds and foreign writers: in a quiet moment the index is what the graph says."""

from collections.abc import Callable
from contextlib import suppress
from itertools import product, starmap
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from publishing import Crashed, Crashing, FakeClock, Fuse, documents, projected, put

from ingest.publish.rebuild import rebuild
from ingest.publish.reconcile import reconcile
from ingest.publish.sync import sync
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode, RemoveEdge, RemoveNode
from schemas.errors import RebuildRefused
from schemas.graph import is_relation
from schemas.keys import owner_of
from search_service.index.memory import MemorySearchIndex

TABLES = [NodeRef("Table", f"hive://gold.core/{name}") for name in ("a", "b", "\U0001f600")]
NODES = [
    *TABLES,
    NodeRef("Schema", "hive://gold.core"),
    NodeRef("Column", "hive://gold.core/a/x"),
    NodeRef("Description", "hive://gold.core/a/_description"),
    NodeRef("Dashboard", "mode_dashboard://gold.sales/d"),
    NodeRef("Dashboardgroup", "mode_dashboard://gold.sales"),
    NodeRef("Tag", "t"),
    NodeRef("User", "ann"),
]
TYPES = ("TABLE", "COLUMN", "DESCRIPTION", "TAGGED_BY", "OWNER", "READ_BY", "DASHBOARD_OF")


def hangs_where_its_key_says(edge: EdgeRef) -> bool:
    """Say no to a column of one table under another: a change of it is noted for the one that its key names alone."""
    owner = owner_of(*edge.target)
    return owner is None or owner == edge.source


EDGES = [
    edge
    for edge in starmap(EdgeRef, product(TYPES, NODES, NODES))
    if is_relation(edge.type, edge.source.label, edge.target.label) and hangs_where_its_key_says(edge)
]

refs, edges = st.sampled_from(NODES), st.sampled_from(EDGES)
texts = st.fixed_dictionaries({}, optional={name: st.sampled_from(["x", "y", None]) for name in ("name", "full_name")})
mutations: st.SearchStrategy[Mutation] = st.one_of(
    st.builds(PutNode, refs, texts),
    st.builds(PutEdge, edges),
    st.builds(RemoveNode, refs),
    st.builds(RemoveEdge, edges),
)
fuses = st.builds(lambda calls, after: Fuse(calls, after=after), st.integers(1, 25), after=st.booleans())
STEPS = {"sync": sync, "rebuild": rebuild, "reconcile": reconcile}


class Meanwhile(Fuse):
    """Counts calls down, and lets something else happen before the last."""

    def __init__(self, calls: int, others: Callable[[], None]) -> None:
        super().__init__(-1, after=False)
        self._calls = calls
        self._others = others

    @property
    def has_happened(self) -> bool:
        return self._calls <= 0

    def guard(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **named: Any) -> Any:
            self._calls -= 1
            if self._calls == 0:
                self._others()
            return call(*args, **named)

        return super().guard(guarded)


class Publishing(RuleBasedStateMachine):
    """A graph, its index, and a publisher that may be killed anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = FakeClock()
        self.graph = MemoryGraphStore(self.clock)
        self.index = MemorySearchIndex()
        self.bypassed = False
        self.alone = False
        put(self.graph, *map(PutNode, NODES))

    @initialize(alone=st.booleans())
    def begin(self, *, alone: bool) -> None:
        """Half of the time nobody writes past Fram: then no comparison may be needed for the index to be right."""
        self.alone = alone

    @rule(batch=st.lists(mutations, min_size=1, max_size=5))
    def edit(self, batch: list[Mutation]) -> None:
        put(self.graph, *batch)

    @rule(microseconds=st.sampled_from([-5, 1, 1_000_000, 100_000_000]))
    def wait(self, microseconds: int) -> None:
        self.clock.now += microseconds

    @rule(limit=st.sampled_from([1, 2, 500]))
    def publish(self, limit: int) -> None:
        sync(self.graph, self.index, self.clock, limit)

    @rule(step=st.sampled_from(sorted(STEPS)), fuse=fuses)
    def be_killed(self, step: str, fuse: Fuse) -> None:
        with suppress(Crashed, RebuildRefused):
            STEPS[step](Crashing(self.graph, fuse), Crashing(self.index, fuse), self.clock)

    @rule(
        step=st.sampled_from(sorted(STEPS)),
        batch=st.lists(mutations, min_size=1, max_size=8),
        calls=st.integers(1, 8) | st.integers(1, 25),
        published=st.booleans(),
    )
    def be_overtaken(self, step: str, batch: list[Mutation], calls: int, *, published: bool) -> None:
        """Others write in the middle of a step, to what waits above all, and perhaps another publisher publishes it."""
        waiting = [change.ref for change in self.graph.changes()]

        def others() -> None:
            self.clock.now += 1
            said = f"at {self.clock.now}"
            put(self.graph, *batch, *(PutNode(ref, {"name": said, "full_name": said}) for ref in waiting[::2]))
            if published:
                sync(self.graph, self.index, self.clock)

        meanwhile = Meanwhile(calls, others)
        try:
            STEPS[step](Crashing(self.graph, meanwhile), Crashing(self.index, meanwhile), self.clock)
        except RebuildRefused:
            assert meanwhile.has_happened or projected(self.graph) == {}

    @precondition(lambda self: not self.alone)
    @rule(batch=st.lists(mutations, min_size=1, max_size=3))
    def write_past_fram(self, batch: list[Mutation]) -> None:
        noted = self.graph._graph
        revisions, pending = dict(noted.revisions), dict(noted.pending)
        put(self.graph, *batch)
        noted.revisions, noted.pending = revisions, pending
        self.bypassed = True

    @rule()
    def be_quiet(self) -> None:
        self.settle()
        if not self.bypassed:  # otherwise it takes a comparison
            assert documents(self.index) == projected(self.graph)
        drift = reconcile(self.graph, self.index, self.clock)
        assert self.bypassed or drift.total == 0
        self.bypassed = False
        self.settle()
        assert documents(self.index) == projected(self.graph)
        assert reconcile(self.graph, self.index, self.clock).total == 0

    def settle(self) -> None:
        while sync(self.graph, self.index, self.clock).taken:
            pass
        assert self.graph.postponed() == []

    def teardown(self) -> None:
        self.be_quiet()


TestPublishing = Publishing.TestCase
TestPublishing.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
