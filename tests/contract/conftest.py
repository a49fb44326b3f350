"""The metadata service as a client sees it: real app, real store, Flask's testing flag off."""

from collections.abc import Iterator

import pytest
from catalogue import fill
from clients import client_of
from flask.testing import FlaskClient

from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore


@pytest.fixture
def store() -> Iterator[GraphStore]:
    store = open_store("memory:")
    store.ensure_schema()
    fill(store)
    yield store
    store.close()


@pytest.fixture
def client(store: GraphStore) -> FlaskClient:
    return client_of(store)
