"""Every reply of the search service: the items of each kind are made from the declaration of its document."""

from typing import Any

from marshmallow import Schema, fields

from schemas.document_types import Field, FieldType, Resource
from schemas.documents import RESOURCES

_NUMBERS = (FieldType.NUMBER, FieldType.TIME)
V1_TAGS = ("tags", "badges")  # lists of {"tag_name": …} in v1


def _one(declared: Field) -> fields.Field[Any]:
    if declared.many:
        return fields.List(fields.String(), required=True)
    if declared.type in _NUMBERS:
        return fields.Float(required=True, allow_none=True)
    made = fields.Boolean if declared.type is FieldType.FLAG else fields.String
    return made(required=True, allow_none=True)


class TagName(Schema):
    tag_name = fields.String(required=True)


def _v1_value(name: str, declared: Field) -> fields.Field[Any]:
    return fields.List(fields.Nested(TagName), required=True) if name in V1_TAGS else _one(declared)


def _v1(resource: Resource) -> type[Schema]:
    shown = {name: _v1_value(name, declared) for declared in resource.fields for name in declared.v1}
    item = Schema.from_dict({"id": fields.String(required=True), **shown}, name=f"V1{resource.label}")
    return Schema.from_dict(
        {
            "total_results": fields.Integer(required=True),
            "results": fields.List(fields.Nested(item), required=True),
        },
        name=f"V1{resource.label}Results",
    )


class FacetCount(Schema):
    value = fields.String(required=True)
    count = fields.Integer(required=True)


def _v2(resource: Resource) -> type[Schema]:
    shown = {name: _one(declared) for declared in resource.fields for name in declared.v2}
    found: dict[str, fields.Field[Any]] = {
        "search_score": fields.Float(required=True),
        "highlight": fields.Dict(keys=fields.String(), values=fields.List(fields.String()), required=True),
        "explanation": fields.String(metadata={"description": "With `explain` only."}),
    }
    if "key" not in shown:
        found["key"] = fields.String(metadata={"description": "With `keys` only."})
    item = Schema.from_dict({**shown, **found}, name=f"{resource.label}Hit")
    counts = fields.List(fields.Nested(FacetCount))
    return Schema.from_dict(
        {
            "total_results": fields.Integer(required=True),
            "results": fields.List(fields.Nested(item), required=True),
            "facets": fields.Dict(keys=fields.String(), values=counts, metadata={"description": "With `facets` only."}),
            "next": fields.String(allow_none=True, metadata={"description": "With `cursor` only."}),
        },
        name=f"{resource.label}Hits",
    )


V1_RESULTS = {kind: _v1(resource) for kind, resource in RESOURCES.items()}
_Results = Schema.from_dict({kind: fields.Nested(_v2(item)) for kind, item in RESOURCES.items()}, name="Results")


class Search(Schema):
    msg = fields.String(required=True)
    page_index = fields.Integer(required=True)
    results_per_page = fields.Integer(required=True)
    status_code = fields.Integer(required=True)
    results = fields.Nested(_Results, required=True)


class Suggestion(Schema):
    resource_type = fields.String(required=True)
    key = fields.String(required=True)
    name = fields.String(required=True)


class Suggestions(Schema):
    suggestions = fields.List(fields.Nested(Suggestion), required=True)


class Done(Schema):
    msg = fields.String(required=True)


class Empty(Schema):
    """An empty object."""
