"""What the source of SQL databases is told."""

from typing import Any

from marshmallow import fields, validate

from ingest.extract.sql.naming import NamingSettings


def _patterns(about: str) -> fields.List[Any]:
    return fields.List(
        fields.String(validate=validate.Length(1, 200)), load_default=list, metadata={"description": about}
    )


class SqlDatabaseSettings(NamingSettings):
    url = fields.String(
        required=True,
        validate=validate.Length(min=1),
        metadata={
            "description": "The database's URL, as SQLAlchemy has it: postgresql://user@host/name, "
            "duckdb:////path/of/file, sqlite:////path/of/file.",
            "secret": True,
        },
    )
    password = fields.String(
        load_default="", metadata={"description": "The password, where it is not in the URL.", "secret": True}
    )
    database = fields.String(
        validate=validate.Length(min=1),
        metadata={"description": "The kind of database, as it is called in keys (default: postgres, duckdb, …)."},
    )
    include_schemas = _patterns("Patterns (sales, raw_*) of the schemas to read (default: all but the system's).")
    exclude_schemas = _patterns("Patterns of schemas to leave out.")
    include_tables = _patterns("Patterns (sales.orders, *.fct_*) of the tables and views to read (default: all).")
    exclude_tables = _patterns("Patterns of tables and views to leave out.")
    partitions = fields.Boolean(
        load_default=False, metadata={"description": "Whether the parts of a partitioned table are tables, too."}
    )
    joins = fields.Boolean(load_default=True, metadata={"description": "Whether foreign keys become suggested joins."})
    lineage = fields.Boolean(load_default=True, metadata={"description": "Whether views' definitions become lineage."})
    row_counts = fields.String(
        load_default="none",
        validate=validate.OneOf(("none", "estimated", "exact")),
        metadata={"description": "none, estimated (what the system believes) or exact (every table is counted)."},
    )
    statistics = fields.Boolean(
        load_default=False, metadata={"description": "Whether the columns of tables are measured, by a sample."}
    )
    sample_rows = fields.Integer(
        load_default=10_000,
        validate=validate.Range(1, 10_000_000),
        metadata={"description": "How many rows of a table are measured."},
    )
    statistics_seconds = fields.Float(
        load_default=600,
        validate=validate.Range(0, 86_400),
        metadata={"description": "The time for counting and measuring in one run; then the rest is left out."},
    )
    query_seconds = fields.Integer(
        load_default=60,
        validate=validate.Range(1, 3_600),
        metadata={"description": "The time for one query; of the catalogue, on PostgreSQL only."},
    )
