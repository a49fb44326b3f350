"""A table's page, and an edit, cost a fixed number of statements, whatever the table holds."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from catalogue import BARE, ORDERS, fill
from neo4j_server import ON_NEO4J, empty_database, server_url

from metadata_service.app import create_app
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge, PutNode
from metadata_service.store.neo4j import Neo4jGraphStore
from metadata_service.store.port import GraphStore
from schemas.settings import Settings

BUDGETS = {"sqlite": 8, "neo4j": 2}

# What an edit may take in Neo4j, where each statement is a trip: one that reads, one that writes, and looks before.
EDITS = {
    f"/table/{ORDERS}/description": ({"description": "All of them"}, 2),
    f"/table/{ORDERS}/column/address/description": ({"description": "What it is known by"}, 2),
    f"/table/{ORDERS}/owner/somebody@example.org": (None, 3),
    f"/table/{ORDERS}/tag/new": (None, 4),
}


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=ON_NEO4J)])
def traced(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[GraphStore, list[str], int]]:
    """A filled store, the statements it ran, and how many a page may take."""
    if request.param == "neo4j":
        with empty_database():
            url = server_url()
    else:
        url = f"sqlite:///{tmp_path / 'graph.db'}"
    statements: list[str] = []
    store = open_store(url, tracer=lambda statement, _: statements.append(statement))
    store.ensure_schema()
    fill(store)
    yield store, statements, BUDGETS[request.param]
    store.close()


def deepen(store: GraphStore) -> None:
    """Nest a type thirty levels deep and add two hundred columns."""
    table = NodeRef("Table", ORDERS)
    nested = [NodeRef("Type_Metadata", f"{ORDERS}/address/type/{'/'.join(['a'] * depth)}") for depth in range(1, 31)]
    links = [PutEdge(EdgeRef("SUBTYPE", a, b)) for a, b in pairwise(nested)]
    root = PutEdge(EdgeRef("TYPE_METADATA", NodeRef("Column", f"{ORDERS}/address"), nested[0]))
    columns = [NodeRef("Column", f"{ORDERS}/c{number}") for number in range(200)]
    more = [each for ref in columns for each in (PutNode(ref), PutEdge(EdgeRef("COLUMN", table, ref)))]
    store.apply(Batch((*map(PutNode, nested), *links, root, *more), Authority.SOURCE))


def test_page_of_a_table_keeps_to_its_statements(traced: tuple[GraphStore, list[str], int]):
    store, statements, budget = traced
    client = create_app(Settings(), store).test_client()
    deepen(store)
    for key in (ORDERS, BARE):
        statements.clear()
        assert client.get(f"/table/{key}").status_code == 200
        assert 1 <= len(statements) <= budget, statements


@pytest.mark.parametrize("path", EDITS)
def test_an_edit_keeps_to_its_statements(traced: tuple[GraphStore, list[str], int], path: str):
    store, statements, _ = traced
    if not isinstance(store, Neo4jGraphStore):
        pytest.skip("a statement is no trip here")
    client = create_app(Settings(), store).test_client()
    body, budget = EDITS[path]
    for _ in range(2):  # what is new, and what is there
        statements.clear()
        assert client.put(path, json=body).status_code == 200
        assert 1 <= len(statements) <= budget, statements
