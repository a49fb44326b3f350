"""The graph model: declared once, without contradictions, and reading what Amundsen writes."""

import re

import pytest

from schemas.graph import (
    LABELS,
    RELATIONS,
    RETRACTABLE,
    ROOTS,
    Direction,
    forward,
    is_relation,
    property_type,
    retracted,
)

# As databuilder writes them, both ways round: type, from, to, and how it is stored.
WRITTEN = [
    ("COLUMN", "Table", "Column", ("COLUMN", False)),
    ("COLUMN_OF", "Column", "Table", ("COLUMN", True)),
    ("SCHEMA_OF", "Schema", "Cluster", ("SCHEMA", True)),
    ("BELONG_TO_TABLE", "Watermark", "Table", ("BELONG_TO_TABLE", False)),
    ("WATERMARK", "Table", "Watermark", ("BELONG_TO_TABLE", True)),
    ("WATERMARK", "Feature", "Feature_Watermark", ("WATERMARK", False)),
    ("BELONG_TO_FEATURE", "Feature_Watermark", "Feature", ("WATERMARK", True)),
    ("STAT", "Column", "Stat", ("STAT_OF", True)),
    ("STAT_OF", "Stat", "Table", ("STAT_OF", False)),
    ("READ", "User", "Table", ("READ_BY", True)),
    ("READ_BY", "Dashboard", "User", ("READ_BY", False)),
    ("OWNER_OF", "User", "Feature", ("OWNER", True)),
    ("FOLLOW", "User", "Dashboard", ("FOLLOWED_BY", True)),
    ("TAGGED_BY", "Table", "Tag", ("TAGGED_BY", False)),
    ("TAG", "Tag", "Table", ("TAGGED_BY", True)),
    ("TAG", "Dashboard", "Tag", ("TAGGED_BY", False)),
    ("TAG_OF", "Tag", "Dashboard", ("TAGGED_BY", True)),
    ("HAS_BADGE", "Column", "Badge", ("HAS_BADGE", False)),
    ("BADGE_FOR", "Badge", "Type_Metadata", ("HAS_BADGE", True)),
    ("HAS_UPSTREAM", "Table", "Table", ("HAS_DOWNSTREAM", True)),
    ("HAS_DOWNSTREAM", "Column", "Column", ("HAS_DOWNSTREAM", False)),
    ("GENERATES", "Application", "Table", ("DERIVED_FROM", True)),
    ("CONSUMES", "Application", "Table", ("CONSUMED_BY", True)),
    ("DASHBOARD", "Dashboardgroup", "Dashboard", ("DASHBOARD_OF", True)),
    ("TABLE_OF_DASHBOARD", "Table", "Dashboard", ("DASHBOARD_WITH_TABLE", True)),
    ("EXECUTED", "Dashboard", "Execution", ("EXECUTED", False)),
    ("EXECUTION_OF", "Execution", "Dashboard", ("EXECUTED", True)),
    ("EXECUTION_OF", "Execution", "Query", ("HAS_EXECUTION", True)),
    ("QUERY_OF", "Query", "Dashboard", ("HAS_QUERY", True)),
    ("QUERY_FOR", "Query", "Table", ("HAS_QUERY", True)),
    ("JOIN_OF_COLUMN", "Join", "Column", ("COLUMN_JOINS_WITH", True)),
    ("GROUPS", "Feature_Group", "Feature", ("GROUPED_BY", True)),
    ("SUBTYPE_OF", "Type_Metadata", "Type_Metadata", ("SUBTYPE", True)),
    ("MANAGE", "User", "User", ("MANAGE_BY", True)),
    ("RUN_OF", "MLRun", "MLExperiment", ("HAS_RUN", True)),
    ("PRODUCED", "MLRun", "MLModelVersion", ("PRODUCED", False)),
    ("HAS_UPSTREAM", "MLRun", "Table", ("HAS_DOWNSTREAM", True)),
    ("COLUMN", "Column", "Table", None),
    ("COLUMN_OF", "Table", "Column", None),
    ("NOTHING", "Table", "Column", None),
    ("COLUMN", "Nothing", "Column", None),
    ("", "Table", "Column", None),
]


@pytest.mark.parametrize(("kind", "source", "target", "stored"), WRITTEN)
def test_a_relation_is_stored_the_way_it_is_read(kind: str, source: str, target: str, stored: tuple[str, bool] | None):
    assert forward(kind, source, target) == stored


def test_every_relation_is_read_both_ways_round():
    for relation in RELATIONS.values():
        for source, target in relation.ends:
            stored = "TAGGED_BY" if relation.type == "TAG" else relation.type
            assert forward(relation.type, source, target) == (stored, False)
            if relation.reverse:
                assert forward(relation.reverse, target, source) == (stored, True)


def test_what_is_stored_is_a_relation_of_the_model():
    for kind, source, target, stored in WRITTEN:
        if stored is not None:
            ends = (target, source) if stored[1] else (source, target)
            assert is_relation(stored[0], *ends), (kind, source, target)


def test_no_reverse_type_means_two_things():
    """Written by anyone, from one label to another, a type is one relation only."""
    meanings: dict[tuple[str, str, str], set[str]] = {}
    for relation in RELATIONS.values():
        for source, target in relation.ends:
            meanings.setdefault((relation.type, source, target), set()).add(relation.type)
            if relation.reverse:
                meanings.setdefault((relation.reverse, target, source), set()).add(relation.type)
    ambiguous = {key: types for key, types in meanings.items() if len(types) > 1}
    assert ambiguous == {}


def test_names_are_as_amundsen_validates_them():
    ours = {label for label in LABELS if label.startswith("ML")}  # kinds that Amundsen does not have
    assert all(re.fullmatch(r"[A-Z][a-z]*(_[A-Z][a-z]*)*", label) for label in LABELS.keys() - ours)
    assert all(re.fullmatch(r"ML([A-Z][a-z]+)+", label) for label in ours)
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)*", relation) for relation in RELATIONS)
    assert all(name == label.name for name, label in LABELS.items())
    assert all(kind == relation.type for kind, relation in RELATIONS.items())


def test_every_end_and_every_relation_shown_is_declared():
    for relation in RELATIONS.values():
        assert {label for ends in relation.ends for label in ends} <= LABELS.keys()
        assert relation.touches <= {"source", "target"}
    for label in LABELS.values():
        for kind, direction in label.shown_by:
            near = 0 if direction is Direction.OUT else 1
            assert label.name in {ends[near] for ends in RELATIONS[kind].ends}


def test_property_names_can_be_stored():
    names = {name for label in LABELS.values() for name in label.properties}
    names |= {name for relation in RELATIONS.values() for name in relation.properties}
    assert all(re.fullmatch(r"[a-z][a-z_]*", name) for name in names)
    assert "key" not in names


def test_index_roots_are_the_entities_people_search_for():
    assert set(ROOTS) == {"Table", "User", "Dashboard", "Feature", "MLModel", "MLExperiment"}


def test_what_people_take_back_is_remembered_between_the_same_ends():
    for kind in RETRACTABLE:
        memory = RELATIONS[retracted(kind)]
        assert memory.ends == RELATIONS[kind].ends
        assert memory.touches == frozenset()
        assert memory.reverse == ""


TYPES = [
    ("Table", "is_view", bool),
    ("Column", "sort_order", int),
    ("Stat", "stat_val", str),
    ("User", "published_tag", str),
    ("Tag", "publisher_last_updated_epoch_ms", int),
    ("Table", "anything_else", None),
]


@pytest.mark.parametrize(("label", "name", "expected"), TYPES)
def test_a_property_has_its_declared_type(label: str, name: str, expected: type | None):
    assert property_type(label, name) is expected
