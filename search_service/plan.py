"""How a query is matched and ranked: `Query` -> a tree of conditions that each adapter translates. Pure.

The tree has two roots: what a document must satisfy to be found and is scored by, and filters, which do not score.
Fields in it are those of terms.py; a word field holds tokens, the others whole terms.
The order it brings about: the exact name; the name in another number; names that begin so; words of the name, then of
schema, columns and tags; descriptions; at last names with a letter or two wrong.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from schemas.document_types import TEXTS, Field, FieldType, Resource
from schemas.documents import FILTER_NAMES, resource_of
from schemas.errors import Invalid
from search_service import analysis
from search_service.analysis import Run
from search_service.index.names import literal
from search_service.index.terms import ALIKE, ANYWHERE, BEGINS, COMPOUND, EXACT, value_of
from search_service.query import Clause, Filter, Query, is_pattern


@dataclass(frozen=True, slots=True)
class Everything:
    """Match all, with score 1."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Match nothing."""


@dataclass(frozen=True, slots=True)
class Term:
    """The field has this term; scored by BM25."""

    field: str
    term: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The field has a term that begins so; scores 1."""

    field: str
    start: str


@dataclass(frozen=True, slots=True)
class Fuzzy:
    """The field has a term at most this many edits away (a swap of neighbours counts as one); scores 1."""

    field: str
    term: str
    edits: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """A value of the field has these tokens (two at least) in a row; scored by BM25."""

    field: str
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The field has a term of this pattern: `*` any text, `?` one character; scores 1."""

    field: str
    pattern: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; the scores are added."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least so many parts hold; the scores of those that do are added."""

    parts: tuple["Node", ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Best:
    """At least one part holds; the best score counts, the others at a tenth."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Boost:
    """Score so many times as much."""

    part: "Node"
    by: float


@dataclass(frozen=True, slots=True)
class Constant:
    """Score exactly this when the part holds."""

    part: "Node"
    score: float


Node = Everything | Nothing | Term | Prefix | Fuzzy | Phrase | Wildcard | All | Some | Best | Boost | Constant

TIE = 0.1  # what `Best` adds of the others


@dataclass(frozen=True, slots=True)
class Plan:
    """`match` must hold and scores, `bonus` adds to the score; `filters` must hold besides, `excluded` must not."""

    match: Node
    bonus: tuple[Node, ...]
    filters: tuple[Node, ...]
    excluded: tuple[Node, ...]


# What the bonuses of a name are worth, beside some tens that the words of a query come to.
_EXACT_NAME = 1000.0
_LITERAL_NAME = 200.0
_ALIKE_NAME = 400.0
_NAME_BEGINS = 60.0
_NEARLY_NAME = 20.0
_EXACT_WORD = 3.0
_COMPOUND = 6.0
_PHRASE = 1.0
_COVERAGE = 8.0  # for every word that matches at all
# What a match counts for, times the weight of its field, where it is not one of whole words.
_PREFIX = {FieldType.NAME: 1.2, FieldType.PROSE: 0.6}
_FUZZY = {FieldType.NAME: 0.8, FieldType.PROSE: 0.3}
_SHORTEST_PREFIX = {FieldType.NAME: 2, FieldType.PROSE: 4}
_LONGEST_PATTERN = 200
_MOST_WILDCARDS = 10
_MOST_PATTERNS = 100
# Words so common in questions that they are passed over when others are there.
_STOPWORDS = frozenset(
    re.findall(
        r"\w+",
        """
        a an and any are as at be by did do does for from get give has have how i in is it its me of on or our per
        show that the their these this to was we were what when where which who why with you your
        """,
    )
)


def plan(query: Query) -> Plan:
    """Plan a query. Raises Invalid for a kind, filter or facet there is not, and for too much of a pattern."""
    resource = resource_of(query.kind)
    _check_patterns(query)
    for facet in query.facets:
        if facet not in resource.facets:
            raise Invalid(f"A {resource.kind} has no facet {facet!r}; there are {', '.join(resource.facets)}.")
    sought = [clause for clause in query.clauses if not clause.negated]
    typed = " ".join(clause.text for clause in sought if clause.field is None)
    return Plan(
        _match(resource, sought),
        tuple(_name_bonus(resource, typed)) if analysis.joined(typed) else (),
        tuple(_filter(resource, item) for item in query.filters),
        tuple(_required(resource, clause) for clause in query.clauses if clause.negated),
    )


def plan_suggestion(kind: str, prefix: str) -> Node:
    """Plan what is suggested for a name typed in part: names with all words, the last one perhaps unfinished."""
    found = words_of(prefix)
    if not found:
        return Nothing()
    *whole, last = found
    begun = [token for run in whole for token in run.tokens]
    *inner, end = last.tokens
    fields = [item.name for item in resource_of(kind).fields if item.type is FieldType.NAME and item.weight >= 3]
    named = [
        All(
            (
                *(Term(name, token) for token in (*begun, *inner)),
                Some((Prefix(name, _unfinished(last, end)), Term(name, end))),
            )
        )
        for name in fields
    ]
    return Constant(Some((*named, Prefix(BEGINS, analysis.joined(prefix)))), 1)


def fuzzy_edits(word: str) -> int:
    """Return how many letters of a word may be wrong: none of a short one, two of a long one, none beyond all words."""
    if not word.isalpha() or not 4 <= len(word) <= analysis.MAX_TOKEN:
        return 0
    return 1 if len(word) < 7 else 2


def words_of(text: str) -> list[Run]:
    """Return the runs a text is looked for by: without common words where others are left."""
    found = [run for run in analysis.runs(text) if run.tokens]
    return [run for run in found if run.text not in _STOPWORDS] or found


def _match(resource: Resource, sought: Sequence[Clause]) -> Node:
    strict = [clause for clause in sought if clause.field is not None or clause.phrase]
    words = words_of(" ".join(clause.text for clause in sought if clause not in strict))
    parts = [_required(resource, clause) for clause in strict]
    if words:
        parts.append(_words(resource, words))
    if not parts:
        return Nothing() if sought else Everything()
    return All(tuple(parts))


def _words(resource: Resource, words: Sequence[Run]) -> Node:
    """Ask for at least half of the words; the name spelt in one go stands for all of them."""
    units = tuple(_unit(resource, run) for run in words)
    enough: Node = Some(units, (len(units) + 1) // 2) if len(units) > 1 else units[0]
    together = analysis.joined(" ".join(run.text for run in words))
    return Some((enough, Constant(Term(COMPOUND, together), _COMPOUND), Constant(Prefix(BEGINS, together), 1)))


def _coverage(words: Sequence[Run]) -> Iterator[Node]:
    """Score each word for being there at all: two words in a description outdo one in a name."""
    for run in words if len(words) > 1 else ():
        yield Constant(Some(tuple(Term(ANYWHERE, token) for token in run.tokens), len(run.tokens)), _COVERAGE)


def _name_bonus(resource: Resource, typed: str) -> Iterator[Node]:
    whole = analysis.joined(typed)
    yield Constant(Term(EXACT, whole), _EXACT_NAME)
    yield Constant(Term(EXACT, literal(typed)), _LITERAL_NAME)
    alike = "".join(analysis.tokens(typed))
    yield Constant(Term(ALIKE, alike), _ALIKE_NAME)
    yield Constant(Prefix(BEGINS, whole), _NAME_BEGINS)
    if edits := fuzzy_edits(alike):
        yield Constant(Fuzzy(ALIKE, alike, edits), _NEARLY_NAME)
    chunks = typed.split()
    if len(chunks) > 1:
        for chunk in dict.fromkeys(map(analysis.joined, chunks)):
            if len(chunk) > 2 and chunk not in _STOPWORDS:
                yield Constant(Term(EXACT, chunk), _EXACT_WORD)
    yield from _coverage(words_of(typed))
    row = analysis.in_a_row(typed)
    if len(row) > 1:
        for declared in _weighted(resource):
            yield Boost(Phrase(declared.name, row), declared.weight * _PHRASE)


def _weighted(resource: Resource) -> list[Field]:
    return [declared for declared in resource.fields if declared.weight]


def _unit(resource: Resource, run: Run) -> Node:
    """Match one run anywhere, scored by the best field."""
    ways = [node for declared in _weighted(resource) for node in _in_field(declared, run)]
    if run.text.isascii():
        ways += [Constant(Term(COMPOUND, text), _COMPOUND) for text in dict.fromkeys((run.text, "".join(run.tokens)))]
    return Best(tuple(ways))


def _in_field(declared: Field, run: Run) -> Iterator[Node]:
    weight, name, kind = declared.weight, declared.name, declared.type
    yield Boost(_run(name, run), weight)
    if run.paired or len(run.tokens) > 1:
        return
    word = run.tokens[0]
    if len(run.text) >= _SHORTEST_PREFIX[kind] and not word.isdecimal():
        yield Constant(Prefix(name, _unfinished(run, word)), weight * _PREFIX[kind])
    for text in dict.fromkeys((word, run.text)):
        if edits := fuzzy_edits(text):
            yield Constant(Fuzzy(name, text, edits), weight * _FUZZY[kind])


def _run(name: str, run: Run) -> Node:
    """Match the tokens of a run: half of its pairs of characters, or its words side by side."""
    if run.paired:
        if len(run.tokens) == 1 and len(run.tokens[0]) == 1:
            return Prefix(name, run.tokens[0])
        return Some(tuple(Term(name, token) for token in run.tokens), (len(run.tokens) + 1) // 2)
    return Term(name, run.tokens[0]) if len(run.tokens) == 1 else Phrase(name, run.tokens)


def _unfinished(run: Run, token: str) -> str:
    """Return what the terms of an unfinished word begin with: as typed, unless the typed end is one of a plural."""
    return run.text if len(run.tokens) == 1 and not run.text.startswith(token) else token


def _required(resource: Resource, clause: Clause) -> Node:
    """Match a phrase, a clause for one field, or anything that is excluded: strictly, with no letters wrong."""
    if clause.field is None:
        fields = [(declared.name, declared.weight) for declared in _weighted(resource)]
    elif clause.is_pattern:
        return _filter(resource, Filter(clause.field, (clause.text,)))
    else:
        declared_fields = resource.by_filter.get(clause.field, ())
        fields = [(declared.name, declared.weight or 1.0) for declared in declared_fields if declared.type in TEXTS]
        if len(fields) < len(declared_fields) or not declared_fields:
            return _filter(resource, Filter(clause.field, (clause.text,)))
    row = analysis.in_a_row(clause.text)
    if not row:
        return Nothing()
    begins = len(row) == 1 and analysis.runs(clause.text)[0].paired
    return Best(tuple(Boost(_in_a_row(name, row, begins=begins), weight) for name, weight in fields))


def _in_a_row(name: str, row: tuple[str, ...], *, begins: bool) -> Node:
    if begins:
        return Prefix(name, row[0])
    return Term(name, row[0]) if len(row) == 1 else Phrase(name, row)


def _filter(resource: Resource, wanted: Filter) -> Node:
    """Match whole values. A filter that another kind of resource has matches nothing of this one."""
    if wanted.name not in FILTER_NAMES:
        raise Invalid(
            f"There is no filter {wanted.name!r}; a {resource.kind} has {', '.join(sorted(resource.by_filter))}."
        )
    fields = resource.by_filter.get(wanted.name, ())
    if not fields or not wanted.values:
        return Nothing() if not fields else Everything()
    each = tuple(Some(tuple(_value(value_of(declared.name), value) for declared in fields)) for value in wanted.values)
    return All(each) if wanted.every else Some(each)


def _value(name: str, value: str) -> Node:
    folded = analysis.fold(value)
    return Wildcard(name, folded) if is_pattern(folded) else Term(name, folded)


def _check_patterns(query: Query) -> None:
    """Raise Invalid for patterns that an engine would be busy with for long."""
    values = [value for item in query.filters for value in item.values]
    patterns = [value for value in values if is_pattern(value)]
    patterns += [clause.text for clause in query.clauses if clause.is_pattern]
    if len(patterns) > _MOST_PATTERNS:
        raise Invalid(f"There are {len(patterns)} patterns with * or ?; {_MOST_PATTERNS} may be.")
    for pattern in patterns:
        if len(pattern) > _LONGEST_PATTERN or pattern.count("*") + pattern.count("?") > _MOST_WILDCARDS:
            limits = f"{_LONGEST_PATTERN} characters and {_MOST_WILDCARDS} wildcards"
            raise Invalid(f"The pattern {pattern[:80]!r} is too much; it may have {limits}.")
