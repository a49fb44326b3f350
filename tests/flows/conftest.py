"""Servers that tests may kill: started for the first test that wants one, killed behind the last."""

from collections.abc import Iterator

import pytest
from own_servers import OwnServer, own_server
from postgres_databases import Postgres, running_postgres


@pytest.fixture(scope="session")
def own_neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    with own_server("neo4j", tmp_path_factory.mktemp("neo4j")) as server:
        yield server


@pytest.fixture(scope="session")
def own_opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    with own_server("opensearch", tmp_path_factory.mktemp("opensearch")) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server
