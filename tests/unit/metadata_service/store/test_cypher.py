"""The Cypher that shapes compile to."""

from collections.abc import Mapping
from typing import Any

import pytest

from metadata_service.catalog.tables import TABLE_DETAIL
from metadata_service.store.cypher import Compiled, by_code_point, compile_shape
from metadata_service.store.shapes import Order, Select, Shape
from schemas.errors import Invalid
from schemas.graph import Direction

IN = Direction.IN


def compiled(**children: Select) -> Compiled:
    return compile_shape(Shape("Table", children=children))


def row(**children: Select) -> str:
    """Return the expression that a shape's children compile to."""
    before, _, after = compiled(**children).statement.partition(" RETURN ")
    assert before == "UNWIND $keys AS key MATCH (n0:Table {key: key})"
    return after.removesuffix(" AS row")


ROWS: dict[str, tuple[Mapping[str, Select], str]] = {
    "a child": (
        {"columns": Select(("COLUMN",), "Column", props=("name", "sort_order"))},
        "[n0.key, [(n0)-[r2:COLUMN]->(n1:Column) | [n1.name, n1.sort_order, n1.key]]]",
    ),
    "the other direction": (
        {"stats": Select(("STAT_OF",), "Stat", IN)},
        "[n0.key, [(n0)<-[r2:STAT_OF]-(n1:Stat) | [n1.key]]]",
    ),
    "all properties": (
        {"owners": Select(("OWNER",), "User", props=None)},
        "[n0.key, [(n0)-[r2:OWNER]->(n1:User) | [properties(n1), n1.key]]]",
    ),
    "properties of the relation, and what only sorts": (
        {
            "readers": Select(
                ("READ_BY",),
                "User",
                edge_props=("read_count",),
                order=(Order("read_count", "edge"), Order("email")),
            )
        },
        "[n0.key, [(n0)-[r2:READ_BY]->(n1:User) | [n1.key, r2.read_count, n1.email]]]",
    ),
    "several relations, the first one first": (
        {"people": Select(("OWNER", "READ_BY"), "User")},
        "[n0.key, [(n0)-[r2:OWNER]->(n1:User) | [n1.key]] + [(n0)-[r2:READ_BY]->(n1:User) | [n1.key]]]",
    ),
    "a reverse relation of that name is not followed": (
        {"marks": Select(("WATERMARK",), "Watermark"), "tags": Select(("TAG", "TAGGED_BY"), "Tag")},
        "[n0.key, [], [(n0)-[r4:TAGGED_BY]->(n3:Tag) | [n3.key]]]",
    ),
    "tests are parameters": (
        {"tags": Select(("TAGGED_BY",), "Tag", where={"tag_type": "a", "weight": 2})},
        "[n0.key, [(n0)-[r2:TAGGED_BY]->(n1:Tag) WHERE n1.tag_type = $p0 AND n1.weight = $p1 | [n1.key]]]",
    ),
    "children of children": (
        {"columns": Select(("COLUMN",), "Column", children={"badges": Select(("HAS_BADGE",), "Badge")})},
        "[n0.key, [(n0)-[r2:COLUMN]->(n1:Column) | [n1.key, [(n1)-[r4:HAS_BADGE]->(n3:Badge) | [n3.key]]]]]",
    ),
    "a limit by number, cut by the database": (
        {"readers": Select(("READ_BY",), "User", order=(Order("read_count", "edge", descending=True),), limit=5)},
        (
            "[n0.key, COLLECT { MATCH (n0)-[r2:READ_BY]->(n1:User) WITH n1, r2 ORDER BY r2.read_count IS NULL, "
            f"r2.read_count DESC, {by_code_point('n1.key')} LIMIT $p0 RETURN [n1.key, r2.read_count] }}]"
        ),
    ),
    "a limit by text, cut where it is read": (
        {"owners": Select(("OWNER",), "User", order=(Order("email"),), limit=5)},
        "[n0.key, [(n0)-[r2:OWNER]->(n1:User) | [n1.key, n1.email]]]",
    ),
}


@pytest.mark.parametrize(("children", "expected"), ROWS.values(), ids=ROWS)
def test_a_shape_becomes_lists_of_rows(children: Mapping[str, Select], expected: str):
    assert row(**children) == expected


def test_what_repeats_becomes_rows_that_name_their_parent():
    types = Select(("TYPE_METADATA",), "Type_Metadata", props=("kind",), where={"kind": "map"}, repeat=("SUBTYPE",))
    found = compile_shape(Shape("Column", children={"types": types}))
    assert found.statement == (
        "UNWIND $keys AS key MATCH (n0:Column {key: key}) RETURN [n0.key, "
        "[(n0)-[r2:TYPE_METADATA]->(n1:Type_Metadata) WHERE n1.kind = $p0 | [n1.kind, n1.key, "
        "[p5 = (n1)-[r4:SUBTYPE*1..31]->(n3:Type_Metadata) WHERE n3.kind = $p1 | "
        "[nodes(p5)[-2].key, type(last(r4)), [n3.kind, n3.key]]]]]] AS row"
    )
    assert found.parameters == {"p0": "map", "p1": "map"}


def test_parameters_hold_every_value():
    readers = Select(("READ_BY",), "User", where={"email": "'\"`$"}, limit=5)
    found = compiled(readers=readers)
    assert found.parameters == {"p0": "'\"`$", "p1": 10}
    assert "'\"`$" not in found.statement


def test_a_shape_is_compiled_once():
    assert compile_shape(TABLE_DETAIL) is compile_shape(TABLE_DETAIL)


def test_a_page_of_a_table_is_one_statement_without_products():
    """Two MATCHes on one level would multiply their rows."""
    statement = compile_shape(TABLE_DETAIL).statement
    outside = statement
    while "COLLECT {" in outside:
        before, _, after = outside.partition("COLLECT {")
        outside = before + after.partition("}")[2]
    assert outside.count("MATCH") == 1


@pytest.mark.parametrize(
    "select",
    [
        {"via": ("NO_SUCH",), "to": "Column"},
        {"via": ("COLUMN",), "to": "No_Such"},
        {"via": ("COLUMN",), "to": "Column", "props": ("a}) DETACH DELETE n //",)},
        {"via": ("COLUMN",), "to": "Column", "edge_props": ("a b",)},
        {"via": ("COLUMN",), "to": "Column", "where": {"`": 1}},
        {"via": ("COLUMN",), "to": "Column", "order": (Order("1a"),)},
        {"via": ("COLUMN",), "to": "Column", "repeat": ("SUBTYPE*",)},
    ],
)
def test_names_that_are_no_names_are_refused(select: dict[str, Any]):
    with pytest.raises(Invalid):
        compiled(columns=Select(**select))
