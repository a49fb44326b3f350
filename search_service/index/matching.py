"""Whether a document satisfies a plan, and its score: the plain meaning of plan.py, by which engines are judged."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from math import log

from search_service import edits
from search_service.index.terms import Indexed
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

_K1, _B = 1.2, 0.75


class Corpus:
    """The documents that frequencies are counted over."""

    def __init__(self, documents: Iterable[Indexed]) -> None:
        self._documents = list(documents)
        self._rarity: dict[tuple[str, str], float] = {}
        self._lengths: dict[str, float] = {}

    def score(self, plan: Plan, document: Indexed) -> float | None:
        """Return the score of a document before its usage counts, or None when it does not match."""
        score = self.node(plan.match, document)
        if score is None or any(self.node(part, document) is None for part in plan.filters):
            return None
        if any(self.node(part, document) is not None for part in plan.excluded):
            return None
        return score + sum(self.node(part, document) or 0.0 for part in plan.bonus)

    def node(self, node: Node, document: Indexed) -> float | None:  # noqa: C901 -- one case a kind of node
        """Return the score of one node, or None when it does not hold."""
        match node:
            case Everything():
                return 1.0
            case Nothing():
                return None
            case Term(field, term):
                return self._frequency_score(field, [term], document)
            case Phrase(field, terms):
                return self._frequency_score(field, terms, document)
            case Prefix(field, start):
                return _one(any(term.startswith(start) for term in _terms(field, document)))
            case Fuzzy(field, term, allowed):
                return _one(any(edits.within(found, term, allowed) for found in _terms(field, document)))
            case Wildcard(field, pattern):
                wanted = _pattern(pattern)
                return _one(any(wanted.fullmatch(value) for value in _terms(field, document)))
            case Boost(part, by):
                score = self.node(part, document)
                return None if score is None else score * by
            case Constant(part, score):
                return None if self.node(part, document) is None else score
            case All(parts):
                scores = self._scores(parts, document)
                return sum(scores) if len(scores) == len(parts) else None
            case Some(parts, at_least):
                scores = self._scores(parts, document)
                return sum(scores) if len(scores) >= at_least else None
            case Best(parts):
                scores = self._scores(parts, document)
                return max(scores) + TIE * (sum(scores) - max(scores)) if scores else None

    def _scores(self, parts: Sequence[Node], document: Indexed) -> list[float]:
        return [score for part in parts if (score := self.node(part, document)) is not None]

    def _frequency_score(self, field: str, terms: Sequence[str], document: Indexed) -> float | None:
        values = _values(field, document)
        frequency = sum(_occurrences(value, terms) for value in values)
        if not frequency:
            return None
        length = sum(map(len, values))
        norm = _K1 * (1 - _B + _B * length / self._average_length(field))
        return sum(self._rarity_of(field, term) for term in terms) * frequency * (_K1 + 1) / (frequency + norm)

    def _rarity_of(self, field: str, term: str) -> float:
        if (field, term) not in self._rarity:
            having = sum(term in _terms(field, document) for document in self._documents)
            self._rarity[field, term] = log(1 + (len(self._documents) - having + 0.5) / (having + 0.5))
        return self._rarity[field, term]

    def _average_length(self, field: str) -> float:
        if field not in self._lengths:
            lengths = [len(_terms(field, document)) for document in self._documents]
            self._lengths[field] = max(1.0, sum(lengths) / max(1, len(lengths)))
        return self._lengths[field]


def _values(field: str, document: Indexed) -> list[list[str]]:
    """Return the terms of each value of a field."""
    if field in document.words:
        return [value.split(" ") for value in document.words[field]]
    return [[value] for value in document.wholes.get(field, ())]


def _terms(field: str, document: Indexed) -> list[str]:
    return [term for value in _values(field, document) for term in value]


def _occurrences(value: Sequence[str], terms: Sequence[str]) -> int:
    wanted = list(terms)
    return sum(value[at : at + len(wanted)] == wanted for at in range(len(value) - len(wanted) + 1))


@lru_cache(maxsize=1024)
def _pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern so that no text takes long: each part between stars stays where it was found first."""
    first, *more = [re.escape(part).replace("\\?", ".") for part in pattern.split("*")]
    if not more:
        return re.compile(first, re.DOTALL)
    *middle, last = more
    return re.compile(f"{first}{''.join(f'(?>.*?{part})' for part in middle)}.*{last}", re.DOTALL)


def _one(holds: bool) -> float | None:
    return 1.0 if holds else None
