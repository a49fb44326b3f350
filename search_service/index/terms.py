"""What a document is found by, as every adapter indexes it. Pure.

Word fields bear the field's own name and hold the tokens of its values, a text of space-separated tokens each;
ANYWHERE holds every token of the document. Whole fields hold terms that are not cut: `value_of(name)` the values
for filters; EXACT the ways to spell the resource out, with and without the signs between words; ALIKE the same in the
singular; BEGINS its name in one go; COMPOUND its name and other names in one go, and each two neighbours in them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from math import log10
from typing import Any, NamedTuple

from schemas.document_types import FILTERED, TEXTS, Document, Field, FieldType, Resource, number
from search_service import analysis
from search_service.index.names import (
    MAX_VALUE,
    Spelt,
    distinct,
    known_name,
    known_shared,
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
        value = document.get(reading.name)
        if value or value == "":  # of an empty list there is nothing to read
            reading.take(reading, value, found)
    exact, alike = spellings(resource.exact, found.spelt)
    name = found.spelt.get("name")
    found.wholes |= {
        EXACT: exact,
        ALIKE: alike,
        BEGINS: [name[1][:MAX_VALUE]] if name else [],
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


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a field is read; `value_name` is empty where whole values are not looked for.

    `words`: whether its tokens are looked for; `spelt`: whether it is part of a spelling of the resource; `facet`:
    whether its values are counted.
    """

    take: "Callable[[_Reading, Any, _Found], None]"  # of one value, or of a list of them
    name: str
    value_name: str
    words: bool
    anywhere: bool
    compound: bool
    facet: bool
    spelt: bool


def _take_name(reading: _Reading, value: str, found: _Found) -> None:
    """Read a field that is one name."""
    (spaced, folded, compounds), its_spelt = name_and_spelt(value)
    found.words[reading.name] = [spaced]
    if reading.value_name:
        found.wholes[reading.value_name] = [folded]
    if reading.anywhere:
        found.anywhere.append(spaced)
    if reading.compound:
        found.compounds += compounds
    if reading.spelt:
        found.spelt[reading.name] = its_spelt


def _take_shared(reading: _Reading, value: str, found: _Found) -> None:
    """Read a field that is one value and counted: many documents have the same."""
    its = known_shared(value)
    if reading.words:
        found.words[reading.name] = its.words
    if reading.value_name:
        found.wholes[reading.value_name] = its.wholes
    if reading.anywhere:
        found.anywhere += its.words
    if reading.compound:
        found.compounds += its.compounds
    if reading.spelt:
        found.spelt[reading.name] = its.spelt
    found.facets[reading.name] = its.counted


def _take_names(reading: _Reading, values: list[str], found: _Found) -> None:
    """Read a field that is a list of names."""
    words: list[str] = []
    wholes: dict[str, None] = {}
    compounds: list[str] = []
    for spaced, folded, its_compounds in map(known_name, values):
        words.append(spaced)
        wholes[folded] = None
        compounds += its_compounds
    found.words[reading.name] = words
    if reading.value_name:
        found.wholes[reading.value_name] = list(wholes)
    if reading.anywhere:
        found.anywhere += words
    if reading.compound:
        found.compounds += compounds
    if reading.facet:
        found.facets[reading.name] = distinct(values)


def _take_prose(reading: _Reading, value: str, found: _Found) -> None:
    """Read a field that is one text."""
    spaced = analysis.spaced(value)
    found.words[reading.name] = [spaced]
    if reading.anywhere:
        found.anywhere.append(spaced)
    if reading.value_name:
        found.wholes[reading.value_name] = [_folded(value)]


def _take_proses(reading: _Reading, values: list[str], found: _Found) -> None:
    """Read a field that is a list of texts."""
    spaced = [analysis.spaced(value) for value in values]
    found.words[reading.name] = spaced
    if reading.anywhere:
        found.anywhere += spaced
    if reading.value_name:
        found.wholes[reading.value_name] = distinct(list(map(analysis.fold, values)))


def _take_keyword(reading: _Reading, value: str, found: _Found) -> None:
    """Read a field that is compared as a whole."""
    if reading.value_name:
        found.wholes[reading.value_name] = [_folded(value)]
    if reading.spelt:
        found.spelt[reading.name] = read_spelt(value)


def _take_keywords(reading: _Reading, values: list[str], found: _Found) -> None:
    """Read a field whose values are compared as wholes."""
    if reading.value_name:
        found.wholes[reading.value_name] = distinct(list(map(analysis.fold, values)))
    if reading.facet:
        found.facets[reading.name] = distinct(values)


_TAKES: Mapping[tuple[FieldType, bool], "Callable[[_Reading, Any, _Found], None]"] = {
    (FieldType.NAME, False): _take_name,
    (FieldType.NAME, True): _take_names,
    (FieldType.PROSE, False): _take_prose,
    (FieldType.PROSE, True): _take_proses,
    (FieldType.KEYWORD, False): _take_keyword,
    (FieldType.KEYWORD, True): _take_keywords,
}


@cache
def _readings(resource: Resource) -> list[_Reading]:
    spelt = {"name", *chain.from_iterable(resource.exact)}
    return [
        _reading(declared, spelt=declared.name in spelt) for declared in resource.fields if declared.type in FILTERED
    ]


def _reading(declared: Field, *, spelt: bool) -> _Reading:
    return _Reading(
        _take_shared if declared.facet and not declared.many else _TAKES[declared.type, declared.many],
        declared.name,
        value_of(declared.name) if declared.filters else "",
        declared.type in TEXTS,
        declared.type in TEXTS and declared.weight > 0,
        declared.type is FieldType.NAME and declared.weight >= _COMPOUND_WEIGHT,
        declared.facet,
        spelt,
    )


def _folded(value: str) -> str:
    return analysis.fold(value)[:MAX_VALUE]
