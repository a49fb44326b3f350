"""The search service as a client sees it: real app, real index, Flask's testing flag off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from search_client import client_over, fill
from search_indexes import INDEXES, empty_index

from search_service.index.factory import open_index
from search_service.index.port import SearchIndex


@pytest.fixture(params=INDEXES)
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    with empty_index(request.param, tmp_path) as url:
        index = open_index(url)
        fill(index)
        yield index
        index.close()


@pytest.fixture
def client(index: SearchIndex) -> FlaskClient:
    return client_over(index)
