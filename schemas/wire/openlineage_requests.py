"""What is asked and answered where events of OpenLineage are sent to. The events themselves: openlineage.py."""

from marshmallow import Schema, fields, validate

from schemas.wire.requests import Parameters

_NAME = validate.Length(min=1, max=10_000)


class Received(Schema):
    received = fields.Integer(required=True, metadata={"description": "How many events were taken in."})


class RememberedParameters(Parameters):
    kind = fields.String(load_default="dataset", validate=validate.OneOf(("dataset", "job", "run")))
    namespace = fields.String(required=True, validate=_NAME, metadata={"description": "Of the dataset or the job."})
    name = fields.String(required=True, validate=_NAME, metadata={"description": "Of the dataset or the job."})
    run = fields.String(load_default="", metadata={"description": "The id of a run of the job, for `run`."})


class Remembered(Schema):
    key = fields.String(required=True, metadata={"description": "The key of the table, the job's name, the run's id."})
    facets = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "By name: when (microseconds), and the facet."}
    )
    record = fields.Dict(keys=fields.String(), required=True, metadata={"description": "All that is remembered."})
