"""What was acknowledged survives the process that wrote it; what was not is not there in part."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlite_writer
from graphs import props_of

from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore
from schemas.graph import READERS, READS

ROUNDS = 4
NAMES = ("w0", "w1", "w2")
chance = random.Random()  # moments to kill at, not secrets


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph.db"


@contextmanager
def opened(path: Path) -> Iterator[GraphStore]:
    store = open_store(f"sqlite:///{path}")
    store.ensure_schema()
    yield store
    store.close()


def start(path: Path, writer: str, first: int, last: int) -> subprocess.Popen[str]:
    arguments = [sys.executable, sqlite_writer.__file__, str(path), writer, str(first), str(last)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def kill_at_random(writer: subprocess.Popen[str]) -> list[int]:
    """Kill a writer some time after its first batch; return the numbers it acknowledged."""
    assert writer.stdout is not None
    first = writer.stdout.readline()
    time.sleep(chance.uniform(0, 0.3))
    writer.send_signal(signal.SIGKILL)
    rest, _ = writer.communicate()
    # What came before the kill was acknowledged, but for a line that was cut short.
    return [int(line) for line in (first + rest).splitlines(keepends=True) if line.endswith("\n")]


def check_whole(store: GraphStore, acknowledged: set[tuple[str, int]]) -> set[tuple[str, int]]:
    """Assert that every acknowledged batch is there and none in part; return the batches that are there."""
    tables = {
        tuple(ref.key.removeprefix("hive://gold.").split("/")) for ref, _ in store.list_nodes("Table", limit=10**6)
    }
    written = {(writer, int(number)) for writer, number in tables if writer != "core"}
    assert written >= acknowledged
    per_table = Counter(ref.key.rpartition("/")[0] for ref, _ in store.list_nodes("Column", limit=10**6))
    related = Counter(ref.source.key for ref, _ in store.list_edges("COLUMN", "Table", "Column", limit=10**6))
    expected = {f"hive://gold.{writer}/{number:05}": sqlite_writer.COLUMNS for writer, number in written}
    assert per_table == expected
    assert related == expected
    assert {ref.key for ref, _ in store.list_nodes("User", limit=10**6)} == {f"{w}-{n}" for w, n in written}
    shared = props_of(store, sqlite_writer.SHARED) or {}
    assert (shared.get(READERS, 0), shared.get(READS, 0)) == (len(written), 2 * len(written))
    assert {change.ref.key for change in store.changes(10**6)} >= expected.keys()
    assert store.recount("Table") == 0
    return written


def test_killed_writers_lose_no_acknowledged_batch_and_leave_none_in_part(path: Path):
    acknowledged: set[tuple[str, int]] = set()
    for turn in range(ROUNDS):
        begin = turn * 10**4
        writers = {name: start(path, name, begin, begin + 10**4) for name in NAMES}
        for name, writer in writers.items():
            acknowledged |= {(name, number) for number in kill_at_random(writer)}
        with opened(path) as store:
            acknowledged = check_whole(store, acknowledged)
    assert len(acknowledged) >= ROUNDS * len(NAMES)


def test_writers_in_several_processes_make_the_file_and_lose_nothing(path: Path):
    writers = [start(path, name, 0, 40) for name in NAMES]
    for writer in writers:
        output, _ = writer.communicate(timeout=120)
        assert writer.returncode == 0
        assert output.split() == [str(number) for number in range(40)]
    with opened(path) as store:
        assert len(check_whole(store, set())) == 40 * len(NAMES)


def test_a_file_left_with_its_log_opens_again_and_is_tidied(path: Path):
    """The log of a killed process is taken over by the next one that opens the file."""
    writer = start(path, "w", 0, 10**4)
    kill_at_random(writer)
    assert path.with_name("graph.db-wal").exists()
    with opened(path) as store:
        check_whole(store, {("w", 0)})
    assert not path.with_name("graph.db-wal").exists()
