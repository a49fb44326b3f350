"""The documentation of what is pushed spells the fields of every kind of statement."""

import inspect
from dataclasses import MISSING, fields
from typing import Any

import pytest
from flask.testing import FlaskClient

from schemas.statements import KINDS


@pytest.fixture
def schemas(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/openapi.json").json["components"]["schemas"]
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_described_field_by_field(schemas: dict[str, Any], kind: str):
    entity = KINDS[kind]
    shape = schemas[f"{entity.__name__}Statement"]
    assert shape["properties"].keys() == {"type", *(item.name for item in fields(entity))}
    needed = {item.name for item in fields(entity) if item.default is item.default_factory is MISSING}
    assert set(shape["required"]) == {"type", *needed}
    assert shape["properties"]["type"]["enum"] == [kind]
    assert shape["description"] == inspect.getdoc(entity)


def test_what_is_within_a_statement_is_described_as_well(schemas: dict[str, Any]):
    column = schemas["TableStatement"]["properties"]["columns"]["items"]["$ref"].rpartition("/")[2]
    assert schemas[column]["properties"].keys() == {"name", "type", "description", "badges", "statistics"}


def test_body_of_a_push_holds_any_of_them(schemas: dict[str, Any], client: FlaskClient):
    named = [
        one["$ref"].rpartition("/")[2] for one in schemas["EntitiesBody"]["properties"]["entities"]["items"]["oneOf"]
    ]
    assert named == [f"{entity.__name__}Statement" for entity in KINDS.values()]
    page = client.get("/apidocs/").text
    assert all(f'id="{name}"' in page for name in named)
