"""How a large PostgreSQL is asked: in sets. The number of queries and the memory depend on no number of tables."""

import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from postgres_databases import ON_POSTGRES, Postgres
from said_by_sql import Said
from sqlalchemy import Engine, event

from ingest.extract.source import Refused
from ingest.extract.sql_database import reading as sql_database_reading
from ingest.extract.sql_database.catalogue import Relation
from ingest.extract.sql_database.engine import open_database
from ingest.extract.sql_database.inspected import Inspected
from ingest.extract.sql_database.source import SqlDatabase

pytestmark = ON_POSTGRES


def tables(schema: str, count: int) -> str:
    return f"""DO $$ BEGIN FOR i IN 1..{count} LOOP
    EXECUTE format('CREATE TABLE {schema}.t%s (id int PRIMARY KEY, above int REFERENCES {schema}.t1, b text[])', i);
    EXECUTE format('COMMENT ON TABLE {schema}.t%s IS ''Table %s''', i, i);
    IF i % 4 = 0 THEN EXECUTE format('CREATE VIEW {schema}.v%s AS SELECT id, b FROM {schema}.t%s', i, i); END IF;
    END LOOP; END $$"""


@contextmanager
def asked() -> Iterator[list[str]]:
    """Note every statement that is sent meanwhile."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture(scope="module")
def small(postgres: Postgres) -> str:
    return postgres.server.url(postgres.database(tables("public", 8)))


@pytest.fixture(scope="module")
def large(postgres: Postgres) -> str:
    return postgres.server.url(postgres.database(tables("public", 380)))


def test_the_number_of_queries_is_that_of_chunks_and_not_of_tables(small: str, large: str):
    with asked() as few:
        assert len(Said(small).tables) == 10
    with asked() as many:
        said = Said(large)

    assert (len(said.tables), len(said.queries), len(said.lineage), said.refused) == (475, 380, 95, {})
    assert [one.split()[0] for one in few] == [one.split()[0] for one in many]
    asked_for_data = [one for one in many if not one.startswith("SET")]
    assert len(asked_for_data) <= 20, asked_for_data
    assert len(many) == 2 * len(asked_for_data)  # each in a transaction that is told to read only


def test_more_chunks_ask_again_and_say_the_same(large: str, monkeypatch: pytest.MonkeyPatch):
    whole = Said(large)

    monkeypatch.setattr(sql_database_reading, "AT_ONCE", 100)
    with asked() as statements:
        parts = Said(large)

    assert sorted(map(repr, parts.items)) == sorted(map(repr, whole.items))
    assert sum("pg_attribute" in one for one in statements) < 20


def test_memory_holds_names_and_a_chunk_at_a_time(large: str, monkeypatch: pytest.MonkeyPatch):
    def peak(at_once: int) -> int:
        monkeypatch.setattr(sql_database_reading, "AT_ONCE", at_once)
        source = SqlDatabase(**SqlDatabase.settings().load({"url": large, "lineage": False}))
        tracemalloc.start()
        try:
            assert sum(not isinstance(one, Refused) for one in source.extract()) == 475 + 380
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(400)  # what is imported on the way
    whole, part = peak(400), peak(20)

    assert part < 0.7 * whole


def test_inspection_by_sqlalchemy_alone_says_the_same(postgres: Postgres):
    """The way that other systems are read, held to the one that knows PostgreSQL."""
    url = postgres.server.url(
        postgres.database(
            "CREATE SCHEMA s",
            "CREATE TABLE s.a (id int PRIMARY KEY, name varchar(20), codes int[], price numeric(10,2))",
            'CREATE TABLE b (x int, y int, "z.%" int REFERENCES s.a, PRIMARY KEY (x, y))',
            "CREATE TABLE s.c (x int, y int, FOREIGN KEY (x, y) REFERENCES b)",
            "COMMENT ON TABLE b IS 'B'",
            "COMMENT ON COLUMN b.x IS 'X'",
            "CREATE VIEW s.v AS SELECT id FROM s.a",
            "CREATE MATERIALIZED VIEW m AS SELECT x FROM b",
        )
    )
    opened = open_database(url, password="", query_seconds=10, partitions=False)
    own, plain = opened.catalogue, Inspected(opened.engine)

    def relation(one: Relation) -> object:
        columns = [(c.name, alike(c.type), c.comment, sorted(c.roles)) for c in one.columns]
        return one.found.name, one.found.kind, one.comment, columns

    def alike(type_: str) -> str:
        return type_.lower().replace("character varying", "varchar").replace(", ", ",")

    try:
        assert [one.name for one in plain.schemas()] == [one.name for one in own.schemas()] == ["public", "s"]
        for schema in ("public", "s"):
            known, found = own.relations(schema), plain.relations(schema)
            assert [one[:3] for one in found] == [one[:3] for one in known]
            assert [*map(relation, plain.details(found))] == [*map(relation, own.details(known))]
            assert sorted(map(repr, plain.foreign_keys(found))) == sorted(map(repr, own.foreign_keys(known)))
            assert plain.definitions(found).keys() == own.definitions(known).keys()
    finally:
        opened.engine.dispose()
