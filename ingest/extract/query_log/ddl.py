"""What columns the tables have that are created in a log: `CREATE TABLE t (…)` tells all of them."""

import re
from collections.abc import Iterable, Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify_tables import qualify_tables

from ingest.extract.query_log.records import Entry
from ingest.extract.source import Refused
from ingest.extract.sql.origins import TableName, name_of

MAX_TABLES = 100_000
MAX_CHARACTERS = 100_000  # of a statement

_CREATE = re.compile(
    r"(?:\A|;)(?:\s++|/\*(?:[^*]|\*(?!/))*+\*/|--[^\n]*+\n)*+"  # comments of who sent it
    r"create\s+(?:or\s+replace\s+)?(?:(?:transient|external|temp|temporary|local|global|unlogged|multiset|volatile)\s+)*"
    r"table\s+(?:if\s+not\s+exists\s+)?[^\s(]+\s*\(",
    re.IGNORECASE,
)


def created_columns(entries: Iterable[Entry | Refused], dialect: str) -> dict[TableName, list[str]]:
    """Return the columns of the tables that statements create; of one created twice, those of the last."""
    found: dict[TableName, list[str]] = {}
    for entry in entries:
        if isinstance(entry, Entry) and len(entry.sql) <= MAX_CHARACTERS and _CREATE.search(entry.sql):
            for table, columns in _tables(entry, dialect or None):
                if table in found or len(found) < MAX_TABLES:
                    found[table] = columns
    return found


def _tables(entry: Entry, dialect: str | None) -> Iterator[tuple[TableName, list[str]]]:
    """Yield tables and their columns; none for what is not understood, which is told when the log is read."""
    try:
        statements = sqlglot.parse(entry.sql, dialect=dialect)
    except (SqlglotError, RecursionError):
        return
    for statement in statements:
        if isinstance(statement, exp.Create) and isinstance(statement.this, exp.Schema):
            table, columns = _columns(statement.this, entry, dialect)
            if table is not None and columns:
                yield table, columns


def _columns(schema: exp.Schema, entry: Entry, dialect: str | None) -> tuple[TableName | None, list[str]]:
    query = normalize_identifiers(exp.Select(from_=exp.From(this=schema.this)), dialect=dialect)
    query = qualify_tables(query, db=entry.schema or None, catalog=entry.database or None, dialect=dialect)
    table = query.args["from_"].this
    columns = [one.this for one in schema.expressions if isinstance(one, exp.ColumnDef)]
    names = [normalize_identifiers(column.copy(), dialect=dialect).name for column in columns]
    return name_of(table) if isinstance(table, exp.Table) else None, names
