"""Types of columns taken apart: kinds, keys and orders as databuilder makes them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.nested_types import MAX_CHARACTERS, MAX_DEPTH, nested_types, parse_type
from metadata_service.store.mutations import NodeRef, PutEdge, PutNode
from schemas.errors import Invalid

COLUMN = NodeRef("Column", "hive://gold.s/t/c")


def nodes(col_type: str) -> dict[str, tuple[object, ...]]:
    """Return what became of a type, by key below `…/c/type/`."""
    return {
        put.ref.key.removeprefix(f"{COLUMN.key}/type/"): tuple(put.props.values())
        for put in nested_types(COLUMN, col_type)
        if isinstance(put, PutNode)
    }


def test_nested_types_follow_the_reference():
    assert nodes("array<struct<a:int,b:map<string,array<int>>>>") == {
        "c": ("array", "c", "array<struct<a:int,b:map<string,array<int>>>>"),
        "c/_inner_": ("struct", "_inner_", "struct<a:int,b:map<string,array<int>>>"),
        "c/_inner_/a": ("scalar", "a", "int", 0),
        "c/_inner_/b": ("map", "b", "map<string,array<int>>", 1),
        "c/_inner_/b/_map_key": ("scalar", "_map_key", "string"),
        "c/_inner_/b/_map_value": ("array", "_map_value", "array<int>"),
    }


def test_every_nested_type_hangs_under_its_outer_one():
    edges = [put.ref for put in nested_types(COLUMN, "map<int,struct<a:int>>") if isinstance(put, PutEdge)]

    key = f"{COLUMN.key}/type/c"
    assert [(edge.type, edge.source.key, edge.target.key) for edge in edges] == [
        ("TYPE_METADATA", COLUMN.key, key),
        ("SUBTYPE", key, f"{key}/_map_key"),
        ("SUBTYPE", key, f"{key}/_map_value"),
        ("SUBTYPE", f"{key}/_map_value", f"{key}/_map_value/a"),
    ]


@pytest.mark.parametrize(
    ("col_type", "expected"),
    [
        ("array<int>", {"c": ("array", "c", "array<int>")}),
        ("STRUCT<A:INT>", {"c": ("struct", "c", "struct<a:int>"), "c/a": ("scalar", "a", "int", 0)}),
        ("row(a bigint)", {"c": ("struct", "c", "row(a bigint)"), "c/a": ("scalar", "a", "bigint", 0)}),
        (
            'row("x y" varchar(10), t timestamp(3) with time zone)',
            {
                "c": ("struct", "c", 'row("x y" varchar(10), t timestamp(3) with time zone)'),
                "c/x y": ("scalar", "x y", "varchar(10)", 0),
                "c/t": ("scalar", "t", "timestamp(3) with time zone", 1),
            },
        ),
        (
            "map(varchar, array(row(n decimal(10, 2))))",
            {
                "c": ("map", "c", "map(varchar, array(row(n decimal(10, 2))))"),
                "c/_map_key": ("scalar", "_map_key", "varchar"),
                "c/_map_value": ("array", "_map_value", "array(row(n decimal(10, 2)))"),
                "c/_map_value/_inner_": ("struct", "_inner_", "row(n decimal(10, 2))"),
                "c/_map_value/_inner_/n": ("scalar", "n", "decimal(10, 2)", 0),
            },
        ),
        (
            "struct<u:uniontype<int,array<string>>,`a/b`:int>",
            {
                "c": ("struct", "c", "struct<u:uniontype<int,array<string>>,`a/b`:int>"),
                "c/u": ("scalar", "u", "uniontype<int,array<string>>", 0),
                "c/a%2Fb": ("scalar", "a/b", "int", 1),
            },
        ),
    ],
)
def test_dialects_are_understood(col_type: str, expected: dict[str, tuple[object, ...]]):
    assert nodes(col_type) == expected


@pytest.mark.parametrize("col_type", ["int", "varchar(10)", "decimal(10,2)", "double precision", "rowid", "maps"])
def test_scalar_column_has_no_nested_types(col_type: str):
    assert parse_type(col_type).kind == "scalar"
    assert nodes(col_type) == {}


@pytest.mark.parametrize(
    "col_type",
    [
        "",
        "array",
        "array<>",
        "array<int",
        "array<int)",
        "array<int>>",
        "map<int>",
        "map<int,int,int>",
        "struct<a>",
        "struct<a:int,>",
        "struct<:int>",
        "row(bigint)",
        "decimal(10",
        "a)b(",
        "x<(>)",
        "array<" * (MAX_DEPTH + 1) + "int" + ">" * (MAX_DEPTH + 1),
        "array<" * 100_000,
        "struct<" + ",".join(f"f{n}:int" for n in range(MAX_CHARACTERS)) + ">",
    ],
)
def test_type_that_cannot_be_parsed_leaves_a_plain_column(col_type: str):
    assert nodes(col_type) == {}


def test_type_at_the_deepest_level_is_taken_apart():
    assert len(nodes("array<" * MAX_DEPTH + "int" + ">" * MAX_DEPTH)) == MAX_DEPTH


scalars = st.sampled_from(["int", "string", "decimal(10,2)", "timestamp(3) with time zone"])
names = st.from_regex(r"[a-z_][a-z0-9_]{0,5}", fullmatch=True)
types = st.recursive(
    scalars,
    lambda inner: st.one_of(
        inner.map("array<{}>".format),
        st.tuples(scalars, inner).map("map<{0[0]},{0[1]}>".format),
        st.lists(st.tuples(names, inner), min_size=1, max_size=3).map(
            lambda fields: f"struct<{','.join(f'{name}:{of}' for name, of in fields)}>"
        ),
    ),
    max_leaves=12,
)


@given(types)
def test_every_well_formed_type_is_parsed_whole(text: str):
    parsed = parse_type(text)

    assert parsed.text == text
    assert parsed.kind == next((kind for kind in ("array", "map", "struct") if text.startswith(kind)), "scalar")


@given(st.text(alphabet='<>(),: "`ab0' + "arraymapstructrow"))
def test_parser_answers_or_refuses_whatever_it_is_given(text: str):
    with suppress(Invalid):
        assert parse_type(text).text == text.strip()
