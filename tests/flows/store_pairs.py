"""The pairs of stores that Fram runs on, empty for each test: SQLite and Tantivy, Neo4j and OpenSearch."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from deployments import Stores
from neo4j_server import empty_database, server_url

OPENSEARCH = "FRAM_TEST_OPENSEARCH_URL"
EMBEDDED = pytest.param("embedded")
# One test at a time has Neo4j, so those in its group; in OpenSearch each has a prefix of its own.
DISTRIBUTED = pytest.param(
    "distributed", marks=[pytest.mark.neo4j, pytest.mark.opensearch, pytest.mark.xdist_group("neo4j")]
)
PAIRS = [EMBEDDED, DISTRIBUTED]


@contextmanager
def empty_stores(pair: str, folder: Path) -> Iterator[Stores]:
    """Yield a pair of stores that hold nothing, and leave nothing behind."""
    if pair == "embedded":
        yield embedded(folder)
        return
    with empty_database(), empty_prefix(search_server()) as search:
        yield Stores(server_url(), search)


def embedded(folder: Path) -> Stores:
    return Stores(f"sqlite:///{folder / 'graph.db'}", f"tantivy:///{folder / 'search'}")


def search_server() -> str:
    """Return the URL of the test server. Skips where there is none, which fails in CI."""
    url = os.environ.get(OPENSEARCH)
    if url:
        return url.rstrip("/")
    reason = f"{OPENSEARCH} is not set: start a real OpenSearch with `make servers-up`"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextmanager
def empty_prefix(server: str) -> Iterator[str]:
    """Yield a search URL under which there is nothing."""
    url = f"{server}/flow-{uuid.uuid4().hex}"
    yield url
    for name in opensearch(url, "GET", f"/{prefix_of(url)}*"):
        opensearch(url, "DELETE", f"/{name}")


def prefix_of(search: str) -> str:
    """Return the name of the alias that a search URL stands for."""
    return search.rpartition("/")[2]


def opensearch(search: str, method: str, path: str, body: Any = None) -> Any:
    """Do something to the server behind a search URL, past Fram."""
    server = search.replace("opensearch", "http", 1).rpartition("/")[0]
    answer = httpx.request(method, f"{server}{path}", json=body, timeout=60)
    answer.raise_for_status()
    return answer.json()
