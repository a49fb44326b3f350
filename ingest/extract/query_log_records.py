"""Read the rows of a query log, NDJSON or CSV, plain or gzipped, and find what matters in them, whatever its name."""

import gzip
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TextIO, cast

import orjson

from ingest.extract.csv_records import MAX_RECORD_CHARACTERS, CsvRecords, Fault
from ingest.extract.source import Refused
from schemas.errors import InvalidSource

FIELDS: Mapping[str, Sequence[str]] = MappingProxyType(  # what a field is called in the logs of known systems
    {
        "statement": (
            *("query_text", "statement_text", "query", "statement", "sql", "sql_text", "querytxt", "querytext"),
            *("querystring", "text", "argument", "message"),
        ),
        "user": (
            *("user_email", "executed_by", "user_name", "username", "user", "usename", "query_user", "principal"),
            *("user_id", "email"),
        ),
        "session": ("session_id", "session", "sessionid", "session_info.session_id", "pid", "process_id", "thread_id"),
        "database": ("database_name", "database", "dbname", "datname", "catalog", "project_id"),
        "schema": ("schema_name", "schema", "current_database", "db", "current_schema"),
        "count": ("calls", "executions", "execution_count", "query_count", "count"),
        "status": ("execution_status", "status", "query_state", "state", "type"),
        "error": ("error_result", "error_message", "error_code", "error"),
    }
)
SUFFIXES = (".ndjson", ".jsonl", ".json", ".csv")

_FAILED = ("fail", "error", "cancel", "abort", "exception", "incident", "querystart", "killed")
_PREFIX = re.compile(r"\s*(?:duration: [\d.]+ ms\s+)?(?:statement|execute [^:]*): ")  # PostgreSQL's log
_NOTHING = {"", "0", "null", "none", "{}", "\\n"}


class Entry(NamedTuple):
    """A statement that was run: where it stands in the log, by whom, and in which database and schema."""

    where: str
    sql: str
    user: str = ""
    session: str = ""
    database: str = ""
    schema: str = ""
    times: int = 1


def log_files(path: str) -> list[Path]:
    """Return the files that a path names: itself, those of a folder, those of a pattern. Raises InvalidSource."""
    root = Path(path)
    if root.is_dir():
        files = [one for one in sorted(root.iterdir()) if _suffix(one) in SUFFIXES]
    else:
        files = [root] if root.is_file() else sorted(root.parent.glob(root.name)) if root.name else []
    if not files:
        raise InvalidSource(f"path: {path} names no file that ends in {', '.join(SUFFIXES)} (or those with .gz).")
    return files


def entries(path: Path, called: Mapping[str, str], columns: Sequence[str] = ()) -> Iterator[Entry | Refused]:
    """Stream a file's statements; rows of what failed or is no statement are left out. Raises InvalidSource.

    `called` names fields that are called otherwise than in FIELDS; `columns` those of a CSV file without a header.
    """
    name = path.name
    try:
        with cast("TextIO", (gzip.open if path.suffix == ".gz" else open)(path, "rt", **_UTF8)) as stream:
            rows = _csv(stream, name, columns) if _suffix(path) == ".csv" else _ndjson(stream)
            for line, row in rows:
                where = f"{name} line {line}"
                found = Refused(where, row) if isinstance(row, str) else entry_of(where, row, called)
                if found is not None:
                    yield found
    except (OSError, EOFError) as error:
        raise InvalidSource(f"{name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


_UTF8: Mapping[str, Any] = MappingProxyType({"encoding": "utf-8-sig", "errors": "replace", "newline": ""})


def _suffix(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix.lower()


def _ndjson(stream: TextIO) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    number = 0
    while line := stream.readline(MAX_RECORD_CHARACTERS):
        number += 1
        if not line.endswith("\n") and len(line) == MAX_RECORD_CHARACTERS:
            while (rest := stream.readline(MAX_RECORD_CHARACTERS)) and not rest.endswith("\n"):
                pass
            yield number, f"The line is longer than {MAX_RECORD_CHARACTERS:,} characters."
        elif line.strip():
            yield number, _object(line)


def _object(line: str) -> Mapping[str, Any] | str:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"The line is no JSON: {error}."
    if not isinstance(row, dict):
        return "The line is no JSON object; one object a line is wanted."
    return row


def _csv(stream: TextIO, name: str, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    records = CsvRecords(stream, name)
    header = columns or records.header()
    for record in records:
        if isinstance(record, Fault):
            yield record.line, record.reason
        elif len(record.cells) > len(header):
            yield record.line, f"The row has {len(record.cells)} cells, the header {len(header)} columns."
        else:
            yield record.line, dict(zip(header, record.cells, strict=False))


def entry_of(where: str, fields: Mapping[str, Any], called: Mapping[str, str]) -> Entry | Refused | None:
    """Find the statement in a row; None where there is none, or it failed."""
    nested = {
        f"{key}.{inner}": one for key, row in fields.items() if isinstance(row, dict) for inner, one in row.items()
    }
    row = nested | dict(fields)
    lower = {key.lower(): key for key in row}
    keys = {role: called.get(role) or _found(lower, names) for role, names in FIELDS.items()}

    def text(role: str) -> str:
        value = row.get(keys[role] or "")
        return "" if value is None else value.strip() if isinstance(value, str) else str(value)

    if keys["statement"] not in row:
        wanted = called.get("statement") or f"statement (one of {', '.join(FIELDS['statement'])})"
        return Refused(where, f"The row has no field {wanted}; name it by the setting field_names.")
    if text("status").lower().startswith(_FAILED) or text("error").lower() not in _NOTHING:
        return None
    sql = text("statement")
    prefix = _PREFIX.match(sql)
    if prefix is None and (keys["statement"] or "").lower() == "message":
        return None  # a line of a server's log that tells of something else
    sql = sql[prefix.end() :] if prefix else sql
    count = text("count")
    times = int(float(count)) if re.fullmatch(r"\d{1,15}(\.0+)?", count) else 1
    return (
        Entry(where, sql, text("user"), text("session") or text("user"), text("database"), text("schema"), times)
        if sql
        else None
    )


def _found(lower: Mapping[str, str], names: Sequence[str]) -> str | None:
    return next((lower[name] for name in names if name in lower), None)
