"""How each kind of statement looks as JSON, for documentation: what reads it is in ingest_requests."""

import inspect
from collections.abc import Sequence

from marshmallow import Schema, validate
from marshmallow import fields as wire

from schemas.statements import KINDS
from schemas.wire.ingest_requests import TYPE, schema_of, shape_name


def _shape(kind: str, entity: type) -> type[Schema]:
    class Meta:
        description = inspect.getdoc(entity)

    named = wire.String(required=True, validate=validate.OneOf((kind,)), metadata={"description": "Which kind."})
    return type(shape_name(kind), (schema_of(entity),), {TYPE: named, "Meta": Meta})


SHAPES: Sequence[type[Schema]] = tuple(_shape(kind, entity) for kind, entity in KINDS.items())
