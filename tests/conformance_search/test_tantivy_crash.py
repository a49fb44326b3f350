"""The embedded index when its writer is killed, when there are two, and when its folder misbehaves."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from entries import a_table, a_tombstone, ask, build, fill, found
from tantivy_writer import BATCH, batch

from schemas.errors import IndexUnavailable, InvalidSetting
from search_service.index import tantivy
from search_service.index.factory import open_index
from search_service.index.port import Outcome, SearchIndex

WRITER = Path(__file__).parent / "tantivy_writer.py"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"tantivy:///{tmp_path / 'search'}"


@pytest.fixture
def index(url: str) -> Iterator[SearchIndex]:
    opened = open_index(url)
    build(opened)
    yield opened
    opened.close()


def _killed_after(url: str, how: str, seconds: float) -> int:
    """Let a writer work so long after its first acknowledgement, kill it, and return the last one."""
    process = subprocess.Popen([sys.executable, str(WRITER), url, how], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    first = process.stdout.readline()
    assert first
    time.sleep(seconds)
    process.kill()
    acknowledged = [first, *process.stdout.readlines()]
    process.wait()
    process.stdout.close()
    return int([line for line in acknowledged if line.endswith("\n")][-1])


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_writer_loses_nothing_it_acknowledged(url: str, seed: int):
    last = _killed_after(url, "batches", random.Random(seed).uniform(0, 0.6))
    survivor = open_index(url)
    assert survivor.ensure() is False
    for number in range(last + 1):
        for entry in batch(number):
            held = survivor.find(entry.kind, entry.key)
            removed = entry.document is not None and entry.key.endswith(f"/t{number}_0")
            gone = a_tombstone(entry, number + 2)
            # The batch behind the last acknowledged one, which removes its first table, may be there too.
            assert held in ([gone] if removed and number < last else [gone, entry] if removed else [entry])
    whole = survivor.count("table") - (last * (BATCH - 1) + BATCH)
    assert whole in (0, BATCH - 1)  # a batch that was not acknowledged is there in whole or not at all
    fill(survivor, a_table("after"))
    assert ask(survivor, "after").total == 1
    survivor.close()


@pytest.mark.parametrize("seed", range(3))
def test_a_killed_rebuild_leaves_a_whole_index(url: str, tmp_path: Path, seed: int):
    last = _killed_after(url, "rebuilds", random.Random(seed).uniform(0, 0.8))
    survivor = open_index(url)
    assert survivor.ensure() is False
    revisions = {held.revision for held in survivor.revisions("table")}
    assert survivor.count("table") == BATCH
    assert revisions in ({last + 1}, {last + 2})
    with survivor.rebuild(since=10**9) as rebuild:
        rebuild.write([a_table("new", 1)])
        rebuild.swap({"table": 1})
    assert found(survivor) == {"new"}
    assert len(list((tmp_path / "search").glob("v*"))) == 1
    survivor.close()


def test_readers_see_what_another_process_writes(url: str, index: SearchIndex):
    reader = open_index(url)
    assert found(reader) == set()
    for place in range(3):
        fill(index, a_table(f"t{place}", place + 1))
        assert len(found(reader)) == place + 1
    with index.rebuild(since=10**9) as rebuild:
        rebuild.write([a_table("swapped", 9)])
        rebuild.swap({"table": 1})
    assert found(reader) == {"swapped"}
    fill(index, a_table("later"))
    assert found(reader) == {"swapped", "later"}
    reader.close()


def test_one_process_writes_at_a_time(url: str, index: SearchIndex, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tantivy, "WAIT_SECONDS", 0.1)
    fill(index, a_table("first"))
    second = open_index(url)
    with pytest.raises(IndexUnavailable, match="Another process"):
        second.write([a_table("second")])
    with pytest.raises(IndexUnavailable, match="Another process"), second.rebuild(since=0):
        pass
    index.close()
    fill(second, a_table("second"))
    assert found(index) == {"first", "second"}
    second.close()


def test_closing_frees_the_right_to_write_and_use_takes_it_again(index: SearchIndex):
    fill(index, a_table("a"))
    index.close()
    assert index.write([a_table("a", 0)])[0].outcome is Outcome.STALE
    assert found(index) == {"a"}


def test_a_folder_without_an_index_is_unavailable(url: str):
    with pytest.raises(IndexUnavailable, match="no search index"):
        ask(open_index(url))


def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path):
    (tmp_path / "file").write_text("")
    with pytest.raises(IndexUnavailable):
        open_index(f"tantivy:///{tmp_path / 'file' / 'search'}").ensure()


def test_an_index_of_another_version_wants_a_rebuild(url: str, index: SearchIndex, tmp_path: Path):
    fill(index, a_table("old"))
    index.close()
    folder = tmp_path / "search"
    serving = (folder / "current").read_text()
    (folder / serving).rename(folder / "v0.0-old")
    (folder / "current").write_text("v0.0-old")
    newer = open_index(url)
    assert newer.ensure() is True
    with pytest.raises(IndexUnavailable, match="not built"):
        ask(newer)


def test_a_torn_draft_of_the_pointer_is_ignored(url: str, index: SearchIndex, tmp_path: Path):
    fill(index, a_table("kept"))
    (tmp_path / "search" / "current.new").write_text("v")
    reader = open_index(url)
    assert reader.ensure() is False
    assert found(reader) == {"kept"}
    reader.close()


@pytest.mark.parametrize("bad", ["tantivy:", "tantivy:///", "tantivy://relative", "elastic://host", "", "sqlite:///x"])
def test_a_bad_url_is_refused(bad: str):
    with pytest.raises(InvalidSetting):
        open_index(bad)


def test_no_message_shows_credentials():
    with pytest.raises(InvalidSetting) as refused:
        open_index("elastic://user:secret@host/x")
    assert "secret" not in refused.value.message
