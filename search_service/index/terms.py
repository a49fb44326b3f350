"""What a document is found by, as every adapter indexes it. Pure.

Word fields bear the field's own name and hold the tokens of its values, a text of space-separated tokens each;
ANYWHERE holds every token of the document. Whole fields hold terms that are not cut: `value_of(name)` the values
for filters; EXACT the ways to spell the resource out, with and without the signs between words; ALIKE the same in the
singular; BEGINS its name in one go; COMPOUND its name and other names in one go, and each two neighbours in them.
"""

from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from itertools import chain
from math import log10
from operator import add
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
    """What one name is found by. Names are met again and again, in one table after the other.

    `joined`: its letters and digits alone; `alike`: the same in the singular; `compounds`: both of them, and each two
    neighbours in it, `pageview` of `web_page_views`.
    """

    spaced: str
    folded: str
    compounds: tuple[str, ...]
    joined: str
    alike: str


class _Reading(NamedTuple):
    """What a field is indexed as; `value_name` is empty where whole values are not looked for."""

    name: str
    type: FieldType
    value_name: str
    anywhere: bool
    compound: bool
    facet: bool


def index(resource: Resource, document: Document) -> Indexed:
    """Return what a document is found, counted and ordered by."""
    words: dict[str, list[str]] = {}
    wholes = _spellings(resource, document)
    facets: dict[str, list[str]] = {}
    compounds: list[str] = []
    anywhere: list[str] = []
    for name, kind, value_name, everywhere, compound, facet in _readings(resource):
        values = texts(document, name)
        if not values:
            continue
        folded: Iterable[str] = ()
        if kind is FieldType.NAME:
            spaced, folded, joined, *_ = zip(*map(_name, values), strict=True)
            words[name] = list(spaced)
            if compound:
                compounds += chain.from_iterable(joined)
        else:
            folded = [analysis.fold(value)[:MAX_VALUE] for value in values] if value_name else ()
            if kind is FieldType.PROSE:
                words[name] = [analysis.spaced(value) for value in values]
        if everywhere:
            anywhere += words[name]
        if value_name:
            wholes[value_name] = list(dict.fromkeys(folded))
        if facet:
            facets[name] = _distinct(values)
    wholes[COMPOUND] = list(dict.fromkeys(compounds))
    words[ANYWHERE] = [" ".join(dict.fromkeys(anywhere))]
    usage = max(0.0, number(document, resource.usage))
    gain = 1 + _MOST_GAIN * min(1.0, log10(1 + usage) / _MOST_USAGE)
    return Indexed(words, wholes, facets, gain, usage, number(document, resource.recency))


def literal(spelling: str) -> str:
    """Return a spelling as it is typed, apart from case: `shop.orders` is not `shop_orders`."""
    return f"={analysis.fold(spelling.strip())}"


@cache
def _readings(resource: Resource) -> list[_Reading]:
    return [
        _Reading(
            declared.name,
            declared.type,
            value_of(declared.name) if declared.filters else "",
            declared.weight > 0,
            declared.type is FieldType.NAME and declared.weight >= _COMPOUND_WEIGHT,
            declared.facet,
        )
        for declared in resource.fields
        if declared.type in FILTERED
    ]


@lru_cache(maxsize=32_768)
def _name(name: str) -> _Name:
    spaced = analysis.spaced(name)
    tokens = spaced.split()
    joined, alike = analysis.joined(name), "".join(tokens)
    compounds = {joined[:MAX_VALUE]: None, alike[:MAX_VALUE]: None}
    if len(tokens) > 2:
        compounds.update(dict.fromkeys(map(add, tokens, tokens[1:])))
    return _Name(spaced, analysis.fold(name)[:MAX_VALUE], tuple(compounds), joined, alike)


def _spellings(resource: Resource, document: Document) -> dict[str, list[str]]:
    """Return what the ways to spell a resource out are found by. No word goes over the dots between their parts."""
    exact: list[str] = []
    alike: list[str] = []
    for fields in resource.exact:
        values = [value for name in fields for value in texts(document, name)]
        if len(values) == len(fields):
            parts = [_name(value) for value in values]
            exact += ("".join([part.joined for part in parts]), literal(".".join(values)))
            alike.append("".join([part.alike for part in parts]))
    begins = [_name(value).joined for value in texts(document, "name")]
    return {EXACT: _distinct(exact), ALIKE: _distinct(alike), BEGINS: _distinct(begins)}


def _distinct(values: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([value[:MAX_VALUE] for value in values]))
