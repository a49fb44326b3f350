"""What is asked of the index: `Query`, and the reading of what people type into one. Pure.

Typed text is made of clauses separated by spaces:

    revenue day            words; better the more of them match
    "net revenue"          a phrase: these words, in this order
    -deprecated            not this (also -"…" and -field:…)
    column:email           in this field only; any filter name of schemas/documents.py, or text when it is none
    schema:mart*           the whole value by a pattern: * any text, ? one character

Nothing that is typed is an error: a sign that does not fit is read as part of the text.
"""

import re
from dataclasses import dataclass
from enum import Enum

from schemas.documents import FILTER_NAMES

MAX_CLAUSES = 32

_CLAUSE = re.compile(r'(?P<minus>-?)(?:(?P<field>[A-Za-z_]+):)?(?:"(?P<phrase>[^"]*)"|(?P<text>\S+))')


class Sort(Enum):
    """What hits are ordered by, always descending."""

    RELEVANCE = "relevance"
    USAGE = "usage"
    RECENCY = "recency"


def is_pattern(value: str) -> bool:
    """Say whether a value has wildcards."""
    return "*" in value or "?" in value


@dataclass(frozen=True, slots=True)
class Clause:
    """One part of what was typed."""

    text: str
    phrase: bool = False
    negated: bool = False
    field: str | None = None

    @property
    def is_pattern(self) -> bool:
        """Whether it is a pattern for the whole value of its field."""
        return self.field is not None and not self.phrase and is_pattern(self.text)


@dataclass(frozen=True, slots=True)
class Filter:
    """Keep what has one of these values (with `every`, each of them). `*` and `?` are wildcards; case is ignored."""

    name: str
    values: tuple[str, ...]
    every: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A search among the documents of one kind. `after` is the cursor of an earlier page and wins over `offset`."""

    kind: str
    clauses: tuple[Clause, ...] = ()
    filters: tuple[Filter, ...] = ()
    sort: Sort = Sort.RELEVANCE
    limit: int = 10
    offset: int = 0
    after: str | None = None
    facets: tuple[str, ...] = ()
    highlight: bool = False
    explain: bool = False


def parse(text: str) -> tuple[Clause, ...]:
    """Read what was typed, the first MAX_CLAUSES parts of it; a `*` by itself stands for everything. Never fails."""
    found = (_clause(match) for match in _CLAUSE.finditer(text))
    return tuple(clause for clause in found if clause.text.strip() and not _is_anything(clause))[:MAX_CLAUSES]


def _is_anything(clause: Clause) -> bool:
    return clause.field is None and not clause.phrase and set(clause.text) == {"*"}


def _clause(match: re.Match[str]) -> Clause:
    name, phrase, text = match["field"], match["phrase"], match["text"]
    negated = match["minus"] == "-"
    value = text if phrase is None else phrase
    if name is None:
        return Clause(value, phrase is not None, negated)
    if name.lower() in FILTER_NAMES and (any(map(str.isalnum, value)) or value == "*"):
        return Clause(value, phrase is not None, negated, name.lower())
    return Clause(f"{name}:{value}", phrase is not None, negated)
