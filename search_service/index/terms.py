"""What a document is found by, as every adapter indexes it. Pure.

Word fields bear the field's own name and hold the tokens of its values, a text of space-separated tokens each;
ANYWHERE holds every token of the document once. Whole fields hold terms that are not cut: `value_of(name)` the values
for filters; EXACT the ways to spell the resource out, with and without the signs between words; ALIKE the same in the
singular; BEGINS its name in one go; COMPOUND its name and other names in one go, and each two neighbours in them.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from math import log10
from typing import NamedTuple

from schemas.document_types import FILTERED, Document, FieldType, Resource, number, texts
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


class _Name(NamedTuple):
    """What one name is found by. Names are met again and again, in one table after the other."""

    spaced: str
    folded: str
    compounds: tuple[str, ...]


def index(resource: Resource, document: Document) -> Indexed:
    """Return what a document is found, counted and ordered by."""
    words: dict[str, list[str]] = {}
    wholes = _spelt(resource, document)
    facets: dict[str, list[str]] = {}
    compounds: dict[str, None] = {}
    anywhere: set[str] = set()
    for name in document:
        declared = resource.by_name[name]
        if declared.type not in FILTERED:
            continue
        values = texts(document, name)
        if declared.type is FieldType.NAME:
            names = [_name(value) for value in values]
            words[name] = [each.spaced for each in names]
            folded = [each.folded for each in names]
            if declared.weight >= _COMPOUND_WEIGHT:
                compounds.update(dict.fromkeys(compound for each in names for compound in each.compounds))
        else:
            folded = [analysis.fold(value)[:MAX_VALUE] for value in values]
            if declared.type is FieldType.PROSE:
                words[name] = [_spaced(value) for value in values]
        if declared.weight:
            anywhere.update(*[text.split(" ") for text in words[name]])
        if declared.filters:
            wholes[value_of(name)] = list(dict.fromkeys(folded))
        if declared.facet:
            facets[name] = _distinct(values)
    wholes[COMPOUND] = list(compounds)
    words[ANYWHERE] = [" ".join(anywhere)]
    usage = max(0.0, number(document, resource.usage))
    gain = 1 + _MOST_GAIN * min(1.0, log10(1 + usage) / _MOST_USAGE)
    return Indexed(words, wholes, facets, gain, usage, number(document, resource.recency))


def literal(spelling: str) -> str:
    """Return a spelling as it is typed, apart from case: `shop.orders` is not `shop_orders`."""
    return f"={analysis.fold(spelling.strip())}"


def _spaced(text: str) -> str:
    return " ".join(analysis.tokens(text))


@lru_cache(maxsize=131_072)
def _name(name: str) -> _Name:
    """Read a name; its compounds are the whole in one go and each two neighbours: `pageview` of `web_page_views`."""
    tokens = analysis.tokens(name)
    pairs = [one + other for one, other in pairwise(tokens)] if len(tokens) > 2 else []
    compounds = _distinct([analysis.joined(name), "".join(tokens), *pairs])
    return _Name(" ".join(tokens), analysis.fold(name)[:MAX_VALUE], tuple(compounds))


def _spelt(resource: Resource, document: Document) -> dict[str, list[str]]:
    spellings = [".".join(parts) for parts in _spellings(resource, document)]
    return {
        EXACT: _distinct([spelt for spelling in spellings for spelt in (analysis.joined(spelling), literal(spelling))]),
        ALIKE: _distinct(["".join(analysis.tokens(spelling)) for spelling in spellings]),
        BEGINS: _distinct(map(analysis.joined, texts(document, "name"))),
    }


def _spellings(resource: Resource, document: Document) -> list[list[str]]:
    spelt = ([value for name in names for value in texts(document, name)] for names in resource.exact)
    return [parts for parts, names in zip(spelt, resource.exact, strict=True) if len(parts) == len(names)]


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([value[:MAX_VALUE] for value in values]))
