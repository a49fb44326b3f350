"""Two sources that write of one thing at the same time: what both say stands, whoever comes between."""

from collections.abc import Callable
from typing import Any

import pytest

from ingest.ledger.precedence import Precedence
from ingest.ledger.said import said
from ingest.ledger.writer import ATTEMPTS, Ledger, Verdict
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Authority, Batch, NodeRef, Receipt, RemoveNode
from schemas.errors import Conflict
from schemas.statements import Column, Lineage, Table

KEY = "hive://gold.core/t"


class Interrupted(MemoryGraphStore):
    """Lets somebody else write before each of the next batches."""

    def __init__(self) -> None:
        super().__init__()
        self.before: list[Callable[[], Any]] = []

    def apply(self, batch: Batch) -> Receipt:
        if self.before:
            self.before.pop()()
        return super().apply(batch)


@pytest.fixture
def store() -> Interrupted:
    return Interrupted()


def a_table(name: str = "t", **more: Any) -> Table:
    return Table("hive", "gold", "core", name, **more)


def say(store: MemoryGraphStore, source: str, *statements: Any, run: str = "r") -> list[Verdict]:
    ledger = Ledger(store, source, f"{source}-{run}", Precedence())
    return [judged.verdict for judged in ledger.say([said(statement) for statement in statements])]


def described(store: MemoryGraphStore) -> Any:
    return store.list_nodes("Description")[0].props["description"]


def test_first_source_wins_even_where_the_other_comes_between(store: Interrupted):
    store.before = [lambda: say(store, "a", a_table(description="a"))]
    say(store, "b", a_table(description="b", columns=[Column("x")]))
    assert described(store) == "a"
    assert len(store.list_nodes("Column")) == 1


def test_second_source_is_heard_where_the_first_falls_silent_meanwhile(store: Interrupted):
    say(store, "a", a_table(description="a"))
    store.before = [lambda: say(store, "a", a_table(), run="r2")]
    say(store, "b", a_table(description="b"))
    assert described(store) == "b"


def test_end_that_goes_meanwhile_is_missed_and_tried_again(store: Interrupted):
    say(store, "a", a_table(), a_table("above"))
    above = NodeRef("Table", "hive://gold.core/above")
    store.before = [lambda: store.apply(Batch((RemoveNode(above),), Authority.SOURCE))]
    assert say(store, "b", Lineage("table", KEY, [above.key])) == [Verdict.WRITTEN]
    assert store.list_nodes("Fram_Statement", prefix="b/")[0].props["unresolved"]
    say(store, "c", a_table("above"))
    assert say(store, "b", Lineage("table", KEY, [above.key]), run="r2") == [Verdict.WRITTEN]
    assert len(store.list_edges("HAS_DOWNSTREAM", "Table", "Table")) == 1


def test_others_who_never_stop_are_told_of(store: Interrupted):
    turns = iter(range(100))

    def other() -> None:
        before, store.before = store.before, []
        say(store, "a", a_table(description=str(next(turns))), run=str(next(turns)))
        store.before = before

    store.before = [other] * (ATTEMPTS + 1)
    with pytest.raises(Conflict, match="is being written by others all the time"):
        say(store, "b", a_table(description="b"))
