"""Servers that tests may kill: started for the first test that wants one, killed behind the last."""

from collections.abc import Iterator

import pytest
from own_servers import OwnServer, own_server


@pytest.fixture(scope="session")
def own_neo4j(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    with own_server("neo4j", tmp_path_factory.mktemp("neo4j")) as server:
        yield server


@pytest.fixture(scope="session")
def own_opensearch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    with own_server("opensearch", tmp_path_factory.mktemp("opensearch")) as server:
        yield server
