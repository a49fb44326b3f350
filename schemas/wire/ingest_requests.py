"""Statements as JSON, derived from their dataclasses, and what is asked of the ingest service beside them.

A statement is an object whose `type` names its kind, with the fields of that kind beside it: those without a default
must be there, and none that the kind does not have. What is wrong is said with the way to it: `columns[0].name: …`.
"""

import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from marshmallow import Schema, ValidationError, post_load, validate
from marshmallow import fields as wire

from schemas.errors import InvalidBody
from schemas.ingest_runs import STATUSES
from schemas.statements import KINDS, Statement
from schemas.wire.requests import Parameters

TYPE = "type"  # of a statement: which kind it is
MAX_TEXT = 1_000_000
MAX_ITEMS = 50_000  # of one list within a statement
MAX_NUMBER = 2**63 - 1
MAX_ENTITIES = 5_000  # of one request
SOURCE_NAME = r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\Z"

_TEXT = validate.Length(max=MAX_TEXT)
_MANY = validate.Length(max=MAX_ITEMS)
_RANGE = validate.Range(min=-MAX_NUMBER, max=MAX_NUMBER)


def statement_of(data: Any, where: str = "") -> Statement:
    """Return the statement that parsed JSON stands for.

    Raises InvalidBody, which names the first thing that is wrong, beginning with `where`.
    """
    if not isinstance(data, Mapping):
        raise InvalidBody(f"{where or 'A statement'}: it must be a JSON object.")
    kind = data.get(TYPE)
    if not isinstance(kind, str) or kind not in KINDS:
        raise InvalidBody(f"{_join(where, TYPE)}: it must be one of {', '.join(KINDS)}.")
    entity: type = KINDS[kind]
    try:
        made: Statement = schema_of(entity)().load({name: data[name] for name in data if name != TYPE})
    except ValidationError as error:
        path, what = first_of(error.messages)
        raise InvalidBody(f"{_join(where, path)}: {what}" if where or path else what) from None
    return made


def first_of(messages: Any) -> tuple[str, str]:
    """Return the way to the first thing that is wrong, as `columns[0].name`, and what is wrong with it."""
    path = ""
    while isinstance(messages, Mapping):
        name, messages = next(iter(messages.items()))
        if name not in ("_schema", "value", "key") or isinstance(messages, Mapping):
            path = f"{path}[{name}]" if isinstance(name, int) else _join(path, name)
    return path, str(messages[0] if isinstance(messages, list) else messages)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path and name and not name.startswith("[") else f"{path}{name}"


@cache
def schema_of(entity: type) -> type[Schema]:
    """Return the schema that reads a dataclass from JSON."""
    hints = get_type_hints(entity)
    members: dict[str, Any] = {item.name: _field(item, hints[item.name]) for item in fields(entity)}

    def make(_self: Schema, data: dict[str, Any], **_: Any) -> Any:
        return entity(**data)

    return type(f"Said{entity.__name__}", (Schema,), {**members, "make": post_load(make)})


def _field(item: "Field[Any]", hint: Any) -> wire.Field[Any]:
    default = item.default_factory if item.default_factory is not MISSING else item.default
    options: dict[str, Any] = {"required": True} if default is MISSING else {"load_default": default}
    if get_origin(hint) in (Union, types.UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
        options["allow_none"] = True
    return _typed(hint, options)


def _typed(hint: Any, options: dict[str, Any]) -> wire.Field[Any]:
    origin = get_origin(hint)
    if hint is str:
        return wire.String(validate=_TEXT, **options)
    if hint is bool:
        return wire.Boolean(truthy={True}, falsy={False}, **options)
    if hint is int:
        return wire.Integer(strict=True, validate=_RANGE, **options)
    if hint is float:
        return wire.Float(**options)
    if origin is Sequence:
        return wire.List(_typed(get_args(hint)[0], {}), validate=_MANY, **options)
    if origin is Mapping:
        values = _typed(get_args(hint)[1], {})
        return wire.Dict(keys=wire.String(validate=_TEXT), values=values, validate=_MANY, **options)
    return wire.Nested(schema_of(hint), **options)


def shape_name(kind: str) -> str:
    """Return what documentation calls the shape of a kind of statement: ModelVersionStatement."""
    return f"{KINDS[kind].__name__}Statement"


class EntitiesBody(Schema):
    source = wire.String(
        required=True,
        validate=validate.Regexp(SOURCE_NAME, error="It must be up to 100 letters, digits, '_', '.' or '-'."),
        metadata={"description": "Who says so. Each source is kept apart from the others."},
    )
    entities = wire.List(
        wire.Raw(metadata={"oneOf": [{"$ref": f"#/components/schemas/{shape_name(kind)}"} for kind in KINDS]}),
        required=True,
        validate=validate.Length(max=MAX_ENTITIES),
        metadata={"description": f"Statements: objects whose `{TYPE}` is one of {', '.join(KINDS)}."},
    )
    dry_run = wire.Boolean(load_default=False, metadata={"description": "Say what would change, and change nothing."})


class RunsParameters(Parameters):
    limit = wire.Integer(
        load_default=50, validate=validate.Range(min=1, max=1000), metadata={"description": "How many."}
    )
    after = wire.String(
        load_default="", validate=validate.Length(max=200), metadata={"description": "`next` of the page before."}
    )
    job = wire.String(load_default="", validate=validate.Length(max=200), metadata={"description": "Of one job."})
    status = wire.String(
        load_default=None, validate=validate.OneOf(STATUSES), metadata={"description": "Of those that stand so."}
    )


class StatementsParameters(Parameters):
    kind = wire.String(required=True, validate=validate.OneOf(tuple(KINDS)), metadata={"description": "Which kind."})
    key = wire.String(
        required=True, validate=validate.Length(min=1, max=4000), metadata={"description": "Of what, by its key."}
    )
