"""One index a test, of every kind: the suite never asks which."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from entries import build
from search_indexes import INDEXES, empty_index

from search_service.index.factory import open_index
from search_service.index.port import SearchIndex


@pytest.fixture(params=INDEXES)
def index_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty index."""
    with empty_index(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def search_index(index_url: str) -> Iterator[SearchIndex]:
    index = open_index(index_url)
    build(index)
    yield index
    index.close()
