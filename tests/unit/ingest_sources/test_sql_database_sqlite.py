"""A SQLite file read as a source."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from said_by_sql import Said

from ingest.extract.sql_database import reading as sql_database_reading
from schemas.errors import InvalidSource

Make = Callable[..., str]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def make(*statements: str, name: str = "shop.db") -> str:
        connection = sqlite3.connect(tmp_path / name)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
        return f"sqlite:///{tmp_path / name}"

    return make


def test_tables_views_keys_and_joins_are_said(make: Make):
    said = Said(
        make(
            "CREATE TABLE Customers (Id integer PRIMARY KEY, mail varchar(20), paid MONEY, anything)",
            "CREATE TABLE orders (a int, b int, customer int REFERENCES CUSTOMERS, PRIMARY KEY (a, b)) WITHOUT ROWID",
            "CREATE TABLE lines (x int, y int, FOREIGN KEY (x, y) REFERENCES orders)",
            "CREATE VIEW report AS SELECT c.*, o.a + 1 AS more FROM orders o JOIN customers c ON c.id = o.customer",
        )
    )

    assert said.types("main.Customers") == {"Id": "INTEGER", "mail": "varchar(20)", "paid": "MONEY", "anything": ""}
    assert said.badges("main.orders") == {"a": ["pk"], "b": ["pk"], "customer": ["fk"]}
    assert [said.tables[name].is_view for name in ("main.orders", "main.report")] == [False, True]
    place = "sqlite://shop.main"
    assert set(said.joins()) == {
        (f"{place}/orders/customer", f"{place}/Customers/Id"),
        (f"{place}/lines/x", f"{place}/orders/a"),
        (f"{place}/lines/y", f"{place}/orders/b"),
    }
    assert set(said.lineage[f"{place}/report"].upstream) == {f"{place}/Customers", f"{place}/orders"}
    assert said.steps(f"{place}/report") == {
        (f"{place}/Customers/Id", f"{place}/report/Id", None),
        (f"{place}/Customers/mail", f"{place}/report/mail", None),
        (f"{place}/Customers/paid", f"{place}/report/paid", None),
        (f"{place}/Customers/anything", f"{place}/report/anything", None),
        (f"{place}/orders/a", f"{place}/report/more", "o.a + 1"),
    }


def test_a_view_that_is_broken_costs_no_other_table(make: Make):
    said = Said(
        make(
            *(f"CREATE TABLE t{number} (a int)" for number in range(20)),
            "CREATE TABLE gone (a int)",
            "CREATE VIEW broken AS SELECT a FROM gone",
            "CREATE VIEW v AS SELECT a FROM t1",
            "DROP TABLE gone",
        )
    )

    assert len(said.tables) == 21
    assert said.refused == {"main.broken": "It cannot be read: no such table: main.gone."}
    assert list(said.lineage) == ["sqlite://shop.main/v"]


def test_a_definition_that_is_not_understood_is_refused_and_the_view_is_said(make: Make):
    long = f"CREATE VIEW v AS SELECT a FROM t /* {'x' * 1_000_000} */"

    said = Said(make("CREATE TABLE t (a int)", long, "CREATE VIEW w AS SELECT a FROM t"))

    assert set(said.tables) == {"main.t", "main.v", "main.w"}
    assert list(said.lineage) == ["sqlite://shop.main/w"]
    assert said.refused == {"main.v": "Its definition is not understood: it is longer than 1,000,000 characters."}


def test_names_may_be_anything(make: Make):
    names = ["a.b/c d", "%s :x ?", "[x]", "`", 'q"uote', "größe 顧客", "select", "x" * 3000, " "]
    quoted = ['"' + name.replace('"', '""') + '"' for name in names]
    said = Said(
        make(
            *(f"CREATE TABLE {name} ({', '.join(f'{column} int' for column in quoted)})" for name in quoted),
            f"CREATE VIEW v AS SELECT {', '.join(quoted)} FROM {quoted[0]}",
            name="we.ird % name.db",
        ),
        statistics=True,
        row_counts="exact",
    )

    assert said.refused == {}
    assert set(said.tables) == {f"main.{name}" for name in [*names, "v"]}
    assert [column.name for column in said.tables["main.[x]"].columns] == names
    assert said.tables["main.v"].cluster == "we.ird % name"
    assert len(said.steps("sqlite://we%2Eird %25 name.main/v")) == len(names)


def test_what_has_no_name_is_refused_and_the_rest_is_read(make: Make):
    said = Said(make('CREATE TABLE "" (a int)', 'CREATE TABLE t (a int, "" int)', "CREATE TABLE u (a int)"))

    assert said.types("main.t") == {"a": "INT"}
    assert set(said.tables) == {"main.t", "main.u"}
    assert said.refused == {
        "main.": "A key has an empty part; every part needs at least one character.",
        "main.t": "A column of it has no name and is left out.",
    }


def test_names_that_are_no_text_are_read_as_far_as_they_are(tmp_path: Path, make: Make):
    url = make("CREATE TABLE bad_name (a int)", "CREATE TABLE t (a int)")
    path = tmp_path / "shop.db"
    path.write_bytes(path.read_bytes().replace(b"bad_name", b"bad\xff\xfeame"))

    assert set(Said(url).tables) >= {"main.t"}


def test_what_the_system_keeps_for_itself_is_left_out(make: Make):
    said = Said(
        make(
            "CREATE TABLE t (id integer PRIMARY KEY AUTOINCREMENT, g int GENERATED ALWAYS AS (id + 1))",
            "CREATE VIRTUAL TABLE words USING fts5(word)",
            "CREATE INDEX i ON t (id)",
            "ANALYZE",
        )
    )

    assert set(said.tables) == {"main.t", "main.words"}
    assert said.types("main.t") == {"id": "INTEGER", "g": "INT"}


def test_a_foreign_key_to_nowhere_is_no_join(make: Make):
    said = Said(make("CREATE TABLE t (a int REFERENCES nowhere, b int REFERENCES t (none), c int REFERENCES t)"))

    assert said.joins() == [("sqlite://shop.main/t/b", "sqlite://shop.main/t/none")]
    assert said.refused == {}


def test_rows_are_counted_and_columns_measured(make: Make):
    url = make("CREATE TABLE t (n int, s text)", "INSERT INTO t VALUES (1, 'x'), (4, 'y'), (NULL, 'y')")

    table = Said(url, row_counts="exact", statistics=True, sample_rows=2).tables["main.t"]

    assert {one.name: one.value for one in table.statistics} == {"row_count": "3", "sampled_rows": "2"}
    assert {one.name: one.value for one in table.columns[0].statistics} == {
        "null_percent": "0",
        "distinct_count": "2",
        "min": "1",
        "max": "4",
        "avg": "2.5",
    }
    assert Said(url).tables["main.t"].statistics == []


def test_a_query_that_takes_too_long_is_ended(make: Make):
    rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500000) SELECT"
    columns = ", ".join(f"c{number} int" for number in range(24))
    url = make(f"CREATE TABLE t ({columns})", f"INSERT INTO t {rows} {', '.join(['i'] * 24)} FROM n")

    said = Said(url, statistics=True, sample_rows=500_000, query_seconds=1)

    assert "main.t" in said.tables
    assert "interrupted" in said.refused["main.t"]


def test_the_file_is_opened_for_reading_only(make: Make, tmp_path: Path):
    url = make("CREATE TABLE t (a int)")
    (tmp_path / "shop.db").chmod(0o444)
    before = sorted(tmp_path.iterdir())

    assert set(Said(url, row_counts="exact").tables) == {"main.t"}
    assert sorted(tmp_path.iterdir()) == before
    with pytest.raises(InvalidSource, match="there is no file"):
        Said(f"sqlite:///{tmp_path / 'new.db'}")
    assert sorted(tmp_path.iterdir()) == before


def test_relations_are_read_some_at_a_time_and_none_is_lost(make: Make, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sql_database_reading, "AT_ONCE", 3)
    monkeypatch.setattr(sql_database_reading, "VIEWS_AT_ONCE", 2)
    tables = [f"CREATE TABLE t{number} (a int REFERENCES t0 (a))" for number in range(10)]
    views = [f"CREATE VIEW v{number} AS SELECT a FROM t{number}" for number in range(7)]

    said = Said(make(*tables, *views))

    assert (len(said.tables), len(said.queries), len(said.lineage), said.refused) == (17, 10, 7, {})


def test_tables_come_before_what_is_between_them(make: Make):
    said = Said(make("CREATE TABLE z (a int)", "CREATE VIEW a AS SELECT a FROM z"))

    assert [type(one).__name__ for one in said.items] == ["Table", "Table", "Lineage"]
