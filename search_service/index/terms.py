"""What a document is found by, as every adapter indexes it. Pure.

Word fields bear the field's own name and hold the tokens of its values, a text of space-separated tokens each;
ANYWHERE holds every token of the document. Whole fields hold terms that are not cut: `value_of(name)` the values
for filters; EXACT the ways to spell the resource out, with and without the signs between words; ALIKE the same in the
singular; BEGINS its name in one go; COMPOUND its name and other names in one go, and each two neighbours in them.
"""

from collections.abc import Callable, Mapping
from functools import cache
from itertools import chain
from math import log10
from typing import NamedTuple

from schemas.document_types import FILTERED, Document, Field, FieldType, Resource, number, texts
from search_service import analysis
from search_service.index.names import (
    MAX_VALUE,
    Spelt,
    distinct,
    known_name,
    known_spelt,
    name_and_spelt,
    read_spelt,
    spellings,
)

EXACT = "exact"
ALIKE = "alike"
ANYWHERE = "anywhere"
BEGINS = "begins"
COMPOUND = "compound"

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
    """Return what a document that was checked is found, counted and ordered by."""
    found = _Found()
    for reading in _readings(resource):
        if values := texts(document, reading.name):
            reading.take(reading, values, found)
    exact, alike = spellings(resource.exact, found.spelt)
    name = found.spelt.get("name")
    found.wholes |= {
        EXACT: exact,
        ALIKE: alike,
        BEGINS: [name.joined[:MAX_VALUE]] if name else [],
        COMPOUND: list(dict.fromkeys(found.compounds)),
    }
    found.words[ANYWHERE] = [" ".join(dict.fromkeys(found.anywhere))]
    usage = max(0.0, number(document, resource.usage))
    gain = 1 + _MOST_GAIN * min(1.0, log10(1 + usage) / _MOST_USAGE)
    return Indexed(found.words, found.wholes, found.facets, gain, usage, number(document, resource.recency))


class _Found:
    """What was found in the fields that were read so far."""

    __slots__ = ("anywhere", "compounds", "facets", "spelt", "wholes", "words")

    def __init__(self) -> None:
        self.words: dict[str, list[str]] = {}
        self.wholes: dict[str, list[str]] = {}
        self.facets: dict[str, list[str]] = {}
        self.spelt: dict[str, Spelt] = {}
        self.anywhere: list[str] = []
        self.compounds: list[str] = []


class _Reading(NamedTuple):
    """How a field is read; `value_name` is empty where whole values are not looked for.

    `spelt`: whether it is part of a spelling of the resource; `facet`: whether its values are counted.
    """

    take: "Callable[[_Reading, list[str], _Found], None]"
    name: str
    value_name: str
    anywhere: bool
    compound: bool
    facet: bool
    spelt: bool


def _take_name(reading: _Reading, values: list[str], found: _Found) -> None:
    """Read a field that is one name."""
    _, name, value_name, anywhere, compound, facet, spelt = reading
    (value,) = values
    # Values of facets are shared.
    its, its_spelt = (known_name(value), known_spelt(value)) if facet else name_and_spelt(value)
    found.words[name] = [its.spaced]
    if value_name:
        found.wholes[value_name] = [its.folded]
    if anywhere:
        found.anywhere.append(its.spaced)
    if compound:
        found.compounds += its.compounds
    if facet:
        found.facets[name] = distinct(values)
    if spelt:
        found.spelt[name] = its_spelt


def _take_names(reading: _Reading, values: list[str], found: _Found) -> None:
    """Read a field that is a list of names."""
    _, name, value_name, anywhere, compound, facet, _ = reading
    words: list[str] = []
    wholes: dict[str, None] = {}
    for spaced, folded, compounds in map(known_name, values):
        words.append(spaced)
        wholes[folded] = None
        if compound:
            found.compounds += compounds
    found.words[name] = words
    if value_name:
        found.wholes[value_name] = list(wholes)
    if anywhere:
        found.anywhere += words
    if facet:
        found.facets[name] = distinct(values)


def _take_prose(reading: _Reading, values: list[str], found: _Found) -> None:
    """Read sentences."""
    spaced = [analysis.spaced(value) for value in values]
    found.words[reading.name] = spaced
    if reading.anywhere:
        found.anywhere += spaced
    if reading.value_name:
        found.wholes[reading.value_name] = _folded(values)


def _take_keyword(reading: _Reading, values: list[str], found: _Found) -> None:
    """Read what is compared as a whole."""
    if reading.value_name:
        found.wholes[reading.value_name] = _folded(values)
    if reading.facet:
        found.facets[reading.name] = distinct(values)
    if reading.spelt:
        (value,) = values
        found.spelt[reading.name] = known_spelt(value) if reading.facet else read_spelt(value)


_TAKES: Mapping[tuple[FieldType, bool], "Callable[[_Reading, list[str], _Found], None]"] = {
    (FieldType.NAME, False): _take_name,
    (FieldType.NAME, True): _take_names,
    (FieldType.PROSE, False): _take_prose,
    (FieldType.PROSE, True): _take_prose,
    (FieldType.KEYWORD, False): _take_keyword,
    (FieldType.KEYWORD, True): _take_keyword,
}


@cache
def _readings(resource: Resource) -> list[_Reading]:
    spelt = {"name", *chain.from_iterable(resource.exact)}
    return [
        _reading(declared, spelt=declared.name in spelt) for declared in resource.fields if declared.type in FILTERED
    ]


def _reading(declared: Field, *, spelt: bool) -> _Reading:
    return _Reading(
        _TAKES[declared.type, declared.many],
        declared.name,
        value_of(declared.name) if declared.filters else "",
        declared.weight > 0,
        declared.type is FieldType.NAME and declared.weight >= _COMPOUND_WEIGHT,
        declared.facet,
        spelt,
    )


def _folded(values: list[str]) -> list[str]:
    return distinct([analysis.fold(value) for value in values])
