"""One index a test, of every kind: the suite never asks which."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from entries import build
from opensearch_server import OPENSEARCH, new_prefix

from search_service.index.factory import open_index
from search_service.index.port import SearchIndex


@pytest.fixture(params=["memory", "tantivy", OPENSEARCH])
def index_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty index."""
    match request.param:
        case "memory":
            yield "memory:"
        case "tantivy":
            yield f"tantivy:///{tmp_path / 'search'}"
        case _:
            with new_prefix() as url:
                yield url


@pytest.fixture
def search_index(index_url: str) -> Iterator[SearchIndex]:
    index = open_index(index_url)
    build(index)
    yield index
    index.close()
