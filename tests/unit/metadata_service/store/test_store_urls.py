"""Stores by their URLs: opened without touching anything, refused by name, shown without credentials."""

from pathlib import Path

import pytest

from metadata_service.store.factory import open_store, safe_url
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.sqlite import SqliteGraphStore
from schemas.errors import InvalidSetting


def test_memory_is_opened(tmp_path: Path):
    assert isinstance(open_store("memory:"), MemoryGraphStore)


def test_a_relative_and_an_absolute_path_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    for url in "sqlite:///data/one.db", f"sqlite:///{tmp_path}/data/two.db":
        store = open_store(url)
        assert isinstance(store, SqliteGraphStore)
        store.ensure_schema()
        store.close()
    assert {path.name for path in (tmp_path / "data").iterdir()} == {"one.db", "two.db"}


@pytest.mark.parametrize("url", ["", "graph.db", "sqlite:", "sqlite:///", "sqlite://graph.db", "mysql://x", "http://x"])
def test_what_is_no_store_is_refused(url: str):
    with pytest.raises(InvalidSetting, match="graph URL"):
        open_store(url)


def test_credentials_are_not_shown():
    with pytest.raises(InvalidSetting) as caught:
        open_store("mysql://ann:secret@db.example.com/graph")
    assert "secret" not in caught.value.message
    assert "db.example.com" in caught.value.message


SHOWN = {
    "bolt://neo4j:pass%40word@127.0.0.1:7687": "bolt://127.0.0.1:7687",
    "neo4j+s://a:b@c@host/db": "neo4j+s://host/db",
    "bolt://ann:sec/ret@host": "bolt://host",
    "bolt://ann:sec#ret?[@host:1/db": "bolt://host:1/db",
    "neo4j://host": "neo4j://host",
    "sqlite:////var/a@b/graph.db": "sqlite:////var/a@b/graph.db",
    "sqlite:////var/lib/fram/graph.db": "sqlite:////var/lib/fram/graph.db",
    "memory:": "memory:",
}


@pytest.mark.parametrize(("url", "shown"), SHOWN.items())
def test_a_url_is_shown_without_its_user(url: str, shown: str):
    assert safe_url(url) == shown
