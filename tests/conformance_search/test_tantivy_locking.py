"""The embedded index answers while it is written to: no search waits for a write, a commit, a merge or a swap."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from entries import a_table, ask, build, fill, found

from schemas.documents import RESOURCES
from schemas.errors import IndexUnavailable
from search_service.index.factory import open_index
from search_service.index.port import SearchIndex
from search_service.index.tantivy_folder import Folder
from search_service.index.tantivy_writing import GenerationWriter

PATIENCE = 10.0  # seconds that what writes is held up for at most; what reads has half of it


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"tantivy:///{tmp_path / 'search'}"


@pytest.fixture
def index(url: str) -> Iterator[SearchIndex]:
    opened = open_index(url)
    build(opened)
    fill(opened, a_table("orders"))
    yield opened
    opened.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as workers:
        yield workers


def _write(index: SearchIndex) -> None:
    fill(index, a_table("customers"))


def _swap(index: SearchIndex) -> None:
    with index.rebuild(since=10**9) as rebuild:
        rebuild.write([a_table("orders", 2)])
        rebuild.swap({"table": 1})


def _read(index: SearchIndex) -> None:
    """Ask everything that a request or the trust page asks."""
    assert ask(index, "orders", facets=("schema",)).hits[0].key == "hive://gold.core/orders"
    assert [name for _, _, name in index.suggest("ord", list(RESOURCES))] == ["orders"]
    assert index.find("table", "hive://gold.core/orders")
    assert index.count("table") >= 1
    assert index.revisions("table")
    assert index.health().details["table_documents"] == index.count("table")


@pytest.mark.parametrize(
    ("work", "owner", "step"),
    [
        (_write, GenerationWriter, "add"),
        (_write, GenerationWriter, "commit"),
        (_swap, GenerationWriter, "add"),
        (_swap, GenerationWriter, "commit"),
        (_swap, GenerationWriter, "close"),
        (_swap, Folder, "point_to"),
        (_swap, Folder, "drop_all_but"),
    ],
)
def test_nothing_that_reads_waits_for_what_writes(
    index: SearchIndex,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    work: Callable[[SearchIndex], None],
    owner: type,
    step: str,
):
    reached, go_on = Event(), Event()
    as_ever = getattr(owner, step)

    def slowly(*args: Any, **kwargs: Any) -> Any:
        reached.set()
        assert go_on.wait(PATIENCE)
        return as_ever(*args, **kwargs)

    monkeypatch.setattr(owner, step, slowly)
    writing: Future[None] = pool.submit(work, index)
    try:
        assert reached.wait(PATIENCE)
        pool.submit(_read, index).result(PATIENCE / 2)
        assert not writing.done()
    finally:
        go_on.set()
    writing.result(PATIENCE)
    _read(index)


def test_a_reader_that_meets_a_swap_looks_again(url: str, index: SearchIndex, monkeypatch: pytest.MonkeyPatch):
    """The generation it was told of is gone when it opens it, as may happen in another process."""
    reader = open_index(url)
    current = Folder.current
    swapped = Event()

    def outdated(folder: Folder) -> str | None:
        told = current(folder)
        if not swapped.is_set() and folder is getattr(reader, "folder"):  # noqa: B009 -- of this adapter alone
            swapped.set()
            _swap(index)
        return told

    monkeypatch.setattr(Folder, "current", outdated)
    assert found(reader) == {"orders"}
    assert swapped.is_set()
    reader.close()


def test_a_generation_that_is_being_removed_is_not_made_again(
    url: str, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
):
    """A reader that comes in the middle of it has no index; it does not find an empty one."""
    reader = open_index(url)
    signature = Folder.signature

    def removed_behind(folder: Folder, name: str) -> tuple[int, int]:
        seen = signature(folder, name)
        (folder.path / name / "meta.json").unlink()
        return seen

    with monkeypatch.context() as patched:
        patched.setattr(Folder, "signature", removed_behind)
        with pytest.raises(IndexUnavailable):
            found(reader)
    with pytest.raises(IndexUnavailable, match="no search index"):
        found(reader)
    reader.close()
