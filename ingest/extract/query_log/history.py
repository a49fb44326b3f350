"""Read a query log from a table of a database that keeps one: Snowflake's QUERY_HISTORY, pg_stat_statements, …."""

from collections.abc import Iterator, Mapping

from ingest.extract.query_log.records import Entry, entry_of
from ingest.extract.source import Refused
from ingest.extract.sql_database.engine import StatementFailed, failures, open_database
from schemas.errors import InvalidSource

_ROWS_AT_ONCE = 1_000


def history(
    url: str, password: str, query: str, called: Mapping[str, str], query_seconds: int
) -> Iterator[Entry | Refused]:
    """Stream the statements that a query answers with, as `entries` does. Raises InvalidSource, SourceUnavailable."""
    opened = open_database(url, password=password, query_seconds=query_seconds, partitions=False)
    try:
        with failures(opened), opened.engine.connect() as connection:
            streaming = connection.execution_options(stream_results=True, max_row_buffer=_ROWS_AT_ONCE)
            for number, row in enumerate(streaming.exec_driver_sql(query).mappings(), 1):
                entry = entry_of(f"row {number:,}", dict(row), called)
                if entry is not None:
                    yield entry
    except StatementFailed as error:
        raise InvalidSource(f"query: {error}") from None
    finally:
        opened.engine.dispose()
