"""What sources say, written statement by statement: unchanged, changed, silent, beside what others and people say."""

from collections.abc import Callable
from typing import Any

import pytest
from graphs import by_person, column, edges_of, link, node, props_of, settle, tag, user

from ingest.ledger.precedence import Precedence
from ingest.ledger.said import said
from ingest.ledger.writer import Judged, Ledger, Verdict
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.graph import EDITED, GONE
from schemas.statements import Column, Dashboard, Group, Label, Lineage, Person, Step, Table

KEY = "hive://gold.core/t"
T = NodeRef("Table", KEY)
DESCRIPTION = NodeRef("Description", f"{KEY}/_description")
FIRST = ("warehouse", "dbt")

Speak = Callable[..., list[Judged]]


def a_table(name: str = "t", **more: Any) -> Table:
    return Table("hive", "gold", "core", name, **more)


@pytest.fixture
def ledger(graph_store: GraphStore) -> Callable[..., Ledger]:
    def ledger(source: str = "warehouse", run: str = "r1", **options: Any) -> Ledger:
        return Ledger(graph_store, source, run, Precedence(FIRST), epoch=lambda: 1_700_000_000, **options)

    return ledger


@pytest.fixture
def say(ledger: Callable[..., Ledger]) -> Speak:
    def say(*statements: Any, source: str = "warehouse", run: str = "r1") -> list[Judged]:
        return ledger(source, run).say([said(statement) for statement in statements])

    return say


def verdicts(judged: list[Judged]) -> list[Verdict]:
    return [each.verdict for each in judged]


def names(store: GraphStore, label: str) -> list[str]:
    return [found.ref.key for found in store.list_nodes(label)]


def columns(store: GraphStore) -> dict[str, Any]:
    """Return the type of each column that is not gone."""
    return {
        found.props["name"]: found.props.get("col_type")
        for found in store.list_nodes("Column")
        if GONE not in found.props
    }


def test_statement_is_written_once_and_kept(graph_store: GraphStore, say: Speak):
    statement = a_table(description="All", columns=[Column("a", "int"), Column("b", "struct<x:int>")], tags=["core"])
    assert verdicts(say(statement)) == [Verdict.WRITTEN]
    assert props_of(graph_store, T) == {"name": "t"}
    assert columns(graph_store) == {"a": "int", "b": "struct<x:int>"}
    assert names(graph_store, "Type_Metadata") == [f"{KEY}/b/type/b", f"{KEY}/b/type/b/x"]
    assert names(graph_store, "Fram_Statement") == [f"warehouse/table/{KEY}"]

    settle(graph_store)
    assert verdicts(say(statement, run="r2")) == [Verdict.UNCHANGED]
    assert graph_store.changes() == []
    assert graph_store.list_nodes("Fram_Statement")[0].props["run"] == "r1"


def test_what_is_no_longer_said_goes_and_columns_are_marked(graph_store: GraphStore, say: Speak):
    say(
        a_table(
            description="All", columns=[Column("a", "int"), Column("b", description="B")], tags=["x", "y"], is_view=True
        )
    )
    say(a_table(columns=[Column("b", "text")], tags=["y"]), run="r2")

    assert columns(graph_store) == {"b": "text"}
    assert props_of(graph_store, column("a"))[GONE] == 1_700_000_000
    assert props_of(graph_store, T) == {"name": "t"}
    assert props_of(graph_store, DESCRIPTION) is None
    assert list(edges_of(graph_store, "Table", "TAGGED_BY", "Tag")) == [(KEY, "y")]
    assert (KEY, f"{KEY}/a") in edges_of(graph_store, "Table", "COLUMN", "Column")

    say(a_table(columns=[Column("a", "int")]), run="r3")
    assert columns(graph_store) == {"a": "int"}


def test_what_another_source_says_stays_and_the_first_of_them_wins(graph_store: GraphStore, say: Speak):
    say(a_table(description="by dbt", columns=[Column("a", "varchar")], tags=["dbt"]), source="dbt")
    say(a_table(description="by warehouse", columns=[Column("a", "int"), Column("b", "int")]))
    assert props_of(graph_store, DESCRIPTION)["description"] == "by warehouse"
    assert columns(graph_store) == {"a": "int", "b": "int"}
    assert list(edges_of(graph_store, "Table", "TAGGED_BY", "Tag")) == [(KEY, "dbt")]

    say(a_table(columns=[]), run="r2")
    assert props_of(graph_store, DESCRIPTION)["description"] == "by dbt"
    assert columns(graph_store) == {"a": "varchar"}


def test_order_in_which_sources_come_makes_no_difference(graph_store: GraphStore, say: Speak):
    say(a_table(description="by warehouse", columns=[Column("a", "int")]))
    say(a_table(description="by dbt", columns=[Column("a", "varchar")]), source="dbt")
    assert props_of(graph_store, DESCRIPTION)["description"] == "by warehouse"
    assert columns(graph_store) == {"a": "int"}


def test_silence_marks_what_nobody_else_says(graph_store: GraphStore, say: Speak, ledger: Callable[..., Ledger]):
    whole = a_table(description="All", columns=[Column("a", "int")], owners=["bob"])
    say(whole, a_table("other"))
    assert ledger(run="r2").silence([f"table/{KEY}"])[f"table/{KEY}"].verdict is Verdict.REMOVED

    assert props_of(graph_store, T) == {"name": "t", GONE: 1_700_000_000}
    assert columns(graph_store) == {}
    assert edges_of(graph_store, "Table", "OWNER", "User") == {}
    assert len(edges_of(graph_store, "Schema", "TABLE", "Table")) == 2
    assert len(edges_of(graph_store, "Cluster", "SCHEMA", "Schema")) == 1
    assert graph_store.count("Table") == 1

    assert verdicts(say(whole, run="r3")) == [Verdict.WRITTEN]
    assert props_of(graph_store, T) == {"name": "t"}
    assert columns(graph_store) == {"a": "int"}
    assert list(edges_of(graph_store, "Table", "OWNER", "User")) == [(KEY, "bob")]


def test_people_win_and_lose_nothing_to_silence(graph_store: GraphStore, say: Speak, ledger: Callable[..., Ledger]):
    say(a_table(description="source", tags=["theirs"], columns=[Column("a", description="source")]))
    theirs = NodeRef("Description", f"{KEY}/a/_description")
    by_person(graph_store, node(DESCRIPTION, description="person"), node(theirs, description="person"))
    by_person(graph_store, node(tag("mine")), link(T, "TAGGED_BY", tag("mine")))
    say(a_table(description="changed", columns=[]), run="r2")
    ledger(run="r3").silence([f"table/{KEY}"])

    for ref in (DESCRIPTION, theirs):
        assert props_of(graph_store, ref)["description"] == "person"
        assert props_of(graph_store, ref)[EDITED] == ["description"]
    assert list(edges_of(graph_store, "Table", "TAGGED_BY", "Tag")) == [(KEY, "mine")]
    assert (KEY, DESCRIPTION.key) in edges_of(graph_store, "Table", "DESCRIPTION", "Description")

    [again] = say(a_table(description="source again"), run="r4")
    assert again.kept
    assert props_of(graph_store, DESCRIPTION)["description"] == "person"


def test_missing_end_is_tried_again_until_it_is_there(graph_store: GraphStore, say: Speak):
    lineage = Lineage("table", KEY, ["hive://gold.core/above"], [Step("hive://gold.core/above/x", f"{KEY}/a")])
    say(a_table(columns=[Column("a")]))
    [first] = say(lineage)
    assert (first.verdict, first.unresolved) == (Verdict.WRITTEN, True)
    settle(graph_store)
    [second] = say(lineage, run="r2")
    assert (second.verdict, second.unresolved) == (Verdict.UNCHANGED, True)
    assert graph_store.list_nodes("Fram_Statement")[0].props["run"] == "r1"

    say(a_table("above", columns=[Column("x")]), run="r3")
    [third] = say(lineage, run="r3")
    assert (third.verdict, third.unresolved) == (Verdict.WRITTEN, False)
    assert list(edges_of(graph_store, "Table", "HAS_DOWNSTREAM", "Table")) == [("hive://gold.core/above", KEY)]
    assert len(edges_of(graph_store, "Column", "HAS_DOWNSTREAM", "Column")) == 1
    assert verdicts(say(lineage, run="r4")) == [Verdict.UNCHANGED]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (a_table("bad", columns=[Column("a"), Column("a")]), "'a' is there twice"),
        (a_table("bad", description="a\x00b"), "NUL"),
        (a_table("bad", owners=["x" * 5000]), "longer than"),
        (Lineage("table", KEY, columns=[Step(f"{KEY}/a", "hive://gold.core/other/a")]), "is not a column of"),
    ],
)
def test_bad_statement_is_refused_and_takes_no_other_down(graph_store: GraphStore, say: Speak, bad: Any, reason: str):
    good = [a_table(f"t{number}") for number in range(4)]
    judged = say(*good[:2], bad, *good[2:])
    assert verdicts(judged) == [Verdict.WRITTEN] * 2 + [Verdict.REFUSED] + [Verdict.WRITTEN] * 2
    assert reason in judged[2].reason
    assert graph_store.count("Table") == 4


def test_batches_are_bounded_and_all_go_in(graph_store: GraphStore, ledger: Callable[..., Ledger]):
    tables = [a_table(f"t{number}", columns=[Column("a"), Column("b")]) for number in range(30)]
    judged = ledger(max_mutations=20).say([said(table) for table in tables])
    assert set(verdicts(judged)) == {Verdict.WRITTEN}
    assert graph_store.count("Column") == 60


def test_dry_run_tells_the_difference_and_writes_nothing(
    graph_store: GraphStore, say: Speak, ledger: Callable[..., Ledger]
):
    say(a_table(columns=[Column("a", "int"), Column("b")], tags=["x"]))
    dry = ledger(run="r2", dry=True)
    [judged] = dry.say([said(a_table(columns=[Column("a", "bigint"), Column("c")]))])
    assert judged.difference == (
        f"~ Column {KEY}/a: col_type 'int' → 'bigint'",
        f"+ Column {KEY}/c",
        f"- Column {KEY}/b",
        f"- {KEY} TAGGED_BY x",
    )
    assert columns(graph_store) == {"a": "int", "b": None}
    assert graph_store.list_nodes("Fram_Statement")[0].props["run"] == "r1"


def test_other_kinds_are_built(graph_store: GraphStore, say: Speak):
    dashboard = Dashboard(
        "tableau", "gold", Group("sales", "Sales"), "d1", "Daily", tables=[KEY], badges=[Label("gold")], owners=["bob"]
    )
    person = Person("bob", full_name="Bob", manager_email="ann")
    assert verdicts(say(a_table(), dashboard, person)) == [Verdict.WRITTEN] * 3
    assert props_of(graph_store, user("bob")) == {
        "email": "bob",
        "full_name": "Bob",
        "is_active": True,
        "manager_email": "ann",
    }
    assert list(edges_of(graph_store, "Dashboard", "DASHBOARD_WITH_TABLE", "Table")) == [
        ("tableau_dashboard://gold.sales/d1", KEY)
    ]


def test_relation_finds_what_a_later_statement_of_the_same_time_puts(graph_store: GraphStore, say: Speak):
    lineage = Lineage("table", KEY, ["hive://gold.core/above"])
    judged = say(lineage, a_table(), a_table("above"))
    assert [each.unresolved for each in judged] == [False] * 3
    assert list(edges_of(graph_store, "Table", "HAS_DOWNSTREAM", "Table")) == [("hive://gold.core/above", KEY)]
