"""A query log as statements."""

import csv
import json
import os
import signal
import sqlite3
from collections import deque
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from ingest.extract.query_log.parsers import Parsers, Reading, Text
from ingest.extract.query_log.records import Entry
from ingest.extract.query_log.source import QueryLog, QueryLogSettings
from ingest.extract.query_log.tally import MAX_DISTINCT, MOST, Tally
from ingest.extract.source import Refused
from ingest.extract.sql.conditions import FilterFact
from ingest.extract.sql.flows import Effect
from ingest.extract.sql.lineage import Facts, Reader
from ingest.extract.sql.naming import Naming
from ingest.extract.sql.origins import TableName
from schemas.errors import InvalidSource, SourceUnavailable
from schemas.statements import Column, Filter, Join, Lineage, Queries, Reads, Step, Table, Usage

SHOP = "postgres://shop.public"


def source(path: Path, **told: Any) -> QueryLog:
    return QueryLog(**QueryLogSettings().load({"path": str(path), "database": "postgres", "workers": 1, **told}))


def log(folder: Path, *rows: Any, **told: Any) -> list[Any]:
    path = folder / "log.ndjson"
    common = {"database": "shop", "session_id": 1}
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(common | row) for row in rows))
    return list(source(path, **told).extract())


def of(kind: type[Any], said: list[Any]) -> list[Any]:
    return [one for one in said if isinstance(one, kind)]


def test_log_says_lineage_readers_joins_and_filters(tmp_path: Path):
    select = "select o.id from orders o join customers c on c.id = o.customer where o.state = 'paid'"
    said = log(
        tmp_path,
        {"query": "insert into report (total) select sum(amount) from orders", "user": "etl"},
        *[{"query": select, "user": "Jane"}] * 1_000,
        {"query": "select id from orders where state = 'paid'", "user": "bob@x.org"},
        email_domain="acme.org",
    )
    assert said == [
        Table("postgres", "shop", "public", "report", columns=[Column("total")]),
        Table("postgres", "shop", "public", "orders", columns=[Column("amount"), Column("customer"), Column("state")]),
        Table("postgres", "shop", "public", "customers", columns=[Column("id")]),
        Lineage(
            "table",
            f"{SHOP}/report",
            [f"{SHOP}/orders"],
            [Step(f"{SHOP}/orders/amount", f"{SHOP}/report/total", "SUM(orders.amount)")],
        ),
        Usage("table", f"{SHOP}/orders", [Reads("bob@x.org", 1), Reads("jane@acme.org", 1_000)]),
        Usage("table", f"{SHOP}/customers", [Reads("jane@acme.org", 1_000)]),
        Queries(
            f"{SHOP}/customers",
            [
                Join(
                    f"{SHOP}/customers/id",
                    f"{SHOP}/orders/customer",
                    "inner join",
                    "=",
                    "INNER JOIN public.orders ON public.customers.id = public.orders.customer",
                    1_000,
                )
            ],
            [],
        ),
        Queries(f"{SHOP}/orders", [], [Filter("state = 'paid'", [f"{SHOP}/orders/state"], 1_001)]),
    ]


def test_csv_says_the_same_as_ndjson(tmp_path: Path):
    rows = [{"query": f"insert into t{n} select 'a, \"b\"' as x,\n y from s", "user": "jane"} for n in range(120)]
    path = tmp_path / "log.csv"
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, ["query", "user"])
        writer.writeheader()
        writer.writerows(rows)
    from_csv = list(source(path, cluster="shop").extract())
    assert of(Lineage, from_csv) == of(Lineage, log(tmp_path, *rows))
    assert len(of(Lineage, from_csv)) == 120


def test_statement_that_is_not_understood_is_listed_and_never_fatal(tmp_path: Path):
    said = log(tmp_path, {"query": "selec x"}, "{", {"query": "insert into t select a from s"}, {"query": "vacuum s"})
    assert [one.where for one in of(Refused, said)] == ["log.ndjson line 2", "log.ndjson line 1"]
    assert of(Refused, said)[1].reason == "Not understood: it is no statement: selec x"
    assert len(of(Lineage, said)) == 1


def test_stubs_values_and_readers_can_be_left_out(tmp_path: Path):
    rows = [{"query": "select a from s where a = 'jane@x.org'", "user": user} for user in ("ETL", "jane")]
    said = log(tmp_path, *rows, stubs=False, literals=False, ignored_users=["etl"])
    assert said == [
        Usage("table", f"{SHOP}/s", [Reads("jane", 1)]),
        Queries(f"{SHOP}/s", [], [Filter("a = ?", [f"{SHOP}/s/a"], 2)]),
    ]


def test_tables_of_the_system_are_nobodys_data(tmp_path: Path):
    names = ["information_schema.tables", "pg_catalog.pg_class", "pg_stat_activity"]
    assert log(tmp_path, *({"query": f"select * from {name}", "user": "jane"} for name in names)) == []


def test_names_of_snowflake_are_in_small_letters(tmp_path: Path):
    row = {"query": 'create table REP.T as select ID, "Mixed" from RAW.S', "DATABASE": "SHOP"}
    said = log(tmp_path, {**row, "database": "SHOP"}, database="snowflake")
    assert of(Lineage, said)[0].columns == [
        Step("snowflake://shop.raw/s/id", "snowflake://shop.rep/t/id"),
        Step("snowflake://shop.raw/s/Mixed", "snowflake://shop.rep/t/Mixed"),
    ]


def test_names_that_are_one_in_the_graph_are_counted_as_one(tmp_path: Path):
    rows = [{"query": f"select a from {name} where a = 1", "user": "jane"} for name in ("S", "s", '"s"', "PUBLIC.S")]
    said = log(tmp_path, *rows, database="snowflake", clusters={"shop": "prod", "prod": "other"})
    assert [one.readers for one in of(Usage, said)] == [[Reads("jane", 4)]]
    assert [one.key for one in of(Usage, said)] == ["snowflake://prod.public/s"]
    assert len(of(Table, said)) == len(of(Queries, said)) == 1


def test_columns_of_a_file_expand_a_star(tmp_path: Path):
    columns = tmp_path / "columns.csv"
    columns.write_text("TABLE_CATALOG,TABLE_SCHEMA,TABLE_NAME,COLUMN_NAME\nshop,public,s,a\nshop,public,s,b\n")
    said = log(tmp_path, {"query": "create view v as select * from s"}, columns_file=str(columns))
    assert [step.target for step in of(Lineage, said)[0].columns] == [f"{SHOP}/v/a", f"{SHOP}/v/b"]


def test_tables_that_the_log_creates_tell_their_columns(tmp_path: Path):
    said = log(
        tmp_path,
        {"query": "insert into t select a, c, 2 * b as d from x join y on k = m"},
        {"query": "/* by: jane */ -- now\nCREATE TABLE IF NOT EXISTS x (k int primary key, a text, B numeric(3, 2))"},
        {"query": "create table y (m int, c text, constraint q unique (c))"},
        {"query": "create table broken (((("},
    )
    assert of(Lineage, said)[0].columns == [
        Step(f"{SHOP}/x/a", f"{SHOP}/t/a"),
        Step(f"{SHOP}/y/c", f"{SHOP}/t/c"),
        Step(f"{SHOP}/x/b", f"{SHOP}/t/d", "2 * x.b"),
    ]
    assert [one.where for one in of(Refused, said)] == ["log.ndjson line 4"]


def test_tables_that_are_created_in_a_row_of_several_statements_tell_their_columns(tmp_path: Path):
    said = log(tmp_path, {"query": "create table t (x int, y int); insert into t select a, b from s"})
    assert of(Lineage, said)[0].columns == [Step(f"{SHOP}/s/a", f"{SHOP}/t/x"), Step(f"{SHOP}/s/b", f"{SHOP}/t/y")]


def history(folder: Path) -> str:
    path = folder / "history.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("create table h (query_text, user_name, calls)")
        connection.execute("insert into h values ('select a from s', 'jane', 7), ('selec x', 'jane', 1)")
    return f"sqlite:///{path}"


def test_table_of_query_history_is_read(tmp_path: Path):
    told = {
        "url": history(tmp_path),
        "query": "select * from h",
        "database": "postgres",
        "cluster": "shop",
        "workers": 1,
    }
    said = list(QueryLog(**QueryLogSettings().load(told)).extract())
    assert of(Usage, said) == [Usage("table", f"{SHOP}/s", [Reads("jane", 7)])]
    assert of(Refused, said) == [Refused("row 2", "Not understood: it is no statement: selec x")]


def test_query_that_fails_is_an_error_that_names_it(tmp_path: Path):
    told = {"url": history(tmp_path), "query": "select * from nowhere", "database": "postgres"}
    with pytest.raises(InvalidSource, match=r"query: .*no such table: nowhere"):
        QueryLog(**QueryLogSettings().load(told)).check()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("schema,name\n", "columns_file: columns.csv lacks the column column_name, table_name, table_schema"),
        ("", "empty"),
    ],
)
def test_bad_file_of_columns_is_an_error(tmp_path: Path, text: str, reason: str):
    (tmp_path / "log.ndjson").write_text('{"query": "select 1"}')
    (tmp_path / "columns.csv").write_text(text)
    with pytest.raises(InvalidSource, match=reason):
        source(tmp_path / "log.ndjson", columns_file=str(tmp_path / "columns.csv")).check()


def test_check_shows_the_first_statement(tmp_path: Path):
    path = tmp_path / "log.ndjson"
    path.write_text(json.dumps({"query": "select\n  1"}))
    assert source(path).check() == "1 file(s), the first statement: select 1"
    path.write_text(json.dumps({"q": "select 1"}))
    with pytest.raises(InvalidSource, match=r"log\.ndjson line 1: The row has no field statement"):
        source(path).check()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"path": ""}, "database"),
        ({"database": "x"}, "path"),
        ({"database": "x", "path": "", "url": "sqlite:///x"}, "path"),
        ({"database": "x", "url": "sqlite:///x"}, "query"),
        ({"path": "", "database": "x", "field_names": {"q": "x"}}, "field_names"),
    ],
)
def test_settings_are_checked_by_name(told: dict[str, Any], field: str):
    with pytest.raises(ValidationError) as raised:
        QueryLogSettings().load(told)
    assert list(raised.value.normalized_messages()) == [field]


def test_every_setting_is_described():
    assert all(field.metadata.get("description") for field in QueryLogSettings().fields.values())


ENTRIES = [Entry(str(number), f"insert into t{number % 7} select a{number} from s") for number in range(40)]


def test_answers_come_in_the_order_of_the_log_however_it_is_cut():
    parsers = Parsers(Reading("postgres"), workers=2)
    try:
        chunks = [ENTRIES[at : at + 3] for at in range(0, 40, 3)]
        told = [(entry.where, answer) for entry, answer in parsers.answers(chunks)]
    finally:
        parsers.close()
    assert [where for where, _ in told] == [str(number) for number in range(40)]
    assert all(answer == Reader("postgres").read(entry.sql) for entry, (_, answer) in zip(ENTRIES, told, strict=True))


def test_statement_that_takes_too_long_is_given_up_and_the_next_is_read():
    slow = "select " + " + ".join(f"(a{n} * b{n})" for n in range(20_000)) + " from s"
    parsers = Parsers(Reading("postgres", seconds=0.2), workers=1)
    try:
        first, second = (answer for _, answer in parsers.answers([[Entry("1", slow), ENTRIES[0]]]))
    finally:
        parsers.close()
    assert first == "it took longer than 0.2 seconds"
    assert second == Reader("postgres").read(ENTRIES[0].sql)


def test_process_that_is_killed_loses_no_statement():
    parsers = Parsers(Reading("postgres"), workers=2)

    def chunks():
        for at in range(0, 40, 4):
            yield ENTRIES[at : at + 4]
            if at == 16:
                for process in list(parsers._pool._processes.values()):
                    os.kill(process.pid, signal.SIGKILL)

    try:
        told = list(parsers.answers(chunks()))
    finally:
        parsers.close()
    assert [entry for entry, _ in told] == ENTRIES
    assert not any(isinstance(answer, str) for _, answer in told)


def test_statement_that_ends_its_process_is_refused_and_its_neighbours_are_read(monkeypatch: pytest.MonkeyPatch):
    parsers = Parsers(Reading("postgres"), workers=1)
    deadly = Text("select boom", "", "")
    apart = parsers._apart
    monkeypatch.setattr(parsers, "_apart", lambda texts: None if deadly in texts else apart(texts))
    try:
        found = parsers._again([deadly, Text("select a from s", "", "")], deque())
    finally:
        parsers.close()
    assert found[0] == "the process that read it ended; it may need more memory than there is"
    assert found[1] == Reader("postgres").read("select a from s")


def test_processes_that_do_not_live_end_the_run(monkeypatch: pytest.MonkeyPatch):
    parsers = Parsers(Reading("postgres"), workers=1)
    monkeypatch.setattr(parsers, "_apart", lambda _: None)
    try:
        with pytest.raises(SourceUnavailable, match="end before they have read any"):
            parsers._again([Text(str(number), "", "") for number in range(9)], deque())
    finally:
        parsers.close()


def tally(*statements: str) -> Tally:
    counted = Tally(Naming("postgres", "postgres", cluster="shop"), "", ())
    reader = Reader("postgres")
    for sql in statements:
        counted.add(Entry("", sql, user="jane"), map(counted.folded, reader.read(sql)))
    return counted


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=10, deadline=None)
@given(st.permutations([f"select a from t{n % 3} join u on t{n % 3}.k = u.k where x = {n % 4}" for n in range(6)]))
def test_what_is_counted_does_not_depend_on_the_order_of_the_log(statements: list[str]):
    def told(counted: Tally) -> set[str]:
        return {
            repr((one.table, sorted(map(repr, one.joins)), sorted(map(repr, one.filters))))
            for one in counted.statements(stubs=False)
            if isinstance(one, Queries)
        }

    assert told(tally(*statements)) == told(tally(*sorted(statements)))


def test_memory_is_bounded_by_the_commonest():
    counted = tally()
    table = TableName("", "", "t")
    for value in ["often"] * 500 + list(map(str, range(3 * MAX_DISTINCT))):
        found = FilterFact(table, f"k = '{value}'", ("k",))
        counted.add(Entry("", ""), [counted.folded(Facts(Effect.READ, reads=[table], filters=[found]))])
    [queries] = [one for one in counted.statements(stubs=False) if isinstance(one, Queries)]
    assert len(queries.filters) == MOST
    assert queries.filters[0] == Filter("k = 'often'", ["postgres://shop.public/t/k"], 500)
    assert all(len(held) <= MAX_DISTINCT for held in counted._filters.values())
