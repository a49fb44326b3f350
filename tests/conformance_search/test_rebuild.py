"""A new index beside the old one: verified, swapped in whole, or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from entries import a_table, a_tombstone, a_user, ask, fill, found

from schemas.errors import IndexUnavailable, RebuildRefused
from search_service.index.factory import open_index
from search_service.index.port import Outcome, SearchIndex


@pytest.fixture
def old_index(search_index: SearchIndex) -> SearchIndex:
    """An index that serves one table, written at revision 10."""
    fill(search_index, a_table("old", 10))
    return search_index


def test_a_swap_replaces_everything_at_once(old_index: SearchIndex):
    with old_index.rebuild(since=100) as rebuild:
        rebuild.write([a_table("new1", 50), a_table("new2", 50), a_user("ada@example.com", 50, name="Ada")])
        assert found(old_index) == {"old"}
        rebuild.swap({"table": 2, "user": 1})
    assert found(old_index) == {"new1", "new2"}
    assert found(old_index, "ada", kind="user") == {"Ada"}
    fill(old_index, a_table("later", 200))
    assert found(old_index) == {"new1", "new2", "later"}


READS: list[Callable[[SearchIndex], bool]] = [
    lambda index: found(index) == {"old"},
    lambda index: len(index.suggest("ol", ["table"])) == 1,
    lambda index: index.find("table", "hive://gold.core/old") is not None,
    lambda index: len(index.revisions("table")) == 1,
    lambda index: index.count("table") == 1,
    lambda index: index.health() is not None,
    lambda index: not index.ensure(),
]


def test_every_read_is_answered_while_swaps_go_on(old_index: SearchIndex):
    ended = Event()

    def read_on(read: Callable[[SearchIndex], bool]) -> list[bool]:
        answers = [read(old_index)]
        while not ended.is_set():
            answers.append(read(old_index))
        return answers

    with ThreadPoolExecutor(len(READS)) as threads:
        reading = [threads.submit(read_on, read) for read in READS]
        try:
            for _ in range(10):
                with old_index.rebuild(since=100) as rebuild:
                    rebuild.write([a_table("old", 10)])
                    rebuild.swap({"table": 1})
        finally:
            ended.set()
    assert all(all(answers.result()) for answers in reading)


def test_without_a_swap_the_old_one_serves_on(old_index: SearchIndex):
    with old_index.rebuild(since=100) as rebuild:
        rebuild.write([a_table("new", 50)])
    assert found(old_index) == {"old"}


def test_an_exception_discards_the_new_one(old_index: SearchIndex):
    class Interrupted(Exception):
        pass

    def fail() -> None:
        with old_index.rebuild(since=100) as rebuild:
            rebuild.write([a_table("new", 50)])
            raise Interrupted

    with pytest.raises(Interrupted):
        fail()
    assert found(old_index) == {"old"}
    with old_index.rebuild(since=100) as rebuild:
        rebuild.write([a_table("new", 50)])
        rebuild.swap({"table": 1})
    assert found(old_index) == {"new"}


@pytest.mark.parametrize("expected", [{}, {"table": 0}, {"table": 2}, {"table": 1, "user": 1}, {"user": 1}], ids=str)
def test_an_empty_or_partial_one_is_refused(old_index: SearchIndex, expected: dict[str, int]):
    with old_index.rebuild(since=100) as rebuild:
        rebuild.write([a_table("new", 50)])
        with pytest.raises(RebuildRefused):
            rebuild.swap(expected)
    assert found(old_index) == {"old"}


def test_a_failed_one_is_refused_unless_that_is_accepted(old_index: SearchIndex):
    with old_index.rebuild(since=100) as rebuild:
        written = rebuild.write([a_table("new", 50), a_table("bad", 50, colour="red")])
        assert [item.outcome for item in written] == [Outcome.WRITTEN, Outcome.REFUSED]
        with pytest.raises(RebuildRefused, match="refused"):
            rebuild.swap({"table": 1})
        assert found(old_index) == {"old"}
        rebuild.swap({"table": 1}, accept_refused=1)
    assert found(old_index) == {"new"}


def test_the_newer_revision_wins_in_a_rebuild_too(old_index: SearchIndex):
    with old_index.rebuild(since=100) as rebuild:
        written = rebuild.write([a_table("new", 50), a_table("new", 40)])
        written += rebuild.write([a_table("new", 30), a_tombstone(a_table("gone"), 60), a_table("gone", 50)])
        assert [item.outcome.value for item in written] == ["written", "stale", "stale", "written", "stale"]
        rebuild.swap({"table": 1})
    assert [held.revision for held in old_index.revisions("table")] == [50]


def test_what_was_written_meanwhile_is_taken_over_where_it_is_newer(old_index: SearchIndex):
    fill(old_index, a_table("edited", 20, description="before"))
    with old_index.rebuild(since=100) as rebuild:
        rebuild.write([a_table("edited", 20, description="before"), a_table("fresh", 300, description="newest")])
        fill(old_index, a_table("edited", 150, description="after"), a_table("fresh", 200), a_table("made", 160))
        rebuild.swap({"table": 2})
    assert found(old_index) == {"edited", "fresh", "made"}
    assert found(old_index, "description:after") == {"edited"}
    assert found(old_index, "description:newest") == {"fresh"}


def test_tombstones_are_taken_over(old_index: SearchIndex):
    gone, doomed = a_table("gone", 20), a_table("doomed", 30)
    fill(old_index, a_tombstone(gone, 21), doomed)
    with old_index.rebuild(since=100) as rebuild:
        rebuild.write([a_table("new", 50), doomed])
        fill(old_index, a_tombstone(doomed, 31))
        rebuild.swap({"table": 2})
    assert found(old_index) == {"new"}
    assert old_index.write([gone])[0].outcome is Outcome.STALE
    assert old_index.find("table", doomed.key) == a_tombstone(doomed, 31)


def test_one_rebuild_at_a_time(old_index: SearchIndex):
    with (
        old_index.rebuild(since=100),
        pytest.raises(IndexUnavailable),
        old_index.rebuild(since=100),
    ):
        pass
    with old_index.rebuild(since=100):
        pass


def test_an_index_that_was_never_built_takes_writes_and_answers_no_search(index_url: str):
    index = open_index(index_url)
    table = a_table("early", 60)
    assert [index.ensure(), index.ensure()] == [True, True]
    fill(index, table)
    assert index.find("table", table.key) == table
    for search in (lambda: ask(index, "early"), lambda: index.suggest("ea", ["table"])):
        with pytest.raises(IndexUnavailable, match="not built"):
            search()
    with index.rebuild(since=50) as rebuild:
        rebuild.swap({})
    assert index.ensure() is False
    assert found(index) == {"early"}
    index.close()
