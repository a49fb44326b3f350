"""Of a statement that changes, what changed is written and nothing else, where the graph is known to have the rest."""

from collections.abc import Mapping
from typing import Any

import pytest

from ingest.building.built import Writes
from ingest.ledger.change import Change, wanted, work_out
from ingest.ledger.held import Held, holding
from ingest.ledger.precedence import Precedence
from ingest.ledger.said import said
from ingest.ledger.writer import Ledger
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Batch, EdgeRef, NodeRef, Receipt
from schemas.graph import GONE
from schemas.statements import Column, Lineage, Table

KEY, ABOVE = "hive://gold.core/t", "hive://gold.core/above"


def a_table(*types: str, **more: Any) -> Table:
    columns = [Column(f"c{place}", of, f"Number {place}") for place, of in enumerate(types)]
    return Table("hive", "gold", "core", "t", columns=columns, **more)


def held(statement: Any) -> Held:
    return holding(said(statement), "r1", "r1")


def written(statement: Any, old: Held, others: Mapping[str, Held] | None = None, *, again: bool = False) -> Writes:
    """Return what is written for a statement."""
    item = said(statement)
    change = Change(item.name, holding(item, "r2", "r1"), statement, old, others or {}, again=again)
    work_out(change, "s", Precedence(), Precedence(), 1)
    return change.writes


def put(*told: Any, **more: Any) -> set[str]:
    """Return the keys of what is written for a statement."""
    writes = written(*told, **more)
    assert not writes.removals
    return {ref.key for ref in writes.nodes} | {f"{ref.type} {ref.target.key}" for ref in writes.edges}


OLD = a_table("int", "int", tags=["x"])
NEW = a_table("int", "text", tags=["x"])
WHOLE = {"database://hive", "hive://gold", "hive://gold.core", "CLUSTER hive://gold", "SCHEMA hive://gold.core"}
WHOLE |= {KEY, f"TABLE {KEY}", "x", "TAGGED_BY x"}
WHOLE |= {f"{KEY}/c{n}{rest}" for n in (0, 1) for rest in ("", "/_description")}
WHOLE |= {f"COLUMN {KEY}/c{n}" for n in (0, 1)} | {f"DESCRIPTION {KEY}/c{n}/_description" for n in (0, 1)}


@pytest.mark.parametrize("order", [1, -1])
def test_what_one_statement_marks_and_another_puts_need_not_be_there(order: int):
    own, far = NodeRef("Column", f"{KEY}/c0"), NodeRef("Column", f"{ABOVE}/c0")
    marks = Change("a", None, writes=Writes({own: {GONE: 1}, far: {GONE: 1}}))
    puts = Change("b", None, writes=Writes({own: {"name": "c0"}}, {EdgeRef("COLUMN", NodeRef("Table", KEY), own): {}}))
    assert wanted([marks, puts][::order]) == {far, NodeRef("Table", KEY)}


def test_changed_column_alone_is_written():
    assert put(NEW, held(OLD)) == {f"{KEY}/c1"}


def test_new_column_is_written_with_what_hangs_it_up():
    new = a_table("int", "int", "int", tags=["x"])
    column = f"{KEY}/c2"
    assert put(new, held(OLD)) == {
        column,
        f"{column}/_description",
        f"COLUMN {column}",
        f"DESCRIPTION {column}/_description",
    }


@pytest.mark.parametrize(
    ("old", "others", "again"),
    [
        (held(OLD)._replace(unresolved="-"), {}, False),
        (held(OLD)._replace(gone_since=1), {}, False),
        (held(OLD)._replace(hash="of what another version built"), {}, False),
        (held(OLD), {"t": held(a_table("text"))}, False),
        (held(OLD), {}, True),
    ],
    ids=["lacked an end", "had gone", "other version", "other source", "written at once with another"],
)
def test_all_is_written_where_the_graph_may_lack_some(old: Held, others: Mapping[str, Held], *, again: bool):
    assert put(NEW, old, others, again=again) == WHOLE


def test_lineage_that_is_said_again_is_stamped_again():
    more = "hive://gold.core/more"
    said_now = written(Lineage("table", KEY, [ABOVE, more]), held(Lineage("table", KEY, [ABOVE])))
    assert [ref.source.key for ref in said_now.edges] == [ABOVE, more]
    assert len(said_now) == 2


class Counting(MemoryGraphStore):
    """Counts what is asked to be written."""

    asked = 0

    def apply(self, batch: Batch) -> Receipt:
        self.asked += len(batch.mutations) + len(batch.nodes) + len(batch.edges)
        return super().apply(batch)


def test_wide_table_of_which_one_column_changed_is_a_small_batch():
    store = Counting()
    for run, of in (("r1", "int"), ("r2", "text")):
        store.asked = 0
        Ledger(store, "s", run, Precedence()).say([said(a_table(*["int"] * 500, of))])
    assert store.asked < 10
    kinds = {node.props["name"]: node.props["col_type"] for node in store.list_nodes("Column")}
    assert len(kinds) == 501
    assert kinds["c500"] == "text"
