"""What a name is found by, and what the ways to spell a resource out are. Pure."""

from collections.abc import Iterable, Mapping
from operator import add
from typing import NamedTuple

from search_service import analysis
from search_service.remembered import Remembered

MAX_VALUE = 1000  # characters of a value that is looked for as a whole
_MOST_NAMES = 32_768  # remembered, of those met of late: some 400 bytes each
_MOST_SHARED = 4_096

# Plain tuples are made and taken apart faster than named ones, and a table has a dozen of each.
# A part of a spelling: as it is written, its letters and digits alone, and these in the singular.
Spelt = tuple[str, str, str]
# What one name is found by: its tokens; itself, as filters look at it; and its compounds: it in one go, as it is and in
# the singular, and each two neighbours in it, `pageview` of `web_page_views`.
Name = tuple[str, str, tuple[str, ...]]


class Shared(NamedTuple):
    """What a value adds to every document that has it. They share the lists, which nobody may change."""

    words: list[str]
    wholes: list[str]
    counted: list[str]
    compounds: tuple[str, ...]
    spelt: Spelt


def read_name(name: str) -> Name:
    """Return what a name is found by, each compound once."""
    (spaced, folded, compounds), _ = name_and_spelt(name)
    return spaced, folded, tuple(dict.fromkeys(compounds))


def read_shared(value: str) -> Shared:
    """Return what a value adds to every document that has it."""
    (spaced, folded, compounds), spelt = name_and_spelt(value)
    return Shared([spaced], [folded], distinct([value]), compounds, spelt)


def read_spelt(text: str) -> Spelt:
    """Return what a text adds to spellings."""
    spaced, joined = analysis.spaced_and_joined(text)
    return text, joined, spaced.replace(" ", "")


# The same for what is met in one document after the other: names of columns, tags, people; schemas, clusters.
known_name = Remembered(read_name, _MOST_NAMES).__getitem__
known_shared = Remembered(read_shared, _MOST_SHARED).__getitem__


def name_and_spelt(name: str) -> tuple[Name, Spelt]:
    """Return what a name is found by, some of its compounds twice, and what it adds to spellings."""
    spaced, joined = analysis.spaced_and_joined(name)
    folded = analysis.fold(name)[:MAX_VALUE]
    alike = spaced.replace(" ", "")
    tokens = spaced.split()
    compounds = (joined[:MAX_VALUE], alike[:MAX_VALUE], *map(add, tokens, tokens[1:]))
    return (spaced, name if folded == name else folded, compounds), (name, joined, alike)


def spellings(ways: Iterable[tuple[str, ...]], spelt: Mapping[str, Spelt]) -> tuple[list[str], list[str]]:
    """Spell a resource out in each way whose parts are all there, exactly and alike.

    No word goes over the dots between the parts.
    """
    exact: dict[str, None] = {}
    alike: dict[str, None] = {}
    for fields in ways:
        try:
            text, letters, singulars = spelt[fields[0]]
            for name in fields[1:]:
                its_text, its_letters, its_singulars = spelt[name]
                text = f"{text}.{its_text}"
                letters += its_letters
                singulars += its_singulars
        except KeyError:  # a part is not there
            continue
        exact[letters[:MAX_VALUE]] = exact[literal(text)[:MAX_VALUE]] = alike[singulars[:MAX_VALUE]] = None
    return list(exact), list(alike)


def literal(spelling: str) -> str:
    """Return a spelling as it is typed, apart from case: `shop.orders` is not `shop_orders`."""
    return f"={analysis.fold(spelling.strip())}"


def distinct(values: list[str]) -> list[str]:
    """Return each value once, cut to what is looked at."""
    if len(values) == 1:  # as most fields have
        return [values[0][:MAX_VALUE]]
    return list({value[:MAX_VALUE]: None for value in values})
