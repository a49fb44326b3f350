"""The real Neo4j of the tests, beside Fram: its URL, and a bare driver that does what other programs do to a graph."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import neo4j
import pytest

URL = "FRAM_TEST_NEO4J_URL"
ON_NEO4J = [pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")]


def server_url() -> str:
    """Return the URL of the test server. Skips where there is none, which fails in CI."""
    url = os.environ.get(URL)
    if url:
        return url
    reason = f"{URL} is not set: start a real Neo4j with `make servers-up`"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def empty_database(url: str = "") -> Iterator[neo4j.Driver]:
    """Connect to a server, else the test server, with a bare driver once its database is empty."""
    scheme, _, address = (url or server_url()).partition("://")
    with neo4j.GraphDatabase.driver(f"{scheme}://{address.rpartition('@')[2]}", auth=None) as driver:
        while driver.execute_query("MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*)").records[0][0]:
            pass
        yield driver
