"""Who wins over whom: people over sources, what people took back over what sources add, copies over nobody."""

from graphs import (
    by_copy,
    by_person,
    by_source,
    cut,
    description,
    edge,
    edges_of,
    gone,
    link,
    node,
    nodes,
    one,
    props_of,
    table,
    tag,
    user,
)

from metadata_service.store.mutations import Outcome
from metadata_service.store.port import GraphStore
from schemas.graph import EDITED, EDITED_BY, RETRACTABLE, Direction, retracted

CREATED, UPDATED, UNCHANGED = Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED
REMOVED, KEPT = Outcome.REMOVED, Outcome.KEPT
T, WORDS = table("t"), description(table("t"))
OWNER = (T, "OWNER", user("bob"))


def owners(store: GraphStore) -> dict[tuple[str, str], dict[str, object]]:
    return dict(edges_of(store, "Table", "OWNER", "User"))


def with_owner(store: GraphStore) -> None:
    by_source(store, *nodes(T, user("bob")), link(*OWNER))


def test_what_a_person_set_is_marked(graph_store: GraphStore):
    by_source(graph_store, node(T, a="source", b="source"))
    by_person(graph_store, node(T, b="person", c="person"), node(WORDS, description="person"))
    assert props_of(graph_store, T) == {"a": "source", "b": "person", "c": "person", EDITED: ["b", "c"]}
    assert props_of(graph_store, WORDS) == {"description": "person", EDITED: ["description"]}
    by_person(graph_store, node(T, a="person"))
    assert (props_of(graph_store, T) or {})[EDITED] == ["a", "b", "c"]


def test_what_a_person_left_as_it_was_is_not_marked(graph_store: GraphStore):
    by_source(graph_store, node(T, a="source", b="source"))
    assert one(by_person(graph_store, node(T, a="source"))) is UNCHANGED
    assert props_of(graph_store, T) == {"a": "source", "b": "source"}
    by_person(graph_store, node(T, a="source", b="person"))
    assert (props_of(graph_store, T) or {})[EDITED] == ["b"]


def test_a_source_leaves_alone_what_a_person_set(graph_store: GraphStore):
    by_person(graph_store, node(T, a="person"))
    assert one(by_source(graph_store, node(T, a="source"))) is KEPT
    assert one(by_source(graph_store, node(T, a=None))) is KEPT
    assert one(by_source(graph_store, node(T, a="person"))) is UNCHANGED
    assert one(by_source(graph_store, node(T, a="source", b="source"))) is UPDATED
    assert props_of(graph_store, T) == {"a": "person", "b": "source", EDITED: ["a"]}
    assert one(by_source(graph_store, node(T, b="again"))) is UPDATED


def test_a_source_does_not_bring_back_what_a_person_emptied(graph_store: GraphStore):
    by_source(graph_store, node(T, a="source"))
    by_person(graph_store, node(T, a=None))
    assert one(by_source(graph_store, node(T, a="source"))) is KEPT
    assert props_of(graph_store, T) == {EDITED: ["a"]}


def test_a_person_may_change_what_a_person_set(graph_store: GraphStore):
    by_person(graph_store, node(T, a="ann"))
    assert one(by_person(graph_store, node(T, a="bob"), actor="bob")) is UPDATED
    assert props_of(graph_store, T) == {"a": "bob", EDITED: ["a"]}


def test_a_source_does_not_remove_what_a_person_wrote(graph_store: GraphStore):
    by_person(graph_store, node(WORDS, description="person"))
    assert one(by_source(graph_store, gone(WORDS))) is KEPT
    assert props_of(graph_store, WORDS) == {"description": "person", EDITED: ["description"]}
    assert one(by_person(graph_store, gone(WORDS))) is REMOVED


def test_a_source_does_not_remove_an_entity_that_people_hung_something_on(graph_store: GraphStore):
    with_owner(graph_store)
    by_person(graph_store, node(tag("x")), link(T, "TAGGED_BY", tag("x")))
    assert one(by_source(graph_store, gone(T))) is KEPT
    assert list(edges_of(graph_store, "Table", "TAGGED_BY", "Tag")) == [(T.key, "x")]
    by_person(graph_store, cut(T, "TAGGED_BY", tag("x")))
    assert one(by_source(graph_store, gone(T))) is KEPT  # what they took back is their word too
    assert one(by_person(graph_store, gone(T))) is REMOVED


def test_a_person_who_repeats_what_a_source_related_makes_it_theirs(graph_store: GraphStore):
    with_owner(graph_store)
    by_person(graph_store, link(*OWNER), actor="ann")
    by_person(graph_store, link(*OWNER), actor="eve")
    assert owners(graph_store) == {(T.key, "bob"): {EDITED_BY: "ann"}}
    assert one(by_source(graph_store, cut(*OWNER))) is KEPT


def test_what_a_person_related_is_marked_with_the_actor(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, user("bob")))
    by_person(graph_store, link(*OWNER), actor="ann")
    assert owners(graph_store) == {(T.key, "bob"): {EDITED_BY: "ann"}}


def test_a_source_does_not_unmake_what_a_person_related(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, user("bob")))
    by_person(graph_store, link(*OWNER))
    assert one(by_source(graph_store, link(*OWNER))) is UNCHANGED
    assert one(by_source(graph_store, cut(*OWNER))) is KEPT
    assert list(owners(graph_store)) == [(T.key, "bob")]


def test_a_source_unmakes_what_sources_related(graph_store: GraphStore):
    with_owner(graph_store)
    assert one(by_source(graph_store, cut(*OWNER))) is REMOVED
    assert one(by_source(graph_store, link(*OWNER))) is CREATED


def test_a_source_does_not_bring_back_what_a_person_took_back(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, user("bob"), tag("bob")))
    for kind, target in ("OWNER", user("bob")), ("TAGGED_BY", tag("bob")):
        by_source(graph_store, link(T, kind, target))
        assert one(by_person(graph_store, cut(T, kind, target))) is REMOVED
        assert one(by_source(graph_store, link(T, kind, target))) is KEPT
        assert edges_of(graph_store, "Table", kind, target.label) == {}
        memory = edges_of(graph_store, "Table", retracted(kind), target.label)
        assert memory == {(T.key, "bob"): {EDITED_BY: "ann"}}


def test_what_a_person_added_and_took_back_stays_away_too(graph_store: GraphStore):
    """A source may say the same later, or have said it before and again: the person's last word stands."""
    by_source(graph_store, *nodes(T, user("bob")))
    by_person(graph_store, link(*OWNER))
    by_source(graph_store, link(*OWNER))
    by_person(graph_store, cut(*OWNER))
    assert one(by_source(graph_store, link(*OWNER))) is KEPT


def test_a_person_lifts_what_a_person_took_back(graph_store: GraphStore):
    with_owner(graph_store)
    by_person(graph_store, cut(*OWNER))
    assert one(by_person(graph_store, link(*OWNER))) is CREATED
    assert edges_of(graph_store, "Table", retracted("OWNER"), "User") == {}
    assert one(by_source(graph_store, link(*OWNER))) is UNCHANGED


def test_taking_back_and_adding_in_one_batch_ends_in_the_last_word(graph_store: GraphStore):
    with_owner(graph_store)
    by_person(graph_store, cut(*OWNER), link(*OWNER))
    assert list(owners(graph_store)) == [(T.key, "bob")]
    assert edges_of(graph_store, "Table", retracted("OWNER"), "User") == {}
    by_person(graph_store, cut(*OWNER), link(*OWNER), cut(*OWNER))
    assert owners(graph_store) == {}
    assert one(by_source(graph_store, link(*OWNER))) is KEPT


def test_taking_back_what_is_not_there_remembers_nothing(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, user("bob")))
    assert one(by_person(graph_store, cut(*OWNER))) is UNCHANGED
    assert one(by_source(graph_store, link(*OWNER))) is CREATED


def test_relations_nobody_takes_back_by_hand_come_again(graph_store: GraphStore):
    assert "READ_BY" not in RETRACTABLE
    by_source(graph_store, *nodes(T, user("bob")), link(T, "READ_BY", user("bob")))
    by_person(graph_store, cut(T, "READ_BY", user("bob")))
    assert one(by_source(graph_store, link(T, "READ_BY", user("bob")))) is CREATED


def test_a_removed_node_takes_what_was_taken_back_with_it(graph_store: GraphStore):
    with_owner(graph_store)
    by_person(graph_store, cut(*OWNER))
    by_person(graph_store, gone(user("bob")))
    assert edges_of(graph_store, "Table", retracted("OWNER"), "User") == {}
    with_owner(graph_store)
    assert list(owners(graph_store)) == [(T.key, "bob")]


def test_a_source_keeps_to_a_retraction_only_as_long_as_it_stands(graph_store: GraphStore):
    with_owner(graph_store)
    by_person(graph_store, cut(*OWNER))
    receipt = by_source(graph_store, gone(T), node(T), link(*OWNER))
    assert receipt.outcomes == (KEPT, UNCHANGED, KEPT)
    by_person(graph_store, gone(T))
    assert by_source(graph_store, node(T), link(*OWNER)).outcomes == (CREATED, CREATED)


def test_a_copy_writes_what_people_and_sources_left_as_it_stands(graph_store: GraphStore):
    with_owner(graph_store)
    by_person(graph_store, cut(*OWNER), node(T, a="person"))
    receipt = by_copy(graph_store, node(T, a="copy", **{EDITED: ["a", "z"]}), link(*OWNER, **{EDITED_BY: "eve"}))
    assert receipt.outcomes == (UPDATED, CREATED)
    assert props_of(graph_store, T) == {"a": "copy", EDITED: ["a", "z"]}
    assert owners(graph_store) == {(T.key, "bob"): {EDITED_BY: "eve"}}
    assert list(edges_of(graph_store, "Table", retracted("OWNER"), "User")) == [(T.key, "bob")]
    by_copy(graph_store, cut(T, retracted("OWNER"), user("bob")), gone(user("bob")))
    assert graph_store.neighbourhood([T], ["OWNER", retracted("OWNER")], Direction.OUT, 10) == []


def test_a_retraction_can_be_copied(graph_store: GraphStore):
    by_copy(graph_store, *nodes(T, user("bob")), link(T, retracted("OWNER"), user("bob"), **{EDITED_BY: "ann"}))
    assert one(by_source(graph_store, link(*OWNER))) is KEPT
    assert edge(*OWNER) not in graph_store.list_edges("OWNER", "Table", "User")
