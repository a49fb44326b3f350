"""databuilder's staged files: typed by the model and the header, never by the values."""

from typing import get_origin

import pytest

from ingest.extract.amundsen.databuilder_publisher import NODES, RELATIONS_OF_NODES
from ingest.extract.amundsen.rows import Refused, Row
from ingest.records import Put
from metadata_service.store.mutations import EdgeRef, NodeRef, PutEdge, PutNode
from schemas.errors import InvalidSource
from schemas.graph import LABELS, RELATIONS


def parse_node(**cells: str) -> list[Put]:
    return NODES.bind(tuple(cells))(Row(cells))


def parse_relation(**cells: str) -> list[Put]:
    return RELATIONS_OF_NODES.bind(tuple(cells))(Row(cells))


def relation(start: tuple[str, str], end: tuple[str, str], types: tuple[str, str], **props: str) -> dict[str, str]:
    return {
        "START_KEY": start[1],
        "START_LABEL": start[0],
        "END_KEY": end[1],
        "END_LABEL": end[0],
        "TYPE": types[0],
        "REVERSE_TYPE": types[1],
        **props,
    }


TABLE, USER, TAG = NodeRef("Table", "hive://gold.s/t"), NodeRef("User", "a@x.org"), NodeRef("Tag", "t")


def test_text_stays_text_whatever_it_looks_like():
    put = parse_node(LABEL="Table", KEY="hive://gold.s/0021", name="0021", **{"is_view:UNQUOTED": "False"})

    assert put == [PutNode(NodeRef("Table", "hive://gold.s/0021"), {"name": "0021", "is_view": False})]
    assert parse_node(LABEL="Table", KEY="k", **{"name:UNQUOTED": "2020"}) == [
        PutNode(NodeRef("Table", "k"), {"name": "2020"})
    ]


@pytest.mark.parametrize(
    ("label", "column", "cell", "value"),
    [
        ("Column", "sort_order:UNQUOTED", "7", 7),
        ("Column", "sort_order", "7", 7),
        ("Stat", "is_metric:UNQUOTED", "True", True),
        ("Stat", "stat_val", "7", "7"),
        ("Table", "publisher_last_updated_epoch_ms:UNQUOTED", "1592333799000", 1592333799000),
        ("Table", "published_tag", "2020", "2020"),
        ("Table", "of_their_own", "1", "1"),
        ("Table", "of_their_own:UNQUOTED", "1", 1),
        ("Table", "of_their_own:UNQUOTED", "1.5", 1.5),
        ("Table", "of_their_own:UNQUOTED", "true", True),
    ],
)
def test_type_comes_from_the_model_or_the_header(label: str, column: str, cell: str, value: object):
    (put,) = parse_node(LABEL=label, KEY="k", **{column: cell})

    (found,) = put.props.values()
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ({"LABEL": "", "KEY": "k"}, "Column 'LABEL' is empty"),
        ({"LABEL": "Table", "KEY": ""}, "Column 'KEY' is empty"),
        ({"LABEL": "Tables", "KEY": "k"}, "'Tables', which is no label"),
        ({"LABEL": "Fram_Edit", "KEY": "k"}, "'Fram_Edit', which is no label"),
        ({"LABEL": "Column", "KEY": "k", "sort_order:UNQUOTED": "first"}, "'sort_order:UNQUOTED' is 'first'"),
        ({"LABEL": "Table", "KEY": "k", "is_view:UNQUOTED": "maybe"}, "'is_view:UNQUOTED' is 'maybe'"),
        ({"LABEL": "Table", "KEY": "k", "own:UNQUOTED": "abc"}, "'own:UNQUOTED' is 'abc'"),
    ],
)
def test_node_that_does_not_fit_is_refused_by_column(cells: dict[str, str], reason: str):
    with pytest.raises(Refused, match=reason):
        parse_node(**cells)


def test_empty_cell_leaves_the_property_out():
    assert parse_node(LABEL="User", KEY="a@x.org", email="a@x.org", first_name="") == [
        PutNode(USER, {"email": "a@x.org"})
    ]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (relation(TABLE, USER, ("OWNER", "OWNER_OF")), EdgeRef("OWNER", TABLE, USER)),
        (relation(USER, TABLE, ("OWNER_OF", "OWNER")), EdgeRef("OWNER", TABLE, USER)),
        (relation(USER, TABLE, ("ANYTHING", "OWNER")), EdgeRef("OWNER", TABLE, USER)),
        (relation(TAG, TABLE, ("TAG", "TAGGED_BY")), EdgeRef("TAGGED_BY", TABLE, TAG)),
        (
            relation(("Dashboard", "d"), TAG, ("TAG", "TAG_OF")),
            EdgeRef("TAGGED_BY", NodeRef("Dashboard", "d"), TAG),
        ),
    ],
)
def test_relation_is_put_forward_whichever_way_it_was_written(cells: dict[str, str], expected: EdgeRef):
    assert parse_relation(**cells) == [PutEdge(expected, {})]


def test_every_relation_of_the_model_is_read_either_way():
    written = [r for r in RELATIONS.values() if r.reverse and r.type != "TAG"]
    assert len(written) > 20
    for kind in written:
        for source, target in kind.ends:
            ends = NodeRef(source, "a"), NodeRef(target, "b")
            forward = parse_relation(**relation(*ends, (kind.type, kind.reverse)))
            backward = parse_relation(**relation(*ends[::-1], (kind.reverse, kind.type)))
            assert forward == [PutEdge(EdgeRef(kind.type, *ends), {})]
            assert backward == forward


def test_property_of_a_relation_is_typed():
    cells = relation(USER, TABLE, ("READ", "READ_BY"), **{"read_count:UNQUOTED": "7", "own": "7"})

    assert parse_relation(**cells) == [PutEdge(EdgeRef("READ_BY", TABLE, USER), {"read_count": 7, "own": "7"})]


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (relation(TABLE, USER, ("OWNS", "OWNED")), "'OWNS', which is no relation from Table to User"),
        (relation(TABLE, ("Owner", "a"), ("OWNER", "OWNER_OF")), "no relation from Table to Owner"),
        (relation(TABLE, USER, ("RETRACTED_OWNER", "X")), "'RETRACTED_OWNER', which is no relation"),
        (relation(TABLE, ("User", ""), ("OWNER", "OWNER_OF")), "Column 'END_KEY' is empty"),
        (relation(TABLE, USER, ("", "OWNER_OF")), "Column 'TYPE' is empty"),
    ],
)
def test_relation_that_does_not_fit_is_refused_by_column(cells: dict[str, str], reason: str):
    with pytest.raises(Refused, match=reason):
        parse_relation(**cells)


@pytest.mark.parametrize("column", ["two words", "key", "fram_edited", "", "a" * 65, "a.b", "name:UNQUOTED:UNQUOTED"])
def test_column_that_cannot_be_a_property_is_an_invalid_source(column: str):
    with pytest.raises(InvalidSource, match="impossible name"):
        NODES.bind(("LABEL", "KEY", column))


def test_time_of_the_last_change_is_not_taken_from_a_file():
    assert parse_node(LABEL="Updatedtimestamp", KEY="k", **{"latest_timestamp:UNQUOTED": "7"}) == []


def test_property_named_twice_is_an_invalid_source():
    with pytest.raises(InvalidSource, match="same property"):
        NODES.bind(("LABEL", "KEY", "name", "name:UNQUOTED"))


def test_every_property_of_the_model_has_a_reader():
    for label in LABELS.values():
        if not label.name.startswith("Fram_") and label.name != "Updatedtimestamp":
            cells = dict.fromkeys(label.properties, "1")
            (put,) = parse_node(LABEL=label.name, KEY="k", **cells)
            wanted = {name: get_origin(kind) or kind for name, kind in label.properties.items()}
            assert {name: type(value) for name, value in put.props.items()} == wanted
