"""What the rows of a table are like: a sample of them, measured within a time limit."""

import re
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy import Connection

from ingest.extract.sql_database.catalogue import ColumnFound, Kind, Relation
from ingest.extract.sql_database.engine import Opened, failures
from schemas.statements import Measure

COLUMNS_AT_ONCE = 50
MAX_CHARACTERS = 200  # of a value that is told

_NUMBER = re.compile(
    r"(?:u?(?:tiny|small|medium|big|huge)?int(?:eger)?\d*|dec(?:imal)?|num(?:eric|ber)|float\d*|double|real)"
    r"(?: precision| unsigned)?(?: ?\([\d, ]+\))?",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"date|(?:datetime|timestamp|time)\w*(?:\(\d+\))?(?: with(?:out)?(?: local)? time zone)?", re.IGNORECASE
)
_COUNTABLE = re.compile(
    r"(?:(?:n?var)?char2?|nchar|character(?: varying)?|text|string|bool(?:ean)?|uuid|enum)(?: ?\(.*\))?",
    re.IGNORECASE | re.DOTALL,
)


class Profile(NamedTuple):
    """What was measured of a table, and of its columns by name."""

    table: Sequence[Measure]
    columns: Mapping[str, Sequence[Measure]]


NO_PROFILE = Profile((), {})


class Profiler:
    """Measures tables one after another, until its time is over."""

    def __init__(self, opened: Opened, sample_rows: int, seconds: float, table_seconds: float) -> None:
        self._opened = opened
        self._rows = sample_rows
        self._table_seconds = table_seconds
        self._end = time.monotonic() + seconds
        self.left_out = 0

    def of(self, relation: Relation, row_counts: str, *, columns: bool) -> Profile:
        """Count and measure a table, as far as that is asked; nothing of a view.

        Raises StatementFailed, SourceUnavailable.
        """
        if relation.found.kind is Kind.VIEW:
            return NO_PROFILE
        rows = [Measure("estimated_row_count", str(relation.rows))] if relation.rows is not None else []
        counted = rows if row_counts == "estimated" else []
        if not (columns or row_counts == "exact"):
            return Profile(counted, {})
        if time.monotonic() >= self._end:
            self.left_out += 1
            return Profile(counted, {})
        if row_counts == "exact":
            counted = self._count(relation)
        sampled = self._measure(relation) if columns else NO_PROFILE
        return Profile([*counted, *sampled.table], sampled.columns)

    def _count(self, relation: Relation) -> list[Measure]:
        table = self._opened.catalogue.quoted(relation.found.schema, relation.found.name)
        ((count,),) = self._run(f"SELECT count(*) FROM {table}")  # noqa: S608  # quoted
        return [Measure("row_count", str(count))]

    def _measure(self, relation: Relation) -> Profile:
        catalogue = self._opened.catalogue
        table = catalogue.quoted(relation.found.schema, relation.found.name)
        sample = catalogue.sample(table, relation, self._rows)
        measured: dict[str, Sequence[Measure]] = {}
        rows = 0
        columns = [column for column in relation.columns if column.name]
        for at in range(0, len(columns), COLUMNS_AT_ONCE):
            some = columns[at : at + COLUMNS_AT_ONCE]
            asked = [(one, *question) for one in some for question in _questions(one, catalogue.quoted(one.name))]
            terms = ", ".join(["count(*)", *(sql for _, _, sql in asked)])
            ((rows, *answers),) = self._run(f"SELECT {terms} FROM ({sample}) sampled")  # noqa: S608  # quoted
            for (column, name, _), answer in zip(asked, answers, strict=True):
                measured[column.name] = [*measured.get(column.name, ()), *_told(name, answer, rows)]
        return Profile([Measure("sampled_rows", str(rows))] if columns else (), measured)

    def _run(self, sql: str) -> list[Any]:
        left = min(self._table_seconds, self._end - time.monotonic())
        with failures(self._opened), self._opened.engine.begin() as connection, _limited(connection, left):
            # Without parameters a driver looks for none: a percent sign in a name is one.
            return list(connection.execution_options(no_parameters=True).exec_driver_sql(sql))


@contextmanager
def _limited(connection: Connection, seconds: float) -> Iterator[None]:
    """End what runs on a connection after a time, if its driver can; it then fails."""
    driver = connection.connection.driver_connection
    end = getattr(driver, "interrupt", None) or getattr(driver, "cancel", None)
    timer = threading.Timer(max(seconds, 0), end) if end else None
    if timer:
        timer.daemon = True
        timer.start()
    try:
        yield
    finally:
        if timer:
            timer.cancel()


def _questions(column: ColumnFound, name: str) -> Iterator[tuple[str, str]]:
    """Yield what is asked of a column: of a type that no order is known of, only how often it is missing."""
    is_number, is_time = bool(_NUMBER.fullmatch(column.type)), bool(_TIME.fullmatch(column.type))
    yield "null_percent", f"count({name})"
    if is_number or is_time or _COUNTABLE.fullmatch(column.type):
        yield "distinct_count", f"count(DISTINCT {name})"
    if is_number or is_time:
        yield from (("min", f"min({name})"), ("max", f"max({name})"))
    if is_number:
        yield "avg", f"avg({name})"


def _told(name: str, answer: Any, rows: int) -> Iterator[Measure]:
    if answer is None or not rows:
        return
    if name == "null_percent":
        answer = f"{100 * (rows - answer) / rows:.4g}"
    elif name == "avg":
        answer = f"{float(answer):.6g}"
    yield Measure(name, str(answer)[:MAX_CHARACTERS])
