"""Connections to one SQLite file: pooled, never shared by two threads at once, every statement traced.

Durability: WAL with synchronous=NORMAL. A commit is in the file system's cache before it is acknowledged, so killing
the process loses nothing; a power cut may lose the last commits, never half of one.
"""

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain
from pathlib import Path

import orjson

from metadata_service.store.port import Tracer
from metadata_service.store.sqlite_schema import check_version
from schemas.errors import StoreUnavailable

BUSY_SECONDS = 30.0  # how long a writer waits for the writers before it
CACHE_KIB = 16 * 1024  # of pages, per connection
MAPPED_BYTES = 2**40  # of which SQLite takes as much as it was built for, mostly 2 GB
CACHED_STATEMENTS = 256
ROWS_AT_ONCE = 100  # that one INSERT writes; of six values each, less than the 999 that an older SQLite takes

# What SQLite calls an error (or how the name begins), and what is said of it.
_FAILURES = {
    "SQLITE_BUSY": "is locked by other writers for too long",
    "SQLITE_LOCKED": "is locked by other writers for too long",
    "SQLITE_FULL": "has no space left on its disk",
    "SQLITE_READONLY": "cannot be written to",
    "SQLITE_CANTOPEN": "cannot be opened",
    "SQLITE_NOTADB": "is not an SQLite database",
    "SQLITE_CORRUPT": "is damaged",
    "SQLITE_IOERR": "cannot be read or written",
    "SQLITE_ERROR": "cannot be used",
}


def as_json(values: object) -> str:
    """Return a list as the one parameter that json_each unfolds."""
    return orjson.dumps(values).decode()


def unavailable(error: sqlite3.DatabaseError, path: Path) -> StoreUnavailable | None:
    """Say what a failure of the database means to a caller, or None where it is a mistake of ours."""
    name = getattr(error, "sqlite_errorname", "SQLITE_ERROR")
    for prefix, sentence in _FAILURES.items():
        if name.startswith(prefix):
            return StoreUnavailable(f"The graph database {path.name} {sentence}: {error}.")
    return None


class Session:
    """One connection while one thread uses it."""

    def __init__(self, connection: sqlite3.Connection, tracer: Tracer | None) -> None:
        self.connection = connection
        self._tracer = tracer

    def run(self, statement: str, parameters: Sequence[object] | Mapping[str, object] = ()) -> sqlite3.Cursor:
        if self._tracer is not None:
            self._tracer(statement, parameters)
        return self.connection.execute(statement, parameters)

    def run_many(self, statement: str, rows: Sequence[Sequence[object]]) -> None:
        if not rows:
            return
        if self._tracer is not None:
            self._tracer(statement, rows)
        self.connection.executemany(statement, rows)

    def insert(self, into: str, rows: Sequence[Sequence[object]]) -> None:
        """Insert rows, `into` being all but their values: many by one statement, which takes half the time."""
        whole = len(rows) - len(rows) % ROWS_AT_ONCE
        for first in range(0, whole, ROWS_AT_ONCE):
            values = list(chain.from_iterable(rows[first : first + ROWS_AT_ONCE]))
            self.run(f"{into} VALUES {_rows_of(len(rows[0]), ROWS_AT_ONCE)}", values)
        if rest := rows[whole:]:
            self.run_many(f"{into} VALUES {_rows_of(len(rest[0]), 1)}", rest)


@lru_cache(maxsize=16)
def _rows_of(width: int, rows: int) -> str:
    """Write the places of so many rows."""
    return ", ".join([f"({', '.join('?' * width)})"] * rows)


class Sessions:
    """Opens connections on demand and keeps them for the next caller."""

    def __init__(self, path: Path, tracer: Tracer | None, *, mapped: bool = False) -> None:
        self._path = path
        self._tracer = tracer
        self._mapped_bytes = MAPPED_BYTES if mapped else 0
        self._idle: list[Session] = []
        self._closed = False
        # SQLite makes writers poll for their turn; within one process they queue here instead, and fairly.
        self._writer = threading.Lock()

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Lend a connection; each statement is a transaction of its own. Raises StoreUnavailable."""
        try:
            session = self._borrow()
            try:
                yield session
            finally:
                self._give_back(session)
        except sqlite3.DatabaseError as error:
            meant = unavailable(error, self._path)
            if meant is None:
                raise
            raise meant from error

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Lend a connection that sees one state of the graph throughout."""
        with self.session() as session, _transaction(session, "BEGIN"):
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Lend the only connection that writes; what it wrote is committed at the end, or undone when that raises."""
        if not self._writer.acquire(timeout=BUSY_SECONDS):
            raise StoreUnavailable(f"The graph database {self._path.name} is locked by other writers for too long.")
        try:
            with self.session() as session, _transaction(session, "BEGIN IMMEDIATE"):
                yield session
        finally:
            self._writer.release()

    def close(self) -> None:
        """Close every idle connection, and those in use as they come back. Idempotent."""
        self._closed = True
        while self._idle:
            self._idle.pop().connection.close()

    def _borrow(self) -> Session:
        if self._closed:
            raise StoreUnavailable(f"The graph database {self._path.name} was closed.")
        try:
            return self._idle.pop()
        except IndexError:
            return Session(self._open(), self._tracer)

    def _give_back(self, session: Session) -> None:
        self._idle.append(session)
        if self._closed:
            self.close()

    def create(self) -> None:
        """Make the file unless it is there; nothing else does, so that reading a wrong path leaves no file behind."""
        try:
            self._path.touch()
        except OSError as error:
            raise StoreUnavailable(f"The graph database {self._path.name} cannot be made: {error.strerror}.") from error

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self._path.absolute().as_uri()}?mode=rw",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,  # transactions are begun and ended here, by name
            check_same_thread=False,  # a connection has one user at a time, not one for life
            cached_statements=CACHED_STATEMENTS,
        )
        try:
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(f"PRAGMA cache_size = {-CACHE_KIB:d}")
            connection.execute("PRAGMA temp_store = MEMORY")
            connection.execute(f"PRAGMA mmap_size = {self._mapped_bytes:d}")
            check_version(connection)
        except BaseException:
            connection.close()
            raise
        return connection


@contextmanager
def _transaction(session: Session, begin: str) -> Iterator[None]:
    session.run(begin)
    try:
        yield
    except BaseException:
        if session.connection.in_transaction:
            session.run("ROLLBACK")
        raise
    session.run("COMMIT")
