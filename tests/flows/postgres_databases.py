"""A real PostgreSQL whose databases tests make for themselves; where it is not installed they are skipped."""

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest

from benchmarks.postgres_server import PostgresServer, find_programs, postgres_server

# One worker has the server, so that it is started once.
ON_POSTGRES = pytest.mark.xdist_group("postgres")


class Postgres:
    """A server, and the databases that are made on it."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._numbers = itertools.count()

    def database(self, *statements: str, name: str = "") -> str:
        """Make a database in which some statements were run; return its name."""
        name = name or f"shop{next(self._numbers)}"
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
            connection.execute(f'CREATE DATABASE "{name}"')
        self.run(name, *statements)
        return name

    def run(self, name: str, *statements: str) -> None:
        with psycopg.connect(self.server.url(name), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    programs = find_programs()
    if programs is None:
        missing = "THE SOURCE OF SQL DATABASES IS NOT TRIED ON POSTGRESQL: it is not here, see tests/postgresql."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    with postgres_server(programs) as server:
        yield Postgres(server)
