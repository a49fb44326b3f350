"""`fram graph copy` between embedded stores: what it says, that a kill loses nothing, that memory stays flat."""

import hashlib
import json
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fram.cli import main
from fram.demo import load
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge, PutNode, RemoveNode
from metadata_service.store.parts import CURSOR, PARTS, Checksum, checksum, items
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Shape

# A copy that is killed after so many batches, or so many milliseconds after its first one.
DOOMED = """
import os, signal, sys, threading
from metadata_service.store import parts
from metadata_service.store.copy import copy_graph
from metadata_service.store.factory import open_store

def die():
    os.kill(os.getpid(), signal.SIGKILL)

source, target = map(open_store, sys.argv[1:3])
unit, left = sys.argv[3], int(sys.argv[4])
parts.PAGE = 3
apply = target.apply

def counting(batch):
    global left
    if unit == "batches" and left == 0:
        die()
    receipt = apply(batch)
    if unit == "milliseconds" and left:
        threading.Timer(left / 1000, die).start()
        left = 0
    left -= unit == "batches"
    return receipt

target.apply = counting
copy_graph(source, target, "demo")
os._exit(0)
"""

PEAK = """
import sys
from pathlib import Path
from metadata_service.store import sqlite_sessions
from metadata_service.store.copy import copy_graph
from metadata_service.store.factory import open_store

sqlite_sessions.CACHE_KIB = 512  # the databases' own cache fills up to its limit; it is not what is measured
source, target = map(open_store, sys.argv[1:])
target.ensure_schema()
copy_graph(source, target, "it")
[peak] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
print(peak.split()[1])
"""


def url(path: Path) -> str:
    return f"sqlite:///{path}"


@contextmanager
def opened(path: Path) -> Iterator[GraphStore]:
    with closing(open_store(url(path))) as store:
        store.ensure_schema()
        yield store


def content(path: Path) -> dict[str, Checksum]:
    with opened(path) as store:
        assert store.count(CURSOR) == 0
        return {part.name: checksum(items(store, part)) for part in PARTS}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample catalogue, to be read only."""
    path = tmp_path_factory.mktemp("source") / "graph.db"
    with opened(path) as store:
        load(store)
    return path


def copy(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["graph", "copy", *arguments], env=environment)


def unfinished(path: Path, of: str, part: str) -> None:
    cursor = {"part": part, "after": [], "into_existing": False}
    with opened(path) as store:
        store.apply(Batch((PutNode(NodeRef(CURSOR, of), {"cursor": json.dumps(cursor)}),), Authority.COPY))


def test_command_copies_verifies_and_leaves_the_source_as_it_is(source: Path, tmp_path: Path):
    before = hashlib.sha256(source.read_bytes()).digest()
    target = tmp_path / "target.db"
    result = copy(url(source), url(target))
    assert result.exit_code == 0
    assert content(target) == content(source)
    assert "Copying Table: 66\n" in result.stderr
    assert "Verifying" in result.stderr
    held = content(source)
    nodes = sum(sum_.count for name, sum_ in held.items() if " from " not in name)
    relations = sum(sum_.count for name, sum_ in held.items() if " from " in name)
    assert result.stdout == f"Copied and verified {nodes:,} nodes and {relations:,} relations.\n"
    assert hashlib.sha256(source.read_bytes()).digest() == before


def test_command_shows_a_bar_on_a_terminal(source: Path, tmp_path: Path):
    result = copy(url(source), url(tmp_path / "target.db"), FORCE_COLOR="1")
    assert result.exit_code == 0
    assert "Verifying" in result.stderr
    assert "100%" in result.stderr


def test_command_refuses_a_target_with_other_data_and_says_how_to_proceed(source: Path, tmp_path: Path):
    with opened(tmp_path / "target.db") as store:
        store.apply(Batch((PutNode(NodeRef("Tag", "own")),)))
    result = copy(url(source), url(tmp_path / "target.db"))
    assert (result.exit_code, result.stdout) == (1, "")
    assert "--into-existing" in result.stderr
    assert copy(url(source), url(tmp_path / "target.db"), "--into-existing").exit_code == 0
    with opened(tmp_path / "target.db") as store:
        assert store.fetch_many(["own", "sales"], Shape("Tag")).keys() == {"own", "sales"}


def test_command_says_that_it_goes_on(source: Path, tmp_path: Path):
    unfinished(tmp_path / "target.db", url(source.resolve()), PARTS[0].name)
    result = copy(url(source), url(tmp_path / "target.db"))
    assert result.exit_code == 0
    assert result.stderr.startswith(f"Resuming an unfinished copy at {PARTS[0].name}\n")


def test_command_names_what_differs_and_fails(source: Path, tmp_path: Path):
    target = tmp_path / "target.db"
    assert copy(url(source), url(target)).exit_code == 0
    with opened(target) as store:
        store.apply(Batch((RemoveNode(NodeRef("Database", "database://kafka")),), Authority.COPY))
    unfinished(target, url(source.resolve()), PARTS[-1].name)  # as if all were copied
    result = copy(url(source), url(target))
    assert result.exit_code == 1
    assert "\nDatabase: 4 in the source, 3 in the target\n" in result.stderr
    assert "\nCLUSTER from Database to Cluster: 3 in the source, 2 in the target\n" in result.stderr
    assert copy(url(source), url(target)).exit_code == 0  # from the beginning
    assert content(target) == content(source)


def test_command_refuses_to_copy_a_store_into_itself(source: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(source.parent)
    result = copy(url(source), "sqlite:///graph.db", "--into-existing")
    assert result.exit_code == 2
    assert "the same store" in result.stderr


def test_command_fails_for_a_source_that_is_not_there(tmp_path: Path):
    result = copy(url(tmp_path / "absent.db"), url(tmp_path / "target.db"))
    assert result.exit_code == 1
    assert "absent.db cannot be opened" in result.stderr
    assert not (tmp_path / "absent.db").exists()


def test_copy_killed_at_random_goes_on_and_loses_nothing(source: Path, tmp_path: Path):
    target = tmp_path / "target.db"
    with opened(target):
        pass
    chance = random.Random(20260831)
    kills = 0
    while True:
        unit = chance.choice(["batches", "milliseconds"])
        amount = chance.randint(1, 90) if unit == "batches" else chance.randint(1, 150)
        arguments = [sys.executable, "-c", DOOMED, url(source), url(target), unit, str(amount)]
        code = subprocess.run(arguments, check=False).returncode
        assert code in (0, -9)
        if code == 0:
            break
        kills += 1
    assert kills >= 5
    assert content(target) == content(source)


def peak_kilobytes(folder: Path, tables: int) -> int:
    path = folder / f"{tables}.db"
    with opened(path) as store:
        for first in range(0, tables, 1000):
            refs = [NodeRef("Table", f"hive://gold.s{n // 1000}/t{n:06}") for n in range(first, first + 1000)]
            owner = NodeRef("User", "ada@example.com")
            puts = [PutNode(ref, {"name": ref.key, "text": f"{ref.key} " * 15}) for ref in refs]
            links = [PutEdge(EdgeRef("READ_BY", ref, owner), {"read_count": 1}) for ref in refs]
            store.apply(Batch((PutNode(owner), *puts, *links), Authority.COPY))
    arguments = [sys.executable, "-c", PEAK, url(path), url(folder / f"{tables}-copy.db")]
    return int(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)


def test_memory_of_a_copy_does_not_grow_with_the_catalogue(tmp_path: Path):
    small, large = peak_kilobytes(tmp_path, 4_000), peak_kilobytes(tmp_path, 40_000)
    assert large - small < 10_000
