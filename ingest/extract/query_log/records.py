"""Read the rows of a query log, NDJSON or CSV, plain or gzipped, and find what matters in them, whatever its name."""

import gzip
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TextIO, cast

import orjson

from ingest.extract.csv_records import MAX_RECORD_CHARACTERS, CsvRecords, Fault, delimiter_of
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
        "status": ("execution_status", "status", "query_state", "state", "type", "error_severity"),
        "error": ("error_result", "error_message", "error_code", "error"),
    }
)
SUFFIXES = (".ndjson", ".jsonl", ".json", ".csv", ".tsv")

_CHUNK = 65_536  # characters
_CSV = frozenset({".csv", ".tsv"})
_FAILED = ("fail", "error", "cancel", "abort", "exception", "incident", "querystart", "killed")
_PUNCTUATION = re.compile(r"[\s_-]+")
_PREFIX = re.compile(r"\s*(?:duration: [\d.]+ ms\s+)?(?:statement|execute [^:]*): ")  # PostgreSQL's log
_COUNT = re.compile(r"\d{1,15}(\.0+)?")
_NOTHING = {"", "0", "null", "none", "false", "nan", "-", "{}", "[]", "\\n"}


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
            rows = _csv(stream, name, columns) if _suffix(path) in _CSV else _ndjson(stream)
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
        if number == 1 and line.startswith("["):
            yield from _array(stream, line)
            return
        if not line.endswith("\n") and len(line) == MAX_RECORD_CHARACTERS:
            while (rest := stream.readline(MAX_RECORD_CHARACTERS)) and not rest.endswith("\n"):
                pass
            yield number, f"The line is longer than {MAX_RECORD_CHARACTERS:,} characters."
        elif line.strip():
            yield number, _object(line)


def _array(stream: TextIO, begun: str) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    """Stream the rows of a list, as the tools of some systems write a log, each with the line it begins in."""
    decoder = json.JSONDecoder()
    number, text = 1, begun[1:]
    while True:
        begin = len(text) - len(text.lstrip(" \t\r\n,"))
        number, text = number + text.count("\n", 0, begin), text[begin:]
        if text.startswith("]"):
            return
        try:
            row, end = decoder.raw_decode(text)
        except json.JSONDecodeError as error:
            more = stream.read(_CHUNK) if len(text) < MAX_RECORD_CHARACTERS else ""
            if not more:
                yield number, f"What begins here is no JSON, and nothing behind it was read: {error.msg}."
                return
            text += more
            continue
        yield number, row if isinstance(row, dict) else "The item is no JSON object."
        number, text = number + text.count("\n", 0, end), text[end:]


def _object(line: str) -> Mapping[str, Any] | str:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return f"The line is no JSON: {error}."
    if not isinstance(row, dict):
        return "The line is no JSON object; one object a line is wanted."
    return row


def _csv(stream: TextIO, name: str, columns: Sequence[str]) -> Iterator[tuple[int, Mapping[str, Any] | str]]:
    bare = "\t" if _suffix(Path(name)) == ".tsv" else ","
    delimiter = bare if columns else delimiter_of(stream)
    records = CsvRecords(stream, name, delimiter)
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
    lower = {_plain(key): key for key in row}
    if not any(name in row or _plain(name) in lower for name in _names("statement", called)):
        return Refused(where, f"The row has no field {_wanted(called)}; name it by the setting field_names.")
    said = {role: _first(row, lower, _names(role, called)) for role in FIELDS}
    name, sql = said["statement"]
    prefix = _PREFIX.match(sql)
    if prefix is None and name.lower() == "message":
        return None  # a line of a server's log that tells of something else
    sql = sql[prefix.end() :] if prefix else sql
    if not sql or said["status"][1].lower().startswith(_FAILED) or said["error"][1].lower() not in _NOTHING:
        return None
    user, count = said["user"][1], said["count"][1]
    times = int(float(count)) if _COUNT.fullmatch(count) else 1
    return Entry(where, sql, user, said["session"][1] or user, said["database"][1], said["schema"][1], times)


@lru_cache(maxsize=1_000)
def _plain(name: str) -> str:
    """Return a field's name as names are compared: `Query Text`, `queryText` and `QUERY_TEXT` are one."""
    return _PUNCTUATION.sub("", name).lower()


def _names(role: str, called: Mapping[str, str]) -> Sequence[str]:
    return (called[role],) if role in called else FIELDS[role]


def _wanted(called: Mapping[str, str]) -> str:
    return called.get("statement") or f"statement (one of {', '.join(FIELDS['statement'])})"


def _first(row: Mapping[str, Any], lower: Mapping[str, str], names: Sequence[str]) -> tuple[str, str]:
    """Return the first of some fields that says something, and what it says."""
    for name in names:
        value = row.get(name if name in row else lower.get(_plain(name), ""))
        text = "" if value is None else value.strip() if isinstance(value, str) else str(value)
        if text:
            return name, text
    return "", ""
