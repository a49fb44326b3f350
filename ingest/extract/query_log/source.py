"""A query log as a source: lineage, readers, common joins and filters from the statements that people and jobs ran."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from marshmallow import ValidationError, fields, validate, validates_schema

from ingest.extract.csv_records import Fault, open_records
from ingest.extract.query_log.ddl import created_columns
from ingest.extract.query_log.history import history
from ingest.extract.query_log.parsers import Parsers, Reading
from ingest.extract.query_log.records import FIELDS, Entry, entries, log_files
from ingest.extract.query_log.sessions import Sessions
from ingest.extract.query_log.tally import Tally
from ingest.extract.source import Refused, Source
from ingest.extract.sql.naming import FALLBACK, Naming, NamingSettings, default_schema, dialect_of
from ingest.extract.sql.origins import TableName
from schemas.errors import InvalidSource
from schemas.statements import Statement

CHUNK_STATEMENTS = 50
CHUNK_CHARACTERS = 200_000
_SHOWN = 100  # characters of a statement that is refused


class QueryLogSettings(NamingSettings):
    path = fields.String(
        metadata={
            "description": "The log: a file, a folder or a pattern (*.ndjson, *.json, *.csv, *.tsv, also with .gz)."
        }
    )
    url = fields.String(
        metadata={"description": "Or the URL of a database that keeps one (as SQLAlchemy has them).", "secret": True}
    )
    password = fields.String(metadata={"description": "The password for the URL.", "secret": True})
    query = fields.String(metadata={"description": "The query that reads the log there, oldest statement first."})
    query_seconds = fields.Integer(
        load_default=300,
        validate=validate.Range(1, 86_400),
        metadata={"description": "The time that query may take (PostgreSQL)."},
    )
    database = fields.String(
        required=True,
        validate=validate.Length(min=1),
        metadata={"description": "The kind of database, as it is called in keys: snowflake, postgres, hive, …"},
    )
    schema = fields.String(metadata={"description": "The schema of tables that are named without one."})
    field_names = fields.Dict(
        keys=fields.String(validate=validate.OneOf(tuple(FIELDS))),
        values=fields.String(),
        metadata={"description": f"What the log calls its fields, where it is not plain: {', '.join(FIELDS)}."},
    )
    columns = fields.List(fields.String(), metadata={"description": "The columns of CSV files that have no header."})
    columns_file = fields.String(
        metadata={"description": "A CSV file of all columns (table_schema, table_name, column_name; table_catalog)."}
    )
    email_domain = fields.String(metadata={"description": "The domain of users whose name is no address."})
    ignored_users = fields.List(fields.String(), metadata={"description": "Users who do not count as readers."})
    literals = fields.Boolean(
        load_default=True, metadata={"description": "Whether filters show their values; else ? stands for each."}
    )
    stubs = fields.Boolean(
        load_default=True, metadata={"description": "Whether tables that only the log knows are made, as stubs."}
    )
    statement_seconds = fields.Float(
        load_default=10,
        validate=validate.Range(min=0, min_inclusive=False, max=600),
        metadata={"description": "The time to read one statement in."},
    )
    workers = fields.Integer(
        validate=validate.Range(1, 64), metadata={"description": "How many processes read (default: one a core)."}
    )

    @validates_schema
    def _check(self, told: dict[str, Any], **_: Any) -> None:
        if ("path" in told) == ("url" in told):
            raise ValidationError("A log has either a path or a url.", "path")
        if "url" in told and not told.get("query"):
            raise ValidationError("A log in a database needs the query that reads it.", "query")


class QueryLog(Source):
    about: ClassVar = "SQL query logs: lineage of tables and columns, readers, common joins and filters"
    settings: ClassVar = QueryLogSettings
    complete = False  # a log tells what happened, not what there is

    def check(self) -> str:
        """See that the files are there and what their first statement is. Raises InvalidSource."""
        first = next(self._entries(), None)
        if isinstance(first, Refused):
            raise InvalidSource(f"{first.where}: {first.reason}")
        self._columns()
        where = f"{len(log_files(self.told['path']))} file(s)" if "path" in self.told else "a table of a database"
        return f"{where}, {f'the first statement: {_shown(first.sql)}' if first else 'no statement in it'}"

    def extract(self) -> Iterator[Statement | Refused]:
        """Read the log once, then say what was in it."""
        told = self.told
        tally = Tally(self._naming(), told.get("email_domain", ""), told.get("ignored_users", ()))
        columns = created_columns(self._completed(), self._dialect()) | self._columns()
        reading = Reading(self._dialect(), told["statement_seconds"], told["literals"], columns)
        parsers = Parsers(reading, told.get("workers"), tally.folded)
        unread: list[Refused] = []
        try:
            for entry, answer in parsers.answers(_chunks(self._completed(), unread)):
                yield from _taken(unread)
                if isinstance(answer, str):
                    yield Refused(entry.where, f"Not understood: {answer}: {_shown(entry.sql)}")
                else:
                    tally.add(entry, answer)
        finally:
            parsers.close()
        yield from _taken(unread)
        if tally.lineage.is_full:
            yield Refused("the log", "It writes more tables than can be followed; the lineage of some is missing.")
        yield from tally.statements(stubs=told["stubs"])

    def _completed(self) -> Iterator[Entry | Refused]:
        dialect = self._dialect()
        return Sessions(dialect, self.told.get("schema") or default_schema(dialect)).completed(self._entries())

    def _entries(self) -> Iterator[Entry | Refused]:
        told = self.told
        called = told.get("field_names", {})
        if "url" in told:
            yield from history(told["url"], told.get("password", ""), told["query"], called, told["query_seconds"])
        for path in log_files(told["path"]) if "path" in told else ():
            yield from entries(path, called, told.get("columns", ()))

    def _dialect(self) -> str:
        return dialect_of(self.told.get("dialect") or self.told["database"])

    def _naming(self) -> Naming:
        told = self.told
        return Naming(
            told["database"],
            self._dialect(),
            cluster=told.get("cluster", FALLBACK),
            clusters=told.get("clusters", {}),
            schema=told.get("schema", ""),
            case=told.get("case", "system"),
        )

    def _columns(self) -> dict[TableName, list[str]]:
        path = self.told.get("columns_file")
        return _columns_of(Path(path)) if path else {}


def _chunks(entries: Iterator[Entry | Refused], unread: list[Refused]) -> Iterator[list[Entry]]:
    """Yield a few entries at a time; what is refused goes into `unread`."""
    chunk: list[Entry] = []
    size = 0
    for entry in entries:
        if isinstance(entry, Refused):
            unread.append(entry)
        else:
            chunk.append(entry)
            size += len(entry.sql)
        if len(chunk) >= CHUNK_STATEMENTS or size > CHUNK_CHARACTERS or len(unread) >= CHUNK_STATEMENTS:
            yield chunk
            chunk, size = [], 0
    yield chunk


def _taken(unread: list[Refused]) -> list[Refused]:
    taken = unread[:]
    unread.clear()
    return taken


def _shown(sql: str) -> str:
    text = " ".join(sql[: 2 * _SHOWN].split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _columns_of(path: Path) -> dict[TableName, list[str]]:
    """Read what `information_schema.columns` of a database says, as a CSV file. Raises InvalidSource."""
    found: dict[TableName, list[str]] = {}
    with open_records(path, path.name) as records:
        header = [name.lower() for name in records.header()]
        if missing := {"table_schema", "table_name", "column_name"} - set(header):
            raise InvalidSource(f"columns_file: {path.name} lacks the column {', '.join(sorted(missing))}.")
        for record in records:
            if isinstance(record, Fault):
                raise InvalidSource(f"columns_file: {path.name} line {record.line}: {record.reason}")
            row = dict(zip(header, record.cells, strict=False))
            if row.get("table_name") and row.get("column_name"):
                table = TableName(row.get("table_catalog", ""), row.get("table_schema", ""), row["table_name"])
                found.setdefault(table, []).append(row["column_name"])
    return found
