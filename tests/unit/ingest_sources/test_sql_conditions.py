"""How statements join tables and choose rows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.sql.lineage import Reader


def joins(sql: str, dialect: str = "postgres") -> list[str]:
    [facts] = Reader(dialect).read(sql)
    return [
        f"{join.type}: {join.left.table.name}.{join.left.column} {join.operator} "
        f"{join.right.table.name}.{join.right.column}"
        for join in facts.joins
    ]


def filters(sql: str, dialect: str = "postgres", *, literals: bool = True) -> list[str]:
    [facts] = Reader(dialect, literals=literals).read(sql)
    return [f"{one.table.name}: {one.clause} {','.join(one.columns)}" for one in facts.filters]


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM a JOIN b ON a.x = b.y", ["inner join: a.x = b.y"]),
        ("SELECT 1 FROM a JOIN b USING (k)", ["inner join: a.k = b.k"]),
        ("SELECT 1 FROM a, b WHERE b.y = a.x", ["inner join: a.x = b.y"]),
        ("SELECT 1 FROM a LEFT JOIN b ON b.y = a.x", ["left join: a.x = b.y"]),
        ("SELECT 1 FROM b RIGHT JOIN a ON b.y = a.x", ["left join: a.x = b.y"]),
        ("SELECT 1 FROM b FULL OUTER JOIN a ON b.y = a.x", ["full join: a.x = b.y"]),
        ("SELECT 1 FROM a LEFT JOIN b ON a.x = b.y AND a.v > b.w", ["left join: a.x = b.y", "left join: a.v > b.w"]),
        ("SELECT 1 FROM a JOIN (SELECT y AS z FROM b) q ON q.z = a.x", ["inner join: a.x = b.y"]),
        ("WITH q AS (SELECT * FROM b) SELECT 1 FROM a JOIN q ON q.y = a.x", ["inner join: a.x = b.y"]),
        ("SELECT 1 FROM a JOIN b ON lower(a.x) = b.y", []),
        ("SELECT 1 FROM a JOIN (SELECT max(y) AS y FROM b) q ON q.y = a.x", []),
        ("SELECT 1 FROM a p JOIN a c ON p.id = c.up", ["inner join: a.id = a.up"]),
        ("SELECT 1 FROM a CROSS JOIN b", []),
        ("SELECT 1 FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.y = a.x)", []),
    ],
)
def test_joins_are_traced_to_tables(sql: str, expected: list[str]):
    assert joins(sql) == expected


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT 1 FROM a WHERE s = 'x' AND (n > 1 OR n IS NULL)", ["a: s = 'x' s", "a: n > 1 OR n IS NULL n"]),
        ("SELECT 1 FROM a q WHERE q.s IN ('x', 'y')", ["a: s IN ('x', 'y') s"]),
        ("SELECT 1 FROM a JOIN b ON a.k = b.k WHERE b.s LIKE '%z'", ["b: s LIKE '%z' s"]),
        ("SELECT 1 FROM (SELECT n AS m FROM a WHERE d > 3) q WHERE q.m = 4", ["a: d > 3 d", "a: n = 4 n"]),
        ("SELECT 1 FROM a, b WHERE s = 1", []),
        ("SELECT 1 FROM a WHERE k IN (SELECT k FROM b)", []),
        ("SELECT 1 FROM a WHERE TRUE AND 1 = 1", []),
        ("SELECT 1 FROM a, b WHERE a.x + b.y > 3", []),
        (f"SELECT 1 FROM a WHERE x IN ({', '.join(map(str, range(500)))})", []),
    ],
)
def test_filters_are_traced_to_the_one_table_they_are_about(sql: str, expected: list[str]):
    assert filters(sql) == expected


@pytest.mark.parametrize("condition", ["A.X = B.Y(+)", "B.Y(+) = A.X"])
def test_outer_join_of_oracle_is_a_left_join(condition: str):
    assert joins(f"SELECT 1 FROM A, B WHERE {condition}", "oracle") == ["left join: A.X = B.Y"]


def test_filters_hide_their_values_when_asked():
    assert filters("SELECT 1 FROM a WHERE s = 'jane@x.org' AND n BETWEEN 1 AND 2", literals=False) == [
        "a: s = ? s",
        "a: n BETWEEN ? AND ? n",
    ]


SIDES = {"JOIN": "JOIN", "FULL JOIN": "FULL JOIN", "LEFT JOIN": "RIGHT JOIN", "RIGHT JOIN": "LEFT JOIN"}
TURNED = {"=": "=", "<": ">", ">=": "<=", "<>": "<>"}


@given(
    kind=st.sampled_from(sorted(SIDES)),
    operator=st.sampled_from(sorted(TURNED)),
    tables=st.permutations(["a", "b"]),
)
def test_join_is_the_same_whichever_way_round_it_is_written(kind: str, operator: str, tables: list[str]):
    one, other = tables
    sql = f"SELECT 1 FROM {one} {kind} {other} ON {one}.x {operator} {other}.y"
    turned = f"SELECT 1 FROM {other} {SIDES[kind]} {one} ON {other}.y {TURNED[operator]} {one}.x"
    assert joins(sql) == joins(turned) != []
