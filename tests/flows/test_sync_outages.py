"""One of the stores is away for a while: what still works does, the rest says so, and nothing is lost."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from deployments import THREE, Deployment, Stores, deployed, path_of, until
from neo4j_server import empty_database
from own_servers import ON_OWN_SERVERS, OwnServer
from small_catalogue import CUSTOMERS, ORDERS, load
from store_pairs import embedded, empty_prefix

DESCRIPTION = path_of("table", ORDERS.key, "description")


@dataclass
class Outage:
    """A pair of stores of which one can be taken away and given back."""

    stores: Stores
    take: Callable[[], object]
    give_back: Callable[[], object]
    reads: bool = False  # reading goes on


@contextmanager
def embedded_index(folder: Path) -> Iterator[Outage]:
    """The folder of the index cannot be reached, as when its volume is not mounted."""
    index, aside = folder / "search", folder / "aside"

    def take() -> None:
        index.rename(aside)
        index.touch()

    def give_back() -> None:
        index.unlink()
        aside.rename(index)

    yield Outage(embedded(folder), take, give_back)


@contextmanager
def embedded_graph(folder: Path) -> Iterator[Outage]:
    """Another program writes to the file of the graph and does not finish."""
    with closing(sqlite3.connect(folder / "graph.db", isolation_level=None)) as other:
        yield Outage(
            embedded(folder), lambda: other.execute("BEGIN IMMEDIATE"), lambda: other.execute("COMMIT"), reads=True
        )


@contextmanager
def opensearch_index(folder: Path, server: OwnServer) -> Iterator[Outage]:
    server.start()
    with empty_prefix(server.url) as search:
        yield Outage(replace(embedded(folder), search=search), server.kill, server.start)


@contextmanager
def neo4j_graph(folder: Path, server: OwnServer) -> Iterator[Outage]:
    server.start()
    with empty_database(server.url):
        yield Outage(replace(embedded(folder), graph=server.url), server.kill, server.start)


@pytest.fixture(params=["tantivy", pytest.param("opensearch", marks=ON_OWN_SERVERS)])
def index_outage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outage]:
    if request.param == "tantivy":
        outages = embedded_index(tmp_path)
    else:
        outages = opensearch_index(tmp_path, request.getfixturevalue("own_opensearch"))
    with outages as outage:
        load(outage.stores)
        yield outage


@pytest.fixture(params=[pytest.param("sqlite", marks=pytest.mark.slow), pytest.param("neo4j", marks=ON_OWN_SERVERS)])
def graph_outage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outage]:
    if request.param == "sqlite":
        outages = embedded_graph(tmp_path)
    else:
        outages = neo4j_graph(tmp_path, request.getfixturevalue("own_neo4j"))
    with outages as outage:
        load(outage.stores)
        yield outage


def test_without_its_index_edits_go_on_and_search_says_that_it_cannot(index_outage: Outage, tmp_path: Path):
    with deployed(index_outage.stores, tmp_path) as fram:
        until(lambda: fram.found("orders"))
        index_outage.take()
        fram.edit(DESCRIPTION, {"description": "A heliotrope"})
        assert_search_says_that_it_cannot(fram)
        status = fram.await_state("failing")
        assert status["message"] == f"The last pass failed: {status['sync_failure']['reason']}"
        assert fram.ask("search", "/healthcheck")[0] == 503
        assert fram.fram("search", "status").returncode == 1
        fram.edit(path_of("table", CUSTOMERS.key, "tag", "zweistrom"))
        index_outage.give_back()
        until(lambda: fram.found("heliotrope"), lambda found: found == {ORDERS.key})
        until(lambda: fram.found("tag:zweistrom"), lambda found: found == {CUSTOMERS.key})
        assert fram.await_state("in_step")["depth"] == 0


def test_a_removed_embedded_index_is_built_anew(tmp_path: Path):
    stores = embedded(tmp_path)
    load(stores)
    with deployed(stores, tmp_path, THREE) as fram:
        until(lambda: fram.found("orders"))
        fram.await_state("in_step")
        shutil.rmtree(tmp_path / "search")
        assert_search_says_that_it_cannot(fram)
        until(lambda: fram.found("orders"), lambda found: found == {ORDERS.key})  # though nobody edits anything
        fram.edit(DESCRIPTION, {"description": "A heliotrope"})
        until(lambda: fram.found("heliotrope"), lambda found: found == {ORDERS.key})
        fram.await_state("in_step")


def test_without_its_graph_search_goes_on(graph_outage: Outage, tmp_path: Path):
    with deployed(graph_outage.stores, tmp_path, THREE) as fram:
        until(lambda: fram.found("orders"))
        graph_outage.take()
        status, problem = fram.ask("metadata", DESCRIPTION, "PUT", {"description": "A heliotrope"})
        assert (status, problem["code"]) == (503, "store_unavailable")
        if not graph_outage.reads:
            status, problem = fram.ask("ingest", "/sync/status")
            assert (status, problem["code"]) == (503, "store_unavailable")
        assert fram.search("orders") == (200, {ORDERS.key})
        assert fram.ask("search", "/healthcheck")[0] == 200
        graph_outage.give_back()
        until(lambda: fram.ask("metadata", DESCRIPTION, "PUT", {"description": "A quagmire"})[0] == 200)
        until(lambda: fram.found("quagmire"), lambda found: found == {ORDERS.key})
        fram.await_state("in_step")


def assert_search_says_that_it_cannot(fram: Deployment) -> None:
    status, problem = fram.search("orders")
    assert (status, problem.get("code")) == (503, "index_unavailable"), problem
