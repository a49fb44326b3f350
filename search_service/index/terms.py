"""What a document is found by, as every adapter indexes it. Pure.

Word fields bear the field's own name and hold the tokens of its values, a text of space-separated tokens each;
ANYWHERE holds every token of the document once. Whole fields hold terms that are not cut: `value_of(name)` the values
for filters; EXACT the ways to spell the resource out, with and without the signs between words; ALIKE the same in the
singular; BEGINS its name in one go; COMPOUND its name and other names in one go, and each two neighbours in them.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from itertools import pairwise
from math import log10
from typing import NamedTuple

from schemas.document_types import FILTERED, TEXTS, Document, FieldType, Resource, number, texts
from search_service import analysis

EXACT = "exact"
ALIKE = "alike"
ANYWHERE = "anywhere"
BEGINS = "begins"
COMPOUND = "compound"
MAX_VALUE = 1000  # characters of a value that filters look at

# How much the most used resource gains on an unused one that matches as well.
_MOST_GAIN = 0.1
_MOST_USAGE = 6  # powers of ten
_COMPOUND_WEIGHT = 2  # of the fields whose values are looked for in one go


class Indexed(NamedTuple):
    """What an adapter indexes of a document. `gain` is what its score is multiplied by for its usage."""

    words: Mapping[str, list[str]]
    wholes: Mapping[str, list[str]]
    facets: Mapping[str, list[str]]
    gain: float
    usage: float
    recency: float


def value_of(name: str) -> str:
    """Name the engine field of a field's whole values."""
    return f"{name}_value"


def index(resource: Resource, document: Document) -> Indexed:
    """Return what a document is found, counted and ordered by."""
    words: dict[str, list[str]] = {}
    wholes = _spelt(resource, document)
    facets: dict[str, list[str]] = {}
    for name in document:
        declared = resource.by_name[name]
        if declared.type not in FILTERED:
            continue
        values = texts(document, name)
        if declared.type in TEXTS:
            spaced = _SPACED[declared.type]
            words[name] = [spaced(value) for value in values]
        if declared.filters:
            wholes[value_of(name)] = _distinct(map(analysis.fold, values))
        if declared.facet:
            facets[name] = _distinct(values)
    searched = (name for name in words if resource.by_name[name].weight)
    words[ANYWHERE] = [" ".join({token for name in searched for text in words[name] for token in text.split(" ")})]
    usage = max(0.0, number(document, resource.usage))
    gain = 1 + _MOST_GAIN * min(1.0, log10(1 + usage) / _MOST_USAGE)
    return Indexed(words, wholes, facets, gain, usage, number(document, resource.recency))


def _spaced(text: str) -> str:
    return " ".join(analysis.tokens(text))


# Names are met again and again, in one table after the other; sentences are not.
_SPACED: Mapping[FieldType, Callable[[str], str]] = {
    FieldType.NAME: lru_cache(maxsize=65_536)(_spaced),
    FieldType.PROSE: _spaced,
}


def _spelt(resource: Resource, document: Document) -> dict[str, list[str]]:
    spellings = [".".join(parts) for parts in _spellings(resource, document)]
    names = [value for name in _compounds(resource) for value in texts(document, name)]
    return {
        EXACT: _distinct(spelt for spelling in spellings for spelt in (analysis.joined(spelling), literal(spelling))),
        ALIKE: _distinct("".join(analysis.tokens(spelling)) for spelling in spellings),
        BEGINS: _distinct(map(analysis.joined, texts(document, "name"))),
        COMPOUND: _distinct(compound for name in names for compound in _compound(name)),
    }


def literal(spelling: str) -> str:
    """Return a spelling as it is typed, apart from case: `shop.orders` is not `shop_orders`."""
    return f"={analysis.fold(spelling.strip())}"


@lru_cache(maxsize=65_536)
def _compound(name: str) -> tuple[str, ...]:
    """Return a name in one go, and each two neighbours in it: `web_page_views` is found by `pageview`."""
    tokens = analysis.tokens(name)
    pairs = (one + other for one, other in pairwise(tokens)) if len(tokens) > 2 else ()
    return (analysis.joined(name), "".join(tokens), *pairs)


@cache
def _compounds(resource: Resource) -> tuple[str, ...]:
    return tuple(
        declared.name
        for declared in resource.fields
        if declared.type is FieldType.NAME and declared.weight >= _COMPOUND_WEIGHT
    )


def _spellings(resource: Resource, document: Document) -> list[list[str]]:
    spelt = ([value for name in names for value in texts(document, name)] for names in resource.exact)
    return [parts for parts, names in zip(spelt, resource.exact, strict=True) if len(parts) == len(names)]


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(value[:MAX_VALUE] for value in values))
