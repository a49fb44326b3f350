"""A plan in OpenSearch's terms. Pure."""

from collections.abc import Iterator, Sequence
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
# Beyond these lengths OpenSearch finds a term too complicated, and only the term itself is asked for.
_LONGEST_PREFIX, _LONGEST_FUZZY = 900, 200

BY_SCORE: list[Json] = [{"_score": "desc"}, {KEY: "asc"}]
_ORDER = {Sort.USAGE: BY_USAGE, Sort.RECENCY: BY_RECENCY}


def order(plan: Plan, sort: Sort) -> list[Json]:
    """Return what hits are sorted by; alike ones stand in the order of their keys."""
    field = _ORDER.get(sort) or (BY_USAGE if isinstance(plan.match, Everything) else None)
    return [{field: "desc"}, {KEY: "asc"}] if field else BY_SCORE


def translate(plan: Plan, kind: str) -> Json:
    """Return the query for live documents of a kind that satisfy a plan, scored by it."""
    strict = sum(map(_size, (*plan.filters, *plan.excluded)))
    left = max(MAX_CLAUSES - strict, MAX_CLAUSES // 10)
    bonus = _within(Some(plan.bonus), left // 5)
    found: Json = {
        "must": [_node(_within(plan.match, left - left // 5))],
        "should": [_node(part) for part in bonus.parts] if isinstance(bonus, Some) else [],
        "filter": [live(kind), *(_unscored(part) for part in plan.filters)],
        "must_not": [_unscored(part) for part in plan.excluded],
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
    most = MAX_CLAUSES // max(1, len(nodes))
    ways = [{"bool": {"filter": [live(kind), _node(_within(node, most))]}} for kind, node in nodes]
    return {"bool": {"filter": [{"bool": {"should": ways, "minimum_should_match": 1}}]}}


SUGGESTIONS_ORDER: list[Json] = [{GAIN: "desc"}, {KIND: "asc"}, {KEY: "asc"}]


def live(kind: str) -> Json:
    """Return the query for all live documents of a kind."""
    return {"term": {LIVE: kind}}


def _unscored(node: Node) -> Json:
    """Translate a condition that does not score; a choice of terms is one clause, however many there are."""
    terms: dict[str, list[str]] = {}
    others: list[Json] = []
    for part in _choices(node):
        if isinstance(part, Term):
            terms.setdefault(part.field, []).append(part.term)
        else:
            others.append(_node(part))
    ways = [*({"terms": {field: values}} for field, values in terms.items()), *others]
    return ways[0] if len(ways) == 1 else {"bool": {"should": ways, "minimum_should_match": 1}}


def _choices(node: Node) -> Iterator[Node]:
    """Yield conditions of which one must hold for a condition to hold."""
    match node:
        case Some(parts, 1) | Best(parts):
            for part in parts:
                yield from _choices(part)
        case Boost(part, _) | Constant(part, _):
            yield from _choices(part)
        case _:
            yield node


def _size(node: Node) -> int:
    """Count the clauses a node comes to, as OpenSearch does: a phrase is one."""
    match node:
        case Boost(part, _) | Constant(part, _):
            return _size(part)
        case All(parts) | Some(parts, _) | Best(parts):
            return sum(map(_size, parts))
        case _:
            return 1


def _within(node: Node, most: int) -> Node:
    """Return a node of at most so many clauses that asks for as much of what the node asks as fits."""
    if _size(node) <= most:
        return node
    match node:
        case Boost(part, by):
            return Boost(_within(part, most), by)
        case Constant(part, score):
            return Constant(_within(part, most), score)
        case All(parts):
            return All(_shared(parts, most))
        case Some(parts, at_least):
            return Some(_shared(parts, most), min(at_least, most))
        case Best(parts):
            return Best(_shared(parts, most))
        case _:
            return node


def _shared(parts: Sequence[Node], most: int) -> tuple[Node, ...]:
    """Let the first parts have what there is: alike, but for what the small ones of them leave over."""
    kept: list[Node] = []
    for place, part in enumerate(parts[:most]):
        kept.append(_within(part, (most - sum(map(_size, kept))) // (min(most, len(parts)) - place)))
    return tuple(kept)


def _node(node: Node, boost: float = 1.0) -> Json:
    """Translate a node whose score counts so many times."""
    match node:
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
        case Prefix(field, text) if len(text.encode()) > _LONGEST_PREFIX:
            return _node(Constant(Term(field, text), 1), boost)
        case Fuzzy(field, text) if len(text) > _LONGEST_FUZZY:
            return _node(Constant(Term(field, text), 1), boost)
        case _:
            return _leaf(node, boost)


def _leaf(node: Node, boost: float) -> Json:
    match node:
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
        case Everything():
            return {"match_all": {"boost": boost}}
        case _:
            return {"match_none": {}}
