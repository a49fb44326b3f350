"""How fast a PostgreSQL of 2,000 tables is read and loaded, beside bare catalogue queries and a bare load.

The bare side sends the fewest queries there are, by the driver itself, and puts the same nodes and relations into the
same kind of database by `executemany`; it looks at nothing and keeps no record. Beside it stand the source alone, with
that same bare load, and the whole run of a job, which compares each statement and keeps it.
"""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.bare_sqlite import SqliteBench
from benchmarks.measure import Figure, memory_watched, paired
from benchmarks.postgres_server import PostgresServer, find_programs, postgres_server
from ingest.building.built import build
from ingest.building.kinds import NAMES
from ingest.building.shared import shared_by
from ingest.extract.source import Refused
from ingest.extract.sql_database.source import SqlDatabase
from ingest.jobs import Job, Jobs
from ingest.runner import Runner
from metadata_service.store.mutations import Mutation, PutEdge, PutNode
from schemas.ingest_runs import SUCCEEDED

TABLES, COLUMNS = 2_000, 15
ROUNDS = 3
TARGET, GROWTH = 2.0, 1.1
JOB = Job("shop", "sql", time_limit=10**6)

_QUERIES = (
    "SELECT oid, nspname, obj_description(oid, 'pg_namespace') FROM pg_namespace",
    """SELECT c.oid, c.relnamespace, c.relname, c.relkind, c.reltuples, d.description FROM pg_class c
    LEFT JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = 'pg_class'::regclass
    WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relnamespace > 16000""",
    """SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), d.description FROM pg_attribute a
    JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relnamespace > 16000
    LEFT JOIN pg_description d
    ON d.objoid = a.attrelid AND d.objsubid = a.attnum AND d.classoid = 'pg_class'::regclass
    WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum""",
    "SELECT conrelid, contype, conkey, confrelid, confkey FROM pg_constraint WHERE contype IN ('p', 'f')",
)


def run(tables: int = TABLES) -> Iterator[Figure]:
    """Measure in turn, each into an empty store; where there is no PostgreSQL, say so."""
    programs = find_programs()
    if programs is None:
        print("SQL databases are not measured: there is no PostgreSQL here.", file=sys.stderr)
        return
    with postgres_server(programs) as server, tempfile.TemporaryDirectory() as folder:
        yield from _ratios(_made(server, "shop", tables), tables, Path(folder))
        yield _memory(_made(server, "few", tables // 4), _made(server, "many", tables))


def _ratios(url: str, tables: int, folder: Path) -> Iterator[Figure]:
    puts = _puts(url)
    numbers = iter(range(10**6))

    @contextmanager
    def store() -> Iterator[SqliteBench]:
        bench = SqliteBench(folder / f"{next(numbers)}.db")
        yield bench
        bench.close()

    def job() -> None:
        with store() as bench:
            done = Runner(bench.store, Jobs()).run(JOB, _source(url))
            assert done.status == SUCCEEDED and not done.refused, done.message  # noqa: PT018

    def source() -> None:
        with store() as bench:
            assert _read(url) > tables
            bench.bare_load(puts)

    def bare() -> None:
        with store() as bench:
            assert sum(map(len, _bare_queries(url))) > tables * COLUMNS
            bench.bare_load(puts)

    what = f"PostgreSQL: {tables:,} tables"
    for name, ours in ((f"{what} said by the source, bare load", source), (f"{what}, the whole run of a job", job)):
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


def _bare_queries(url: str) -> Sequence[list[tuple[Any, ...]]]:
    with psycopg.connect(url) as connection:
        return [connection.execute(query).fetchall() for query in _QUERIES]


def _puts(url: str) -> list[Mutation]:
    """Return what our side puts into the graph, nodes before relations and each once, as plain mutations."""
    nodes: dict[Any, Mutation] = {}
    edges: dict[Any, Mutation] = {}
    for said in _source(url).extract():
        assert not isinstance(said, Refused)
        for statement in chain([said], shared_by(said)):
            built = build(NAMES[type(statement)], statement)
            nodes |= {ref: PutNode(ref, props) for ref, props in built.nodes.items()}
            edges |= {ref: PutEdge(ref, props) for ref, props in built.edges.items()}
    return [*nodes.values(), *edges.values()]


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
