"""Records from the rows that a compiled shape returns."""

from datetime import date
from typing import Any

import pytest
from neo4j.time import Date, DateTime, Duration

from metadata_service.store.cypher import compile_shape
from metadata_service.store.mutations import EdgeRef, NodeRef
from metadata_service.store.neo4j_records import edge_of, plain, reader
from metadata_service.store.shapes import NESTED, Order, Record, Select, Shape
from schemas.graph import Direction


def read(select: Select, rows: list[list[Any]], label: str = "Table") -> list[Record]:
    """Read one node with these rows of a child."""
    (record,) = reader(compile_shape(Shape(label, children={"it": select})).layout)([["root", rows]])
    assert record.key == "root"
    return record.children["it"]


def keys(records: list[Record]) -> list[str]:
    return [record.key for record in records]


def test_a_row_becomes_properties_key_relation_and_children():
    people = Select(
        ("READ_BY",),
        "User",
        props=("email", "is_active"),
        edge_props=("read_count",),
        children={"managers": Select(("MANAGE_BY",), "User", props=None)},
    )
    (found,) = read(people, [["a@x", True, "ann", 7, [[{"key": "bob", "team_name": "x"}, "bob"]]]])
    assert (found.props, found.key, found.edge) == ({"email": "a@x", "is_active": True}, "ann", {"read_count": 7})
    (manager,) = found.children["managers"]
    assert (manager.key, manager.props, manager.edge, manager.children) == ("bob", {"team_name": "x"}, {}, {})


def test_rows_are_distinct_and_in_order_of_their_keys():
    tags = Select(("TAGGED_BY", "TAG"), "Tag", props=("tag_type",))
    found = read(tags, [["first", "b"], [None, "\U0001f600"], [None, "\uffee"], ["second", "b"], [None, "a"]])
    assert keys(found) == ["a", "b", "\uffee", "\U0001f600"]
    assert found[1].props == {"tag_type": "first"}


def test_rows_are_sorted_nulls_last_and_cut():
    columns = Select(("COLUMN",), "Column", order=(Order("sort_order", descending=True), Order("name")), limit=4)
    rows = [["a", None, "z"], ["b", 1, "y"], ["c", 2, None], ["d", 1, "x"], ["e", None, "y"]]
    assert keys(read(columns, rows)) == ["c", "d", "b", "e"]


def test_no_rows_are_no_records():
    assert read(Select(("COLUMN",), "Column", props=("name",)), []) == []


def test_nested_rows_hang_under_the_rows_they_name():
    types = Select(("SUBTYPE",), "Type_Metadata", repeat=("SUBTYPE",))
    nested = [["a", "SUBTYPE", ["c"]], ["a", "SUBTYPE", ["b"]], ["b", "SUBTYPE", ["d"]], ["gone", "SUBTYPE", ["e"]]]
    (found,) = read(types, [["a", nested]], "Type_Metadata")

    def tree(record: Record) -> Any:
        return {record.key: [tree(child) for child in record.children[NESTED]]}

    assert tree(found) == {"a": [{"b": [{"d": []}]}, {"c": []}]}


def test_foreign_values_and_keys_break_no_read():
    badges = Select(("HAS_BADGE",), "Badge", props=("category", "since"))
    rows = [[Date(2024, 1, 2), ["a"], 7], [1.5, [1, Date(2024, 1, 2)], "b"], ["none", None, None]]
    found = read(badges, rows)
    assert [(record.key, record.props) for record in found] == [
        ("7", {"category": "2024-01-02", "since": ["a"]}),
        ("b", {"category": 1.5, "since": ["1", "2024-01-02"]}),
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (1, 1),
        (0.5, 0.5),
        ("x", "x"),
        (["x"], ["x"]),
        ([], []),
        ([1, 2.5], ["1", "2.5"]),
        (DateTime(2024, 1, 2, 3), "2024-01-02T03:00:00.000000000"),
        (Duration(days=1), "P1D"),
        (date(2024, 1, 2), "2024-01-02"),
        (b"x", "b'x'"),
    ],
)
def test_plain_values_stay_and_others_become_text(value: Any, expected: Any):
    found = plain(value)
    assert (found, type(found)) == (expected, type(expected))


def test_relations_are_those_of_the_model():
    table = NodeRef("Table", "t")
    column = NodeRef("Column", "c")
    assert edge_of("COLUMN", table, ["X", "Column"], "c", Direction.OUT) == EdgeRef("COLUMN", table, column)
    assert edge_of("COLUMN", column, ["Table"], "t", Direction.IN) == EdgeRef("COLUMN", table, column)
    assert edge_of("COLUMN", table, ["Column"], "c", Direction.IN) is None
    assert edge_of("COLUMN", table, ["X"], "c", Direction.OUT) is None
    assert edge_of("COLUMN", table, ["Column"], 7, Direction.OUT) is None
