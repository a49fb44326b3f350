"""SIGKILL of a real publisher between any two of its steps: the next one ends in the same state."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import publisher_runner
import pytest
from deployments import Stores, until
from publisher_runner import DONE, KILLED
from small_catalogue import ANN, ORDERS, a_table, graph_of, load, write
from step_check import assert_in_step
from store_pairs import DISTRIBUTED, EMBEDDED, empty_stores

from metadata_service.store.mutations import EdgeRef, NodeRef, PutEdge, PutNode, RemoveNode
from metadata_service.store.port import GraphStore
from search_service.index.factory import open_index
from search_service.index.port import SearchIndex

ACTIONS = ["sync", "rebuild", "reconcile"]
ALL_CALLS = 1  # stride
A_SPREAD = {"sync": 4, "rebuild": 17, "reconcile": 9}


class Runner:
    """Publishers that are run one after the other, and killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, action: str, calls: int = 0) -> str:
        """Run one; return how it ended."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([action, calls]) + "\n")
        self._process.stdin.flush()
        return self._process.stdout.readline().strip()

    def finish(self, action: str, calls: int = 0) -> str:
        """Run one to its end, again while what a killed one left behind stands in its way."""
        return until(lambda: self.run(action, calls), lambda outcome: outcome in (DONE, KILLED))


@contextmanager
def running(stores: Stores) -> Iterator[Runner]:
    command = [sys.executable, publisher_runner.__file__, stores.graph, stores.search]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=stores.environment
    )
    with process:
        yield Runner(process)


@pytest.fixture(params=[EMBEDDED, pytest.param(*DISTRIBUTED.values, marks=[*DISTRIBUTED.marks, pytest.mark.slow])])
def pair(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def stores(pair: str, tmp_path: Path) -> Iterator[Stores]:
    with empty_stores(pair, tmp_path) as stores:
        load(stores)
        yield stores


@pytest.mark.parametrize("action", ACTIONS)
def test_a_publisher_killed_at_any_step_is_made_good_by_the_next(action: str, pair: str, stores: Stores):
    index = open_index(stores.search)
    stride = ALL_CALLS if pair == "embedded" else A_SPREAD[action]
    kills = 0
    with running(stores) as publisher, graph_of(stores) as store:
        publisher.finish("rebuild")
        for turn, calls in enumerate(count(1, stride)):
            edit(store, turn)
            if action == "reconcile":
                store.acknowledge(store.changes())  # they are lost, and only reconcile sees it
            outcome = publisher.finish(action, calls)
            make_good(publisher, action)
            assert_settled(store, index)
            if outcome == DONE:
                break
            kills += 1
    index.close()
    assert kills > 3


def edit(store: GraphStore, turn: int) -> None:
    """Add a table, remove the one of the turn before, bring back that of two turns ago, and rename an owner."""
    ann = NodeRef("User", ANN)
    owned = (PutNode(ann, {"full_name": f"Ann {turn}"}), PutEdge(EdgeRef("OWNER", ORDERS, ann)))
    write(store, *owned, *a_table(numbered(turn)), *a_table(numbered(turn - 2)))
    write(store, RemoveNode(numbered(turn - 1)))


def numbered(turn: int) -> NodeRef:
    return NodeRef("Table", f"{ORDERS.key}_{turn % 5}")


def make_good(publisher: Runner, action: str) -> None:
    """Let the next publisher do its work: the schedule syncs always, and reconciles now and then."""
    if action == "reconcile":
        publisher.finish("reconcile")
    publisher.finish("sync")


def assert_settled(store: GraphStore, index: SearchIndex) -> None:
    assert store.changes() == []
    assert store.postponed() == []
    assert_in_step(store, index)
