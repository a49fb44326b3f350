"""What is written, in which order, and what becomes of it."""

import itertools
from typing import Any

import pytest
from entries import a_table, a_tombstone, a_user, ask, fill, found

from schemas.documents import TABLE
from search_service.index.factory import open_index
from search_service.index.port import Entry, Outcome, SearchIndex


def test_what_is_written_is_held_and_found(search_index: SearchIndex):
    entry = a_table("orders", 7, columns=["id", "email"], total_usage=12)
    fill(search_index, entry)
    assert search_index.find("table", entry.key) == entry
    assert ask(search_index, "orders").hits[0].document == entry.document


def test_nothing_is_held_of_an_unknown_key(search_index: SearchIndex):
    assert search_index.find("table", "hive://gold.core/none") is None


def test_kinds_are_apart(search_index: SearchIndex):
    fill(search_index, a_table("ada", key="ada@example.com"), a_user("ada@example.com", name="Ada"))
    assert (search_index.count("table"), search_index.count("user")) == (1, 1)
    assert found(search_index, "ada", kind="user") == {"Ada"}


def test_an_equal_revision_writes_again(search_index: SearchIndex):
    fill(search_index, a_table("orders", 5, description="old"))
    fill(search_index, a_table("orders", 5, description="new"))
    assert ask(search_index, "orders").hits[0].document["description"] == "new"
    assert search_index.count("table") == 1


def test_an_older_revision_is_stale(search_index: SearchIndex):
    fill(search_index, a_table("orders", 5, description="new"))
    assert [item.outcome for item in search_index.write([a_table("orders", 4, description="old")])] == [Outcome.STALE]
    search_index.refresh()
    assert ask(search_index, "orders").hits[0].document["description"] == "new"


def test_a_tombstone_removes_and_is_remembered(search_index: SearchIndex):
    entry = a_table("orders", 5)
    fill(search_index, entry, a_tombstone(entry, 6))
    assert (found(search_index), search_index.count("table"), search_index.revisions("table")) == (set(), 0, [])
    assert search_index.find("table", entry.key) == a_tombstone(entry, 6)
    assert search_index.write([entry])[0].outcome is Outcome.STALE
    search_index.refresh()
    assert found(search_index) == set()


def test_a_tombstone_that_comes_first_keeps_the_document_out(search_index: SearchIndex):
    entry = a_table("orders", 5)
    fill(search_index, a_tombstone(entry, 6))
    assert search_index.write([entry])[0].outcome is Outcome.STALE


def test_a_newer_document_comes_back_after_its_tombstone(search_index: SearchIndex):
    entry = a_table("orders", 5)
    fill(search_index, a_tombstone(entry, 6))
    fill(search_index, entry._replace(revision=7))
    assert found(search_index) == {"orders"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_order_of_writes_does_not_matter(search_index: SearchIndex, order: tuple[int, ...]):
    versions = [
        a_table("orders", 1, description="first"),
        a_table("orders", 2, description="second"),
        a_tombstone(a_table("orders"), 3),
        a_table("orders", 4, description="last"),
    ]
    search_index.write([versions[place] for place in order[:2]])
    search_index.write([versions[place] for place in order[2:]])
    search_index.refresh()
    assert search_index.find("table", versions[3].key) == versions[3]
    assert search_index.count("table") == 1


def test_one_key_twice_in_a_batch_ends_with_the_newest(search_index: SearchIndex):
    written = search_index.write([a_table("orders", 2), a_table("orders", 1), a_table("orders", 3, description="x")])
    assert [item.outcome for item in written] == [Outcome.WRITTEN, Outcome.STALE, Outcome.WRITTEN]
    search_index.refresh()
    assert [held.revision for held in search_index.revisions("table")] == [3]


BAD = {
    "unknown kind": Entry("spaceship", "k", 1, {}),
    "unknown field": a_table("bad", colour="red"),
    "wrong type": a_table("bad", description=["a", "list"]),
    "not a list": a_table("bad", columns="id"),
    "number as text": a_table("bad", total_usage="12"),
    "not a number": a_table("bad", total_usage=float("nan")),
    "a number without bounds": a_table("bad", total_usage=10**400),
    "half a surrogate": a_table("bad", description="\ud83d"),
    "half a surrogate in a list": a_table("bad", columns=["id", "\ud83d"]),
    "a number in a list": a_table("bad", columns=["id", 5]),
    "another key": Entry("table", "k1", 1, {"key": "k2", "resource_type": "table", "name": "bad"}),
    "empty key": Entry("table", "", 1, None),
    "NUL in the key": Entry("table", "a\0b", 1, None),
    "negative revision": Entry("table", "k", -1, None),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
def test_one_bad_document_never_fails_its_batch(search_index: SearchIndex, bad: Entry):
    written = search_index.write([a_table("before"), bad, a_table("after")])
    assert [item.outcome for item in written] == [Outcome.WRITTEN, Outcome.REFUSED, Outcome.WRITTEN]
    assert written[1].reason
    assert written[0].reason == ""
    search_index.refresh()
    assert found(search_index) == {"before", "after"}


@pytest.mark.parametrize(
    "values",
    [{"columns": ["id", "\ud83d"]}, {"columns": ["id", 5]}, {"columns": "id"}, {"description": 5}],
    ids=repr,
)
def test_what_is_wrong_with_a_document_names_its_field(search_index: SearchIndex, values: dict[str, Any]):
    (written,) = search_index.write([a_table("bad", **values)])
    assert written.outcome is Outcome.REFUSED
    assert written.reason.startswith(next(iter(values)))


def test_an_empty_batch_is_nothing(search_index: SearchIndex):
    assert search_index.write([]) == []


@pytest.mark.parametrize(
    "text", ["", " ", "a\0b", "\n\t\r", "\u2028", "🦊" * 50, "e\u0301", "x" * 50_000, "\"<&>'\\", "\u202e\ufeff"]
)
def test_odd_text_is_kept_as_it_is(search_index: SearchIndex, text: str):
    entry = a_table("odd", description=text, columns=[text, "id"])
    fill(search_index, entry)
    assert search_index.find("table", entry.key) == entry
    assert found(search_index, "odd") == {"odd"}


def test_a_very_wide_table_is_found_by_its_last_column(search_index: SearchIndex):
    fill(search_index, a_table("wide", columns=[f"measure_{place}" for place in range(5000)] + ["lastOne"]))
    assert found(search_index, "column:last") == {"wide"}


@pytest.mark.parametrize("key", ["hive://gold.core/" + "장" * 400, "a b", "k'\"\\", "%2F", "🦊", "*", "a:b"])
def test_any_key_will_do(search_index: SearchIndex, key: str):
    entry = a_table("orders", key=key)
    fill(search_index, entry, a_table("other"))
    assert search_index.find("table", key) == entry
    fill(search_index, a_tombstone(entry, 2))
    assert found(search_index) == {"other"}


def test_revisions_are_read_in_key_order_page_by_page(search_index: SearchIndex):
    keys = ["a", "A", "b/1", "b.1", "é", "z", "장", "🦊", "aa"]
    fill(search_index, *(a_table(f"t{place}", place + 10, key) for place, key in enumerate(keys)))
    read, after = [], ""
    while page := search_index.revisions("table", after, 2):
        assert len(page) <= 2
        read += page
        after = page[-1].key
    assert [held.key for held in read] == sorted(keys)
    assert {held.key: held.revision for held in read} == {key: place + 10 for place, key in enumerate(keys)}


def test_revisions_begin_behind_a_key_that_is_not_there(search_index: SearchIndex):
    fill(search_index, a_table("t1", key="a"), a_table("t2", key="c"))
    assert [held.key for held in search_index.revisions("table", "b")] == ["c"]


def test_what_is_returned_is_not_shared(search_index: SearchIndex):
    entry = a_table("orders", columns=["id"])
    fill(search_index, entry)
    document = ask(search_index, "orders").hits[0].document
    assert isinstance(document["columns"], list)
    document["columns"].append("spoilt")
    assert ask(search_index, "orders").hits[0].document["columns"] == ["id"]


def test_ensure_may_be_repeated_and_keeps_what_is_there(search_index: SearchIndex):
    fill(search_index, a_table("orders"))
    assert search_index.ensure() is False
    assert found(search_index) == {"orders"}


def test_health_names_the_adapter(search_index: SearchIndex):
    assert search_index.health().index


def test_closing_twice_is_no_error(search_index: SearchIndex):
    search_index.close()
    search_index.close()


def test_every_field_of_a_document_is_kept(search_index: SearchIndex):
    sample = {"name": "x", "prose": "x y", "keyword": "x", "stored": "x", "number": 1.5, "time": 1_700_000_000}
    values = {
        item.name: [str(sample[item.type.value])] if item.many else sample.get(item.type.value, True)
        for item in TABLE.fields
    }
    entry = Entry("table", "x", 1, {**values, "resource_type": "table"})
    fill(search_index, entry)
    assert search_index.find("table", "x") == entry


def test_the_right_to_write_is_given_up_and_taken_again(search_index: SearchIndex, index_url: str):
    fill(search_index, a_table("one"))
    search_index.release()
    if not index_url.startswith("memory"):
        other = open_index(index_url)
        fill(other, a_table("two"))
        other.release()
        other.release()
        other.close()
        assert found(search_index) == {"one", "two"}
    fill(search_index, a_table("three"))
    assert "three" in found(search_index)
