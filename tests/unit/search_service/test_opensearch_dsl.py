"""A plan as OpenSearch's JSON, within its limits."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.documents import RESOURCES
from search_service.index.opensearch_dsl import MAX_CLAUSES, order, suggestions, translate
from search_service.plan import (
    All,
    Best,
    Boost,
    Constant,
    Everything,
    Fuzzy,
    Node,
    Nothing,
    Phrase,
    Plan,
    Prefix,
    Some,
    Term,
    Wildcard,
    plan,
)
from search_service.query import Filter, Query, Sort, parse

A, B, C = (Term("name", word) for word in "abc")
TERM_A, TERM_B = ({"term": {"name": {"value": word, "boost": 1.0}}} for word in "ab")
NODES: dict[str, tuple[Node, dict[str, Any]]] = {
    "everything": (Everything(), {"match_all": {"boost": 1.0}}),
    "nothing": (Nothing(), {"match_none": {}}),
    "term": (A, TERM_A),
    "phrase": (Phrase("name", ("a", "b")), {"match_phrase": {"name": {"query": "a b", "boost": 1.0}}}),
    "prefix": (Prefix("name", "a"), {"prefix": {"name": {"value": "a", "boost": 1.0}}}),
    "wildcard": (Wildcard("tag", "a\\*?"), {"wildcard": {"tag": {"value": "a\\\\*?", "boost": 1.0}}}),
    "all": (All((A, B)), {"bool": {"must": [TERM_A, TERM_B], "boost": 1.0}}),
    "some": (Some((A, B), 2), {"bool": {"should": [TERM_A, TERM_B], "minimum_should_match": 2, "boost": 1.0}}),
    "best": (Best((A, B)), {"dis_max": {"queries": [TERM_A, TERM_B], "tie_breaker": 0.1, "boost": 1.0}}),
    "constant": (Constant(A, 7), {"constant_score": {"filter": TERM_A, "boost": 7.0}}),
    "boost of a term": (Boost(A, 3), {"term": {"name": {"value": "a", "boost": 3.0}}}),
    "boost of a constant": (Boost(Constant(A, 7), 3), {"constant_score": {"filter": TERM_A, "boost": 21.0}}),
    "boost of a choice": (
        Boost(Best((A,)), 2),
        {"dis_max": {"queries": [TERM_A], "tie_breaker": 0.1, "boost": 2.0}},
    ),
}


def bool_of(planned: Plan, kind: str = "table") -> dict[str, Any]:
    found: dict[str, Any] = translate(planned, kind)["function_score"]["query"]["bool"]
    return found


@pytest.mark.parametrize(("node", "expected"), NODES.values(), ids=NODES)
def test_a_node_becomes(node: Node, expected: dict[str, Any]):
    assert bool_of(Plan(node, (), (), ()))["must"] == [expected]


def test_a_fuzzy_word_scores_alike_however_rare():
    (fuzzy,) = bool_of(Plan(Fuzzy("name", "orders", 1), (), (), ()))["must"]
    assert fuzzy["fuzzy"]["name"]["rewrite"] == "constant_score"
    assert fuzzy["fuzzy"]["name"]["fuzziness"] == 1


def test_filters_and_what_is_excluded_do_not_score_and_are_few_clauses():
    values = Some((Some((A,)), Some((B,)), Wildcard("name", "c*")))
    found = bool_of(Plan(A, (B,), (values,), (Best((Boost(C, 5),)),)))
    wildcard = {"wildcard": {"name": {"value": "c*", "boost": 1.0}}}
    assert found["filter"] == [
        {"term": {"live": "table"}},
        {"bool": {"should": [{"terms": {"name": ["a", "b"]}}, wildcard], "minimum_should_match": 1}},
    ]
    assert found["must_not"] == [{"terms": {"name": ["c"]}}]
    assert found["should"] == [TERM_B]


def test_usage_multiplies_the_score():
    scored = translate(Plan(A, (), (), ()), "table")["function_score"]
    assert (scored["field_value_factor"], scored["boost_mode"]) == ({"field": "gain"}, "multiply")


@pytest.mark.parametrize(
    ("match", "sort", "field"),
    [
        (A, Sort.RELEVANCE, "_score"),
        (Everything(), Sort.RELEVANCE, "by_usage"),
        (A, Sort.USAGE, "by_usage"),
        (A, Sort.RECENCY, "by_recency"),
    ],
)
def test_hits_are_ordered_by_one_thing_and_then_by_key(match: Node, sort: Sort, field: str):
    assert order(Plan(match, (), (), ()), sort) == [{field: "desc"}, {"key": "asc"}]


def test_each_kind_is_suggested_by_its_own_condition():
    ways = suggestions([("table", A), ("user", B)])["bool"]["filter"][0]["bool"]["should"]
    assert [way["bool"]["filter"] for way in ways] == [
        [{"term": {"live": "table"}}, TERM_A],
        [{"term": {"live": "user"}}, TERM_B],
    ]


LEAVES = ("term", "terms", "match_phrase", "prefix", "fuzzy", "wildcard", "match_all", "match_none")


def clauses(query: Any) -> Iterator[int]:
    """Yield what OpenSearch counts in a query."""
    if isinstance(query, list):
        for part in query:
            yield from clauses(part)
    elif isinstance(query, dict):
        for name, part in query.items():
            if name in LEAVES:
                yield 1
            else:
                yield from clauses(part)


@pytest.mark.parametrize("kind", RESOURCES)
@pytest.mark.parametrize(
    "typed",
    ["revenue " * 500, "고객주문" * 300, "고객 주문 " * 300, "a1b2 " * 400, '-"a b c d e f g" ' * 32, "x"],
    ids=["words", "Korean", "Korean words", "letters and digits", "exclusions", "letter"],
)
def test_a_query_never_has_more_clauses_than_are_taken(kind: str, typed: str):
    filters = (Filter("tag", tuple(f"t{place}" for place in range(5000))),)
    found = sum(clauses(translate(plan(Query(kind, parse(typed), filters)), kind)))
    assert 0 < found <= MAX_CLAUSES + 24


def test_what_fits_is_left_as_it_is():
    words = Some(tuple(Best((Term("name", f"w{place}"), Prefix("name", f"w{place}"))) for place in range(100)), 50)
    (match,) = bool_of(Plan(words, (), (), ()))["must"]
    assert (len(match["bool"]["should"]), match["bool"]["minimum_should_match"]) == (100, 50)


def test_of_what_does_not_fit_the_first_parts_are_asked_for():
    words = Some(tuple(All((Term("name", f"w{place}"), Term("schema", "s"))) for place in range(3000)), 1500)
    (match,) = bool_of(Plan(words, (), (), ()))["must"]
    first = match["bool"]["should"][0]["bool"]["must"]
    assert first == [{"term": {"name": {"value": "w0", "boost": 1.0}}}]
    assert len(match["bool"]["should"]) == match["bool"]["minimum_should_match"] == 800


@pytest.mark.parametrize("node", [Prefix("begins", "장" * 400), Fuzzy("alike", "x" * 300, 2)])
def test_a_term_too_long_to_vary_is_asked_for_itself(node: Prefix | Fuzzy):
    (match,) = bool_of(Plan(Boost(node, 3), (), (), ()))["must"]
    assert "term" in match["constant_score"]["filter"]
    assert match["constant_score"]["boost"] == 3.0
