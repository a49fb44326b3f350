"""In which order it is found, counted, paged and explained."""

import pytest
from entries import a_table, a_user, ask, fill, names

from schemas.errors import Invalid
from search_service.index.port import FacetCount, SearchIndex
from search_service.query import Filter, Sort

# Typed -> tables, the best first: (name, fields).
ORDERS = {
    "exact name before names that hold it": (
        "orders",
        [("orders", {}), ("orders_archive", {}), ("daily_orders_summary", {})],
    ),
    "usage never buries an exact name": (
        "orders",
        [("orders", {}), ("orders_archive", {"total_usage": 10_000_000, "description": "orders orders orders"})],
    ),
    "exact number of the noun before the other": (
        "customer",
        [("customer", {}), ("customers", {"total_usage": 1000}), ("customer_customer", {"total_usage": 9})],
    ),
    "singular typed, plural named": ("order", [("orders", {}), ("order_items", {})]),
    "name before columns before description": (
        "email",
        [
            ("email_log", {}),
            ("people", {"columns": ["email", "id"]}),
            ("contacts", {"description": "Whom to send an email to, and when it was last done."}),
        ],
    ),
    "right before misspelt": ("form", [("form_answers", {}), ("from_answers", {})]),
    "both words before one": ("order items", [("items_of_order", {}), ("order_x", {}), ("zebra_items", {})][:2]),
    "schema and name together": ("raw orders", [("orders", {"schema": "raw"}), ("orders", {"schema": "core"})]),
    "qualified name": ("raw.orders", [("orders", {"schema": "raw"}), ("raw_orders_copy", {"schema": "core"})]),
    "usage breaks a tie": ("orders", [("orders", {"schema": "b", "total_usage": 50}), ("orders", {"schema": "a"})]),
    "most used first when nothing is typed": ("", [("b", {"total_usage": 900}), ("a", {"total_usage": 3}), ("c", {})]),
}


@pytest.mark.parametrize(("typed", "tables"), ORDERS.values(), ids=ORDERS)
def test_the_better_comes_first(search_index: SearchIndex, typed: str, tables: list[tuple[str, dict]]):
    fill(search_index, *(a_table(name, **fields) for name, fields in reversed(tables)))
    hits = ask(search_index, typed).hits
    assert [hit.key for hit in hits] == [a_table(name, **fields).key for name, fields in tables]


def test_an_exact_name_is_first_among_near_duplicates(search_index: SearchIndex):
    fill(search_index, *(a_table(f"fct_orders_{place}", total_usage=1000 + place) for place in range(40)))
    fill(search_index, a_table("fct_orders"), a_table("stg_fct_orders", total_usage=10_000))
    assert names(ask(search_index, "fct_orders"))[0] == "fct_orders"
    assert names(ask(search_index, "core.fct_orders"))[0] == "fct_orders"
    assert names(ask(search_index, "hive://gold.core/fct_orders"))[0] == "fct_orders"
    assert ask(search_index, "fct_orders").total == 42


def test_scores_fall(search_index: SearchIndex):
    fill(search_index, a_table("orders"), a_table("orders_x"), a_table("x", description="orders"))
    scores = [hit.score for hit in ask(search_index, "orders").hits]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_sort_by_usage(search_index: SearchIndex):
    fill(search_index, *(a_table(f"orders{use}", total_usage=use) for use in (5, 500, 50)), a_table("orders"))
    assert names(ask(search_index, "orders", sort=Sort.USAGE)) == ["orders500", "orders50", "orders5", "orders"]


def test_sort_by_recency(search_index: SearchIndex):
    fill(search_index, *(a_table(f"t{at}", last_updated_timestamp=1_700_000_000 + at) for at in (2, 9, 4)))
    assert names(ask(search_index, sort=Sort.RECENCY)) == ["t9", "t4", "t2"]


def test_people_are_sorted_by_recency_without_one(search_index: SearchIndex):
    fill(search_index, a_user("b@example.com", name="B"), a_user("a@example.com", name="A"))
    assert len(ask(search_index, kind="user", sort=Sort.RECENCY).hits) == 2


def test_facets_are_counted_after_filters(search_index: SearchIndex):
    fill(
        search_index,
        a_table("a", tags=["PII", "core"], schema="raw"),
        a_table("b", tags=["core"], schema="raw"),
        a_table("c", tags=["PII"], schema="Marts"),
    )
    page = ask(search_index, "", facets=["tags", "schema"])
    assert page.facets == {
        "tags": [FacetCount("PII", 2), FacetCount("core", 2)],
        "schema": [FacetCount("raw", 2), FacetCount("Marts", 1)],
    }
    page = ask(search_index, "", Filter("tag", ("pii",)), facets=["tags", "badges"])
    assert page.facets == {"tags": [FacetCount("PII", 2), FacetCount("core", 1)], "badges": []}


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("typed", ["", "orders"])
def test_pages_neither_repeat_nor_leave_out(search_index: SearchIndex, typed: str, sort: Sort):
    tables = [
        a_table(f"orders_{place}", total_usage=place % 3, last_updated_timestamp=place % 4) for place in range(57)
    ]
    for start in range(0, 57, 10):
        fill(search_index, *tables[start : start + 10])
    seen, after = [], None
    while True:
        page = ask(search_index, typed, sort=sort, limit=10, after=after)
        assert page.total == 57
        seen += [hit.key for hit in page.hits]
        if page.next is None:
            break
        after = page.next
    assert len(seen) == 57
    assert set(seen) == {table.key for table in tables}
    assert [hit.key for hit in ask(search_index, typed, sort=sort, offset=20, limit=10).hits] == seen[20:30]


def test_a_page_behind_the_end_is_empty_and_says_the_total(search_index: SearchIndex):
    fill(search_index, a_table("orders"))
    page = ask(search_index, "orders", offset=50)
    assert (page.total, list(page.hits), page.next) == (1, [], None)


def test_no_hits_may_be_asked_for(search_index: SearchIndex):
    fill(search_index, a_table("orders"))
    page = ask(search_index, "orders", limit=0, facets=["schema"])
    assert (page.total, list(page.hits), page.facets) == (1, [], {"schema": [FacetCount("core", 1)]})


@pytest.mark.parametrize("cursor", ["", "x", "????", "LTU", "🦊"])
def test_a_cursor_of_nobody_is_refused(search_index: SearchIndex, cursor: str):
    with pytest.raises(Invalid, match="cursor"):
        ask(search_index, "", after=cursor)


def test_hits_are_highlighted_and_explained(search_index: SearchIndex):
    fill(
        search_index,
        a_table(
            "customer_emails",
            description="Each e-mail <b>address</b> & more",
            columns=["id", "email"],
            column_descriptions=["The email"],
            unique_usage=42,
        ),
    )
    hit = ask(search_index, "email", shown=True).hits[0]
    assert hit.highlights["name"] == ["customer_<em>emails</em>"]
    assert hit.highlights["columns"] == ["<em>email</em>"]
    assert hit.explanation == "matched name, column, column description; 42 readers"
    hit = ask(search_index, "address", shown=True).hits[0]
    assert hit.highlights == {"description": ["Each e-mail &lt;b&gt;<em>address</em>&lt;/b&gt; &amp; more"]}
    assert hit.explanation == "matched description; 42 readers"


def test_an_exact_name_and_a_similar_spelling_are_explained(search_index: SearchIndex):
    fill(search_index, a_table("subscriptions", unique_usage=1, columns=["subscription_id"]))
    assert ask(search_index, "subscriptions", shown=True).hits[0].explanation == "exact name, matched column; 1 reader"
    similar = ask(search_index, "subscirptions", shown=True).hits[0]
    assert similar.explanation == "matched name (similar spelling), column (similar spelling); 1 reader"
    assert similar.highlights["name"] == ["<em>subscriptions</em>"]


def test_nothing_is_shown_that_was_not_asked_for(search_index: SearchIndex):
    fill(search_index, a_table("orders", unique_usage=3))
    hit = ask(search_index, "orders").hits[0]
    assert (hit.highlights, hit.explanation) == ({}, "")


def test_paired_characters_are_highlighted_together(search_index: SearchIndex):
    fill(search_index, a_table("t", description="신규 고객번호 목록"))
    assert ask(search_index, "고객번호", shown=True).hits[0].highlights == {
        "description": ["신규 <em>고객번호</em> 목록"]
    }


def test_suggestions_begin_as_typed(search_index: SearchIndex):
    fill(
        search_index,
        a_table("customers", total_usage=5),
        a_table("dim_customer", total_usage=500),
        a_table("orders", columns=["customer_id"]),
        a_user("cu@example.com", name="Curie Marie", total_read=1),
    )
    suggest = search_index.suggest
    assert [item.name for item in suggest("cust", ["table"])] == ["dim_customer", "customers"]
    assert [item.name for item in suggest("CUSTOMERS", ["table"])] == ["dim_customer", "customers"]
    assert [item.name for item in suggest("dim_cu", ["table", "user"])] == ["dim_customer"]
    assert {item.kind for item in suggest("cu", ["table", "user"])} == {"table", "user"}
    assert len(suggest("cu", ["table", "user"], limit=1)) == 1
    assert suggest("", ["table"]) == suggest("  ", ["table"]) == suggest("zzz", ["table"]) == []


def test_suggestions_hold_no_dead(search_index: SearchIndex):
    entry = a_table("customers")
    fill(search_index, entry, entry._replace(revision=2, document=None))
    assert search_index.suggest("cust", ["table"]) == []


def test_several_queries_are_answered_in_their_order(search_index: SearchIndex):
    from search_service.query import Query, parse

    fill(search_index, a_table("orders"), a_user("ada@example.com", name="Ada"))
    pages = search_index.search_many([Query("user", parse("ada")), Query("table", parse("orders")), Query("feature")])
    assert [page.total for page in pages] == [1, 1, 0]
    assert pages[0].hits[0].kind == "user"
