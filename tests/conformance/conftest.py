"""One store a test, of every kind: the suite never asks which."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from empty_stores import NEO4J, url_of
from graphs import FakeClock, Statements

from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def statements() -> Statements:
    return Statements()


@pytest.fixture(params=["memory", "sqlite", NEO4J])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    return url_of(request.param, tmp_path)


@pytest.fixture
def graph_store(store_url: str, clock: FakeClock, statements: Statements) -> Iterator[GraphStore]:
    store = open_store(store_url, tracer=statements, clock=clock)
    store.ensure_schema()
    yield store
    store.close()


@pytest.fixture(params=["sqlite", NEO4J])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store that outlives its process."""
    return url_of(request.param, tmp_path)


@pytest.fixture
def database(database_url: str, clock: FakeClock, statements: Statements) -> Iterator[GraphStore]:
    store = open_store(database_url, tracer=statements, clock=clock)
    store.ensure_schema()
    yield store
    store.close()
