"""Random edits while whatever serves them is killed at random moments: nothing is lost, nothing comes back.

A run begins with a seed that it prints; SOAK_SEED repeats it, as far as moments can be repeated.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

import pytest
from deployments import ONE, THREE, Deployment, Programs, Stores, deployed
from neo4j_server import empty_database
from own_servers import ON_OWN_SERVERS, OwnServer
from random_edits import LASTING, PASSING, Edit, Editor, edits
from small_catalogue import graph_of, load
from step_check import assert_in_step
from store_pairs import embedded, empty_prefix

from metadata_service.store.port import GraphStore
from search_service.index.factory import open_index

RECONCILE_SECONDS = 3600.0  # none meanwhile, which would mend what is lost


@dataclass
class Ground:
    """A pair of stores, and the servers behind it that may be killed."""

    stores: Stores
    servers: Mapping[str, OwnServer]


@dataclass(frozen=True)
class Size:
    """How many edits, and how many times meanwhile a program is killed, and each server."""

    edits: int
    programs: int
    servers: int


BOUNDED, FULL = Size(300, 10, 1), Size(2000, 80, 6)
SIZES = [pytest.param(BOUNDED, id="bounded"), pytest.param(FULL, id="full", marks=pytest.mark.soak)]


@pytest.fixture(params=["embedded", pytest.param("distributed", marks=ON_OWN_SERVERS)])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    if request.param == "embedded":
        yield Ground(embedded(tmp_path), {})
        return
    servers: dict[str, OwnServer] = {name: request.getfixturevalue(f"own_{name}") for name in ("neo4j", "opensearch")}
    for server in servers.values():
        server.start()
    with empty_database(servers["neo4j"].url), empty_prefix(servers["opensearch"].url) as search:
        yield Ground(Stores(servers["neo4j"].url, search), servers)


class Killer:
    """Kills one thing after the other while edits go on, and starts it again."""

    def __init__(self, fram: Deployment, servers: Mapping[str, OwnServer], chance: random.Random) -> None:
        self.kills: list[str] = []
        self._fram = fram
        self._servers = servers
        self._chance = chance
        self._failed: list[BaseException] = []
        self._under_way: threading.Thread | None = None

    def kill(self, name: str) -> None:
        """Kill a program or a server a moment from now, once what was killed before is there again."""
        self.finish()
        self.kills.append(name)
        server = self._servers.get(name)
        restart = partial(restart_server, server) if server else partial(self._fram.restart, name, self._pause())
        self._under_way = threading.Thread(target=self._restart, args=(restart, self._pause() / 10))
        self._under_way.start()

    def _pause(self) -> float:
        return self._chance.uniform(0, 1)

    def finish(self) -> None:
        """Wait until everything is there again."""
        if self._under_way is not None:
            self._under_way.join()
        assert self._failed == []

    def _restart(self, restart: Callable[[], object], in_seconds: float) -> None:
        try:
            threading.Event().wait(in_seconds)
            restart()
        except BaseException as error:  # noqa: BLE001  # told in the test's own thread
            self._failed.append(error)


def restart_server(server: OwnServer) -> None:
    server.kill()
    server.start()


def plan(size: Size, ground: Ground, programs: Programs, chance: random.Random) -> list[tuple[Edit, str]]:
    """Return the edits, each with what is killed during it, if anything is."""
    killed = chance.choices(sorted(programs), k=size.programs) + sorted(ground.servers) * size.servers
    moments = dict(zip(chance.sample(range(size.edits), len(killed)), killed, strict=True))
    return [(edit, moments.get(turn, "")) for turn, edit in enumerate(islice(edits(chance), size.edits))]


@pytest.mark.slow
@pytest.mark.parametrize("size", SIZES)
def test_nothing_is_lost_or_comes_back_whatever_is_killed(ground: Ground, size: Size, tmp_path: Path):
    seed = int(os.environ.get("SOAK_SEED") or random.randrange(2**32))
    print(f"SOAK_SEED={seed}")  # noqa: T201  # shown when the test fails
    chance = random.Random(seed)
    programs: Programs = THREE if ground.servers else chance.choice([ONE, THREE])
    load(ground.stores, *LASTING)
    with ExitStack() as closing:
        fram = closing.enter_context(deployed(ground.stores, tmp_path, programs, reconcile_seconds=RECONCILE_SECONDS))
        store = closing.enter_context(graph_of(ground.stores))
        killer = Killer(fram, ground.servers, chance)
        editor = Editor(fram, store)
        for edit, killed in plan(size, ground, programs, chance):
            if killed:
                killer.kill(killed)
            editor.do(edit)
        killer.finish()
        print(f"{editor.answered} answered, {editor.unanswered} not; killed: {dict(Counter(killer.kills))}")  # noqa: T201
        assert editor.answered > size.edits / 2
        editor.assert_all_there()
        assert_nothing_drifted(fram)
        assert_search_is_the_graph(fram, ground.stores, store)


def assert_nothing_drifted(fram: Deployment) -> None:
    """Wait until every change is published; then the first comparison of all must find no difference."""
    fram.await_state("in_step")
    done = fram.fram("search", "reconcile")
    assert "drift 0" in done.stdout, done
    status = fram.await_state("in_step")
    assert status["last_reconcile"]["drift"] == 0
    assert (status["depth"], status["parked"], status["postponed"]) == (0, 0, [])


def assert_search_is_the_graph(fram: Deployment, stores: Stores, store: GraphStore) -> None:
    index = open_index(stores.search)
    try:
        assert_in_step(store, index)
    finally:
        index.close()
    tables = {ref.key for ref, _ in store.list_nodes("Table")}
    assert fram.search("") == (200, tables)
    gone = [ref for ref in PASSING if ref.key not in tables]
    assert [ref for ref in gone if ref.key in fram.found(ref.key.rpartition("/")[2])] == []
