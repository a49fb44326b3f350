"""The versions of an SQLite database: made, migrated, refused; and what is said of one that cannot be used."""

import gc
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Barrier

import pytest
from graphs import by_person, by_source, edges_of, edits, link, node, nodes, pending, props_of, table, user

from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore
from metadata_service.store.sqlite import SqliteGraphStore
from metadata_service.store.sqlite_schema import MIGRATIONS, migrate, version_of
from schemas.errors import StoreUnavailable
from schemas.graph import EDITED, POPULARITY, READERS

VERSION_1 = Path(__file__).parents[1] / "vectors" / "sqlite_version_1.sql"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph.db"


@pytest.fixture
def store(path: Path) -> Iterator[GraphStore]:
    store = open_store(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


def test_a_new_database_has_the_last_version(store: GraphStore, connection: sqlite3.Connection):
    store.ensure_schema()
    assert version_of(connection) == len(MIGRATIONS)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_database_of_version_1_is_migrated_with_what_it_holds(
    path: Path, store: GraphStore, connection: sqlite3.Connection
):
    connection.executescript(VERSION_1.read_text())
    assert version_of(connection) == 1
    store.ensure_schema()
    assert version_of(connection) == len(MIGRATIONS)
    t = table("orders")
    assert props_of(store, t) == {"name": "orders", "is_view": False, READERS: 1, "fram_reads": 5} | {
        "fram_popularity": pytest.approx(1.609437912)
    }
    assert props_of(store, user("ann")) == {"full_name": "Ann \U0001f600", EDITED: ["full_name"]}
    assert edges_of(store, "Table", "READ_BY", "User") == {(t.key, "ann"): {"read_count": 5}}
    assert store.rank("Fram_Edit", "at", 9) == store.list_nodes("Fram_Edit") != []
    assert [ref for ref, _ in store.rank("Table", POPULARITY, 9)] == [t]
    assert pending(store) == {t, user("ann")}
    by_source(store, node(t, name="renamed"))
    assert [change.revision for change in store.changes() if change.ref == t] != []
    assert store.recount("Table") == 0


def test_missing_migrations_run_in_order_and_once(connection: sqlite3.Connection):
    later = (
        *MIGRATIONS,
        ("CREATE TABLE later (a TEXT)", "INSERT INTO later VALUES ('x')"),
        ("INSERT INTO later SELECT a || 'y' FROM later",),
    )
    migrate(connection, later[:-1])
    migrate(connection, later)
    migrate(connection, later)
    assert connection.execute("SELECT a FROM later").fetchall() == [("x",), ("xy",)]
    assert version_of(connection) == len(later)


def test_a_migration_that_fails_leaves_the_database_as_it_was(connection: sqlite3.Connection):
    migrate(connection)
    broken = (*MIGRATIONS, ("CREATE TABLE later (a TEXT)", "CREATE TABLE node (a TEXT)"))
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(connection, broken)
    assert version_of(connection) == len(MIGRATIONS)
    assert connection.execute("SELECT name FROM sqlite_master WHERE name = 'later'").fetchall() == []
    assert not connection.in_transaction


def test_a_newer_database_is_refused_and_left_alone(path: Path, store: GraphStore, connection: sqlite3.Connection):
    store.ensure_schema()
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 7}")
    newer = rf"has version {len(MIGRATIONS) + 7}, this program knows versions up to {len(MIGRATIONS)}"
    with pytest.raises(StoreUnavailable, match=newer):
        migrate(connection)
    store.close()
    for ask in "ensure_schema", "changes", "health":
        again = open_store(f"sqlite:///{path}")
        with pytest.raises(StoreUnavailable, match=newer):
            getattr(again, ask)()
        again.close()
    assert version_of(connection) == len(MIGRATIONS) + 7


def test_a_database_without_its_schema_says_so(path: Path, store: GraphStore):
    path.touch()
    with pytest.raises(StoreUnavailable, match="no such table"):
        store.changes()
    with pytest.raises(StoreUnavailable, match="no such table"):
        by_source(store, *nodes(table("t")))
    store.ensure_schema()
    by_source(store, *nodes(table("t")))


def test_reading_a_file_that_is_not_there_makes_none(path: Path, store: GraphStore):
    with pytest.raises(StoreUnavailable, match=r"graph\.db cannot be opened"):
        store.health()
    assert not path.exists()


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    store = open_store(f"sqlite:///{tmp_path}/none/graph.db")
    with pytest.raises(StoreUnavailable, match=r"graph\.db cannot be made: No such file or directory"):
        store.ensure_schema()
    store.close()


def test_a_path_is_any_path(tmp_path: Path):
    path = tmp_path / "50%25 ?a=b#c é.db"
    store = open_store(f"sqlite:///{path}")
    store.ensure_schema()
    store.close()
    assert path.exists()


def test_a_file_that_is_no_database_is_named(path: Path, store: GraphStore):
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreUnavailable, match="is not an SQLite database"):
        store.health()


def test_a_damaged_database_is_named(path: Path, store: GraphStore):
    store.ensure_schema()
    by_source(store, *(node(table(f"{n}"), name="x" * 500) for n in range(200)))
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    path.write_bytes(content)
    again = open_store(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable, match="is damaged"):
        again.list_nodes("Table")
    again.close()


def test_a_database_that_may_not_be_written_says_so(path: Path, store: GraphStore):
    store.ensure_schema()
    by_source(store, *nodes(table("t")))
    store.close()
    again = SqliteGraphStore(str(path))
    with again._sessions.session() as session:
        session.run("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable, match="cannot be written to"):
        by_source(again, *nodes(table("u")))
    assert again.count("Table") == 1
    again.close()


def test_a_writer_that_never_ends_is_named(
    store: GraphStore, connection: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("metadata_service.store.sqlite_sessions.BUSY_SECONDS", 0.05)
    store.ensure_schema()
    connection.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="locked by other writers for too long"):
        by_source(store, *nodes(table("t")))
    assert store.count("Table") == 0
    connection.execute("ROLLBACK")
    by_source(store, *nodes(table("t")))
    assert store.count("Table") == 1


def test_a_failed_write_is_undone_and_the_next_goes_on(store: GraphStore, connection: sqlite3.Connection):
    store.ensure_schema()
    connection.execute("CREATE TRIGGER full BEFORE INSERT ON change BEGIN SELECT raise(ABORT, 'no room'); END")
    with pytest.raises(sqlite3.IntegrityError, match="no room"):
        by_person(store, *nodes(table("t")))
    assert store.count("Table") == 0
    connection.execute("DROP TRIGGER full")
    by_person(store, node(table("t"), name="a"))
    assert len(edits(store)) == 1


def test_a_closed_store_says_so(store: GraphStore):
    store.ensure_schema()
    store.close()
    store.close()
    with pytest.raises(StoreUnavailable, match="was closed"):
        store.count("Table")


def test_every_connection_of_every_thread_is_closed(path: Path):
    before = open_connections()
    store = open_store(f"sqlite:///{path}")
    store.ensure_schema()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: by_source(store, node(table(f"{number}"))), range(40)))
        list(pool.map(lambda _: store.list_nodes("Table"), range(40)))
    assert open_connections() > before
    store.close()
    assert open_connections() == before


def open_connections() -> int:
    found = 0
    for connection in (each for each in gc.get_objects() if isinstance(each, sqlite3.Connection)):
        with suppress(sqlite3.ProgrammingError):  # what a closed one raises
            found += connection.total_changes >= 0
    return found


def test_a_foreign_program_may_read_along(store: GraphStore, connection: sqlite3.Connection):
    store.ensure_schema()
    by_source(store, *nodes(table("t"), user("u")), link(table("t"), "READ_BY", user("u"), read_count=3))
    assert connection.execute("SELECT key, props FROM node WHERE label = 'User'").fetchall() == [("u", "{}")]
    assert connection.execute("SELECT type, json_extract(props, '$.read_count') FROM edge").fetchall() == [
        ("READ_BY", 3)
    ]


def test_all_that_begin_at_once_find_the_schema(tmp_path: Path):
    for number in range(60):  # a new database each time: only then is write-ahead logging turned on
        stores = [open_store(f"sqlite:///{tmp_path / str(number)}.db") for _ in range(8)]
        ready = Barrier(len(stores))

        def begin(store: GraphStore, ready: Barrier = ready) -> None:
            ready.wait()
            store.ensure_schema()

        with ThreadPoolExecutor(len(stores)) as pool:
            list(pool.map(begin, stores))
        for store in stores:
            store.close()


@pytest.mark.parametrize("mapped", [False, True])
def test_the_file_is_mapped_for_who_asks_for_it_alone(path: Path, store: GraphStore, mapped: bool):
    store.ensure_schema()
    by_source(store, node(table("t"), name="t"))
    with closing(SqliteGraphStore(str(path), mapped=mapped)) as reading:
        assert [found.ref for found in reading.list_nodes("Table")] == [table("t")]
        with reading._sessions.session() as session:
            assert (session.run("PRAGMA mmap_size").fetchone()[0] > 0) is mapped
