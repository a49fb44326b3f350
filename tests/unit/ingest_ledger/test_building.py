"""What statements of each kind put into the graph, as the catalogue reads it back."""

from typing import Any

import pytest

from ingest.building.shared import shared_by
from ingest.ledger.precedence import Precedence
from ingest.ledger.said import said
from ingest.ledger.writer import Ledger, Verdict
from metadata_service.catalog.dashboards import get_dashboard
from metadata_service.catalog.tables import get_table, list_dashboards
from metadata_service.store.memory import MemoryGraphStore
from schemas.errors import Invalid
from schemas.statements import (
    Chart,
    Code,
    Column,
    Dashboard,
    DashboardQuery,
    Filter,
    Group,
    Join,
    Label,
    Lineage,
    Measure,
    Person,
    Queries,
    Reads,
    Report,
    Table,
    Task,
    Usage,
    Watermark,
)

A, B = "hive://gold.core/a", "hive://gold.core/b"


@pytest.fixture
def store() -> MemoryGraphStore:
    return MemoryGraphStore()


def say(store: MemoryGraphStore, *statements: Any) -> None:
    ledger = Ledger(store, "s", "r", Precedence())
    shared = [more for statement in statements for more in shared_by(statement)]
    judged = ledger.say([said(statement) for statement in (*statements, *shared)])
    assert {each.verdict for each in judged} == {Verdict.WRITTEN}, judged


def a_table(name: str, *columns: str, **more: Any) -> Table:
    return Table("hive", "gold", "core", name, columns=[Column(column, "int") for column in columns], **more)


def test_whole_table_is_shown(store: MemoryGraphStore):
    column = Column("c", "map<string,struct<x:int>>", "A column.", [Label("pii", "data")], [Measure("max", "9", 1, 2)])
    say(
        store,
        Table(
            "hive",
            "gold",
            "core",
            "a",
            is_view=True,
            description="All.",
            columns=[Column("z", "int"), column],
            tags=["t"],
            badges=[Label("gold")],
            owners=["ann@x.org"],
            statistics=[Measure("rows", "5")],
            watermarks=[Watermark("low_watermark", "ds=2020-01-01", "2020-01-02")],
            updated_at=1_700_000_000,
            code=Code("https://example.org/a.sql"),
            task=Task("prod", "daily", "make_a", "https://example.org/{dag_id}/{task_id}"),
            reports=[Report("profile", "https://example.org/profile")],
            notes={"dbt": "A model."},
        ),
    )
    table = get_table(store, A)
    assert (table.name, table.is_view, table.description, table.schema) == ("a", True, "All.", "core")
    assert [(c.name, c.sort_order, c.description) for c in table.columns] == [("z", 0, None), ("c", 1, "A column.")]
    nested = table.columns[1].type_metadata
    assert nested is not None
    assert [child.name for child in nested.children] == ["_map_key", "_map_value"]
    assert [badge.badge_name for badge in table.columns[1].badges] == ["pii"]
    assert [(stat.stat_type, stat.stat_val, stat.start_epoch) for stat in table.columns[1].stats] == [("max", "9", 1)]
    assert ([tag.tag_name for tag in table.tags], [badge.badge_name for badge in table.badges]) == (["t"], ["gold"])
    assert [owner.email for owner in table.owners] == ["ann@x.org"]
    assert [(mark.watermark_type, mark.partition_value) for mark in table.watermarks] == [
        ("low_watermark", "2020-01-01")
    ]
    assert table.last_updated_timestamp == 1_700_000_000
    assert table.source is not None
    assert table.source.source == "https://example.org/a.sql"
    assert table.table_writer is not None
    assert table.table_writer.application_url == "https://example.org/daily/make_a"
    assert [report.name for report in table.resource_reports] == ["profile"]
    assert [note.text for note in table.programmatic_descriptions] == ["A model."]
    assert store.list_nodes("Badge")[0].props == {"category": "status"}


def test_joins_and_filters_are_shown_once_and_the_commonest_first(store: MemoryGraphStore):
    rare = Join(f"{A}/x", f"{B}/y", "left join", "=", "a.x = b.y", 1)
    common = Join(f"{B}/z", f"{A}/x", "inner join", "=", "b.z = a.x", 9)
    say(
        store,
        a_table("a", "x"),
        a_table("b", "y", "z"),
        Queries(A, [rare, common], [Filter("x > 5", [f"{A}/x"], 2), Filter("x IS NULL", [f"{A}/x"], 7)]),
        Queries(B, [common]),
    )
    table = get_table(store, A)
    assert [(join.column, join.joined_on_column, join.join_type) for join in table.common_joins] == [
        ("x", "z", "inner join"),
        ("x", "y", "left join"),
    ]
    assert table.common_joins[0].joined_on_table.name == "b"
    assert [where.where_clause for where in table.common_filters] == ["x IS NULL", "x > 5"]
    others = get_table(store, B).common_joins
    assert [(join.column, join.joined_on_column) for join in others] == [("z", "x"), ("y", "x")]


def test_readers_and_what_they_read_are_shown(store: MemoryGraphStore):
    readers = [Reads("ann", 3), Reads("bob", 1), Reads("ann", 4)]
    say(store, a_table("a"), Person("ann", full_name="Ann"), Usage("table", A, readers))
    assert [
        (item.user.display_name or item.user.full_name, item.read_count) for item in get_table(store, A).table_readers
    ] == [
        ("Ann", 7),
        (None, 1),
    ]


def test_whole_dashboard_is_shown(store: MemoryGraphStore):
    say(
        store,
        a_table("a"),
        Dashboard(
            "tableau",
            "gold",
            Group("g1", "Sales", "https://example.org/g", "All of sales."),
            "d1",
            "Daily",
            url="https://example.org/d",
            description="Every day.",
            created_at=1,
            updated_at=2,
            last_run_at=3,
            last_run_state="failed",
            last_success_at=2,
            tables=[A],
            queries=[DashboardQuery("q1", "Orders", text="select 1", charts=[Chart("c1", "By day", "bar")])],
            tags=["t"],
            owners=["ann"],
        ),
        Lineage("dashboard", "tableau_dashboard://gold.g1/d1", [A]),
    )
    key = "tableau_dashboard://gold.g1/d1"
    found = get_dashboard(store, key)
    assert (found.name, found.group_name, found.product, found.cluster) == ("Daily", "Sales", "tableau", "gold")
    assert (found.description, found.created_timestamp, found.updated_timestamp) == ("Every day.", 1, 2)
    assert (found.last_run_timestamp, found.last_run_state, found.last_successful_run_timestamp) == (3, "failed", 2)
    assert (found.chart_names, found.query_names, [table.name for table in found.tables]) == (
        ["By day"],
        ["Orders"],
        ["a"],
    )
    assert [item.uri for item in list_dashboards(store, A)] == [key]
    assert [edge.ref.target.key for edge in store.list_edges("HAS_DOWNSTREAM", "Table", "Dashboard")] == [key]


@pytest.mark.parametrize(
    "statement",
    [
        Lineage("view", A),
        Lineage("table", "a"),
        Lineage("table", A, ["b"]),
        Usage("table", A, [Reads("", 1)]),
        Queries(A, [Join(f"{B}/x", f"{B}/y", "join", "=", "")]),
        Person(""),
        a_table("a", notes={"description": "mine"}),
        a_table("a", ""),
    ],
)
def test_what_makes_no_sense_is_refused(store: MemoryGraphStore, statement: Any):
    ledger = Ledger(store, "s", "r", Precedence())
    try:
        item = said(statement)
    except Invalid:
        return
    assert ledger.say([item])[0].verdict is Verdict.REFUSED
