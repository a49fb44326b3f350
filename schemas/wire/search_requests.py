"""Every request of the search service, validated before the index sees it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate, validates_schema

from schemas.wire.requests import Parameters

MAX_TEXT = 10_000
MAX_OFFSET = 1_000_000


def _text(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=MAX_TEXT), **options)


def _texts(**options: Any) -> fields.List[Any]:
    return fields.List(_text(), validate=validate.Length(max=1000), **options)


class FilterBody(Schema):
    name = _text(required=True)
    values = _texts(required=True, metadata={"description": "`*` any text, `?` one character; case is ignored."})
    operation = fields.String(
        required=True, validate=validate.OneOf(["AND", "OR"]), metadata={"description": "All or one of the values."}
    )


class HighlightBody(Schema):
    enable_highlight = fields.Boolean(load_default=False)


class SearchBody(Schema):
    """Amundsen's search request; the last five keys are Fram's own."""

    query_term = _text(required=True, metadata={"description": 'Words, a "phrase", -not, field:value; may be empty.'})
    resource_types = _texts(load_default=list, metadata={"description": "Kinds to search; none means all."})
    page_index = fields.Integer(load_default=0, validate=validate.Range(min=0))
    results_per_page = fields.Integer(load_default=10, validate=validate.Range(min=1, max=1000))
    filters = fields.List(fields.Nested(FilterBody), load_default=list, validate=validate.Length(max=100))
    highlight_options = fields.Dict(keys=fields.String(), values=fields.Nested(HighlightBody), load_default=dict)
    facets = _texts(load_default=list, metadata={"description": "Fields to count the values of."})
    sort = fields.String(load_default="relevance", validate=validate.OneOf(["relevance", "usage", "recency"]))
    cursor = fields.Dict(
        keys=fields.String(),
        values=_text(),
        load_default=None,
        metadata={"description": "`next` of the page before by kind, in place of page_index; `{}` for the first page."},
    )
    explain = fields.Boolean(load_default=False, metadata={"description": "Say of each hit why it was found."})
    keys = fields.Boolean(load_default=False, metadata={"description": "Give the key of each hit, a person's too."})

    @validates_schema(skip_on_field_errors=True)
    def check_offset(self, data: dict[str, Any], **_: Any) -> None:
        if data["page_index"] * data["results_per_page"] > MAX_OFFSET:
            raise ValidationError(f"is behind the first {MAX_OFFSET} hits; page on by `cursor`.", "page_index")


class SuggestParameters(Parameters):
    query_term = _text(required=True, metadata={"description": "A name typed in part."})
    resource_types = _text(load_default="", metadata={"description": "Kinds, separated by commas; none means all."})
    limit = fields.Integer(load_default=10, validate=validate.Range(min=1, max=100))

    @post_load
    def split(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        kinds = [kind.strip() for kind in data["resource_types"].split(",") if kind.strip()]
        return {**data, "resource_types": kinds}


def _page_index() -> fields.Integer:
    return fields.Integer(
        load_default=0,
        validate=validate.Range(min=-1, max=MAX_OFFSET // 10),
        metadata={"description": "Page of ten; -1 is everything."},
    )


class V1Parameters(Parameters):
    query_term = _text(required=True)
    page_index = _page_index()
    index = _text(load_default="", metadata={"description": "Taken and ignored: each route has its index."})


class V1FiltersBody(Schema):
    class Meta:
        unknown = EXCLUDE

    type = fields.String(load_default="AND", validate=validate.OneOf(["AND"]))
    filters = fields.Dict(keys=_text(), values=_texts(), load_default=dict)


class V1SearchBody(Schema):
    class Meta:
        unknown = EXCLUDE

    query_term = fields.String(
        load_default="",
        validate=[
            validate.Length(max=MAX_TEXT),
            validate.ContainsNoneOf(":", error="holds `:`; name fields in search_request.filters."),
        ],
    )
    page_index = _page_index()
    index = _text(load_default="")
    search_request = fields.Nested(V1FiltersBody, required=True)


class DocumentBody(Schema):
    """A field of a search document and what it is to hold."""

    resource_key = _text(required=True)
    resource_type = _text(required=True)
    field = _text(required=True)
    value = fields.Raw(load_default=None, allow_none=True, metadata={"description": "A text or a list of texts."})
    operation = fields.String(required=True, validate=validate.OneOf(["add", "overwrite"]))


class V1DocumentsBody(Schema):
    class Meta:
        unknown = EXCLUDE

    data = fields.List(
        fields.Dict(keys=fields.String()), required=True, metadata={"description": "Documents as v1 shows them."}
    )
    index = _text(load_default="")
