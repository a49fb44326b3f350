"""SQL databases as a source: tables, views, columns, keys and comments, as the database itself has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from ingest.extract.source import Refused, Source
from ingest.extract.sql_database.engine import Opened, open_database
from ingest.extract.sql_database.reading import Reading
from ingest.extract.sql_database.settings import SqlDatabaseSettings
from schemas.statements import Statement


class SqlDatabase(Source):
    about: ClassVar = "SQL databases: schemas, tables, views, columns, keys, comments, lineage of views, statistics"
    settings: ClassVar = SqlDatabaseSettings

    def check(self) -> str:
        """Connect, and count what would be read. Raises InvalidSource, SourceUnavailable."""
        with self._opened() as opened:
            return Reading(opened, self.told).told()

    def extract(self) -> Iterator[Statement | Refused]:
        """Read all tables, then what is between them. Holds the names of a schema and some relations at one time."""
        with self._opened() as opened:
            reading = Reading(opened, self.told)
            yield from reading.tables()
            yield from reading.between()

    @contextmanager
    def _opened(self) -> Iterator[Opened]:
        told = self.told
        opened = open_database(
            told["url"],
            password=told["password"],
            query_seconds=told["query_seconds"],
            partitions=told["partitions"],
        )
        try:
            yield opened
        finally:
            opened.engine.dispose()
