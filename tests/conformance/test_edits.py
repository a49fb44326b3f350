"""The record of what people changed: one Fram_Edit node an edit, written with the change itself."""

from typing import Any

from graphs import (
    FakeClock,
    by_copy,
    by_person,
    by_source,
    column,
    cut,
    description,
    edits,
    gone,
    link,
    node,
    nodes,
    present,
    schema,
    table,
    tag,
    user,
)

from metadata_service.store.commit import edit_prefix
from metadata_service.store.mutations import Mutation, NodeRef
from metadata_service.store.port import GraphStore
from schemas.graph import LABELS

T = table("t")
WORDS = description(T)


def recorded(store: GraphStore, *mutations: Mutation) -> list[dict[str, Any]]:
    """Apply as a person and return what was recorded, without what every edit has."""
    before = len(edits(store))
    by_person(store, *mutations)
    shared = ("root_label", "root_key", "revision", "at", "actor")
    return [{name: value for name, value in edit.items() if name not in shared} for edit in edits(store)[before:]]


def test_an_edit_says_everything(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, node(WORDS, description="before"))
    clock.now += 3
    by_person(graph_store, node(WORDS, description="after"), actor="ann")
    assert edits(graph_store) == [
        {
            "root_label": "Table",
            "root_key": T.key,
            "revision": clock.now,
            "at": clock.now,
            "actor": "ann",
            "action": "set",
            "label": "Description",
            "node": WORDS.key,
            "property": "description",
            "before": "before",
            "after": "after",
        }
    ]


def test_only_properties_of_the_model_are_recorded(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, user("bob"), tag("x")), link(T, "OWNER", user("bob")))
    by_person(graph_store, node(T, a=1), cut(T, "OWNER", user("bob")), link(T, "TAGGED_BY", tag("x")), gone(T))
    assert {name for edit in edits(graph_store) for name in edit} <= LABELS["Fram_Edit"].properties.keys()


def test_each_property_set_is_an_edit(graph_store: GraphStore):
    by_source(graph_store, node(T, a="x", b="x", c="x"))
    found = recorded(graph_store, node(T, a="y", b=None, c="x", d=5, e=True, f=["p", "q"]))
    assert {edit["property"]: (edit.get("before"), edit.get("after")) for edit in found} == {
        "a": ("x", "y"),
        "b": ("x", None),
        "d": (None, "5"),
        "e": (None, "True"),
        "f": (None, "['p', 'q']"),
    }


def test_a_new_node_is_recorded_by_its_properties(graph_store: GraphStore):
    assert recorded(graph_store, node(WORDS, description="new", empty=None)) == [
        {"action": "set", "label": "Description", "node": WORDS.key, "property": "description", "after": "new"}
    ]


def test_relations_are_recorded_with_their_other_end(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, user("bob"), tag("x")), link(T, "OWNER", user("bob")))
    about = {"label": "Table", "node": T.key}
    assert recorded(graph_store, cut(T, "OWNER", user("bob")), link(T, "TAGGED_BY", tag("x"))) == [
        {"action": "remove", **about, "relation": "OWNER", "other": "bob"},
        {"action": "add", **about, "relation": "TAGGED_BY", "other": "x"},
    ]


def test_a_removal_is_recorded(graph_store: GraphStore):
    by_source(graph_store, node(T))
    assert recorded(graph_store, gone(T)) == [{"action": "remove", "label": "Table", "node": T.key}]


def test_what_changed_nothing_is_not_recorded(graph_store: GraphStore):
    by_source(graph_store, node(T, a=1), *nodes(user("bob")), link(T, "OWNER", user("bob")))
    same = [node(T, a=1), cut(T, "READ_BY", user("bob")), gone(table("none"))]
    assert recorded(graph_store, *same) == []


def test_what_a_person_makes_their_own_is_recorded_once(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, user("bob")), link(T, "OWNER", user("bob")))
    added = {"action": "add", "label": "Table", "node": T.key, "relation": "OWNER", "other": "bob"}
    owner = link(T, "OWNER", user("bob"))
    assert recorded(graph_store, owner, owner) == [added]


def test_sources_and_copies_are_not_recorded(graph_store: GraphStore):
    by_source(graph_store, node(T, a=1), gone(T), node(T))
    by_copy(graph_store, node(T, a=1), *nodes(user("bob")), link(T, "OWNER", user("bob")))
    assert edits(graph_store) == []


def roots(store: GraphStore) -> set[tuple[str, str]]:
    return {(edit["root_label"], edit["root_key"]) for edit in edits(store)}


def test_an_edit_belongs_to_the_root_it_shows_in(graph_store: GraphStore):
    by_source(graph_store, node(column("c")), node(T))
    by_person(graph_store, node(description(column("c")), description="a"))
    assert roots(graph_store) == {T}


def test_an_edit_of_no_single_root_belongs_to_its_own_node(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, *nodes(T, tag("x")), link(T, "TAGGED_BY", tag("x")))
    clock.now += 1
    by_person(graph_store, node(tag("x"), tag_type="default"), node(description(schema()), description="a"))
    assert roots(graph_store) == {tag("x"), description(schema())}
    assert {edit["revision"] for edit in edits(graph_store)} == {clock.now}


def test_edits_of_a_root_are_listed_in_order_by_its_prefix(graph_store: GraphStore, clock: FakeClock):
    other = NodeRef("Table", f"{T.key}\U0001f600")
    by_source(graph_store, *nodes(T, other, NodeRef("Tag", T.key)))
    for number in range(12):
        clock.now -= 1
        by_person(graph_store, node(T, a=number, b=number), node(other, a=number))
    found = graph_store.list_nodes("Fram_Edit", prefix=edit_prefix(T))
    assert [(props["property"], props["after"]) for _, props in found] == [
        (name, str(number)) for number in range(12) for name in "ab"
    ]
    revisions = [props["revision"] for _, props in found]
    assert revisions == sorted(revisions)


def test_the_latest_edits_of_all_come_first(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, *nodes(T, table("u"), user("bob")))
    made = []
    for number, step in enumerate([0, 5, -3, 7, 1]):
        clock.now += step
        by_person(graph_store, node([T, table("u"), user("bob")][number % 3], a=number))
        made.append((clock.now, str(number)))
    latest = sorted(made, reverse=True)
    found = graph_store.rank("Fram_Edit", "at", 3)
    assert [(props["at"], props["after"]) for _, props in found] == latest[:3]
    rest = graph_store.rank("Fram_Edit", "at", 3, after=(latest[2][0], found[-1].ref.key))
    assert [(props["at"], props["after"]) for _, props in rest] == latest[3:]


def test_many_edits_of_one_batch_stay_in_order(graph_store: GraphStore):
    by_source(graph_store, node(T))
    by_person(graph_store, *(node(T, a=number) for number in range(200)))
    assert [edit["after"] for edit in edits(graph_store)] == [str(number) for number in range(200)]


def test_edits_outlive_what_they_are_about(graph_store: GraphStore):
    by_person(graph_store, node(WORDS, description="a"), actor="ann")
    by_person(graph_store, gone(WORDS), actor="bob")
    assert [(edit["actor"], edit["action"]) for edit in map(present, edits(graph_store))] == [
        ("ann", "set"),
        ("bob", "remove"),
    ]


def test_edits_of_another_batch_of_the_same_moment_are_kept(graph_store: GraphStore):
    """Nodes of no single root have no revision to tell two batches of one microsecond apart."""
    by_source(graph_store, node(tag("x")))
    by_person(graph_store, node(tag("x"), tag_type="a"))
    by_person(graph_store, node(tag("x"), tag_type="b"))
    assert {edit["after"] for edit in edits(graph_store)} == {"a", "b"}
