"""A plan in Tantivy's terms."""

import re
from collections.abc import Iterable

from tantivy import Occur, Query

from search_service.index.tantivy_schema import LIVE, SCHEMA
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

_SPECIAL = re.compile(r"[\\.+*?()|\[\]{}^$]")
_ANY = r"(.|\n)"
_SIGNS = {"*": f"{_ANY}*", "?": _ANY}


def translate(plan: Plan, kind: str) -> Query:
    """Return the query for live documents of a kind that satisfy a plan, scored by it."""
    match = plan.match
    parts = [(Occur.Must, _unscored(live(kind)))]
    parts += [(Occur.Must, _node(match))] if not isinstance(match, Everything) or not plan.filters else []
    parts += [(Occur.Must, _unscored(_node(part))) for part in plan.filters]
    parts += [(Occur.MustNot, _node(part)) for part in plan.excluded]
    parts += [(Occur.Should, _node(part)) for part in plan.bonus]
    return Query.boolean_query(parts)


def suggestions(nodes: Iterable[tuple[str, Node]]) -> Query:
    """Return the query for the live documents of each kind that satisfy its node."""
    return Query.boolean_query(
        [
            (Occur.Should, Query.boolean_query([(Occur.Must, live(kind)), (Occur.Must, _node(node))]))
            for kind, node in nodes
        ]
    )


def live(kind: str) -> Query:
    """Return the query for all live documents of a kind."""
    return Query.term_query(SCHEMA, LIVE, kind, index_option="basic")


def _unscored(query: Query) -> Query:
    return Query.const_score_query(query, 0.0)


def _node(node: Node) -> Query:  # noqa: C901 -- one case a kind of node
    match node:
        case Everything():
            return Query.all_query()
        case Nothing():
            return Query.empty_query()
        case Term(field, term):
            return Query.term_query(SCHEMA, field, term, index_option="freq")
        case Phrase(field, terms):
            return Query.phrase_query(SCHEMA, field, list(terms))
        case Prefix(field, start):
            # Twenty times as quick to build as the regular expression.
            return Query.fuzzy_term_query(SCHEMA, field, start, 0, prefix=True)
        case Fuzzy(field, term, edits):
            return Query.fuzzy_term_query(SCHEMA, field, term, edits, transposition_cost_one=True)
        case Wildcard(field, pattern):
            return Query.regex_query(SCHEMA, field, "".join(_SIGNS.get(sign) or _escaped(sign) for sign in pattern))
        case Boost(part, by):
            return Query.boost_query(_node(part), by)
        case Constant(part, score):
            return Query.const_score_query(_node(part), score)
        case All(parts):
            return Query.boolean_query([(Occur.Must, _node(part)) for part in parts])
        case Some(parts, at_least):
            return Query.boolean_query([(Occur.Should, _node(part)) for part in parts], at_least)
        case Best(parts):
            return Query.disjunction_max_query([_node(part) for part in parts], TIE)


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
