"""A plan in OpenSearch's terms. Pure."""

from collections.abc import Sequence
from typing import Any

from search_service.index.opensearch_mapping import BY_RECENCY, BY_USAGE, GAIN, KEY, KIND, LIVE
from search_service.plan import (
    TIE,
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
)
from search_service.query import Sort

Json = dict[str, Any]

MAX_CLAUSES = 1000  # OpenSearch takes 1024 in one query unless it is told otherwise
_FUZZY_TERMS = 1024  # of the index that a word may be mistaken for

BY_SCORE: list[Json] = [{"_score": "desc"}, {KEY: "asc"}]
_ORDER = {Sort.USAGE: BY_USAGE, Sort.RECENCY: BY_RECENCY}


def order(plan: Plan, sort: Sort) -> list[Json]:
    """Return what hits are sorted by; alike ones stand in the order of their keys."""
    field = _ORDER.get(sort) or (BY_USAGE if isinstance(plan.match, Everything) else None)
    return [{field: "desc"}, {KEY: "asc"}] if field else BY_SCORE


def translate(plan: Plan, kind: str) -> Json:
    """Return the query for live documents of a kind that satisfy a plan, scored by it."""
    found: Json = {
        "must": [_node(plan.match)],
        "should": [_node(part) for part in plan.bonus],
        "filter": [live(kind), *(_node(part) for part in plan.filters)],
        "must_not": [_node(part) for part in plan.excluded],
    }
    return {
        "function_score": {
            "query": {"bool": {name: parts for name, parts in found.items() if parts}},
            "field_value_factor": {"field": GAIN},
            "boost_mode": "multiply",
        }
    }


def suggestions(nodes: Sequence[tuple[str, Node]]) -> Json:
    """Return the query for the live documents of each kind that satisfy its node."""
    return {"bool": {"filter": [{"bool": {"should": [_both(live(kind), _node(node)) for kind, node in nodes]}}]}}


SUGGESTIONS_ORDER: list[Json] = [{GAIN: "desc"}, {KIND: "asc"}, {KEY: "asc"}]


def live(kind: str) -> Json:
    """Return the query for all live documents of a kind."""
    return {"term": {LIVE: kind}}


def _both(*parts: Json) -> Json:
    return {"bool": {"filter": list(parts)}}


def _node(node: Node, boost: float = 1.0) -> Json:  # noqa: C901 -- one case a kind of node
    """Translate a node whose score counts so many times."""
    match node:
        case Everything():
            return {"match_all": {"boost": boost}}
        case Nothing():
            return {"match_none": {}}
        case Term(field, term):
            return {"term": {field: {"value": term, "boost": boost}}}
        case Phrase(field, terms):
            return {"match_phrase": {field: {"query": " ".join(terms), "boost": boost}}}
        case Prefix(field, start):
            return {"prefix": {field: {"value": start, "boost": boost}}}
        case Fuzzy(field, term, edits):
            near = {"value": term, "fuzziness": edits, "max_expansions": _FUZZY_TERMS, "rewrite": "constant_score"}
            return {"fuzzy": {field: {**near, "boost": boost}}}
        case Wildcard(field, pattern):
            return {"wildcard": {field: {"value": pattern.replace("\\", "\\\\"), "boost": boost}}}
        case Boost(part, by):
            return _node(part, boost * by)
        case Constant(part, score):
            return {"constant_score": {"filter": _node(part), "boost": score * boost}}
        case All(parts):
            return {"bool": {"must": [_node(part) for part in parts], "boost": boost}}
        case Some(parts, at_least):
            should = [_node(part) for part in parts]
            return {"bool": {"should": should, "minimum_should_match": at_least, "boost": boost}}
        case Best(parts):
            return {"dis_max": {"queries": [_node(part) for part in parts], "tie_breaker": TIE, "boost": boost}}
