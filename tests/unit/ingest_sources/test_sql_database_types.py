"""Nested types as the graph takes them apart: what DuckDB writes comes out as what `nested_types` understands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.sql_database.column_types import array_of, duckdb_type, map_of, struct_of
from ingest.nested_types import Type, parse_type


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("INTEGER", "INTEGER"),
        ("DECIMAL(18,3)", "DECIMAL(18,3)"),
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH TIME ZONE"),
        ("ENUM('a[]', 'STRUCT(', ']')", "ENUM('a[]', 'STRUCT(', ']')"),
        ("INTEGER[]", "array<INTEGER>"),
        ("INTEGER[3]", "array<INTEGER>"),
        ("DECIMAL(10,2)[][4]", "array<array<DECIMAL(10,2)>>"),
        ("TIMESTAMP WITH TIME ZONE[]", "array<TIMESTAMP WITH TIME ZONE>"),
        ("ENUM('it''s', ')')[]", "array<ENUM('it''s', ')')>"),
        ("MAP(VARCHAR, INTEGER[])", "map<VARCHAR,array<INTEGER>>"),
        ("STRUCT(a INTEGER, b STRUCT(c VARCHAR)[])[]", "array<struct<a:INTEGER,b:array<struct<c:VARCHAR>>>>"),
        ('STRUCT("a b" INTEGER, "q""x" DATE)', 'struct<"a b":INTEGER,`q"x`:DATE>'),
        ("UNION(n INTEGER, s VARCHAR)", "UNION(n INTEGER, s VARCHAR)"),
        ("STRUCT(u UNION(n INTEGER, s VARCHAR))", "struct<u:UNION(n INTEGER, s VARCHAR)>"),
        ('STRUCT("struct" MAP(INTEGER, INTEGER))', "struct<struct:map<INTEGER,INTEGER>>"),
    ],
)
def test_types_of_duckdb_are_rewritten(written: str, expected: str):
    assert duckdb_type(written) == expected


@pytest.mark.parametrize(
    "odd", ["STRUCT(", "STRUCT(a)", "MAP(INTEGER)", "MAP(A, B, C)", "STRUCT(a INTEGER))[]", "[]", "STRUCT[a INTEGER]"]
)
def test_what_is_not_understood_stays_as_it_is(odd: str):
    assert duckdb_type(odd) == odd


@pytest.mark.parametrize("deep", ["STRUCT(a " * 5000 + "INTEGER" + ")" * 5000, "INTEGER" + "[]" * 60_000])
def test_what_is_nested_too_deeply_or_too_long_stays_as_it_is(deep: str):
    assert duckdb_type(deep) == deep


NAMES = st.text(
    st.characters(codec="utf-8", exclude_characters='"`\0', exclude_categories=["Lu", "Lt", "Cs"]), min_size=1
)
SCALARS = st.sampled_from(["integer", "decimal(18,3)", "varchar", "timestamp with time zone"])
TREES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.tuples(st.just("array"), inner),
        st.tuples(st.just("map"), inner, inner),
        st.tuples(st.just("struct"), st.lists(st.tuples(NAMES, inner), min_size=1, max_size=4)),
    ),
    max_leaves=12,
)


def in_duckdb(tree: object) -> str:
    match tree:
        case ("array", inner):
            return f"{in_duckdb(inner)}[]"
        case ("map", key, value):
            return f"MAP({in_duckdb(key)}, {in_duckdb(value)})"
        case ("struct", fields):
            return f"STRUCT({', '.join(f'{chr(34)}{name}{chr(34)} {in_duckdb(inner)}' for name, inner in fields)})"
    return str(tree)


def ours(tree: object) -> str:
    match tree:
        case ("array", inner):
            return array_of(ours(inner))
        case ("map", key, value):
            return map_of(ours(key), ours(value))
        case ("struct", fields):
            return struct_of([(name, ours(inner)) for name, inner in fields])
    return str(tree)


def shape(of: Type) -> object:
    if of.kind == "scalar":
        return of.text
    parts = [(name, shape(part)) for name, part in of.parts]
    return (of.kind, parts) if of.kind == "struct" else (of.kind, *(inner for _, inner in parts))


@given(TREES)
def test_every_nested_type_is_understood_by_the_graph_as_it_was_meant(tree: object):
    written = duckdb_type(in_duckdb(tree))

    assert written == ours(tree)
    assert shape(parse_type(written)) == tree
