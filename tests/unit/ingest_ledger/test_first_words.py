"""What a source says first goes in by a shorter way, and leaves exactly what the long way leaves.

Whatever was there before: stubs, another source's words, what people wrote, parts of the graph that nobody says.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.ledger.precedence import Precedence
from ingest.ledger.said import said
from ingest.ledger.writer import Judged, Ledger
from metadata_service.store import commit
from metadata_service.store.factory import open_store
from metadata_service.store.memory import MemoryGraphStore
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
)
from metadata_service.store.parts import PARTS, items
from metadata_service.store.plan import Existing, Plan
from metadata_service.store.planner import Planner
from metadata_service.store.port import GraphStore
from metadata_service.store.sqlite import SqliteGraphStore
from schemas.graph import GONE
from schemas.statements import Column, Join, Label, Lineage, Queries, Reads, Table, Usage

NOW = 1_800_000_000
T, U = "hive://gold.core/t", "hive://gold.core/u"
TABLE, TAG = NodeRef("Table", T), NodeRef("Tag", "x")
DESCRIBED = NodeRef("Description", f"{T}/_description")
TAGGED = EdgeRef("TAGGED_BY", TABLE, TAG)

_JOIN = Join(f"{T}/a", f"{U}/a", "inner join", "=", "JOIN", 1)
_STATEMENTS = st.lists(
    st.one_of(
        st.builds(
            Table,
            *map(st.just, ("hive", "gold", "core")),
            st.sampled_from(["t", "u"]),
            description=st.sampled_from([None, "mine"]),
            columns=st.sampled_from(
                [(), (Column("a", "int", badges=[Label("pk")]),), (Column("b", "row(f int)", "B"),)]
            ),
            tags=st.sampled_from([(), ("x",), ("x", "y")]),
            owners=st.sampled_from([(), ("ann",)]),
        ),
        st.sampled_from([Lineage("table", T, [U]), Lineage("table", U, [T, "hive://gold.core/none"])]),
        st.sampled_from([Usage("table", T, [Reads("ann", 2)]), Queries(T, [_JOIN])]),
    ),
    max_size=4,
    unique_by=lambda one: said(one).name,
)
_BEFORE: dict[str, tuple[Authority, tuple[Mutation, ...]]] = {
    "nothing": (Authority.SOURCE, ()),
    "a column that is gone": (
        Authority.SOURCE,
        (PutNode(TABLE), PutNode(NodeRef("Column", f"{T}/a"), {"name": "a", "col_type": "text", GONE: 5})),
    ),
    "a person's words": (
        Authority.PERSON,
        (
            PutNode(TABLE),
            PutNode(DESCRIBED, {"description": "ours"}),
            PutEdge(EdgeRef("DESCRIPTION", TABLE, DESCRIBED)),
        ),
    ),
    "a tag taken off": (Authority.PERSON, (PutNode(TABLE), PutNode(TAG), PutEdge(TAGGED), RemoveEdge(TAGGED))),
}


class OneByOne(Planner):
    """Plans every node, relation and mutation by itself."""

    def __init__(self, batch: Batch, existing: Existing, now: int) -> None:
        nodes, edges = batch.nodes, batch.edges
        self.puts: list[Mutation] = [PutNode(*node) for node in nodes.items()]
        self.puts += [PutEdge(*edge) for edge in edges.items()]
        super().__init__(replace(batch, mutations=(*self.puts, *batch.mutations), nodes={}, edges={}), existing, now)

    def _put_newcomers(self) -> Sequence[int]:
        return range(len(self.batch.mutations))

    def run(self) -> Plan:
        plan = super().run()
        stood = zip(self.puts, plan.outcomes, strict=False)
        plan.kept = {put.ref for put, outcome in stood if outcome is Outcome.KEPT}
        plan.outcomes = plan.outcomes[len(self.puts) :]
        return plan


@contextmanager
def stores() -> Iterator[tuple[GraphStore, GraphStore]]:
    """A graph in SQLite, and one in memory that goes the long way."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        embedded = SqliteGraphStore(f"{folder}/graph.db", clock=lambda: NOW * 1_000_000)
        embedded.ensure_schema()
        memory = MemoryGraphStore(clock=lambda: NOW * 1_000_000)
        apply = memory.apply

        def long_way(batch: Batch) -> Any:
            with pytest.MonkeyPatch.context() as inner:
                inner.setattr(commit, "Planner", OneByOne)
                return apply(batch)

        patch.setattr(memory, "apply", long_way)
        yield embedded, memory
        embedded.close()


def tell(
    store: GraphStore, before: str, others: Sequence[Any], first: Sequence[Any], then: Sequence[Any]
) -> list[Judged]:
    """Let two sources speak, one of them twice, over what was there."""
    authority, mutations = _BEFORE[before]
    store.apply(Batch(mutations, authority, actor="ann", source="old"))
    judged: list[Judged] = []
    for source, run, statements in (("other", "r0", others), ("one", "r1", first), ("one", "r2", then)):
        ledger = Ledger(store, source, run, Precedence(), epoch=lambda: NOW, max_mutations=20)
        judged += ledger.say([said(statement) for statement in statements])
        ledger.finish()
    return judged


def content(store: GraphStore) -> list[Any]:
    """Return everything that is in the graph, and the record of changes."""
    parts = [[*items(store, part)] for part in PARTS if part.name != "Fram_Edit"]
    return [*parts, sorted(store.changes(), key=lambda change: change.ref)]


@settings(deadline=None, max_examples=60)
@given(before=st.sampled_from([*_BEFORE]), others=_STATEMENTS, first=_STATEMENTS, then=_STATEMENTS)
def test_the_short_way_leaves_what_the_long_way_leaves(
    before: str, others: list[Any], first: list[Any], then: list[Any]
):
    with stores() as (short, long):
        assert tell(short, before, others, first, then) == tell(long, before, others, first, then)
        assert content(short) == content(long)


def test_a_first_load_goes_the_short_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Of a table with its columns nothing is planned one by one."""
    alone: list[Any] = []
    monkeypatch.setattr(Planner, "_put_node", lambda _, put: alone.append(put))
    monkeypatch.setattr(Planner, "_put_edge", lambda _, put: alone.append(put))
    store = open_store(f"sqlite:///{tmp_path}/graph.db")
    store.ensure_schema()
    ledger = Ledger(store, "one", "r1", Precedence())
    ledger.say(
        [said(Table("hive", "gold", "core", f"t{number}", columns=[Column("a", "int")])) for number in range(50)]
    )
    assert store.count("Column") == 50
    store.close()
    assert not alone
