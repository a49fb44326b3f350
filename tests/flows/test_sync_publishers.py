"""More than one publisher, and one that is killed, stopped or started at a bad moment."""

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from deployments import FRAM, ONE, THREE, Deployment, Program, Stores, deployed, path_of, until
from small_catalogue import CUSTOMERS, ORDERS, graph_of, load
from store_pairs import PAIRS, empty_stores, opensearch, prefix_of

from ingest.publish import orders
from metadata_service.store.mutations import NodeRef

DESCRIPTION = path_of("table", ORDERS.key, "description")
TWO = {**THREE, "second": ("serve", "ingest")}
TAKE_OVER_SECONDS = 10.0


@pytest.fixture(params=PAIRS)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with empty_stores(request.param, tmp_path) as stores:
        load(stores)
        yield stores


@pytest.fixture
def fram(stores: Stores, tmp_path: Path) -> Iterator[Deployment]:
    """Everything, with two publishers."""
    with deployed(stores, tmp_path, TWO) as fram:
        fram.await_state("in_step")
        yield fram


def test_the_second_takes_over_within_ten_seconds_when_the_first_is_killed(fram: Deployment):
    first = the_one_that_publishes(fram)
    describe(fram, "alder")
    assert the_one_that_publishes(fram) is first
    first.kill()
    killed_at = time.monotonic()
    describe(fram, "birch")
    assert time.monotonic() - killed_at < TAKE_OVER_SECONDS
    until(lambda: the_one_that_publishes(fram), lambda second: second is not first)


def test_one_that_was_stopped_past_its_lease_does_no_harm_when_it_goes_on(fram: Deployment, stores: Stores):
    first = the_one_that_publishes(fram)
    describe(fram, "alder")
    first.signal(signal.SIGSTOP)
    fram.edit(DESCRIPTION, {"description": "birch"})
    if stores.search.startswith("tantivy"):  # one process writes, and it holds the lock while it is stopped
        status = fram.await_state("failing")
        assert "Another process is writing to the search index" in status["message"]
        assert fram.search("alder") == (200, {ORDERS.key})
        first.signal(signal.SIGCONT)
        sees(fram, "birch")
    else:
        sees(fram, "birch")
        first.signal(signal.SIGCONT)
    for word in ("cedar", "elm"):
        describe(fram, word)
    status = fram.await_state("in_step")
    assert (status["depth"], status["postponed"]) == (0, [])
    assert fram.found("alder") == fram.found("birch") == set()


def test_an_order_outlives_the_publisher_that_was_to_carry_it_out(stores: Stores, tmp_path: Path):
    with deployed(stores, tmp_path, THREE) as fram, graph_of(stores) as store:
        built_at = fram.await_state("in_step")["last_rebuild"]["at"]
        fram.running["ingest"].kill()
        order = orders.give(store, "rebuild")
        fram.start("ingest")
        answer = until(lambda: orders.find_answer(store, order))
        assert answer is not None
        assert answer["documents"]["table"] == 2
        assert fram.status()["last_rebuild"]["at"] > built_at
        assert fram.found("") == {ORDERS.key, CUSTOMERS.key}


def test_a_rebuild_whose_publisher_is_killed_is_done_by_the_second(fram: Deployment, stores: Stores):
    load(stores, *(NodeRef("Table", f"{ORDERS.key}_{number}") for number in range(900)))
    until(lambda: fram.status()["depth"], lambda depth: depth == 0)
    before = generations(stores)
    with graph_of(stores) as store:
        order = orders.give(store, "rebuild")
        until(lambda: generations(stores) > before)  # both are there: it is under way
        the_one_that_publishes(fram).kill()
        answer = until(lambda: orders.find_answer(store, order), seconds=120)
    assert answer is not None
    assert "failed" not in answer
    assert fram.found("") == {ORDERS.key, CUSTOMERS.key} | fram.found("orders")
    describe(fram, "alder")
    until(lambda: generations(stores), lambda left: len(left) == 1)


def generations(stores: Stores) -> set[str]:
    """Return what there is behind the name of the index: what serves, and what is being built."""
    if stores.search.startswith("tantivy"):
        return {path.name for path in Path(stores.search.removeprefix("tantivy:///")).glob("v*-*")}
    indexes: dict[str, object] = opensearch(stores.search, "GET", f"/{prefix_of(stores.search)}-v*")
    return set(indexes)


def test_a_rebuild_by_hand_is_done_by_the_publisher_and_search_goes_on(stores: Stores, tmp_path: Path):
    with deployed(stores, tmp_path, ONE) as fram:
        fram.await_state("in_step")
        rebuild = subprocess.Popen(
            [FRAM, "search", "rebuild"], env=stores.environment, stdout=subprocess.PIPE, text=True
        )
        with rebuild:
            while rebuild.poll() is None:
                assert fram.search("") == (200, {ORDERS.key, CUSTOMERS.key})
                describe(fram, "alder")
                describe(fram, "birch")
            assert rebuild.stdout is not None
            assert re.match(r"Built in [\d.]+ s: 2 table documents; 0 refused", rebuild.stdout.read())
        assert rebuild.returncode == 0
        assert fram.search("birch") == (200, {ORDERS.key})


def the_one_that_publishes(fram: Deployment) -> Program:
    """Return the program that said last that it publishes; its holder is named HOST/PID/…."""
    pid = int(fram.status()["last_sync"]["publisher"].split("/")[1])
    return next(program for program in fram.running.values() if program.process.pid == pid)


def describe(fram: Deployment, word: str) -> None:
    """Describe a table, and wait until it is found by that."""
    fram.edit(DESCRIPTION, {"description": word})
    sees(fram, word)


def sees(fram: Deployment, word: str) -> None:
    until(lambda: fram.search(word), lambda answer: answer == (200, {ORDERS.key}))
