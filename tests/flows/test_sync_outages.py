"""One of the stores is away for a while: what still works does, the rest says so, and nothing is lost."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from deployments import THREE, Deployment, Stores, deployed, path_of, until
from own_servers import own_server
from small_catalogue import CUSTOMERS, ORDERS, load

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

    yield Outage(Stores(f"sqlite:///{folder / 'graph.db'}", f"tantivy:///{index}"), take, give_back)


@contextmanager
def opensearch_index(folder: Path) -> Iterator[Outage]:
    with own_server("opensearch", folder) as server:
        yield Outage(Stores(f"sqlite:///{folder / 'graph.db'}", f"{server.url}/outage"), server.kill, server.start)


@contextmanager
def embedded_graph(folder: Path) -> Iterator[Outage]:
    """Another program writes to the file of the graph and does not finish."""
    path = folder / "graph.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        stores = Stores(f"sqlite:///{path}", f"tantivy:///{folder / 'search'}")
        yield Outage(stores, lambda: other.execute("BEGIN IMMEDIATE"), lambda: other.execute("COMMIT"), reads=True)


@contextmanager
def neo4j_graph(folder: Path) -> Iterator[Outage]:
    with own_server("neo4j", folder) as server:
        yield Outage(Stores(server.url, f"tantivy:///{folder / 'search'}"), server.kill, server.start)


OWN_NEO4J = [pytest.mark.neo4j, pytest.mark.slow]
OWN_OPENSEARCH = [pytest.mark.opensearch, pytest.mark.slow]


@pytest.fixture(params=[embedded_index, pytest.param(opensearch_index, marks=OWN_OPENSEARCH)])
def index_outage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outage]:
    with request.param(tmp_path) as outage:
        load(outage.stores)
        yield outage


@pytest.fixture(
    params=[pytest.param(embedded_graph, marks=pytest.mark.slow), pytest.param(neo4j_graph, marks=OWN_NEO4J)]
)
def graph_outage(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Outage]:
    with request.param(tmp_path) as outage:
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
    stores = Stores(f"sqlite:///{tmp_path / 'graph.db'}", f"tantivy:///{tmp_path / 'search'}")
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
