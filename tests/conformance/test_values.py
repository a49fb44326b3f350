"""What goes in comes out: every type of value, every text, every key."""

import math
from typing import Any

import pytest
from graphs import by_copy, by_person, by_source, edges_of, link, node, nodes, present, props_of, table, tag, user

from metadata_service.store.model_check import MAX_INTEGER, MAX_KEY_BYTES, MAX_VALUE_CHARACTERS
from metadata_service.store.mutations import Mutation, NodeRef, PutNode, RemoveNode
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Select, Shape
from schemas.errors import FramError, Invalid, TooLarge
from schemas.graph import EDITED, Direction

VALUES: dict[str, Any] = {
    "text": "a",
    "empty text": "",
    "long text": "0123456789" * 10_000,
    "text of many scripts": "grüße 조선 Ἑλλάς \U0001f600 \u202e",
    "text not normalised": "e\u0301 \u00e9",
    "control characters": "\t\n\r\x01\x7f\u2028\ufeff",
    "quotes": "' \" ` \\ \\' %s {x} $x ?1 :x -- /* */ ; \\u0041",
    "digits": "0021",
    "a word for nothing": "null",
    "a word for true": "true",
    "zero": 0,
    "a whole number": 21,
    "the largest": MAX_INTEGER,
    "the smallest": -MAX_INTEGER,
    "beyond a float": 2**53 + 1,
    "true": True,
    "false": False,
    "a float": 0.1,
    "a whole float": 1.0,
    "a large float": 1.7976931348623157e308,
    "a tiny float": 5e-324,
    "a float of many digits": math.pi,
    "a negative float": -2.5,
    "a list": ["b", "a", "b", ""],
    "a list of one": ["true"],
    "an empty list": [],
    "a list of odd texts": ["'", '"', "\U0001f600", "\\", "]", ","],
}


def same(found: Any, expected: Any) -> None:
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_value_comes_out_as_it_went_in(graph_store: GraphStore, value: Any):
    by_source(graph_store, node(table("t"), x=value), node(user("u")))
    by_source(graph_store, link(table("t"), "READ_BY", user("u"), x=value))
    same((props_of(graph_store, table("t")) or {})["x"], value)
    ((_, props),) = graph_store.list_nodes("Table")
    same(props["x"], value)
    same(edges_of(graph_store, "Table", "READ_BY", "User")[table("t").key, "u"]["x"], value)
    readers = Select(("READ_BY",), "User", edge_props=("x",))
    record = graph_store.fetch(table("t").key, Shape("Table", props=("x",), children={"readers": readers}))
    assert record is not None
    same(record.props["x"], value)
    same(record.children["readers"][0].edge["x"], value)


@pytest.mark.parametrize("value", VALUES.values(), ids=VALUES)
def test_a_person_sets_any_value(graph_store: GraphStore, value: Any):
    by_person(graph_store, node(table("t"), x=value))
    assert props_of(graph_store, table("t")) == {"x": value, EDITED: ["x"]}


ODD_KEYS = [
    "a b",
    " a ",
    "'",
    '"',
    "`",
    "\\",
    "$x",
    "?",
    "%",
    "%25",
    "_",
    "*",
    "a\nb",
    "\t",
    "\x01",
    "{}",
    "[]",
    "null",
    "0",
    "0.0",
    "-1",
    "é",
    "e\u0301",
    "조선",
    "\u2028",
    "\ufeff",
    "\uffff",
    "\U0001f600",
    "\U0010ffff",
    "K" * MAX_KEY_BYTES,
    "조" * (MAX_KEY_BYTES // 3),
]


def test_a_key_is_any_text(graph_store: GraphStore):
    refs = [tag(key) for key in ODD_KEYS]
    by_source(graph_store, node(table("t")), *(node(ref, text=ref.key[:9]) for ref in refs))
    by_source(graph_store, *(link(table("t"), "TAGGED_BY", ref) for ref in refs))
    found = graph_store.fetch_many(ODD_KEYS, Shape("Tag", props=("text",)))
    assert {key: present(record.props) for key, record in found.items()} == {key: {"text": key[:9]} for key in ODD_KEYS}
    assert [ref.key for ref, _ in graph_store.list_nodes("Tag")] == sorted(ODD_KEYS)
    stepped = graph_store.neighbourhood(refs, ["TAGGED_BY"], Direction.IN, 100)
    assert [ref.target.key for ref in stepped] == sorted(ODD_KEYS)
    by_source(graph_store, *map(RemoveNode, refs))
    assert graph_store.count("Tag") == 0


@pytest.mark.parametrize("key", ["É", "e", "A", "a ", "\uff41"])
def test_keys_are_equal_only_if_identical(graph_store: GraphStore, key: str):
    by_source(graph_store, *nodes(*map(tag, ["é", "a"])))
    assert graph_store.fetch(key, Shape("Tag")) is None


def test_edits_of_the_longest_key_can_be_copied(graph_store: GraphStore):
    """What is recorded of a node must itself be storable under the same limits."""
    by_person(graph_store, node(tag('"' * MAX_KEY_BYTES), tag_type="default"))
    ((ref, props),) = graph_store.list_nodes("Fram_Edit")
    by_copy(graph_store, RemoveNode(ref), node(ref, **props))
    assert graph_store.list_nodes("Fram_Edit") == [(ref, props)]


T, LONG = table("t"), "x" * (MAX_KEY_BYTES + 1)
REFUSED: dict[str, tuple[Mutation, type[FramError]]] = {
    "unknown label": (node(NodeRef("Nothing", "a")), Invalid),
    "label with a backtick": (node(NodeRef("Table` {key: 'x'}) //", "a")), Invalid),
    "empty label": (node(NodeRef("", "a")), Invalid),
    "empty key": (node(tag("")), Invalid),
    "NUL in a key": (node(tag("a\x00b")), Invalid),
    "surrogate in a key": (node(tag("\ud800")), Invalid),
    "key too long": (node(tag(LONG)), TooLarge),
    "key too long in bytes": (node(tag("조" * (MAX_KEY_BYTES // 3 + 1))), TooLarge),
    "removal of an unknown label": (RemoveNode(NodeRef("Nothing", "a")), Invalid),
    "unknown relation": (link(T, "NOTHING", T), Invalid),
    "relation of wrong ends": (link(T, "COLUMN", T), Invalid),
    "relation of a wrong direction": (link(user("u"), "OWNER", T), Invalid),
    "reverse relation": (link(user("u"), "OWNER_OF", T), Invalid),
    "relation to a bad key": (link(T, "OWNER", user("\x00")), Invalid),
    "property called key": (node(T, key="a"), Invalid),
    "property of ours": (node(T, fram_edited=["a"]), Invalid),
    "property of ours on a relation": (link(T, "HAS_DOWNSTREAM", T, fram_edited_by="a"), Invalid),
    "property with a quote": (PutNode(T, {"a'b": 1}), Invalid),
    "property with a newline": (PutNode(T, {"a\n": 1}), Invalid),
    "property with a letter from elsewhere": (PutNode(T, {"é": 1}), Invalid),
    "property without a name": (PutNode(T, {"": 1}), Invalid),
    "property with a long name": (node(T, **{"a" * 65: 1}), Invalid),
    "integer too large": (node(T, x=MAX_INTEGER + 1), Invalid),
    "integer too small": (node(T, x=-MAX_INTEGER - 1), Invalid),
    "not a number": (node(T, x=math.nan), Invalid),
    "infinity": (node(T, x=math.inf), Invalid),
    "text too long": (node(T, x="x" * (MAX_VALUE_CHARACTERS + 1)), TooLarge),
    "NUL in text": (node(T, x="a\x00"), Invalid),
    "surrogate in text": (node(T, x="\udfff"), Invalid),
    "surrogate in a list": (node(T, x=["a", "\udfff"]), Invalid),
    "list of numbers": (node(T, x=[1]), Invalid),
    "list of lists": (node(T, x=[["a"]]), Invalid),
    "map": (node(T, x={"a": 1}), Invalid),
    "bytes": (node(T, x=b"a"), Invalid),
    "tuple": (node(T, x=("a",)), Invalid),
}


@pytest.mark.parametrize(("mutation", "error"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("lenient", [False, True], ids=["strict", "lenient"])
def test_what_cannot_be_stored_refuses_the_batch(
    graph_store: GraphStore, mutation: Mutation, error: type[FramError], lenient: bool
):
    with pytest.raises(error) as caught:
        by_source(graph_store, *nodes(T, user("u")), mutation, lenient=lenient)
    assert type(caught.value) is error
    assert graph_store.count("Table") == 0
    assert graph_store.changes() == []
