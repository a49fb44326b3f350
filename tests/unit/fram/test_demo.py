"""The sample catalogue itself: every reference resolves, and what is left out is left out on purpose."""

import csv
import re
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import pytest

from fram.demo import catalogue_dir
from schemas.graph import LABELS, RELATIONS, is_relation
from schemas.keys import KINDS, DashboardKey, DashboardQueryKey, SchemaKey, TableKey

WITHOUT_DESCRIPTION = {"tmp_orders_check_2026_05", "shop_products", "support_tickets"}
WITHOUT_OWNER = {"tmp_orders_check_2026_05", "carts", "csat_responses", "shipment_events"}

Row = dict[str, str]
FILES = sorted(path.relative_to(catalogue_dir()).as_posix() for path in catalogue_dir().rglob("*.csv"))
PUBLISHED = [name for name in FILES if "/" in name]
SAMPLES = [name for name in FILES if "/" not in name]


def rows(name: str) -> list[Row]:
    with (catalogue_dir() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def table_key(row: Row) -> str:
    database = row.get("database") or row.get("db_name") or row["db"]
    name = row.get("table_name") or row.get("table") or row["name"]
    return str(TableKey(database, row["cluster"], row["schema"], name))


def dashboard_key(row: Row) -> str:
    return str(DashboardKey(row["product"], row["cluster"], row["dashboard_group_id"], row["dashboard_id"]))


def listed(row: Row, column: str) -> list[str]:
    return [name for name in row[column].split(",") if name]


TABLES = {table_key(row): row for row in rows("tables.csv")}
COLUMNS: dict[str, list[Row]] = defaultdict(list)
for _row in rows("columns.csv"):
    COLUMNS[table_key(_row)].append(_row)
COLUMN_KEYS = {f"{table}/{column['name']}" for table, columns in COLUMNS.items() for column in columns}
DASHBOARDS = {dashboard_key(row): row for row in rows("dashboards.csv")}
PEOPLE = {row["email"] for row in rows("users.csv")} | {row["KEY"] for row in rows("nodes/user.csv")}
TAGS = {row["name"] for row in rows("tags.csv")}
BADGES = {row["KEY"]: row["category"] for row in rows("nodes/badge.csv")}


def published_keys() -> dict[str, set[str]]:
    """Return every node there will be, by label."""
    keys = defaultdict(set)
    for row in chain.from_iterable(rows(name) for name in PUBLISHED if name.startswith("nodes/")):
        keys[row["LABEL"]].add(row["KEY"])
    keys["Table"] |= TABLES.keys()
    keys["Column"] |= COLUMN_KEYS
    keys["Dashboard"] |= DASHBOARDS.keys()
    keys["User"] |= PEOPLE
    keys["Tag"] |= TAGS
    keys["Badge"] |= {badge for columns in COLUMNS.values() for column in columns for badge in listed(column, "badges")}
    keys["Query"] |= {
        str(DashboardQueryKey(dashboard_key(row), row["query_id"])) for row in rows("dashboard_queries.csv")
    }
    return keys


def test_there_are_about_sixty_tables_over_three_systems():
    assert 55 <= len(TABLES) <= 70
    assert Counter(row["database"] for row in TABLES.values()).keys() == {"postgres", "kafka", "snowflake"}
    assert len({(row["database"], row["schema"]) for row in TABLES.values()}) == 10


def test_every_table_is_described_owned_and_has_columns_but_for_those_left_out_on_purpose():
    assert {row["name"] for row in TABLES.values() if not row["description"]} == WITHOUT_DESCRIPTION
    assert {row["name"] for key, row in TABLES.items() if key not in owners()} == WITHOUT_OWNER
    assert all(4 <= len(COLUMNS[key]) <= 25 for key in TABLES)
    described = sum(bool(column["description"]) for columns in COLUMNS.values() for column in columns)
    assert 0.75 < described / len(COLUMN_KEYS) < 0.9  # raw copies are not


def owners() -> dict[str, list[str]]:
    return {table_key(row): listed(row, "owners") for row in rows("table_owners.csv")}


def test_columns_are_numbered_from_nought_without_gaps():
    for columns in COLUMNS.values():
        assert [int(column["sort_order"]) for column in columns] == list(range(len(columns)))


@pytest.mark.parametrize("name", [n for n in SAMPLES if {"table_name", "table"} & rows(n)[0].keys()])
def test_rows_about_tables_name_tables_and_columns_there_are(name: str):
    for row in rows(name):
        assert table_key(row) in TABLES
        column = row.get("col_name") or row.get("column")
        assert column is None or f"{table_key(row)}/{column}" in COLUMN_KEYS


@pytest.mark.parametrize("name", [n for n in SAMPLES if n.startswith("dashboard")])
def test_rows_about_dashboards_name_dashboards_there_are(name: str):
    for row in rows(name):
        assert dashboard_key(row) in DASHBOARDS
        assert set(listed(row, "table_ids") if "table_ids" in row else []) <= TABLES.keys()


def test_everybody_who_is_mentioned_is_known():
    mentioned = set(chain.from_iterable(owners().values()))
    mentioned |= {row["manager_email"] for row in rows("users.csv") if row["manager_email"]}
    mentioned |= {row["user_email"] for row in rows("column_usage.csv")}
    mentioned |= {row["email"] for name in ("dashboard_usage.csv", "dashboard_owners.csv") for row in rows(name)}
    assert mentioned <= PEOPLE
    assert 24 <= len(PEOPLE) <= 30
    assert [row["email"] for row in rows("users.csv") if not row["manager_email"]] == [
        "ingrid.solheim@merrowfield.example"
    ]


def test_lineage_reports_and_schemas_refer_to_what_there_is():
    for row in rows("table_lineage.csv"):
        assert {row["source_table_key"], row["target_table_key"]} <= TABLES.keys()
    for row in rows("column_lineage.csv"):
        assert {row["source_column_key"], row["target_column_key"]} <= COLUMN_KEYS
    for row in rows("reports.csv"):
        assert row["resource_uri"] in published_keys()[row["resource_label"]]
    schemas = {str(SchemaKey(row["database"], row["cluster"], row["schema"])) for row in TABLES.values()}
    assert {row["schema_key"] for row in rows("schema_descriptions.csv")} == schemas


def test_columns_descend_only_from_columns_of_tables_their_table_descends_from():
    tables = {(row["source_table_key"], row["target_table_key"]) for row in rows("table_lineage.csv")}
    for row in rows("column_lineage.csv"):
        source, target = (row[f"{end}_column_key"].rpartition("/")[0] for end in ("source", "target"))
        assert source == target or (source, target) in tables


def test_lineage_of_tables_has_no_cycle():
    parents = defaultdict(set)
    for row in rows("table_lineage.csv"):
        parents[row["target_table_key"]].add(row["source_table_key"])
    settled: set[str] = set()
    while ready := {table for table in TABLES.keys() - settled if parents[table] <= settled}:
        settled |= ready
    assert settled == TABLES.keys()


def test_lineage_leads_from_sources_to_dashboards():
    steps = defaultdict(set)
    for row in rows("table_lineage.csv"):
        steps[row["source_table_key"]].add(row["target_table_key"])
    for row in rows("relationships/table_has_downstream_dashboard.csv"):
        steps[row["START_KEY"]].add(row["END_KEY"])
    reached = frontier = {str(TableKey("postgres", "prod", "shop", "orders"))}
    while frontier := {far for near in frontier for far in steps[near]} - reached:
        reached = reached | frontier
    assert len(reached & DASHBOARDS.keys()) >= 6


def test_tags_and_badges_are_declared_in_one_place_with_one_category():
    assert set(chain.from_iterable(listed(row, "tags") for row in TABLES.values())) <= TAGS
    for row in rows("badges.csv"):
        assert all(BADGES[badge] == row["category"] for badge in listed(row, "name"))
    on_columns = {badge for columns in COLUMNS.values() for column in columns for badge in listed(column, "badges")}
    assert {"pk", "fk", "pii"} <= on_columns
    assert not on_columns & BADGES.keys()


def test_many_tables_are_popular():
    readers = Counter(table_key(row) for row in rows("column_usage.csv"))
    assert sum(count >= 12 for count in readers.values()) >= 12
    assert min(int(row["read_count"]) for row in rows("column_usage.csv")) > 0


def identity(row: Row) -> tuple[str, ...]:
    """Return what must not occur twice in a file: the cells that make up the key of what a row puts."""
    no_part = re.compile(r"description|tags|is_view|url|count|epoch|timestamp|_val$|source_type|state|text")
    return tuple(value for name, value in row.items() if not no_part.search(name) or name == "description_source")


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_said_twice(name: str):
    found = [(row["LABEL"], row["KEY"]) if "LABEL" in row else identity(row) for row in rows(name)]
    assert found
    assert [key for key, count in Counter(found).items() if count > 1] == []


@pytest.mark.parametrize("name", [n for n in PUBLISHED if n.startswith("nodes/")])
def test_published_nodes_follow_the_model(name: str):
    for row in rows(name):
        properties = LABELS[row["LABEL"]].properties
        for header in list(row)[2:]:
            property_name, colon, _ = header.partition(":UNQUOTED")
            assert bool(colon) == (properties[property_name] is not str)
        grammars = [kind for kind in KINDS if kind.label == row["LABEL"]]
        assert not grammars or row["LABEL"] == "Query" or any(kind._pattern.fullmatch(row["KEY"]) for kind in grammars)


@pytest.mark.parametrize("name", [n for n in PUBLISHED if n.startswith("relationships/")])
def test_published_relations_follow_the_model_and_their_ends_are_there(name: str):
    keys = published_keys()
    for row in rows(name):
        assert is_relation(row["TYPE"], row["START_LABEL"], row["END_LABEL"])
        assert row["REVERSE_TYPE"] in (RELATIONS[row["TYPE"]].reverse, "QUERY_FOR")
        assert row["START_KEY"] in keys[row["START_LABEL"]]
        assert row["END_KEY"] in keys[row["END_LABEL"]]


def test_features_come_with_everything_a_feature_has():
    features = {row["KEY"] for row in rows("nodes/feature.csv")}
    assert 9 <= len(features) <= 12
    every = (
        "grouped_by_group",
        "generation_code",
        "watermark",
        "available_in_database",
        "tagged_by_tag",
        "read_by_user",
    )
    for kind in every:
        assert {row["START_KEY"] for row in rows(f"relationships/feature_{kind}.csv")} == features
    described = {row["START_KEY"] for row in rows("relationships/description.csv")}
    assert features <= described


def test_nothing_lies_in_the_future():
    now = datetime.now(UTC).timestamp()
    for row in chain.from_iterable(map(rows, FILES)):
        for name, value in row.items():
            if re.search(r"epoch|timestamp", name) and value.isdigit():
                assert int(value) < now
            if name in ("create_time", "time"):
                assert datetime.fromisoformat(value).replace(tzinfo=UTC).timestamp() < now


def test_the_company_and_its_addresses_do_not_exist():
    for path in catalogue_dir().rglob("*.csv"):
        text = path.read_text(encoding="utf-8")
        hosts = re.findall(r"https?://([^/\s,\"]+)", text) + re.findall(r"[\w.]+@([\w.-]*\w)", text)
        assert all(host.endswith(".example") for host in hosts), path


def test_all_files_together_are_small():
    assert sum(path.stat().st_size for path in catalogue_dir().rglob("*.csv")) < 1_500_000


def test_text_is_not_english_alone():
    texts = "".join(row["description"] for row in TABLES.values())
    assert re.search(r"[가-힣]", texts)
    assert "für" in texts or "Säure" in texts or "Qualität" in texts
    assert any(row["full_name"] == "Zoë Lévêque" for row in rows("users.csv"))


def test_only_csv_files_are_in_the_catalogue():
    assert {Path(name).suffix for name in FILES} == {
        path.suffix for path in catalogue_dir().rglob("*") if path.is_file()
    }
