"""Make a marshmallow schema of a dataclass, so that an entity's fields are declared once."""

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from marshmallow import Schema
from marshmallow import fields as wire

_SCALARS: dict[type, type[wire.Field[Any]]] = {
    str: wire.String,
    int: wire.Integer,
    float: wire.Float,
    bool: wire.Boolean,
}


@cache
def schema_of(entity: type) -> type[Schema]:
    """Return the schema whose keys are the fields of a dataclass; all required, as replies carry every key.

    Raises TypeError for a field of a type that has no place in JSON.
    """
    hints = get_type_hints(entity)
    made = {item.name: _field(entity, hints[item.name]) for item in fields(entity)}
    return Schema.from_dict(made, name=entity.__name__)


def _field(entity: type, hint: Any) -> wire.Field[Any]:
    if get_origin(hint) in (Union, types.UnionType):
        (inner,) = (part for part in get_args(hint) if part is not type(None))
        return _typed(entity, inner, {"required": True, "allow_none": True})
    return _typed(entity, hint, {"required": True})


def _typed(entity: type, hint: Any, options: Mapping[str, Any]) -> wire.Field[Any]:
    origin = get_origin(hint)
    if hint in _SCALARS:
        return _SCALARS[hint](**options)
    if origin is Sequence:
        (item,) = get_args(hint)
        return wire.List(_typed(entity, item, {}), **options)
    if origin is Mapping:
        _, value = get_args(hint)
        return wire.Dict(keys=wire.String(), values=_typed(entity, value, {}), **options)
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        # An entity within itself is looked up late, when its own schema is there.
        return wire.Nested((lambda: schema_of(hint)()) if hint is entity else schema_of(hint), **options)  # noqa: PLW0108
    raise TypeError(f"{entity.__name__} has a field of {hint!r}, which has no place in JSON.")
