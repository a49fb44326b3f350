"""What the source MLflow is told."""

import re
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from ingest.extract.sql.naming import NamingSettings

_URL = re.compile(r"https?://[^\s/@]+(/\S*)?\Z")
_NAME = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\Z", error="It may hold letters, digits, _ . and -.")
PLACE = ("database", "cluster", "schema", "table")


def _pattern(value: str) -> None:
    try:
        re.compile(value)
    except re.error as error:
        raise ValidationError(f"It is no regular expression: {error}.") from None


class TablePattern(Schema):
    """Which table a dataset is taken from, by where it says it lies."""

    source_type = fields.String(load_default="", metadata={"description": "Only of this type: s3, hive, … (all)."})
    pattern = fields.String(
        required=True,
        validate=[validate.Length(1, 1000), _pattern],
        metadata={"description": "A regular expression for the whole URI or name; groups named database, … name it."},
    )
    database = fields.String(load_default="")
    cluster = fields.String(load_default="")
    schema = fields.String(load_default="")
    table = fields.String(load_default="")

    @validates_schema
    def check_named(self, data: Any, **_: Any) -> None:
        groups = re.compile(data["pattern"]).groupindex
        for part in PLACE:
            if not data[part] and part not in groups:
                raise ValidationError(
                    f"The table's {part} is neither given nor a group (?P<{part}>…) of it.", "pattern"
                )


class MlflowSettings(NamingSettings):
    url = fields.String(
        required=True,
        validate=validate.Regexp(_URL, error="It must begin with http:// or https:// and hold no password."),
        metadata={"description": "The URL of the tracking server."},
    )
    instance = fields.String(
        required=True,
        validate=_NAME,
        metadata={"description": "What the server is called in keys: mlflow://<instance>/model/…; for good."},
    )
    workspace = fields.String(
        load_default="", validate=_NAME, metadata={"description": "The workspace to read (default: the server's own)."}
    )
    username = fields.String(load_default="", metadata={"description": "Who signs in, where the server asks."})
    password = fields.String(load_default="", metadata={"description": "Their password.", "secret": True})
    token = fields.String(
        load_default="", metadata={"description": "A token, in place of name and password.", "secret": True}
    )
    ca_file = fields.String(metadata={"description": "Certificates to trust, where they are not the usual ones."})
    timeout = fields.Float(
        load_default=60, validate=validate.Range(1, 3600), metadata={"description": "Seconds to wait for an answer."}
    )
    web_url = fields.String(
        validate=validate.Regexp(_URL),
        metadata={"description": "Where people open MLflow, for links (default: url)."},
    )
    runs = fields.String(
        load_default="all",
        validate=validate.OneOf(("all", "registered")),
        metadata={"description": "all, or only those that made a registered version."},
    )
    signatures = fields.Boolean(
        load_default=True, metadata={"description": "Whether the MLmodel file of each version is read."}
    )
    owner_tag = fields.String(
        load_default="owner", metadata={"description": "The tag that names the owners of a model or experiment."}
    )
    people = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.Length(min=1)),
        load_default=dict,
        metadata={"description": "The address of each user name; who is not in it and has no @ is no person here."},
    )
    table_tag = fields.String(
        load_default="table_key",
        metadata={"description": "The tag of a run's input that holds the key of the table it is taken from."},
    )
    databases = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.Length(min=1)),
        load_default=lambda: {"delta_table": "delta", "spark": "hive"},
        metadata={
            "description": "The kind of database, as keys have it, of datasets that name a table, by source type."
        },
    )
    tables = fields.List(
        fields.Nested(TablePattern), load_default=list, metadata={"description": "Tables by where a dataset lies."}
    )

    @validates_schema
    def check_sign_in(self, data: Any, **_: Any) -> None:
        if data.get("token") and data.get("username"):
            raise ValidationError("token and username exclude one another.", "token")
