"""A DuckDB file read as a source."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from said_by_sql import Said

from ingest.extract.sql_database.source import SqlDatabase
from schemas.errors import SourceUnavailable

Make = Callable[..., str]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make(*statements: str, name: str = "shop.duckdb") -> str:
        with duckdb.connect(tmp_path / name) as connection:
            for statement in statements:
                connection.execute(statement)
        return f"duckdb:///{tmp_path / name}"

    return make


def test_tables_views_comments_keys_and_joins_are_said(make: Make):
    said = Said(
        make(
            "CREATE SCHEMA sales",
            "CREATE TABLE sales.Customers (Id bigint PRIMARY KEY, mail varchar)",
            "COMMENT ON TABLE sales.customers IS 'Who ''buys'''",
            "COMMENT ON COLUMN sales.customers.mail IS 'Where to write'",
            "CREATE TABLE sales.orders (a int, b int, customer bigint REFERENCES sales.customers, PRIMARY KEY (a, b))",
            "CREATE TABLE sales.lines (x int, y int, FOREIGN KEY (X, y) REFERENCES sales.Orders (A, B))",
            "CREATE VIEW report AS SELECT c.*, o.a + 1 AS More FROM sales.orders o"
            " JOIN sales.customers c ON c.id = o.customer",
            "CREATE VIEW renamed(x, y) AS SELECT mail, count(*) FROM sales.customers GROUP BY 1",
        )
    )

    customers, place = said.tables["sales.Customers"], "duckdb://shop.sales"
    assert (customers.database, customers.cluster) == ("duckdb", "shop")
    assert customers.description == "Who 'buys'"
    assert [column.description for column in customers.columns] == [None, "Where to write"]
    assert said.badges("sales.orders") == {"a": ["pk"], "b": ["pk"], "customer": ["fk"]}
    assert set(said.joins()) == {
        (f"{place}/orders/customer", f"{place}/Customers/Id"),
        (f"{place}/lines/x", f"{place}/orders/a"),
        (f"{place}/lines/y", f"{place}/orders/b"),
    }
    assert said.steps("duckdb://shop.main/report") == {
        (f"{place}/Customers/Id", "duckdb://shop.main/report/Id", None),
        (f"{place}/Customers/mail", "duckdb://shop.main/report/mail", None),
        (f"{place}/orders/a", "duckdb://shop.main/report/More", "(o.a + 1)"),
    }
    assert said.steps("duckdb://shop.main/renamed") == {
        (f"{place}/Customers/mail", "duckdb://shop.main/renamed/x", None)
    }


def test_nested_types_are_taken_apart(make: Make):
    url = make(
        "CREATE TYPE mood AS ENUM ('good', 'bad (')",
        """CREATE TABLE t (s STRUCT(a INTEGER, "b c" MAP(VARCHAR, INTEGER[])), l INTEGER[], f FLOAT[3],
        u UNION(n INTEGER, s VARCHAR), m mood, ms mood[], d DECIMAL(10,2)[][], j JSON, i INTERVAL, z TIMESTAMPTZ)""",
    )

    assert Said(url).types("main.t") == {
        "s": 'struct<a:INTEGER,"b c":map<VARCHAR,array<INTEGER>>>',
        "l": "array<INTEGER>",
        "f": "array<FLOAT>",
        "u": "UNION(n INTEGER, s VARCHAR)",
        "m": "ENUM('good', 'bad (')",
        "ms": "array<ENUM('good', 'bad (')>",
        "d": "array<array<DECIMAL(10,2)>>",
        "j": "JSON",
        "i": "INTERVAL",
        "z": "TIMESTAMP WITH TIME ZONE",
    }


def test_names_may_be_anything(make: Make):
    names = ["a.b/c d", "%s :x ? $1", "[x]", 'q"uote', "größe 顧客", "select", "x" * 3000, "it's"]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    columns = ", ".join(f"{column} int" for column in quoted)
    statements = ["BEGIN", *(f"CREATE TABLE {name} ({columns})" for name in quoted)]
    for schema in quoted:
        statements += [f"CREATE SCHEMA {schema}", f"CREATE TABLE {schema}.{quoted[0]} ({columns})"]
        statements.append(f"CREATE VIEW {schema}.v AS SELECT {', '.join(quoted)} FROM {schema}.{quoted[0]}")

    said = Said(make(*statements, "COMMIT"), statistics=True, row_counts="exact")

    assert said.refused == {}
    assert set(said.tables) == {
        *(f"main.{name}" for name in names),
        *(f"{schema}.{name}" for schema in names for name in (names[0], "v")),
    }
    assert [column.name for column in said.tables["main.select"].columns] == names
    assert [len(one.columns) for one in said.lineage.values()] == [len(names)] * len(names)


def test_a_view_over_a_table_that_is_gone_is_said(make: Make):
    said = Said(
        make(
            "CREATE TABLE gone (a int)",
            "CREATE VIEW broken AS SELECT a FROM gone",
            "CREATE TABLE t (a int)",
            "DROP TABLE gone",
        )
    )

    assert set(said.tables) == {"main.broken", "main.t"}
    assert (said.lineage, said.refused) == ({}, {})


def test_what_a_view_names_without_a_schema_is_found_in_its_own_or_in_main(make: Make):
    said = Said(
        make(
            "CREATE SCHEMA s",
            "CREATE TABLE t (a int)",
            "CREATE TABLE s.u (b int)",
            "CREATE VIEW s.v AS SELECT a FROM t",
            "CREATE VIEW s.w AS SELECT b FROM s.u",
        )
    )

    assert said.lineage["duckdb://shop.s/v"].upstream == ["duckdb://shop.main/t"]
    assert said.steps("duckdb://shop.s/v") == {("duckdb://shop.main/t/a", "duckdb://shop.s/v/a", None)}
    assert said.lineage["duckdb://shop.s/w"].upstream == ["duckdb://shop.s/u"]


def test_what_a_view_reads_of_files_and_functions_is_no_table(make: Make):
    said = Said(
        make(
            "CREATE TABLE t (a int)",
            "CREATE VIEW v AS WITH c AS (SELECT a FROM t) SELECT c.a, r.range FROM c, range(3) r",
        )
    )

    assert said.lineage["duckdb://shop.main/v"].upstream == ["duckdb://shop.main/t"]


def test_rows_are_counted_and_columns_measured(make: Make):
    url = make("CREATE TABLE t AS SELECT i AS n, [i] AS l, {'x': i} AS s, DATE '2025-01-01' AS d FROM range(1000) r(i)")

    exact, estimated = Said(url, row_counts="exact", statistics=True), Said(url, row_counts="estimated")

    table = exact.tables["main.t"]
    measured = {one.name: {m.name: m.value for m in one.statistics} for one in table.columns}
    assert {one.name: one.value for one in table.statistics} == {"row_count": "1000", "sampled_rows": "1000"}
    assert measured["n"] == {"null_percent": "0", "distinct_count": "1000", "min": "0", "max": "999", "avg": "499.5"}
    assert measured["l"] == measured["s"] == {"null_percent": "0"}
    assert measured["d"] == {"null_percent": "0", "distinct_count": "1", "min": "2025-01-01", "max": "2025-01-01"}
    assert [(one.name, one.value) for one in estimated.tables["main.t"].statistics] == [("estimated_row_count", "1000")]


def test_a_file_that_another_program_writes_may_be_free_later(make: Make):
    url = make("CREATE TABLE t (a int)")
    hold = f"import duckdb; c = duckdb.connect({url.removeprefix('duckdb:///')!r}); print(1, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", hold], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        other.stdout.readline()

        with pytest.raises(SourceUnavailable, match="lock"):
            SqlDatabase(**SqlDatabase.settings().load({"url": url})).check()
        other.communicate(b"\n")

    assert "1 tables" in SqlDatabase(**SqlDatabase.settings().load({"url": url})).check()
