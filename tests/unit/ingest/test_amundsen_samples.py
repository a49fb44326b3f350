"""Every sample format: one row of it, and what databuilder's models make of it."""

import pytest

from ingest.extract.amundsen.rows import Refused, Row
from ingest.extract.amundsen.samples import sample_formats
from ingest.records import Put
from metadata_service.store.mutations import PutNode
from schemas.errors import InvalidKey

FORMATS = {each.name: each for each in sample_formats()}
T = "hive://gold.core/orders"
D = "mode_dashboard://gold.g1/d1"
DASHBOARD = {"product": "mode", "cluster": "gold", "dashboard_group_id": "g1", "dashboard_id": "d1"}


def place(**names: str) -> dict[str, str]:
    """Name the table T by the given columns for its database and name."""
    database, table = names.pop("database", "database"), names.pop("table", "table_name")
    return {database: "hive", "cluster": "gold", "schema": "core", table: "orders", **names}


def parse(name: str, cells: dict[str, str]) -> list[Put]:
    return FORMATS[name].bind(tuple(cells))(Row(cells))


def shown(puts: list[Put]) -> list[object]:
    """Write nodes as (label, key, properties) and relations as `TYPE source target`, with their properties if any."""
    found: list[object] = []
    for put in puts:
        if isinstance(put, PutNode):
            found.append((put.ref.label, put.ref.key, dict(put.props)))
        else:
            text = f"{put.ref.type} {put.ref.source.key} {put.ref.target.key}"
            found.append((text, dict(put.props)) if put.props else text)
    return found


CONTAINERS = [
    ("Database", "database://hive", {"name": "hive"}),
    ("Cluster", "hive://gold", {"name": "gold"}),
    ("Schema", "hive://gold.core", {"name": "core"}),
    "CLUSTER database://hive hive://gold",
    "SCHEMA hive://gold hive://gold.core",
]
TABLE = place(table="name", description="", tags="")

CASES = [
    (
        "tables",
        {**TABLE, "description": "All orders", "tags": " Sales, PII ,", "is_view": "false", "description_source": ""},
        [
            *CONTAINERS,
            ("Table", T, {"name": "orders", "is_view": False}),
            f"TABLE hive://gold.core {T}",
            ("Description", f"{T}/_description", {"description_source": "description", "description": "All orders"}),
            f"DESCRIPTION {T} {T}/_description",
            ("Tag", "sales", {"tag_type": "default"}),
            f"TAGGED_BY {T} sales",
            ("Tag", "pii", {"tag_type": "default"}),
            f"TAGGED_BY {T} pii",
        ],
    ),
    (
        "tables",
        {**TABLE, "description": "**Size**: 50T", "description_source": "s3_crawler"},
        [
            *CONTAINERS,
            ("Table", T, {"name": "orders"}),
            f"TABLE hive://gold.core {T}",
            (
                "Programmatic_Description",
                f"{T}/_s3_crawler_description",
                {"description_source": "s3_crawler", "description": "**Size**: 50T"},
            ),
            f"DESCRIPTION {T} {T}/_s3_crawler_description",
        ],
    ),
    (
        "columns",
        place(name="id", description="The key", col_type="array<INT>", sort_order="0", badges="PK, Unique"),
        [
            ("Column", f"{T}/id", {"name": "id", "col_type": "array<INT>", "sort_order": 0}),
            f"COLUMN {T} {T}/id",
            ("Description", f"{T}/id/_description", {"description_source": "description", "description": "The key"}),
            f"DESCRIPTION {T}/id {T}/id/_description",
            ("Badge", "pk", {"category": "column"}),
            f"HAS_BADGE {T}/id pk",
            ("Badge", "unique", {"category": "column"}),
            f"HAS_BADGE {T}/id unique",
        ],
    ),
    (
        "users",
        {
            "email": "Ann@x.org",
            "first_name": "Ann",
            "last_name": "",
            "manager_email": "bob@x.org",
            "employee_id": "0021",
            "updated_at": "17",
        },
        [
            (
                "User",
                "Ann@x.org",
                {
                    "is_active": True,
                    "email": "Ann@x.org",
                    "first_name": "Ann",
                    "employee_id": "0021",
                    "updated_at": 17,
                },
            ),
            ("User", "bob@x.org", {"email": "bob@x.org"}),
            "MANAGE_BY Ann@x.org bob@x.org",
        ],
    ),
    (
        "users",
        {"email": "a@x.org", "first_name": "", "last_name": "", "is_active": "false"},
        [("User", "a@x.org", {"is_active": False, "email": "a@x.org"})],
    ),
    (
        "table owners",
        place(database="db_name", owners="Ann@x.org , bob@x.org"),
        [
            ("User", "ann@x.org", {"email": "ann@x.org"}),
            f"OWNER {T} ann@x.org",
            ("User", "bob@x.org", {"email": "bob@x.org"}),
            f"OWNER {T} bob@x.org",
        ],
    ),
    ("table owners", place(database="db_name", owners=""), []),
    (
        "table usage",
        place(table="table", column="id", user_email=" Ann@x.org", read_count="500.0"),
        [
            ("User", "ann@x.org", {"email": "ann@x.org"}),
            (f"READ_BY {T} ann@x.org", {"read_count": 500}),
        ],
    ),
    ("table lineage", {"source_table_key": T, "target_table_key": f"{T}2"}, [f"HAS_DOWNSTREAM {T} {T}2"]),
    ("column lineage", {"source_column_key": f"{T}/a", "target_column_key": "b"}, [f"HAS_DOWNSTREAM {T}/a b"]),
    (
        "badges",
        place(name="Gold,npi", category="table_status"),
        [
            ("Badge", "gold", {"category": "table_status"}),
            f"HAS_BADGE {T} gold",
            ("Badge", "npi", {"category": "table_status"}),
            f"HAS_BADGE {T} npi",
        ],
    ),
    ("tags", {"name": "PII", "tag_type": "metric"}, [("Tag", "PII", {"tag_type": "metric"})]),
    (
        "watermarks",
        place(create_time="2019-10-01T12:13:14", part_name="ds=2017-04-22/hr=0", part_type="Low_Watermark"),
        [
            (
                "Watermark",
                f"{T}/low_watermark/",
                {"partition_key": "ds", "partition_value": "2017-04-22/hr=0", "create_time": "2019-10-01T12:13:14"},
            ),
            f"BELONG_TO_TABLE {T}/low_watermark/ {T}",
        ],
    ),
    (
        "column statistics",
        place(database="db", col_name="id", stat_name="num nulls", stat_val='"007"', start_epoch="14.0", end_epoch=""),
        [
            ("Stat", f"{T}/id/num nulls/", {"stat_type": "num nulls", "start_epoch": 14, "stat_val": '"007"'}),
            f"STAT_OF {T}/id/num nulls/ {T}/id",
        ],
    ),
    (
        "table updates",
        place(database="db", last_updated_time_epoch="1570230473"),
        [
            (
                "Timestamp",
                f"{T}/timestamp",
                {"last_updated_timestamp": 1570230473, "timestamp": 1570230473, "name": "last_updated_timestamp"},
            ),
            f"LAST_UPDATED_AT {T} {T}/timestamp",
        ],
    ),
    (
        "table sources",
        place(database="db_name", source="https://github.com/a/b", source_type=""),
        [
            ("Source", f"{T}/_source", {"source": "https://github.com/a/b", "source_type": "github"}),
            f"SOURCE_OF {T}/_source {T}",
        ],
    ),
    (
        "schema descriptions",
        {"schema_key": "hive://gold.core", "schema": "core", "description": "The core"},
        [
            ("Schema", "hive://gold.core", {"name": "core"}),
            (
                "Description",
                "hive://gold.core/_description",
                {"description_source": "description", "description": "The core"},
            ),
            "DESCRIPTION hive://gold.core hive://gold.core/_description",
        ],
    ),
    (
        "applications",
        place(
            database="db_name",
            task_id="hive.load{dag_id}",
            dag_id="daily",
            application_url_template="https://air/{dag_id}?task={task_id}&{0}{other}",
        ),
        [
            (
                "Application",
                "application://gold.airflow/daily/hive.load{dag_id}",
                {
                    "name": "Airflow",
                    "id": "daily/hive.load{dag_id}",
                    "description": "Airflow with id daily/hive.load{dag_id}",
                    "application_url": "https://air/daily?task=hive.load{dag_id}&{0}{other}",
                },
            ),
            f"DERIVED_FROM {T} application://gold.airflow/daily/hive.load{{dag_id}}",
        ],
    ),
    (
        "reports",
        {"name": "Profile", "url": "https://r", "resource_uri": T, "resource_label": "Table"},
        [
            ("Report", f"{T}/_report/Profile", {"name": "Profile", "url": "https://r"}),
            f"HAS_REPORT {T} {T}/_report/Profile",
        ],
    ),
    (
        "dashboards",
        {
            **DASHBOARD,
            "dashboard_group": "Group one",
            "dashboard_group_description": "What it is",
            "dashboard_group_url": "https://g",
            "dashboard_name": "Dash",
            "description": "Shows it",
            "created_timestamp": "1592333799",
            "dashboard_url": "",
        },
        [
            ("Cluster", "mode_dashboard://gold", {"name": "gold"}),
            (
                "Dashboardgroup",
                "mode_dashboard://gold.g1",
                {"name": "Group one", "dashboard_group_url": "https://g"},
            ),
            "DASHBOARD_GROUP mode_dashboard://gold mode_dashboard://gold.g1",
            (
                "Description",
                "mode_dashboard://gold.g1/_description",
                {"description_source": "description", "description": "What it is"},
            ),
            "DESCRIPTION mode_dashboard://gold.g1 mode_dashboard://gold.g1/_description",
            ("Dashboard", D, {"name": "Dash", "created_timestamp": 1592333799}),
            f"DASHBOARD_OF {D} mode_dashboard://gold.g1",
            ("Description", f"{D}/_description", {"description_source": "description", "description": "Shows it"}),
            f"DESCRIPTION {D} {D}/_description",
        ],
    ),
    (
        "dashboard queries",
        {**DASHBOARD, "query_name": "first", "query_id": "q1", "url": "https://q", "query_text": "SELECT 1"},
        [
            ("Query", f"{D}/query/q1", {"id": "q1", "name": "first", "url": "https://q", "query_text": "SELECT 1"}),
            f"HAS_QUERY {D} {D}/query/q1",
        ],
    ),
    (
        "dashboard tables",
        {**DASHBOARD, "table_ids": f"{T}, Hive://b.c/D"},
        [f"DASHBOARD_WITH_TABLE {D} {T}", f"DASHBOARD_WITH_TABLE {D} Hive://b.c/D"],
    ),
    (
        "dashboard usage",
        {**DASHBOARD, "view_count": "3", "email": "Ann@x.org"},
        [("User", "ann@x.org", {"email": "ann@x.org"}), (f"READ_BY {D} ann@x.org", {"read_count": 3})],
    ),
    (
        "dashboard owners",
        {**DASHBOARD, "email": "Ann@x.org"},
        [("User", "ann@x.org", {"email": "ann@x.org"}), f"OWNER {D} ann@x.org"],
    ),
    (
        "dashboard executions",
        {
            **DASHBOARD,
            "execution_id": "_last_execution",
            "execution_timestamp": "1592351193",
            "execution_state": "failed",
        },
        [
            ("Execution", f"{D}/execution/_last_execution", {"timestamp": 1592351193, "state": "failed"}),
            f"EXECUTED {D} {D}/execution/_last_execution",
        ],
    ),
    (
        "dashboard updates",
        {**DASHBOARD, "last_modified_timestamp": "1592351454"},
        [
            (
                "Timestamp",
                f"{D}/_last_modified_timestamp",
                {"timestamp": 1592351454, "name": "last_updated_timestamp"},
            ),
            f"LAST_UPDATED_AT {D} {D}/_last_modified_timestamp",
        ],
    ),
]


@pytest.mark.parametrize(("name", "cells", "expected"), CASES, ids=[f"{n}-{case[0]}" for n, case in enumerate(CASES)])
def test_row_becomes_what_databuilder_makes_of_it(name: str, cells: dict[str, str], expected: list[object]):
    assert not FORMATS[name].missing(tuple(cells))
    assert shown(parse(name, cells)) == expected


def test_every_format_has_a_case():
    assert {case[0] for case in CASES} == set(FORMATS)


KEY_PARTS = {"cluster", "schema", "email", "user_email", "dashboard_id", "source_table_key", "resource_uri"}


@pytest.mark.parametrize(
    ("name", "cells", "column"),
    [(name, cells, column) for name, cells, _ in CASES for column in sorted(KEY_PARTS & cells.keys())],
)
def test_row_without_a_part_of_its_key_is_refused_by_column(name: str, cells: dict[str, str], column: str):
    with pytest.raises(Refused, match=f"Column '{column}' is empty"):
        parse(name, {**cells, column: ""})


@pytest.mark.parametrize(
    ("name", "changed", "reason"),
    [
        ("columns", {"sort_order": "first"}, "Column 'sort_order' is 'first'"),
        ("columns", {"sort_order": ""}, "Column 'sort_order' is empty"),
        ("tables", {"is_view": "perhaps"}, "Column 'is_view' is 'perhaps'"),
        ("table usage", {"read_count": "many"}, "Column 'read_count' is 'many'"),
        ("watermarks", {"part_name": "2019"}, "Column 'part_name' is '2019'"),
        ("reports", {"resource_label": "Column"}, "Column 'resource_label' is 'Column'"),
        ("tags", {"tag_type": ""}, "Column 'tag_type' is empty"),
        ("badges", {"name": ""}, "Column 'name' is empty"),
        ("dashboards", {"created_timestamp": "yesterday"}, "Column 'created_timestamp' is 'yesterday'"),
    ],
)
def test_row_with_a_bad_cell_is_refused_by_column(name: str, changed: dict[str, str], reason: str):
    cells = next(case[1] for case in CASES if case[0] == name)

    with pytest.raises(Refused, match=reason):
        parse(name, {**cells, **changed})


@pytest.mark.parametrize(
    ("name", "changed"),
    [("reports", {"resource_uri": "no key"}), ("schema descriptions", {"schema_key": "hive://gold"})],
)
def test_row_with_a_key_that_is_none_is_refused(name: str, changed: dict[str, str]):
    cells = next(case[1] for case in CASES if case[0] == name)

    with pytest.raises(InvalidKey):
        parse(name, {**cells, **changed})


def test_names_that_need_it_are_encoded_in_keys():
    puts = parse("tables", {**TABLE, "cluster": "eu.west", "name": "a/b%"})

    assert ("Table", "hive://eu%2Ewest.core/a%2Fb%25", {"name": "a/b%"}) in shown(puts)


def test_nested_types_are_put_only_when_asked_for():
    (plain,), (nested,) = ([f for f in sample_formats(nested=n) if f.name == "columns"] for n in (False, True))
    row = Row(place(name="c", description="", col_type="struct<a:int>", sort_order="1"))

    assert len(plain.bind(())(row)) == 2
    assert shown(nested.bind(())(row))[2:4] == [
        ("Type_Metadata", f"{T}/c/type/c", {"kind": "struct", "name": "c", "data_type": "struct<a:int>"}),
        f"TYPE_METADATA {T}/c {T}/c/type/c",
    ]
