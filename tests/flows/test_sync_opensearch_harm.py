"""What others do to the index in OpenSearch: told, and made good; until then search says that it cannot."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from deployments import Deployment, Stores, deployed, path_of, until
from small_catalogue import ORDERS, load
from store_pairs import embedded, empty_prefix, opensearch, prefix_of, search_server

DESCRIPTION = path_of("table", ORDERS.key, "description")

pytestmark = pytest.mark.opensearch


@pytest.fixture
def opensearch_stores(tmp_path: Path) -> Iterator[Stores]:
    """SQLite and OpenSearch."""
    with empty_prefix(search_server()) as search:
        stores = replace(embedded(tmp_path), search=search)
        load(stores)
        yield stores


def test_a_flood_stage_block_is_told_and_what_waited_is_published_once_it_is_lifted(
    opensearch_stores: Stores, tmp_path: Path
):
    with deployed(opensearch_stores, tmp_path) as fram:
        fram.await_state("in_step")
        block(opensearch_stores, blocked=True)
        fram.edit(DESCRIPTION, {"description": "heliotrope"})
        status = fram.await_state("failing")
        assert "disk" in status["message"]
        assert fram.search("orders") == (200, {ORDERS.key})
        block(opensearch_stores, blocked=None)
        until(lambda: fram.found("heliotrope"), lambda found: found == {ORDERS.key})
        fram.await_state("in_step")


def block(stores: Stores, *, blocked: bool | None) -> None:
    settings = {"index.blocks.read_only_allow_delete": blocked}
    opensearch(stores.search, "PUT", f"/{prefix_of(stores.search)}/_settings", settings)


def a_foreign_index_in_its_place(stores: Stores) -> None:
    """Remove what serves; another program writes under its name, so that OpenSearch makes an index by itself."""
    for name in serving(stores):
        opensearch(stores.search, "DELETE", f"/{name}")
    opensearch(stores.search, "PUT", f"/{prefix_of(stores.search)}/_doc/1?refresh=true", {"name": 5})


def an_alias_on_another_index(stores: Stores) -> None:
    """Let the alias stand for an index of other fields."""
    prefix = prefix_of(stores.search)
    fields = {"properties": {"name": {"type": "long"}}}
    opensearch(stores.search, "PUT", f"/{prefix}-foreign", {"mappings": fields})
    moves = [{"remove": {"index": name, "alias": prefix}} for name in serving(stores)]
    moves.append({"add": {"index": f"{prefix}-foreign", "alias": prefix}})
    opensearch(stores.search, "POST", "/_aliases", {"actions": moves})


def a_removed_index(stores: Stores) -> None:
    for name in serving(stores):
        opensearch(stores.search, "DELETE", f"/{name}")


def serving(stores: Stores) -> list[str]:
    found: dict[str, Any] = opensearch(stores.search, "GET", f"/_alias/{prefix_of(stores.search)}")
    return list(found)


@pytest.mark.parametrize("harm", [a_removed_index, an_alias_on_another_index])
def test_an_index_that_is_not_frams_is_replaced_by_one_built_from_the_graph(
    harm: Callable[[Stores], None], opensearch_stores: Stores, tmp_path: Path
):
    with deployed(opensearch_stores, tmp_path) as fram:
        fram.await_state("in_step")
        harm(opensearch_stores)
        fram.edit(DESCRIPTION, {"description": "heliotrope"})
        assert_heals(fram)


def test_an_index_that_has_the_aliass_name_is_told_and_gone_around_once_it_is_removed(
    opensearch_stores: Stores, tmp_path: Path
):
    with deployed(opensearch_stores, tmp_path) as fram:
        fram.await_state("in_step")
        a_foreign_index_in_its_place(opensearch_stores)
        fram.edit(DESCRIPTION, {"description": "heliotrope"})
        status = fram.await_state("failing")
        assert prefix_of(opensearch_stores.search) in status["message"]
        code, problem = fram.search("orders")
        assert (code, problem["code"]) == (503, "index_unavailable")
        opensearch(opensearch_stores.search, "DELETE", f"/{prefix_of(opensearch_stores.search)}")
        assert_heals(fram)


def assert_heals(fram: Deployment) -> None:
    """Wait until all is well; until then search must answer 503 or rightly, never with nothing."""

    def seen() -> bool:
        status, answer = fram.search("orders")
        assert (status, answer) == (200, {ORDERS.key}) or (status, answer["code"]) == (503, "index_unavailable")
        return fram.found("heliotrope") == {ORDERS.key}

    until(seen)
    fram.await_state("in_step")
