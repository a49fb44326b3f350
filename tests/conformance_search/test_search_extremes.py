"""Many documents, long keys and long texts."""

import pytest
from entries import a_table, a_tombstone, a_user, ask, fill, found, names

from search_service.index.port import FacetCount, SearchIndex
from search_service.query import Filter, Sort

MANY = 10_300  # more than OpenSearch shows by their place


@pytest.fixture
def many(search_index: SearchIndex) -> SearchIndex:
    """Tables in two schemas, used differently."""
    entries = [
        a_table(f"orders_{place:05}", schema=f"s{place % 2}", total_usage=place // 3, tags=[f"t{place % 150}"])
        for place in range(MANY)
    ]
    with search_index.rebuild(since=2**50) as rebuild:
        for start in range(0, MANY, 1000):
            rebuild.write(entries[start : start + 1000])
        rebuild.swap({"table": MANY})
    return search_index


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "sort"), [("", Sort.RELEVANCE), ("orders", Sort.RELEVANCE), ("", Sort.USAGE)])
def test_pages_go_on_beyond_ten_thousand(many: SearchIndex, typed: str, sort: Sort):
    seen: list[str] = []
    page = ask(many, typed, sort=sort, limit=5000)
    while page.next is not None:
        assert page.total == MANY
        seen += [hit.key for hit in page.hits]
        page = ask(many, typed, sort=sort, limit=5000, after=page.next)
    seen += [hit.key for hit in page.hits]
    assert len(set(seen)) == len(seen) == MANY
    for offset in (9_995, MANY - 5):
        by_offset = ask(many, typed, sort=sort, offset=offset, limit=10)
        assert [hit.key for hit in by_offset.hits] == seen[offset : offset + 10]
        assert by_offset.total == MANY
    behind = ask(many, typed, sort=sort, offset=MANY + 7)
    assert (behind.total, list(behind.hits), behind.next) == (MANY, [], None)


@pytest.mark.slow
def test_of_many_facet_values_the_most_frequent_are_counted_exactly(many: SearchIndex):
    page = ask(many, "", facets=["tags", "schema"], limit=0)
    assert page.facets["schema"] == [FacetCount("s0", MANY // 2), FacetCount("s1", MANY // 2)]
    counts = {f"t{tag}": len(range(tag, MANY, 150)) for tag in range(150)}
    expected = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:100]
    assert [(found.value, found.count) for found in page.facets["tags"]] == expected


@pytest.mark.slow
def test_all_revisions_are_read_whatever_the_page(many: SearchIndex):
    read, after = [], ""
    while page := many.revisions("table", after, 4000):
        read += page
        after = page[-1].key
    assert len(read) == len({held.key for held in read}) == MANY
    assert [held.key for held in read] == sorted(held.key for held in read)
    assert many.revisions("table", limit=20_000) == read


@pytest.mark.parametrize("letter", ["x", "장"])
def test_long_keys_that_differ_at_their_ends_are_apart(search_index: SearchIndex, letter: str):
    start = letter * 5000
    one, other = a_table("one", key=f"{start}1"), a_table("other", key=f"{start}2")
    fill(search_index, one, other, a_user(f"{start}1", name="Ada"))
    assert search_index.find_many("table", [one.key, start, other.key]) == {one.key: one, other.key: other}
    fill(search_index, a_tombstone(one, 2))
    assert found(search_index) == {"other"}
    assert [held.key for held in search_index.revisions("table")] == [other.key]
    assert search_index.revisions("table", after=one.key)[0].key == other.key


TYPED = {
    "many words": " ".join(f"revenue{place}" for place in range(3000)),
    "many words in one": "_".join(f"revenue{place}x" for place in range(3000)),
    "many letters and digits": "a1b2c3" * 2000,
    "one long word": "revenue" * 3000,
    "a long phrase": '"' + " ".join(f"revenue{place}" for place in range(2000)) + '"',
    "many exclusions": " ".join(f'-"net revenue {place}"' for place in range(40)),
    "long Korean": "고객주문내역" * 500,
    "Korean words": "고객 주문 내역 매출 " * 200,
    "a long field": "column:" + "revenue" * 2000,
    "signs": "\\ * ? ~ ^ \" ' ( ) [ ] { } : / - + ! | & < > \0 \u2028 \ufeff",
    "unbalanced": 'a:"b -c:"d" *:* -',
}


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
def test_nothing_that_is_typed_is_an_error(search_index: SearchIndex, typed: str):
    fill(search_index, a_table("orders"), a_table("revenue0", description=typed[:2000]))
    assert ask(search_index, typed).total <= 2
    search_index.suggest(typed, ["table", "user"])


@pytest.mark.parametrize("text", ["revenue " * 12 + "net", "고객 주문 " * 12, "v1 " * 40])
def test_a_long_text_finds_what_says_the_same(search_index: SearchIndex, text: str):
    fill(search_index, a_table("orders"), a_table("says", description=text))
    assert names(ask(search_index, text))[0] == "says"


def test_a_filter_of_many_values_finds_each_of_them(search_index: SearchIndex):
    fill(search_index, *(a_table(f"t{place}", tags=[f"tag{place}"]) for place in range(5)), a_table("none"))
    values = tuple(f"tag{place}" for place in range(1, 3000))
    assert found(search_index, "", Filter("tag", values)) == {"t1", "t2", "t3", "t4"}
