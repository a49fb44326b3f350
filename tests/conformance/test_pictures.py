"""A picture is what the three questions it stands for answer, whatever is asked of it."""

from collections.abc import Mapping
from typing import Any

import pytest
from graphs import Statements, badge, by_copy, column, dashboard, link, node, nodes, outline, table, tag, user

from metadata_service.lineage.views import SHAPES
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore, Picture
from metadata_service.store.shapes import Order, Select, Shape
from metadata_service.store.ways import Way
from schemas.errors import Invalid
from schemas.graph import READS, Direction

DOWN, SHOWS = "HAS_DOWNSTREAM", "DASHBOARD_WITH_TABLE"
WAYS = [Way(DOWN, Direction.OUT), Way(SHOWS, Direction.IN)]
T, U, BARE, BOARD, C = table("t"), table('it\'s "odd" \U0001f4e6'), table("bare"), dashboard("d"), column("c")
ORPHAN = NodeRef("Column", "hive://gold.core/gone/c")
ALL = [T, U, BARE, BOARD, C, ORPHAN]
TYPES: dict[str, Any] = {"weight": 2.5, "big": 2**53 + 1, "is_view": True, "list": ["x", '"']}


@pytest.fixture
def store(graph_store: GraphStore) -> GraphStore:
    """Tables, a dashboard and columns with owners, badges and lineage, to themselves and twice over too."""
    names = {
        "name": 'a "name"\\n\u2028',
        READS: 7,
        "weight": 2.5,
        "big": 2**53 + 1,
        "is_view": True,
        "list": ["x", '"'],
    }
    by_copy(graph_store, node(T, **names), *nodes(U, BARE, BOARD, C, ORPHAN, tag("t")))
    by_copy(graph_store, *nodes(*map(user, "bca"), badge("z")), node(badge("gold"), category="status"))
    owned = [link(T, "OWNER", user(name)) for name in "bca"] + [link(BOARD, "OWNER", user("a"))]
    by_copy(graph_store, *owned, *(link(ref, "HAS_BADGE", badge(name)) for ref in (T, C) for name in ("z", "gold")))
    by_copy(graph_store, link(T, "COLUMN", C), link(T, "TAGGED_BY", tag("t")))
    pairs = [(T, U), (U, T), (T, T), (T, BOARD), (C, ORPHAN), (T, C)]
    by_copy(graph_store, *(link(a, DOWN, b, fram_source="csv", note='"') for a, b in pairs), link(BOARD, SHOWS, T))
    return graph_store


def told(found: Picture, shapes: Mapping[str, Shape]) -> tuple[dict[NodeRef, Any], list[Any]]:
    nodes = {ref: (outline(record, shapes[ref.label]), degrees) for ref, (record, degrees) in found.nodes.items()}
    return nodes, sorted(found.edges, key=repr)


def of_each(props: tuple[str, ...] | None = (), **selects: Select) -> dict[str, Shape]:
    return {label: Shape(label, props, selects) for label in SHAPES}


BADGES = Select(("HAS_BADGE",), "Badge")
OTHERS: dict[str, Mapping[str, Shape]] = {
    "what lineage shows": SHAPES,
    "everything": of_each(None),
    "ordered and cut": of_each(x=Select(("OWNER",), "User", order=(Order("x"),), limit=2)),
    "tested": of_each(x=Select(("HAS_BADGE",), "Badge", where={"category": None})),
    "two relations": of_each(x=Select(("OWNER", "READ_BY"), "User")),
    "two levels": of_each(x=Select(("COLUMN",), "Column", children={"badges": BADGES}), badges=BADGES),
    "each its own": {"Table": SHAPES["Table"], "Column": Shape("Column"), "Dashboard": Shape("Dashboard", None)},
}


@pytest.mark.parametrize("shapes", OTHERS.values(), ids=OTHERS)
@pytest.mark.parametrize("refs", [ALL, [T], [T, T, U, table("none")], [table("none")], []], ids=str)
def test_a_picture_is_what_its_questions_answer(store: GraphStore, refs: list[NodeRef], shapes: Mapping[str, Shape]):
    found = store.picture(refs, shapes, WAYS, 100)
    assert told(found, shapes) == told(GraphStore.picture(store, refs, shapes, WAYS, 100), shapes)
    assert found.nodes.keys() == {ref for ref in refs if ref in ALL}


def test_a_picture_shows_nodes_as_they_are(store: GraphStore):
    found = store.picture([T, C], SHAPES, WAYS, 100)
    record, degrees = found.nodes[T]
    assert (record.props["name"], record.props[READS]) == ('a "name"\\n\u2028', 7)
    assert [owner.key for owner in record.children["owners"]] == ["a", "b", "c"]
    assert [(item.key, item.props.get("category")) for item in record.children["badges"]] == [
        ("gold", "status"),
        ("z", None),
    ]
    assert degrees == (2, 4)
    (above,) = found.nodes[C].record.children["table"]
    assert (above.key, [owner.key for owner in above.children["owners"]]) == (T.key, ["a", "b", "c"])
    assert {edge.ref: edge.props for edge in found.edges} == {
        (DOWN, T, T): {"fram_source": "csv", "note": '"'},
        (DOWN, T, C): {"fram_source": "csv", "note": '"'},
    }


def test_values_of_every_type_come_as_they_were_written(store: GraphStore):
    props = store.picture([T], of_each(None), WAYS, 0).nodes[T].record.props
    assert {name: (type(props[name]), props[name]) for name in TYPES} == {
        name: (type(value), value) for name, value in TYPES.items()
    }


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (1, 1), (4, 4), (100, 7)])
def test_a_picture_has_no_more_relations_than_it_may(store: GraphStore, limit: int, count: int):
    found = store.picture(ALL, SHAPES, WAYS, limit)
    assert len(found.edges) == count
    assert found.nodes.keys() == set(ALL)


def test_a_picture_takes_one_statement_of_a_store_that_can(store: GraphStore, statements: Statements):
    statements.texts.clear()
    store.picture(ALL, SHAPES, WAYS, 100)
    # By three questions: counts, what is read (three statements at most), for each of three labels; and the relations.
    assert len(statements.texts) <= 3 * (1 + 5) + 1


def test_what_the_model_does_not_have_is_refused(graph_store: GraphStore):
    for refs, shapes, ways in (
        ([NodeRef("Table", "a\0")], SHAPES, WAYS),
        ([T], SHAPES, [Way("WRONG", Direction.OUT)]),
        ([T], {"Table": Shape("Table", (), {"x": Select(("WRONG",), "User")})}, WAYS),
        ([T], {"Table": Shape("Table", (), {"x": Select(("OWNER",), "'Wrong")})}, WAYS),
    ):
        with pytest.raises(Invalid):
            graph_store.picture(refs, shapes, ways, 1)
