"""Every reply of the ingest service, as a schema."""

from marshmallow import Schema, fields

from schemas import ingest_runs
from schemas.wire.derive import schema_of

Run = schema_of(ingest_runs.Run)
Pushed = schema_of(ingest_runs.Pushed)


class Runs(Schema):
    items = fields.List(fields.Nested(Run), required=True)
    next = fields.String(required=True, allow_none=True)


class Jobs(Schema):
    jobs = fields.List(fields.Nested(schema_of(ingest_runs.JobStatus)), required=True)


class Started(Schema):
    message = fields.String(required=True)


class HeardOf(Schema):
    source = fields.String(required=True)
    run = fields.String(required=True)
    first_run = fields.String(required=True)
    unresolved = fields.Boolean(required=True)
    gone_since = fields.Integer(required=True, allow_none=True)
    statement = fields.Dict(keys=fields.String(), required=True)


class Statements(Schema):
    statements = fields.List(fields.Nested(HeardOf), required=True)
