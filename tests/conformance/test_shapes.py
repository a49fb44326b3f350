"""What a shape reads: the root, its children, their order, limits, tests and nesting."""

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import pytest
from graphs import (
    badge,
    by_source,
    column,
    description,
    keys,
    link,
    names,
    node,
    nodes,
    outline,
    present,
    table,
    tag,
    user,
)

from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import MAX_NESTING, NESTED, Order, Select, Shape
from schemas.graph import GONE, Direction, Value

COLUMNS = Select(("COLUMN",), "Column")


def columns(store: GraphStore, values: dict[str, dict[str, Any]]) -> None:
    """Put a table `t` with columns of these properties."""
    by_source(store, node(table("t")))
    for name, props in values.items():
        by_source(store, node(column(name), **props), link(table("t"), "COLUMN", column(name)))


def ordered(store: GraphStore, *order: Order, limit: int | None = None) -> list[str]:
    select = Select(("COLUMN",), "Column", order=order, limit=limit)
    record = store.fetch(table("t").key, Shape("Table", children={"columns": select}))
    assert record is not None
    return names(record.children["columns"])


def test_fetch_of_an_unknown_key_is_none(graph_store: GraphStore):
    assert graph_store.fetch("hive://gold.core/none", Shape("Table", children={"columns": COLUMNS})) is None


def test_fetch_looks_at_its_own_label_only(graph_store: GraphStore):
    by_source(graph_store, node(tag("shared"), tag_type="default"), node(badge("shared"), category="table"))
    record = graph_store.fetch("shared", Shape("Badge", props=None))
    assert record is not None
    assert present(record.props) == {"category": "table"}


def test_fetch_many_returns_those_that_exist(graph_store: GraphStore):
    by_source(graph_store, *nodes(table("a"), table("b"), table("c")))
    wanted = [table("c").key, table("none").key, table("a").key, table("a").key]
    assert set(graph_store.fetch_many(wanted, Shape("Table"))) == {table("a").key, table("c").key}


def test_fetch_many_of_nothing_is_empty(graph_store: GraphStore):
    assert graph_store.fetch_many([], Shape("Table", children={"columns": COLUMNS})) == {}


def test_a_record_holds_the_selected_properties(graph_store: GraphStore):
    by_source(graph_store, node(table("t"), name="t", is_view=False))
    record = graph_store.fetch(table("t").key, Shape("Table", props=("name", "is_view", "absent")))
    assert record is not None
    assert present(record.props) == {"name": "t", "is_view": False}


def test_every_child_is_there_even_when_empty(graph_store: GraphStore):
    by_source(graph_store, node(table("t")))
    shape = Shape("Table", children={"columns": COLUMNS, "tags": Select(("TAGGED_BY",), "Tag")})
    record = graph_store.fetch(table("t").key, shape)
    assert record is not None
    assert record.children == {"columns": [], "tags": []}


def test_children_are_walked_in_the_direction_asked_for(graph_store: GraphStore):
    up, down = table("up"), table("down")
    by_source(graph_store, *nodes(up, down), link(up, "HAS_DOWNSTREAM", down))
    lineage = Shape(
        "Table",
        children={
            "downstream": Select(("HAS_DOWNSTREAM",), "Table", Direction.OUT),
            "upstream": Select(("HAS_DOWNSTREAM",), "Table", Direction.IN),
        },
    )
    found = graph_store.fetch_many([up.key, down.key], lineage)
    assert names(found[up.key].children["downstream"]) == ["down"]
    assert found[up.key].children["upstream"] == []
    assert names(found[down.key].children["upstream"]) == ["up"]
    assert found[down.key].children["downstream"] == []


def test_children_are_of_the_label_asked_for(graph_store: GraphStore):
    words, robot = description(table("t")), NodeRef("Programmatic_Description", f"{table('t').key}/_dbt_description")
    by_source(graph_store, node(table("t")), node(words, description="a"), node(robot, description="b"))
    by_source(graph_store, link(table("t"), "DESCRIPTION", words), link(table("t"), "DESCRIPTION", robot))
    shape = Shape(
        "Table",
        children={
            "text": Select(("DESCRIPTION",), "Description", props=("description",)),
            "programmatic": Select(("DESCRIPTION",), "Programmatic_Description", props=("description",)),
        },
    )
    record = graph_store.fetch(table("t").key, shape)
    assert record is not None
    assert [r.props["description"] for r in record.children["text"]] == ["a"]
    assert [r.props["description"] for r in record.children["programmatic"]] == ["b"]


def test_one_relation_leads_to_several_labels_and_twice_to_one(graph_store: GraphStore):
    ann, ref = user("ann"), NodeRef("Feature", "group/f/1")
    by_source(graph_store, *nodes(ann, ref, table("b"), table("d"), table("c")), node(column("x", "b")))
    by_source(graph_store, link(table("b"), "COLUMN", column("x", "b")))
    for place, owned in enumerate((table("b"), ref, table("d"), table("c"))):
        by_source(graph_store, link(owned, "OWNER", ann, place=place))
    shape = Shape(
        "User",
        children={
            "tables": Select(("OWNER",), "Table", Direction.IN, children={"columns": COLUMNS}),
            "dashboards": Select(("OWNER",), "Dashboard", Direction.IN),
            "features": Select(("OWNER",), "Feature", Direction.IN, edge_props=("place",)),
            "last": Select(
                ("OWNER",), "Table", Direction.IN, order=(Order("place", on="edge", descending=True),), limit=1
            ),
            "owners": Select(("OWNER",), "User"),
        },
    )
    record = graph_store.fetch(ann.key, shape)
    assert record is not None
    assert {name: names(records) for name, records in record.children.items()} == {
        "tables": ["b", "c", "d"],
        "dashboards": [],
        "features": ["1"],
        "last": ["c"],
        "owners": [],
    }
    assert [names(found.children["columns"]) for found in record.children["tables"]] == [["x"], [], []]
    assert present(record.children["features"][0].edge) == {"place": 1}


def test_of_what_is_counted_there_are_as_many_records(graph_store: GraphStore):
    ann, bob, ref = user("ann"), user("bob"), NodeRef("Feature", "group/f/1")
    by_source(graph_store, *nodes(ann, bob, ref, table("a"), table("b")), node(table("c"), **{GONE: 1}))
    for owned in (table("a"), table("b"), table("c"), ref):
        by_source(graph_store, link(owned, "OWNER", ann), link(owned, "FOLLOWED_BY", bob))
    by_source(graph_store, link(table("a"), "OWNER", bob), link(table("b"), "READ_BY", ann))

    def counted(to: str, via: tuple[str, ...] = ("OWNER",), where: str = GONE, **more: Any) -> Select:
        return Select(via, to, Direction.IN, where=dict.fromkeys([where] if where else []), counted=True, **more)

    shape = Shape(
        "User",
        children={
            "tables": counted("Table"),
            "dashboards": counted("Dashboard"),
            "features": counted("Feature"),
            "gone too": counted("Table", where=""),
            "without a name": counted("Table", where="name"),
            "one at most": counted("Table", limit=1),
            "by any": counted("Table", ("OWNER", "READ_BY", "FOLLOWED_BY")),
            "named": Select(("OWNER",), "Table", Direction.IN, where={GONE: None}),
        },
    )
    found = graph_store.fetch_many([ann.key, bob.key], shape)
    numbers = {
        who: [len(found[who.key].children[name]) for name in shape.children if name != "named"] for who in (ann, bob)
    }
    assert numbers == {ann: [2, 0, 1, 3, 3, 1, 2], bob: [1, 0, 0, 1, 1, 1, 2]}
    assert [names(found[who.key].children["named"]) for who in (ann, bob)] == [["a", "b"], ["a"]]


def test_a_record_holds_the_properties_of_the_relation_walked(graph_store: GraphStore):
    by_source(graph_store, node(table("t")), node(user("ann")), link(table("t"), "READ_BY", user("ann"), read_count=7))
    shape = Shape("Table", children={"readers": Select(("READ_BY",), "User", edge_props=("read_count",))})
    record = graph_store.fetch(table("t").key, shape)
    assert record is not None
    assert present(record.children["readers"][0].edge) == {"read_count": 7}


def test_a_node_reached_by_several_relations_appears_once_by_the_first(graph_store: GraphStore):
    ann, t = user("ann"), table("t")
    by_source(graph_store, *nodes(ann, t), link(t, "OWNER", ann, weight=1), link(t, "READ_BY", ann, read_count=2))
    by_source(graph_store, link(t, "FOLLOWED_BY", ann))
    for via, edge in (("READ_BY", "OWNER"), {"read_count": 2}), (("OWNER", "READ_BY"), {"weight": 1}):
        people = Select((*via, "FOLLOWED_BY"), "User", edge_props=("weight", "read_count"))
        record = graph_store.fetch(t.key, Shape("Table", children={"people": people}))
        assert record is not None
        assert [present(person.edge) for person in record.children["people"]] == [edge]


def test_a_node_shared_by_several_parents_is_a_child_of_each(graph_store: GraphStore):
    columns(graph_store, {"a": {}, "b": {}})
    by_source(graph_store, node(badge("pii"), category="column"))
    by_source(graph_store, *(link(column(name), "HAS_BADGE", badge("pii")) for name in "ab"))
    badges = Select(("HAS_BADGE",), "Badge", props=("category",))
    shape = Shape("Table", children={"columns": Select(("COLUMN",), "Column", children={"badges": badges})})
    record = graph_store.fetch(table("t").key, shape)
    assert record is not None
    assert [[b.props for b in c.children["badges"]] for c in record.children["columns"]] == [
        [{"category": "column"}]
    ] * 2


def test_a_shared_node_carries_its_own_children_under_each_parent(graph_store: GraphStore):
    ann = user("ann")
    by_source(graph_store, *nodes(table("a"), table("b"), ann, user("boss")))
    by_source(graph_store, link(table("a"), "OWNER", ann), link(table("b"), "OWNER", ann))
    by_source(graph_store, link(ann, "MANAGE_BY", user("boss")))
    owners = Select(("OWNER",), "User", children={"manager": Select(("MANAGE_BY",), "User")})
    found = graph_store.fetch_many([table("a").key, table("b").key], Shape("Table", children={"owners": owners}))
    for record in found.values():
        assert keys(record.children["owners"][0].children["manager"]) == ["boss"]


@dataclass(frozen=True)
class Ordering:
    """Columns a, b, c, … with these values of `x` come out in the `expected` order."""

    values: list[Value | None]
    expected: str
    descending: bool = False
    limit: int | None = None
    also: list[Value | None] = field(default_factory=list)  # values of `y`, the second order, ascending


ORDERINGS = {
    "by key where no value tells them apart": Ordering([1, 1, 1], "abc"),
    "numbers": Ordering([3, 1, 2], "bca"),
    "numbers of both kinds": Ordering([1.5, 1, 2, -0.5], "dbac"),
    "numbers and not their digits": Ordering([10, 9, 100], "bac"),
    "numbers beyond a float's precision": Ordering([2**53 + 2, 2**53 + 1, 2**53], "cba"),
    "descending": Ordering([3, 1, 2], "acb", descending=True),
    "ties by key, descending too": Ordering([1, 2, 1, 2], "bdac", descending=True),
    "nulls last": Ordering([None, 2, None, 1], "dbac"),
    "nulls last, descending too": Ordering([None, 2, None, 1], "bdac", descending=True),
    "all nulls": Ordering([None, None], "ab"),
    "text by code point": Ordering(["b", "a", "B", "é", "\U0001f600", "\uffee", ""], "gcbadfe"),
    "booleans": Ordering([True, False, True], "bac"),
    "text before booleans before numbers": Ordering([1, "1", True, 0, "a", False], "befcda"),
    "numbers that rise": Ordering([-1, 0, 2**53, 2**53 + 1], "abcd"),
    "numbers that rise, descending": Ordering([1, 2, 3], "cba", descending=True),
    "numbers that rise, and ties": Ordering([1, 1, 2, 2, 3], "abcde"),
    "limit": Ordering([3, 1, 2], "bc", limit=2),
    "limit over numbers that rise": Ordering([1, 2, 3], "ab", limit=2),
    "limit over nulls": Ordering([None, 1, None], "ba", limit=2),
    "limit beyond the end": Ordering([2, 1], "ba", limit=9),
    "limit of none": Ordering([2, 1], "", limit=0),
    "a second order": Ordering([1, 1, 0, 1], "cbda", also=[3, 1, 2, 2]),
    "a second order with nulls": Ordering([1, 1, 1], "bca", also=[None, 1, 2]),
}


@pytest.mark.parametrize("backwards", [False, True], ids=["", "written backwards"])
@pytest.mark.parametrize("case", ORDERINGS.values(), ids=ORDERINGS)
def test_children_come_in_the_declared_order(graph_store: GraphStore, case: Ordering, *, backwards: bool):
    also = case.also or [None] * len(case.values)
    rows = list(zip("abcdefg", case.values, also, strict=False))
    columns(graph_store, {name: present({"x": x, "y": y}) for name, x, y in rows[:: -1 if backwards else 1]})
    order = [Order("x", descending=case.descending)] + [Order("y")] * bool(case.also)
    assert "".join(ordered(graph_store, *order, limit=case.limit)) == case.expected


def test_children_without_an_order_come_by_key_in_code_point_order(graph_store: GraphStore):
    wild = ["\U0001f600", "\uffee", "é", "z", "a", "Z", "a b", "a'b", "\t", "~"]
    columns(graph_store, {name: {} for name in wild})
    assert ordered(graph_store) == sorted(wild)
    assert ordered(graph_store, limit=3) == sorted(wild)[:3]


def test_children_can_be_ordered_by_the_relation(graph_store: GraphStore):
    counts = {"a": 1, "b": None, "c": 9, "d": 5}
    by_source(graph_store, node(table("t")), *nodes(*map(user, counts)))
    by_source(
        graph_store, *(link(table("t"), "READ_BY", user(u), **present({"read_count": n})) for u, n in counts.items())
    )
    readers = Select(("READ_BY",), "User", order=(Order("read_count", "edge", descending=True),), limit=3)
    record = graph_store.fetch(table("t").key, Shape("Table", children={"readers": readers}))
    assert record is not None
    assert keys(record.children["readers"]) == ["c", "d", "a"]


def test_limit_holds_for_each_parent_and_below_it(graph_store: GraphStore):
    by_source(graph_store, *nodes(table("t"), table("u")))
    for of in "tu":
        for name in "abc":
            stat = NodeRef("Stat", f"{column(name, of).key}/max/")
            by_source(graph_store, node(column(name, of)), node(stat, stat_val=f"{of}{name}"))
            by_source(graph_store, link(table(of), "COLUMN", column(name, of)), link(stat, "STAT_OF", column(name, of)))
    stats = Select(("STAT_OF",), "Stat", Direction.IN, props=("stat_val",))
    shape = Shape("Table", children={"columns": Select(("COLUMN",), "Column", limit=2, children={"stats": stats})})
    found = graph_store.fetch_many([table("t").key, table("u").key], shape)
    values = [
        [s.props["stat_val"] for c in found[table(t).key].children["columns"] for s in c.children["stats"]]
        for t in "tu"
    ]
    assert values == [["ta", "tb"], ["ua", "ub"]]


WHERES: dict[str, tuple[Value, str]] = {
    "text": ("yes", "a"),
    "number": (1, "c"),
    "true, which is not 1": (True, "b"),
    "false": (False, "e"),
    "zero, which is not false": (0, "d"),
    "empty text": ("", "f"),
    "nothing matches": ("no", ""),
}


@pytest.mark.parametrize(("value", "expected"), WHERES.values(), ids=WHERES)
def test_where_keeps_children_whose_property_is_equal(graph_store: GraphStore, value: Value, expected: str):
    held: list[Value | None] = ["yes", True, 1, 0, False, "", None]
    columns(graph_store, {name: present({"x": x}) for name, x in zip("abcdefg", held, strict=True)})
    select = Select(("COLUMN",), "Column", where={"x": value})
    record = graph_store.fetch(table("t").key, Shape("Table", children={"columns": select}))
    assert record is not None
    assert "".join(names(record.children["columns"])) == expected


ABSENT: dict[str, dict[str, Value]] = {
    "a": {"x": 1, "order": 3},
    "b": {"order": 2},
    "c": {"y": 'says "x" of another, and "x":1', "order": 1},
    "d": {"xx": 1, "order": 0},
}


@pytest.mark.parametrize("order", [(), (Order("order"),)], ids=["by key", "by a property"])
@pytest.mark.parametrize("props", [(), None], ids=["no properties", "all of them"])
def test_where_keeps_children_without_a_property(
    graph_store: GraphStore, props: tuple[str, ...] | None, order: tuple[Order, ...]
):
    columns(graph_store, ABSENT)
    select = Select(("COLUMN",), "Column", props=props, where={"x": None}, order=order)
    record = graph_store.fetch(table("t").key, Shape("Table", children={"columns": select}))
    assert record is not None
    assert "".join(names(record.children["columns"])) == ("dcb" if order else "bcd")
    if props is None:
        assert [present(child.props)["order"] for child in record.children["columns"]] == (
            [0, 1, 2] if order else [2, 1, 0]
        )


def test_where_tests_every_property_before_the_limit(graph_store: GraphStore):
    columns(graph_store, {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 1}, "c": {"x": 1, "y": 1}})
    select = Select(("COLUMN",), "Column", where={"x": 1, "y": 1}, limit=1)
    record = graph_store.fetch(table("t").key, Shape("Table", children={"columns": select}))
    assert record is not None
    assert names(record.children["columns"]) == ["b"]


def nested(path: str) -> NodeRef:
    return NodeRef("Type_Metadata", f"{column('c').key}/type/{path}")


TYPES = Select(
    ("TYPE_METADATA",),
    "Type_Metadata",
    props=("kind",),
    children={"badges": Select(("HAS_BADGE",), "Badge")},
    order=(Order("sort_order"),),
    repeat=("SUBTYPE",),
)
NESTED_COLUMNS = Shape("Table", children={"columns": Select(("COLUMN",), "Column", children={"types": TYPES})})


def test_repeat_hangs_what_it_finds_under_nested_as_deep_as_it_goes(graph_store: GraphStore):
    columns(graph_store, {"c": {}})
    tree = {"c": ("struct", 0), "c/b": ("array", 0), "c/a": ("map", 1), "c/a/v": ("struct", 0), "c/a/v/x": ("int", 0)}
    for path, (kind, place) in tree.items():
        above = nested(path.rpartition("/")[0]) if "/" in path else column("c")
        by_source(graph_store, node(nested(path), kind=kind, sort_order=place))
        by_source(graph_store, link(above, "SUBTYPE" if "/" in path else "TYPE_METADATA", nested(path)))
    by_source(graph_store, node(badge("pii")), link(nested("c/a/v/x"), "HAS_BADGE", badge("pii")))
    record = graph_store.fetch(table("t").key, NESTED_COLUMNS)
    assert record is not None

    def tree_of(types: list[Any]) -> list[Any]:
        return [(t.props["kind"], keys(t.children["badges"]), tree_of(t.children[NESTED])) for t in types]

    assert tree_of(record.children["columns"][0].children["types"]) == [
        ("struct", [], [("array", [], []), ("map", [], [("struct", [], [("int", ["pii"], [])])])])
    ]


def test_repeat_ends_at_the_deepest_nesting_allowed(graph_store: GraphStore):
    columns(graph_store, {"c": {}})
    chain = [nested("/".join("c" * (depth + 1))) for depth in range(MAX_NESTING + 3)]
    by_source(graph_store, *nodes(*chain), link(column("c"), "TYPE_METADATA", chain[0]))
    by_source(graph_store, *(link(a, "SUBTYPE", b) for a, b in pairwise(chain)))
    record = graph_store.fetch(table("t").key, NESTED_COLUMNS)
    assert record is not None
    types, depth = record.children["columns"][0].children["types"], 0
    while types:
        types, depth = types[0].children[NESTED], depth + 1
    assert depth == MAX_NESTING


def test_repeat_never_walks_through_one_node_twice_on_a_path(graph_store: GraphStore):
    columns(graph_store, {"c": {}})
    a, b = nested("a"), nested("b")
    by_source(graph_store, *nodes(a, b), link(column("c"), "TYPE_METADATA", a))
    by_source(graph_store, link(a, "SUBTYPE", b), link(b, "SUBTYPE", a), link(a, "SUBTYPE", a))
    record = graph_store.fetch(table("t").key, NESTED_COLUMNS)
    assert record is not None
    found = record.children["columns"][0].children["types"]
    assert [(keys(found), keys(found[0].children[NESTED]), found[0].children[NESTED][0].children[NESTED])] == [
        ([a.key], [b.key], [])
    ]


def test_repeat_applies_where_and_limit_at_every_depth(graph_store: GraphStore):
    columns(graph_store, {"c": {}})
    shown = {"c": 1, "c/a": 1, "c/b": 0, "c/c": 1, "c/d": 1, "c/b/x": 1, "c/a/y": 1}
    for path, show in shown.items():
        above = nested(path.rpartition("/")[0]) if "/" in path else column("c")
        by_source(graph_store, node(nested(path), show=show))
        by_source(graph_store, link(above, "SUBTYPE" if "/" in path else "TYPE_METADATA", nested(path)))
    types = Select(("TYPE_METADATA",), "Type_Metadata", where={"show": 1}, limit=2, repeat=("SUBTYPE",))
    shape = Shape("Column", children={"types": types})
    record = graph_store.fetch(column("c").key, shape)
    assert record is not None
    assert outline(record, shape)["types"] == [
        {
            "key": nested("c").key,
            "props": {},
            "edge": {},
            NESTED: [
                {
                    "key": nested("c/a").key,
                    "props": {},
                    "edge": {},
                    NESTED: [{"key": nested("c/a/y").key, "props": {}, "edge": {}, NESTED: []}],
                },
                {"key": nested("c/c").key, "props": {}, "edge": {}, NESTED: []},
            ],
        }
    ]


def test_what_is_returned_is_not_shared_with_the_store(graph_store: GraphStore):
    by_source(graph_store, node(table("t"), names=["a"]))
    shape = Shape("Table", props=("names",))
    first = graph_store.fetch(table("t").key, shape)
    assert first is not None
    first.props["names"].append("b")  # type: ignore[union-attr]
    first.props["more"] = 1
    second = graph_store.fetch(table("t").key, shape)
    assert second is not None
    assert present(second.props) == {"names": ["a"]}
