"""What single statements say of tables and columns, in the dialects that warehouses speak."""

import os
import subprocess
import sys

import pytest

from ingest.extract.sql.lineage import MAX_STATEMENT_CHARACTERS, Columns, NotUnderstood, Reader
from ingest.extract.sql.origins import TableName

CASES = {  # dialect, statement: what is read, and each column's origins
    "insert with columns": (
        "postgres",
        "INSERT INTO t (x, Y) SELECT a, b + 1 FROM s",
        ["write c.d.t <- c.d.s", "c.d.s a > x", "c.d.s b > y: s.b + 1"],
    ),
    "insert behind a with": (
        "postgres",
        "WITH w AS (SELECT id, upper(n) AS n FROM s) INSERT INTO t SELECT id, n FROM w",
        ["write c.d.t <- c.d.s", "c.d.s id > id", "c.d.s n > n: UPPER(s.n)"],
    ),
    "columns of quoted names": (
        "postgres",
        'INSERT INTO "Weird Table" ("Col.X") SELECT "My.Col" FROM "Sche.ma"."Ta/ble"',
        ["write c.d.Weird Table <- c.Sche.ma.Ta/ble", "c.Sche.ma.Ta/ble My.Col > Col.X"],
    ),
    "names that are not English": (
        "duckdb",
        "CREATE TABLE 표 AS SELECT 이름 FROM 사용자",
        ["write c.d.표 <- c.d.사용자", "c.d.사용자 이름 > 이름"],
    ),
    "create table as": (
        "snowflake",
        "create or replace transient table T as (select A.ID, sum(V) as V from raw.A group by 1)",
        ["write C.D.T <- C.RAW.A", "C.RAW.A ID > ID", "C.RAW.A V > V: SUM(A.V)"],
    ),
    "clone": (
        "snowflake",
        "create table t clone u",
        ["write C.D.T <- C.D.U", "C.D.U * > *"],
    ),
    "create table like copies no rows": ("mysql", "CREATE TABLE t LIKE u", []),
    "view with columns": (
        "postgres",
        "CREATE MATERIALIZED VIEW v AS SELECT x.one, y.two FROM x LEFT JOIN y USING (id)",
        ["write c.d.v <- c.d.x c.d.y", "c.d.x one > one", "c.d.y two > two"],
    ),
    "view whose columns are renamed": (
        "postgres",
        "CREATE VIEW v (a, b) AS SELECT one, two FROM x",
        ["write c.d.v <- c.d.x", "c.d.x one > a", "c.d.x two > b"],
    ),
    "select into": (
        "tsql",
        "SELECT a INTO dbo.t FROM s",
        ["write c.dbo.t <- c.d.s", "c.d.s a > a"],
    ),
    "select into a temporary table": (
        "tsql",
        "SELECT a INTO #t FROM s",
        ["write temporary c.d.#t <- c.d.s", "c.d.s a > a"],
    ),
    "create a temporary table by its name": (
        "redshift",
        "CREATE TABLE #t AS SELECT a FROM s",
        ["write temporary c.d.#t <- c.d.s", "c.d.s a > a"],
    ),
    "a temporary table called like another one": (
        "tsql",
        "INSERT INTO t SELECT a FROM #t",
        ["write c.d.t <- c.d.#t", "c.d.#t a > a"],
    ),
    "a materialized view with a table of its own": (
        "clickhouse",
        "CREATE MATERIALIZED VIEW v TO t AS SELECT a FROM s",
        ["write c.d.t <- c.d.s", "c.d.s a > a"],
    ),
    "a table of nothing": ("oracle", "INSERT INTO t SELECT SYSDATE AS d FROM dual", ["write C.D.T <-"]),
    "create temporary table": (
        "postgres",
        "CREATE TEMP TABLE t AS SELECT a FROM s",
        ["write temporary c.d.t <- c.d.s", "c.d.s a > a"],
    ),
    "merge": (
        "snowflake",
        """merge into t using (select * from s) q on t.id = q.id when matched then update set t.a = q.b
        when not matched then insert (id, a) values (q.id, q.b)""",
        ["write C.D.T <- C.D.S C.D.T", "C.D.S B > A", "C.D.S ID > ID"],
    ),
    "merge of everything": (
        "databricks",
        "merge into t using s on t.id = s.id when matched then update set * when not matched then insert *",
        ["write c.d.t <- c.d.t c.d.s", "c.d.s * > *"],
    ),
    "merge in bigquery": (
        "bigquery",
        "MERGE `p-1.d.t` AS t USING `p-1.d.s` AS s ON t.k = s.k WHEN NOT MATCHED THEN INSERT (id, n) VALUES (id, s.n)",
        ["write p-1.d.t <- p-1.d.t p-1.d.s", "p-1.d.s n > n"],  # of which table `id` is, only BigQuery knows
    ),
    "update from": (
        "postgres",
        "UPDATE t SET a = s.b FROM s WHERE t.id = s.id",
        ["write c.d.t <- c.d.t c.d.s", "c.d.s b > a"],
    ),
    "update of an alias": (
        "tsql",
        "UPDATE x SET a = s.b FROM dbo.t AS x JOIN s ON x.id = s.id",
        ["write c.dbo.t <- c.dbo.t c.d.s", "c.d.s b > a"],
    ),
    "update of a join": (
        "mysql",
        "UPDATE t JOIN s ON t.id = s.id SET t.a = s.b",
        ["write c.d.t <- c.d.t c.d.s", "c.d.s b > a"],
    ),
    "replace": (
        "mysql",
        "/* who */ replace  into t (a) select b from s",
        ["write c.d.t <- c.d.s", "c.d.s b > a"],
    ),
    "insert overwrite": (
        "hive",
        "INSERT OVERWRITE TABLE t PARTITION (dt='x') SELECT b, c FROM s",
        ["write c.d.t <- c.d.s", "c.d.s b > b", "c.d.s c > c"],
    ),
    "one scan, two inserts": (
        "hive",
        "FROM s INSERT OVERWRITE TABLE t SELECT s.b INSERT INTO TABLE u SELECT s.d",
        ["write c.d.t <- c.d.s", "c.d.s b > b", "write c.d.u <- c.d.s", "c.d.s d > d"],
    ),
    "insert all": (
        "snowflake",
        "insert all into t values (x) into u (q) values (y) select x, y from s",
        ["write C.D.T <- C.D.S", "C.D.S X > X", "write C.D.U <- C.D.S", "C.D.S Y > Q"],
    ),
    "union": (
        "postgres",
        "CREATE TABLE t AS SELECT id FROM a UNION ALL SELECT key FROM b",
        ["write c.d.t <- c.d.a c.d.b", "c.d.a id > id", "c.d.b key > id"],
    ),
    "recursion": (
        "postgres",
        """WITH RECURSIVE r AS (SELECT id, up FROM e UNION ALL SELECT e.id, e.up FROM e JOIN r ON e.up = r.id)
        INSERT INTO t SELECT id FROM r""",
        ["write c.d.t <- c.d.e", "c.d.e id > id"],
    ),
    "through subqueries with a star": (
        "postgres",
        "WITH a AS (SELECT * FROM raw.s), b AS (SELECT *, 1 AS one FROM a) INSERT INTO t SELECT id, one FROM b",
        ["write c.d.t <- c.raw.s", "c.raw.s id > id"],
    ),
    "a star over two tables is no answer": (
        "postgres",
        "WITH a AS (SELECT * FROM s JOIN u ON s.k = u.k) INSERT INTO t SELECT id FROM a",
        ["write c.d.t <- c.d.s c.d.u"],
    ),
    "a column of no certain table": (
        "postgres",
        "INSERT INTO t SELECT n, s.m FROM s, u",
        ["write c.d.t <- c.d.s c.d.u", "c.d.s m > m"],
    ),
    "an expression without a name": (
        "postgres",
        "INSERT INTO t SELECT a + b FROM s",
        ["write c.d.t <- c.d.s"],
    ),
    "json in a lateral flatten": (
        "snowflake",
        "create view v as select f.value:a::string as x from s, lateral flatten(input => s.j) f",
        ["write C.D.V <- C.D.S", "C.D.S J > X: CAST(GET_PATH(F.VALUE, 'a') AS VARCHAR)"],
    ),
    "rows that are moved": (
        "postgres",
        "WITH moved AS (DELETE FROM s WHERE a < 3 RETURNING id, n) INSERT INTO t SELECT id, n FROM moved",
        ["write c.d.t <- c.d.s", "c.d.s id > id", "c.d.s n > n"],
    ),
    "statements within a with": (
        "postgres",
        "WITH w AS (SELECT id FROM s), i AS (INSERT INTO t (x) SELECT id FROM w RETURNING x) SELECT x AS y FROM i",
        ["write c.d.t <- c.d.s", "c.d.s id > x", "read <- c.d.s c.d.t", "c.d.t x > y"],
    ),
    "a statement within a with that returns nothing": (
        "postgres",
        "WITH u AS (UPDATE t SET x = s.a FROM s) SELECT 1 AS one",
        ["write c.d.t <- c.d.t c.d.s", "c.d.s a > x", "read <- c.d.t"],
    ),
    "copy out of a query": ("postgres", "COPY (SELECT a FROM s) TO STDOUT", ["read <- c.d.s", "c.d.s a > a"]),
    "copy out of a table": ("postgres", "COPY s (a, b) TO '/tmp/x'", ["read <- c.d.s", "c.d.s * > *"]),
    "copy from a file": ("postgres", "COPY s FROM '/tmp/x'", []),
    "copy into a stage": ("snowflake", "COPY INTO @st/x FROM (SELECT A FROM S)", ["read <- C.D.S", "C.D.S A > A"]),
    "copy into a file": ("snowflake", "COPY INTO 's3://b/x' FROM s", ["read <- C.D.S", "C.D.S * > *"]),
    "copy from a stage": ("snowflake", "COPY INTO t (x) FROM (SELECT $1 FROM @st/x)", ["write C.D.T <-"]),
    "unload": (
        "redshift",
        "UNLOAD ('select a from s where b = ''x''') TO 's3://b/x' IAM_ROLE 'r'",
        ["read <- c.d.s", "c.d.s a > a"],
    ),
    "export": ("bigquery", "EXPORT DATA OPTIONS(uri='gs://b/*') AS SELECT a FROM s", ["read <- c.d.s", "c.d.s a > a"]),
    "insert into a folder": (
        "hive",
        "INSERT OVERWRITE DIRECTORY '/x' SELECT a FROM s",
        ["read <- c.d.s", "c.d.s a > a"],
    ),
    "a stream": (
        "databricks",
        "CREATE OR REFRESH STREAMING TABLE t AS SELECT a FROM STREAM(s)",
        ["write c.d.t <- c.d.s", "c.d.s a > a"],
    ),
    "a block": (
        "tsql",
        "IF @x = 1 BEGIN INSERT INTO t SELECT a FROM s END",
        ["write c.d.t <- c.d.s", "c.d.s a > a"],
    ),
    "what listens": ("postgres", "LISTEN x; NOTIFY x; UNLISTEN x", []),
    "columns of a stage have no names": ("snowflake", "SELECT t.$1 AS x FROM s AS t", ["read <- C.D.S"]),
    "a query": ("postgres", "SELECT a FROM s WHERE b IN (SELECT c FROM u)", ["read <- c.d.u c.d.s", "c.d.s a > a"]),
    "what only looks like a table": (
        "duckdb",
        "SELECT x FROM read_csv('a.csv'), 'b.parquet', unnest([1]) AS u(x)",
        ["read <-"],
    ),
    "drop": ("postgres", "DROP TABLE IF EXISTS a.b, c", ["drop c.a.b <-", "drop c.d.c <-"]),
    "rename": ("postgres", "ALTER TABLE a.b RENAME TO c", ["rename c.a.c <- c.a.b"]),
    "several statements": (
        "postgres",
        "BEGIN; INSERT INTO t SELECT a FROM s; COMMIT;",
        ["write c.d.t <- c.d.s", "c.d.s a > a"],
    ),
    "nothing that moves data": ("postgres", "GRANT SELECT ON t TO jane", []),
    "rows that are written out": ("postgres", "INSERT INTO t VALUES (1, 2)", []),
    "a function that is not known": ("postgres", "CREATE FUNCTION f() RETURNS int NEW THING AS 'select 1'", []),
    "a function": ("snowflake", "create function f() returns int as 'select 1' language sql", []),
    "only a comment": ("postgres", "-- nothing here\n", []),
}


def told(facts_of_statement: str, dialect: str, columns: Columns | None = None) -> list[str]:
    lines = []
    for facts in Reader(dialect, columns).read(facts_of_statement, "c", "d"):
        target = f" {'temporary ' * facts.temporary}{'.'.join(facts.target)}" if facts.target else ""
        lines.append(" ".join([f"{facts.effect}{target} <-", *(".".join(name) for name in facts.reads)]))
        if facts.effect != "rename":
            lines += [
                f"{'.'.join(step.source.table)} {step.source.column} > {step.column}"
                + (f": {step.transformation}" if step.transformation else "")
                for step in facts.steps
            ]
    return lines


@pytest.mark.parametrize("case", CASES)
def test_statement_says_what_it_reads_and_where_its_columns_come_from(case: str):
    dialect, sql, expected = CASES[case]
    lines = told(sql, dialect)
    assert lines[:1] == expected[:1]
    assert sorted(lines) == sorted(expected)


def test_known_columns_expand_a_star_and_place_columns_and_name_the_targets():
    columns = {
        TableName("c", "d", "s"): ["id", "n"],
        TableName("c", "d", "u"): ["k", "v"],
        TableName("c", "d", "t"): ["first", "second", "third"],
    }
    sql = "INSERT INTO t SELECT s.*, v * 2 FROM s JOIN u ON id = k"
    assert told(sql, "postgres", columns) == [
        "write c.d.t <- c.d.s c.d.u",
        "c.d.s id > first",
        "c.d.s n > second",
        "c.d.u v > third: u.v * 2",
    ]


def test_known_columns_are_found_in_any_case_where_the_dialect_does_not_care():
    columns = {TableName("Shop", "dbo", "Orders"): ["OrderId", "Total"]}
    sql = "CREATE VIEW v AS SELECT * FROM Shop.dbo.orders"
    assert "shop.dbo.orders orderid > orderid" in told(sql, "tsql", columns)


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("SELEC 1 FRM t", "line 1"),
        ("SELEC x", "no statement"),
        ("SELECT a FROM s WHERE x =", "line 1"),
        ("SELECT " + "(" * 3_000 + "1" + ")" * 3_000, "nested"),
        ("SELECT '" + "x" * MAX_STATEMENT_CHARACTERS + "'", "longer than 1,000,000 characters"),
        ("/* who */ CREATE TABLE t (a INT) SOMETHING NEW AS SELECT a FROM s", "CREATE"),
    ],
)
def test_statement_that_is_not_understood_says_why_in_one_line(sql: str, reason: str):
    with pytest.raises(NotUnderstood) as raised:
        Reader("postgres").read(sql)
    assert reason in str(raised.value)
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 400


def test_long_expression_is_cut():
    cases = " ".join(f"WHEN a = {number} THEN {number}" for number in range(200))
    [facts] = Reader("postgres").read(f"SELECT CASE {cases} END AS x FROM s")
    assert len(facts.steps[0].transformation or "") == 200


def test_chain_of_many_subqueries_is_walked_once():
    """Each of 40 stages reads the one before it twice: by paths that would be a million million."""
    stages = ", ".join(f"w{at} AS (SELECT x + x AS x, x AS y FROM w{at - 1})" for at in range(1, 41))
    [facts] = Reader("postgres").read(f"WITH w0 AS (SELECT a AS x FROM s), {stages} SELECT x, y FROM w40")
    assert {step.column for step in facts.steps} == {"x", "y"}


def test_answer_is_the_same_in_every_process():
    """Else a source would be written again though it is unchanged."""
    sql = "CREATE TABLE t AS SELECT concat(a, b, c, d, e, coalesce(a, f)) AS x, g + h AS y FROM s WHERE i = j AND k = 1"
    program = f"from ingest.extract.sql.lineage import Reader; print(Reader('postgres').read({sql!r}))"
    answers = {
        subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed}
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(answers) == 1
