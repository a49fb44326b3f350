"""The demo catalogue in SQLite, kept in step with a search index: edited, rebuilt, and written past Fram."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from fram import demo
from ingest.publish.project import PROJECTIONS, project
from ingest.publish.rebuild import rebuild
from ingest.publish.reconcile import reconcile
from ingest.publish.sync import sync
from metadata_service.catalog.sync_status import sync_status
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Batch, EdgeRef, NodeRef, PutEdge, PutNode, RemoveNode
from metadata_service.store.port import GraphStore
from search_service.index.memory import MemorySearchIndex
from search_service.index.port import SearchIndex
from search_service.query import Query, parse

ORDERS = NodeRef("Table", "snowflake://warehouse.marts/fct_orders")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph.db"


@pytest.fixture
def catalogue(path: Path) -> Iterator[GraphStore]:
    store = open_store(f"sqlite:///{path}")
    store.ensure_schema()
    demo.load(store)
    yield store
    store.close()


@pytest.fixture
def published(catalogue: GraphStore) -> SearchIndex:
    """An index that has everything in the catalogue."""
    index = MemorySearchIndex()
    rebuild(catalogue, index)
    publish(catalogue, index)
    return index


def publish(store: GraphStore, index: SearchIndex) -> None:
    while sync(store, index).taken:
        pass


def assert_in_step(store: GraphStore, index: SearchIndex) -> None:
    for label, projection in PROJECTIONS.items():
        roots = {seen.key: seen.revision for seen in store.revisions(label, limit=10_000)}
        assert dict(index.revisions(projection.kind, limit=10_000)) == roots
        for entry in project(store, label, roots):
            assert index.find(*entry[:2]) == entry


def found(index: SearchIndex, text: str, kind: str = "table") -> set[str]:
    return {hit.key for hit in index.search(Query(kind, parse(text), limit=100)).hits}


def test_the_whole_catalogue_is_published(catalogue: GraphStore, published: SearchIndex):
    assert_in_step(catalogue, published)
    assert ORDERS.key in found(published, "fct_orders")
    assert (sync_status(catalogue).depth, sync_status(catalogue).parked) == (0, 0)


def test_every_edit_is_searchable_after_a_pass(catalogue: GraphStore, published: SearchIndex):
    person = catalogue.list_nodes("User")[0].ref
    tag = NodeRef("Tag", "zweistromland")
    batch = (PutNode(tag), PutEdge(EdgeRef("TAGGED_BY", ORDERS, tag)), PutEdge(EdgeRef("OWNER", ORDERS, person)))
    catalogue.apply(Batch((*batch, PutNode(person, {"full_name": "Xanthippe Quux"}))))
    sync(catalogue, published)
    assert found(published, "zweistromland") == {ORDERS.key}
    assert ORDERS.key in found(published, "owner:xanthippe")
    assert found(published, "xanthippe", "user") == {person.key}
    catalogue.apply(Batch((RemoveNode(ORDERS),)))
    sync(catalogue, published)
    assert ORDERS.key not in found(published, "fct_orders")
    publish(catalogue, published)
    assert_in_step(catalogue, published)


def test_a_rebuild_is_what_was_published(catalogue: GraphStore, published: SearchIndex):
    fresh = MemorySearchIndex()
    rebuilt = rebuild(catalogue, fresh)
    assert rebuilt.documents == {kind: published.count(kind) for kind in rebuilt.documents}
    assert_in_step(catalogue, fresh)
    assert reconcile(catalogue, fresh).total == 0


def test_what_is_written_past_fram_is_found_by_reconcile(catalogue: GraphStore, published: SearchIndex, path: Path):
    with sqlite3.connect(path) as connection:
        connection.execute(
            "INSERT INTO node (label, key, props) VALUES ('Table', 'x://y.z/foreign', '{\"name\": \"foreign\"}')"
        )
        connection.execute(
            "UPDATE node SET props = '{\"name\": \"elsewhere\"}' WHERE label = 'Table' AND key = ?", (ORDERS.key,)
        )
        (gone,) = connection.execute(
            "SELECT key FROM node WHERE label = 'Table' AND key <> ? LIMIT 1", (ORDERS.key,)
        ).fetchone()
        connection.execute("DELETE FROM edge WHERE source IN (SELECT id FROM node WHERE key = ?)", (gone,))
        connection.execute("DELETE FROM edge WHERE target IN (SELECT id FROM node WHERE key = ?)", (gone,))
        connection.execute("DELETE FROM node WHERE key = ?", (gone,))
    connection.close()
    drift = reconcile(catalogue, published)
    assert (drift.missing, drift.extra) == (1, 1)
    assert drift.stale >= 1
    publish(catalogue, published)
    assert_in_step(catalogue, published)
    assert reconcile(catalogue, published).total == 0
    assert sync_status(catalogue).last_reconcile.compared == drift.compared - 1
