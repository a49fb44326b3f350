"""Temporary, renamed and dropped tables are seen through."""

import pytest

from ingest.extract.query_log.lineage import Lineage
from ingest.extract.sql.lineage import Reader

READER = Reader("postgres")


def made(*log: str | tuple[str, str]) -> dict[str, tuple[list[str], list[str]]]:
    """Give what each table is made from; a statement may come with its session."""
    lineage = Lineage()
    for one in log:
        session, sql = one if isinstance(one, tuple) else ("s", one)
        for facts in READER.read(sql):
            lineage.add(session, lineage.through(session, facts))
    return {
        target.name: (
            [read.name for read in what.reads],
            [f"{o.table.name}.{o.column}>{column}" for column, origins in what.columns.items() for o in origins],
        )
        for target, what in lineage.tables()
    }


@pytest.mark.parametrize(
    "log",
    [
        ["create temp table x as select id as k, a + 1 as b from s", "insert into t (k, v) select k, b from x"],
        ["create temp table x as select id as k, a as v from s", "create table t as select * from x"],
        ["create temp table x as select * from s", "insert into t (k, v) select id, a from x"],
        [
            "create temp table x as select id, a from s",
            "create temp table y as select id as k, a as v from x",
            "insert into t select k, v from y",
        ],
        ["create table x as select id as k, a as v from s", "create table t as select * from x", "drop table x"],
        ["create table x as select id as k, a as v from s", "alter table x rename to t"],
        ["create table x as select id as k, a as v from s", "drop table t", "alter table x rename to t"],
        ["create temp table x (id int)", "insert into t (k, v) select id, a from s"],
    ],
)
def test_table_is_made_from_what_is_there(log: list[str]):
    assert made(*log) == {"t": (["s"], ["s.id>k", "s.a>v"])}


def test_temporary_table_is_its_own_sessions():
    log = [
        ("one", "create temp table x as select a from s"),
        ("two", "insert into t select a from x"),
        ("one", "insert into u select a from x"),
    ]
    assert made(*log) == {"t": (["x"], ["x.a>a"]), "u": (["s"], ["s.a>a"])}


def test_rows_put_into_a_temporary_table_count_as_well():
    log = [
        "create temp table x as select a from s",
        "insert into x select b as a from r",
        "insert into t select a from x",
    ]
    assert made(*log) == {"t": (["s", "r"], ["s.a>a", "r.b>a"])}


def test_table_that_is_made_again_is_there():
    log = ["create table x as select a from s", "drop table x", "create table x as select b from r"]
    assert made(*log)["x"][0] == ["s", "r"]


def test_table_that_is_dropped_is_not_said():
    assert made("create table x as select a from s", "drop table x") == {}


def test_tables_that_are_gone_and_made_from_each_other_end():
    log = ["create table x as select a from y", "create table y as select a from x", "insert into t select a from x"]
    assert made(*log, "drop table x", "drop table y").keys() == {"t"}


def test_swap_of_tables_keeps_their_lineage():
    log = [
        "create table new as select a from s",
        "alter table t rename to old",
        "alter table new rename to t",
        "drop table old",
    ]
    assert made("create table t as select b from r", *log) == {"t": (["s"], ["s.a>a"])}


def test_join_of_temporary_tables_is_one_of_the_tables_behind_them():
    lineage = Lineage()
    facts = None
    for sql in (
        "create temp table x as select id as k, lower(n) as n from s",
        "select 1 from x join u on u.k = x.k and u.n = x.n where x.k = 1",
    ):
        [facts] = READER.read(sql)
        facts = lineage.through("s", facts)
        lineage.add("s", facts)
    assert facts is not None
    assert [(one.left.table.name, one.left.column, one.right.table.name) for one in facts.joins] == [("u", "k", "s")]
    assert facts.filters == ()
