"""Statements as JSON: what is read, what is refused, and how the errors name what is wrong."""

from dataclasses import asdict, fields
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import InvalidBody
from schemas.statements import KINDS, Chart, Column, DashboardQuery, Group, Label, Lineage, Measure, Step, Table
from schemas.wire.ingest_requests import MAX_ITEMS, TYPE, statement_of

TABLE = {"type": "table", "database": "hive", "cluster": "gold", "schema": "core", "name": "t"}


def test_least_statement_has_the_defaults():
    assert statement_of(TABLE) == Table("hive", "gold", "core", "t")


def test_whole_statement_is_read():
    said = {
        **TABLE,
        "is_view": False,
        "columns": [{"name": "a", "type": "int", "badges": [{"name": "pii", "category": "data"}]}],
        "statistics": [{"name": "rows", "value": "5"}],
        "notes": {"dbt": "a model"},
        "code": {"url": "https://example.org"},
    }
    found = statement_of(said)
    assert isinstance(found, Table)
    assert found.columns == [Column("a", "int", badges=[Label("pii", "data")])]
    assert found.statistics == [Measure("rows", "5")]
    assert found.code.type == "github"
    assert found.notes == {"dbt": "a model"}


def test_defaults_are_not_shared():
    one, other = statement_of(TABLE), statement_of(TABLE)
    assert one.notes is not other.notes


@pytest.mark.parametrize("kind", KINDS.values())
def test_no_kind_has_a_field_that_the_type_would_hide(kind: type):
    assert TYPE not in {item.name for item in fields(kind)}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": 5}, "entities[3].name: Not a valid string."),
        ({"columns": [{"type": "int"}]}, "entities[3].columns[0].name: Missing data for required field."),
        ({"columns": [{"name": "a"}, {"name": "b", "size": 1}]}, "entities[3].columns[1].size: Unknown field."),
        ({"columns": "a"}, "entities[3].columns: Not a valid list."),
        ({"columns": None}, "entities[3].columns: Field may not be null."),
        ({"updated_at": "5"}, "entities[3].updated_at: Not a valid integer."),
        ({"updated_at": 2**70}, "entities[3].updated_at: Must be greater than or equal to"),
        ({"is_view": "yes"}, "entities[3].is_view: Not a valid boolean."),
        ({"notes": {"dbt": 5}}, "entities[3].notes.dbt: Not a valid string."),
        ({"code": {"url": 5}}, "entities[3].code.url: Not a valid string."),
        ({"tags": ["a", None]}, "entities[3].tags[1]: Field may not be null."),
        ({"tags": ["a"] * (MAX_ITEMS + 1)}, "entities[3].tags: Longer than maximum length"),
        ({"sort": 1}, "entities[3].sort: Unknown field."),
        ({"type": "tables"}, "entities[3].type: it must be one of table, lineage"),
        ({"type": None}, "entities[3].type: it must be one of table"),
        ({"type": ["table"]}, "entities[3].type: it must be one of table"),
    ],
)
def test_errors_name_the_item_and_the_field(change: dict[str, Any], message: str):
    with pytest.raises(InvalidBody) as caught:
        statement_of({**TABLE, **change}, "entities[3]")
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize("data", [None, [], "table", 5])
def test_statement_is_an_object(data: Any):
    with pytest.raises(InvalidBody, match=r"entities\[0\]: it must be a JSON object"):
        statement_of(data, "entities[0]")


_TEXT = st.text(max_size=5)
_TABLES = st.builds(
    Table,
    *[_TEXT] * 4,
    is_view=st.none() | st.booleans(),
    columns=st.lists(st.builds(Column, _TEXT, _TEXT, st.none() | _TEXT), max_size=3),
    tags=st.lists(_TEXT, max_size=2),
    notes=st.dictionaries(_TEXT, _TEXT, max_size=2),
)
_OTHERS = st.builds(Lineage, _TEXT, _TEXT, st.lists(_TEXT), st.lists(st.builds(Step, _TEXT, _TEXT))) | st.builds(
    KINDS["dashboard"],
    _TEXT,
    _TEXT,
    st.builds(Group, _TEXT),
    _TEXT,
    _TEXT,
    queries=st.lists(
        st.builds(DashboardQuery, _TEXT, charts=st.lists(st.builds(Chart, _TEXT), max_size=2)), max_size=2
    ),
)


@given(_TABLES | _OTHERS)
def test_statement_goes_through_json_and_back(statement: Any):
    kind = next(name for name, kind in KINDS.items() if kind is type(statement))
    back = statement_of({"type": kind, **orjson.loads(orjson.dumps(statement))})
    assert type(back) is type(statement)
    assert orjson.dumps(asdict(back)) == orjson.dumps(asdict(statement))
