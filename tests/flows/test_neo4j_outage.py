"""A Neo4j that is absent, silent or badly named: found out in bounded time, and the password stays out of it."""

import logging
import socket
from collections.abc import Callable, Iterator

import pytest

from metadata_service.store import neo4j_connection
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Batch, NodeRef, PutNode
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Shape
from schemas.errors import InvalidSetting, StoreUnavailable

PASSWORD = "s3cr3t/@:#?%"
QUOTED = "s3cr3t%2F%40%3A%23%3F%25"

OPERATIONS: dict[str, Callable[[GraphStore], object]] = {
    "ensure_schema": lambda store: store.ensure_schema(),
    "fetch": lambda store: store.fetch("a", Shape("Table")),
    "list": lambda store: store.list_nodes("Table"),
    "apply": lambda store: store.apply(Batch((PutNode(NodeRef("Table", "a")),))),
    "changes": lambda store: store.changes(),
    "health": lambda store: store.health(),
}


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up sooner than in production."""
    monkeypatch.setattr(neo4j_connection, "_RETRY_SECONDS", 0.2)
    monkeypatch.setattr(neo4j_connection, "_CONNECT_SECONDS", 0.3)
    monkeypatch.setattr(neo4j_connection, "_ACQUIRE_SECONDS", 0.3)


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_an_absent_server_is_unavailable_and_no_secret_is_told(
    operation: Callable[[GraphStore], object],
    scheme: str,
    closed_port: int,
    impatient: None,
    caplog: pytest.LogCaptureFixture,
):
    caplog.set_level(logging.DEBUG)
    store = open_store(f"{scheme}://ann:{QUOTED}@127.0.0.1:{closed_port}/graph")
    with pytest.raises(StoreUnavailable) as failure:
        operation(store)
    store.close()
    store.close()
    for told in (str(failure.value), caplog.text):
        assert "s3cr3t" not in told
    assert "\n" not in failure.value.message


def test_a_silent_server_is_unavailable(silent_port: int, impatient: None):
    store = open_store(f"bolt://127.0.0.1:{silent_port}")
    with pytest.raises(StoreUnavailable):
        store.fetch("a", Shape("Table"))
    store.close()


@pytest.mark.parametrize(
    "url",
    [
        "bolt://ann:s3cr3t/x@host",
        "bolt://ann:s3cr3t#x@host",
        "neo4j://ann:s3cr3t@",
        "neo4j://ann:s3cr3t@host:port",
        "neo4j://[ann:s3cr3t@host",
        "bolt://ann:s3cr3t@host?policy=eu",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_without_its_password(url: str):
    with pytest.raises(InvalidSetting) as failure:
        open_store(url)
    assert "s3cr3t" not in str(failure.value)
    assert "s3cr3t" not in str(failure.value.__cause__)


def test_credentials_and_database_are_decoded():
    parts = neo4j_connection._parts(f"neo4j+s://a%40b:{QUOTED}@host:7000/my%20graph?policy=eu")
    assert parts == ("neo4j+s://host:7000?policy=eu", "my graph", ("a@b", PASSWORD))
    assert neo4j_connection._parts("bolt://host") == ("bolt://host", None, None)
