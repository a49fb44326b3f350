"""What a name is found by, and what the ways to spell a resource out are. Pure."""

from collections.abc import Iterable, Mapping
from operator import add
from typing import NamedTuple

from search_service import analysis
from search_service.remembered import Remembered

MAX_VALUE = 1000  # characters of a value that is looked for as a whole
_MOST_NAMES = 32_768  # remembered, of those met of late: some 400 bytes each
_MOST_SPELT = 4_096


class Spelt(NamedTuple):
    """A part of a spelling: as it is written, its letters and digits alone, and these in the singular."""

    text: str
    joined: str
    alike: str


class Name(NamedTuple):
    """What one name is found by.

    `spaced`: its tokens; `folded`: itself, as filters look at it; `compounds`: it in one go, as it is and in the
    singular, and each two neighbours in it, `pageview` of `web_page_views`.
    """

    spaced: str
    folded: str
    compounds: tuple[str, ...]


class Spellings(NamedTuple):
    """What the ways to spell a resource out are found by."""

    exact: list[str]
    alike: list[str]


def read_name(name: str) -> Name:
    """Return what a name is found by."""
    return name_and_spelt(name)[0]


def read_spelt(text: str) -> Spelt:
    """Return what a text adds to spellings."""
    return _spelt(text, analysis.spaced(text))


# The same for what is met in one document after the other: names of columns, tags, people, schemas.
known_name = Remembered(read_name, _MOST_NAMES).__getitem__
known_spelt = Remembered(read_spelt, _MOST_SPELT).__getitem__


def name_and_spelt(name: str) -> tuple[Name, Spelt]:
    """Return what a name is found by, and what it adds to spellings."""
    spaced, folded = analysis.spaced(name), analysis.fold(name)[:MAX_VALUE]
    tokens = spaced.split()
    spelt = _spelt(name, spaced)
    compounds = {spelt.joined[:MAX_VALUE]: None, spelt.alike[:MAX_VALUE]: None}
    if len(tokens) > 2:
        compounds.update(dict.fromkeys(map(add, tokens, tokens[1:])))
    return Name(spaced, name if folded == name else folded, tuple(compounds)), spelt


def _spelt(text: str, spaced: str) -> Spelt:
    return Spelt(text, analysis.joined(text), spaced.replace(" ", ""))


def spellings(ways: Iterable[tuple[str, ...]], spelt: Mapping[str, Spelt]) -> Spellings:
    """Spell a resource out in each way whose parts are all there. No word goes over the dots between the parts."""
    exact: list[str] = []
    alike: list[str] = []
    for fields in ways:
        parts = [spelt[name] for name in fields if name in spelt]
        if len(parts) == len(fields):
            texts, letters, singulars = zip(*parts, strict=True)
            exact += "".join(letters), literal(".".join(texts))
            alike.append("".join(singulars))
    return Spellings(distinct(exact), distinct(alike))


def literal(spelling: str) -> str:
    """Return a spelling as it is typed, apart from case: `shop.orders` is not `shop_orders`."""
    return f"={analysis.fold(spelling.strip())}"


def distinct(values: list[str]) -> list[str]:
    """Return each value once, cut to what is looked at."""
    if len(values) == 1:  # as most fields have
        return [values[0][:MAX_VALUE]]
    return list({value[:MAX_VALUE]: None for value in values})
