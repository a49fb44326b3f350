"""An empty store of every kind there is."""

import os
from pathlib import Path

import pytest

NEO4J_URL = "FRAM_TEST_NEO4J_URL"
NEO4J = pytest.param("neo4j", marks=[pytest.mark.neo4j, pytest.mark.xdist_group("neo4j")])


def _empty_neo4j() -> str:
    """Return the URL of the test server once its database is empty."""
    url = os.environ.get(NEO4J_URL)
    if not url:
        reason = f"{NEO4J_URL} is not set: start a real Neo4j with `make servers-up`"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    from urllib.parse import unquote, urlsplit

    from neo4j import GraphDatabase

    parts = urlsplit(url)
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2], path="").geturl()
    with GraphDatabase.driver(address, auth=(unquote(parts.username or ""), unquote(parts.password or ""))) as driver:
        left = 1
        while left:
            deleted = driver.execute_query("MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*)")
            left = deleted.records[0][0]
    return url


def url_of(backend: str, folder: Path) -> str:
    """Return the URL of an empty store of this kind."""
    match backend:
        case "memory":
            return "memory:"
        case "sqlite":
            return f"sqlite:///{folder / 'graph.db'}"
        case _:
            return _empty_neo4j()
