"""One index a test, of every kind: the suite never asks which."""

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from entries import build

from search_service.index.factory import open_index
from search_service.index.port import SearchIndex

OPENSEARCH_URL = "FRAM_TEST_OPENSEARCH_URL"
OPENSEARCH = pytest.param("opensearch", marks=[pytest.mark.opensearch, pytest.mark.xdist_group("opensearch")])


def _new_opensearch() -> str:
    """Return a URL on the test server under which nothing is stored yet."""
    url = os.environ.get(OPENSEARCH_URL)
    if not url:
        reason = f"{OPENSEARCH_URL} is not set: OpenSearch is NOT tested"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return f"{url.rstrip('/')}/test-{uuid.uuid4().hex}"


@pytest.fixture(params=["memory", "tantivy", OPENSEARCH])
def index_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty index."""
    match request.param:
        case "memory":
            return "memory:"
        case "tantivy":
            return f"tantivy:///{tmp_path / 'search'}"
        case _:
            return _new_opensearch()


@pytest.fixture
def search_index(index_url: str) -> Iterator[SearchIndex]:
    index = open_index(index_url)
    build(index)
    yield index
    index.close()
