"""Tables, indexes and their versions: forward migrations, applied in order, each exactly once.

A database says its version in `PRAGMA user_version`: how many of MIGRATIONS it has seen. Never change one that was
released; append the next. Needs SQLite 3.25 or later with its JSON functions (every supported Python has them).
"""

import sqlite3
import time
from collections.abc import Sequence

from schemas.errors import StoreUnavailable

TURNING_SECONDS = 30.0  # how long one process waits for another to turn on write-ahead logging

Migration = tuple[str, ...]

MIGRATIONS: tuple[Migration, ...] = (
    (
        # Relations point at row ids: a fifth of the size of repeating both keys, in the table and in its index.
        """
        CREATE TABLE node (
            id INTEGER PRIMARY KEY,
            label TEXT NOT NULL,
            key TEXT NOT NULL,
            props TEXT NOT NULL,
            popularity REAL
        )
        """,
        "CREATE UNIQUE INDEX node_identity ON node (label, key)",
        "CREATE INDEX node_popularity ON node (label, popularity DESC, key) WHERE popularity IS NOT NULL",
        """
        CREATE TABLE edge (
            source INTEGER NOT NULL,
            type TEXT NOT NULL,
            target INTEGER NOT NULL,
            props TEXT NOT NULL,
            PRIMARY KEY (source, type, target)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX edge_incoming ON edge (target, type, source)",
        """
        CREATE TABLE change (
            label TEXT NOT NULL,
            key TEXT NOT NULL,
            revision INTEGER NOT NULL,
            pending_since INTEGER,
            actor TEXT NOT NULL,
            source TEXT NOT NULL,
            run TEXT NOT NULL,
            PRIMARY KEY (label, key)
        ) WITHOUT ROWID
        """,
        "CREATE INDEX change_pending ON change (pending_since, label, key) WHERE pending_since IS NOT NULL",
    ),
    (
        # Set while a change that could not be published waits for its next try.
        "ALTER TABLE change ADD COLUMN failures INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE change ADD COLUMN retry_at INTEGER",
        "ALTER TABLE change ADD COLUMN reason TEXT",
        "CREATE INDEX change_postponed ON change (label, key) WHERE retry_at IS NOT NULL",
        """
        CREATE TABLE lease (
            name TEXT PRIMARY KEY,
            holder TEXT NOT NULL,
            fence INTEGER NOT NULL,
            ends_at INTEGER NOT NULL
        ) WITHOUT ROWID
        """,
        "CREATE TABLE note (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID",
    ),
    (
        # Edits are ranked too, by when they were made: the record of changes, the latest first.
        "DROP INDEX node_popularity",
        "ALTER TABLE node RENAME COLUMN popularity TO ranking",
        """
        UPDATE node SET ranking = json_extract(props, '$.at')
        WHERE label = 'Fram_Edit' AND json_type(props, '$.at') IN ('integer', 'real')
        """,
        "CREATE INDEX node_ranking ON node (label, ranking DESC, key) WHERE ranking IS NOT NULL",
    ),
    (
        # What no source says any more.
        "ALTER TABLE node ADD COLUMN gone_since INTEGER",
        "CREATE INDEX node_gone ON node (label, key) WHERE gone_since IS NOT NULL",
    ),
)


def version_of(connection: sqlite3.Connection) -> int:
    """Return how many migrations a database has seen."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def check_version(connection: sqlite3.Connection, known: int = len(MIGRATIONS)) -> None:
    """Raise StoreUnavailable for a database that a later program has migrated."""
    version = version_of(connection)
    if version > known:
        raise StoreUnavailable(
            f"The graph database has version {version}, this program knows versions up to {known}: update Fram."
        )


def migrate(connection: sqlite3.Connection, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Bring a database up to the last of `migrations`, all or none of the missing ones.

    Idempotent; whoever comes second waits for the first. Raises StoreUnavailable for a newer database.
    """
    check_version(connection, len(migrations))
    _log_ahead(connection)
    connection.execute("BEGIN IMMEDIATE")
    try:
        for number, migration in enumerate(migrations[version_of(connection) :], version_of(connection) + 1):
            for statement in migration:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {number:d}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Turn on write-ahead logging, which lasts: readers never wait for the writer, nor it for them.

    SQLite does not wait for another connection that turns it on at the same moment, so we do.
    """
    deadline = time.monotonic() + TURNING_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return
