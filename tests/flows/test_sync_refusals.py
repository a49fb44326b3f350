"""One bad document, and no room on the disk: told, and made good."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from deployments import Deployment, Stores, deployed, path_of, until
from small_catalogue import CUSTOMERS, ORDERS, graph_of, load, remove, write
from store_pairs import PAIRS, embedded, empty_stores

from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode

DESCRIPTION = path_of("table", ORDERS.key, "description")
UPDATED = NodeRef("Timestamp", f"{CUSTOMERS.key}/timestamp")
COLUMNS = [NodeRef("Column", f"{CUSTOMERS.key}/{number}") for number in range(6)]


def a_huge_timestamp() -> list[Mutation]:
    return [
        PutNode(UPDATED, {"last_updated_timestamp": 2**60}),
        PutEdge(EdgeRef("LAST_UPDATED_AT", CUSTOMERS, UPDATED)),
    ]


def a_huge_text() -> list[Mutation]:
    """Return column descriptions that are too much together, though a store takes each."""
    texts = [NodeRef("Description", f"{column.key}/_description") for column in COLUMNS]
    return [
        *(PutNode(column, {"name": column.key.rpartition("/")[2]}) for column in COLUMNS),
        *(PutEdge(EdgeRef("COLUMN", CUSTOMERS, column)) for column in COLUMNS),
        *(PutNode(text, {"description": "x" * 1_000_000}) for text in texts),
        *(PutEdge(EdgeRef("DESCRIPTION", *ends)) for ends in zip(COLUMNS, texts, strict=True)),
    ]


BAD = {"timestamp": (a_huge_timestamp, UPDATED), "text": (a_huge_text, *COLUMNS)}


@pytest.fixture(params=PAIRS)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with empty_stores(request.param, tmp_path) as stores:
        load(stores)
        yield stores


@pytest.mark.slow
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_document_is_set_aside_with_its_reason_and_tried_again_on_demand(
    bad: str, stores: Stores, tmp_path: Path
):
    make, *culprits = BAD[bad]
    with deployed(stores, tmp_path) as fram, graph_of(stores) as store:
        fram.await_state("in_step")
        others = [NodeRef("Table", f"{ORDERS.key}_{number}") for number in range(5)]
        load(stores, *others)
        write(store, *make())
        fram.edit(DESCRIPTION, {"description": "heliotrope"})
        until(lambda: fram.found("heliotrope"), lambda found: found == {ORDERS.key})
        until(lambda: fram.found("orders"), lambda found: found == {ref.key for ref in (ORDERS, *others)})
        status = until(fram.status, lambda status: status["parked"] == 1)
        (item,) = status["postponed"]
        assert (item["kind"], item["key"], item["retry_at"]) == ("table", CUSTOMERS.key, None)
        assert {"timestamp": "last_updated_timestamp", "text": "characters"}[bad] in item["reason"]
        assert status["state"] == "in_step"
        assert item["reason"] in fram.fram("search", "status").stdout

        assert_a_retry_before_it_is_mended_changes_nothing(fram)
        remove(stores, *culprits)
        assert fram.ask("metadata", "/sync/retry", "POST", {"documents": None})[0] == 200
        until(fram.status, lambda status: (status["parked"], status["postponed"], status["depth"]) == (0, [], 0))
        assert CUSTOMERS.key in fram.found("customers")


def assert_a_retry_before_it_is_mended_changes_nothing(fram: Deployment) -> None:
    named = {"documents": [{"kind": "table", "key": CUSTOMERS.key}]}
    assert fram.ask("metadata", "/sync/retry", "POST", named) == (200, {"retried": 1})
    until(fram.status, lambda status: bool(status["postponed"]))
    assert CUSTOMERS.key in fram.found("customers")  # as it was


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of eight megabytes. Skips where one may not be mounted."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small file system can be mounted by root alone: a full disk is NOT tested")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk_is_told_and_what_waited_is_published_once_there_is_room(tmp_path: Path):
    with small_disk(tmp_path / "disk") as disk:
        stores = replace(embedded(tmp_path), search=f"tantivy:///{disk / 'search'}")
        load(stores)
        with deployed(stores, tmp_path) as fram:
            fram.await_state("in_step")
            fill(disk / "filler")
            fram.edit(DESCRIPTION, {"description": "heliotrope"})
            status = fram.await_state("failing")
            assert "No space left on device" in status["message"]
            assert fram.search("orders") == (200, {ORDERS.key})
            (disk / "filler").unlink()
            until(lambda: fram.found("heliotrope"), lambda found: found == {ORDERS.key})
            fram.await_state("in_step")


def fill(path: Path) -> None:
    """Write until nothing more fits."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(b"x" * 4096)
