"""How fast a PostgreSQL of 2,000 tables is read and loaded, beside bare catalogue queries and a bare load.

The bare side (bare_catalogue.py) does by hand what the job leaves in the graph: the fewest queries, their rows made
into nodes and relations, and these written by `executemany` into an empty store, with the same durability. Beside it
stands the whole run of a job, which also looks at what is there, compares each statement with what was said before and
keeps it; and the source alone, which says everything and loads nothing, to tell how much of the job is the reading.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

from benchmarks.bare_catalogue import load, same_graph
from benchmarks.measure import Figure, memory_watched, paired
from benchmarks.postgres_server import PostgresServer, find_programs, postgres_server
from ingest.extract.sql_database.source import SqlDatabase
from ingest.jobs import Job, Jobs
from ingest.runner import Runner
from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore
from schemas.ingest_runs import SUCCEEDED

TABLES, COLUMNS = 2_000, 15
NAME = "shop"
ROUNDS = 9
TARGET, GROWTH = 2.0, 1.1
JOB = Job("shop", "sql", time_limit=10**6)


def run(tables: int = TABLES) -> Iterator[Figure]:
    """Measure in turn, each into an empty store; where there is no PostgreSQL, say so."""
    programs = find_programs()
    if programs is None:
        print("SQL databases are not measured: there is no PostgreSQL here.", file=sys.stderr)
        return
    with postgres_server(programs) as server, tempfile.TemporaryDirectory() as folder:
        yield from _ratios(_made(server, NAME, tables), tables, Path(folder))
        yield _memory(_made(server, "few", tables // 4), _made(server, "many", tables))


def _ratios(url: str, tables: int, folder: Path) -> Iterator[Figure]:
    numbers = iter(range(10**6))

    @contextmanager
    def store() -> Iterator[tuple[GraphStore, str]]:
        path = str(folder / f"{next(numbers)}.db")
        with closing(open_store(f"sqlite:///{path}")) as opened:
            opened.ensure_schema()
            yield opened, path

    def job() -> str:
        with store() as (opened, path):
            done = Runner(opened, Jobs()).run(JOB, _source(url))
            assert done.status == SUCCEEDED and not done.refused, done.message  # noqa: PT018
            return path

    def bare() -> str:
        with store() as (_, path):
            load(url, NAME, path)
            return path

    def source() -> None:
        assert _read(url) > tables

    same_graph(job(), bare())
    what = f"PostgreSQL: {tables:,} tables"
    for name, ours in (
        (f"{what}, said by the source and not loaded", source),
        (f"{what}, the whole run of a job", job),
    ):
        own, by_hand, ratio = paired(ours, bare, ROUNDS)
        yield Figure(name, ratio, TARGET, f"{own:.2f} s", f"{by_hand:.2f} s")


def _memory(few: str, many: str) -> Figure:
    """Read four times as many tables: what is held must not grow with them."""
    _read(few)
    with memory_watched() as small:
        _read(few)
    with memory_watched() as whole:
        _read(many)
    before, after = max(small), max(whole)
    return Figure(
        "PostgreSQL: memory to read four times as many tables",
        after / before,
        GROWTH,
        f"{after:.0f} MB",
        f"{before:.0f} MB",
    )


def _read(url: str) -> int:
    return sum(1 for _ in _source(url).extract())


def _source(url: str) -> SqlDatabase:
    return SqlDatabase(**SqlDatabase.settings().load({"url": url}))


def _made(server: PostgresServer, name: str, tables: int) -> str:
    """Make a database: ten schemas, every table with a key, comments, and a foreign key to the first of its schema."""
    with psycopg.connect(server.url(), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    columns = ", ".join(f"c{place} varchar(20)" for place in range(COLUMNS - 2))
    with psycopg.connect(server.url(name), autocommit=True) as connection:
        for schema in range(10):
            connection.execute(f"CREATE SCHEMA s{schema}")
            for first in range(0, tables // 10, 100):  # a transaction may lock so many tables
                last = min(first + 100, tables // 10) - 1
                connection.execute(
                    f"""DO $$ BEGIN FOR i IN {first}..{last} LOOP
                    EXECUTE format('CREATE TABLE s{schema}.t%s (id bigint PRIMARY KEY,
                    above bigint REFERENCES s{schema}.t0, {columns})', i);
                    EXECUTE format('COMMENT ON TABLE s{schema}.t%s IS ''Number %s of them''', i, i);
                    EXECUTE format('COMMENT ON COLUMN s{schema}.t%s.id IS ''What it is known by''', i);
                    END LOOP; END $$"""
                )
        connection.execute("ANALYZE pg_class; ANALYZE pg_attribute; ANALYZE pg_constraint; ANALYZE pg_description")
    return server.url(name)
