"""Why a document was found: where what was typed stands in it, highlighted and in words. Pure, so alike everywhere."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from schemas.document_types import TEXTS, Document, Field, Resource, number, texts
from schemas.documents import resource_of
from search_service import analysis, edits
from search_service.analysis import Run, Token
from search_service.plan import fuzzy_edits, words_of
from search_service.query import Query

MAX_FRAGMENTS = 10

Accepts = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a token must be like to have been found, strictly and with letters wrong; `fields`: only there."""

    strict: Accepts
    loose: Accepts
    fields: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """Where a field matched: the highlighted values, and whether with letters wrong only."""

    field: Field
    fragments: list[str]
    loosely: bool


def find(query: Query, document: Document) -> list[Found]:
    """Return the fields in which what was typed is found, the weightiest first."""
    resource = resource_of(query.kind)
    wanted = list(_wanted(resource, query))
    if not wanted:
        return []
    placed = _placed(resource, document)
    strict = {at: _spans(placed, item, item.strict) for at, item in enumerate(wanted)}
    spans = [(found or _spans(placed, wanted[at], wanted[at].loose), not found) for at, found in strict.items()]
    merged: dict[str, dict[int, list[Token]]] = {}
    exactly: set[str] = set()
    for found, loosely in spans:
        for name, values in found.items():
            exactly.update([] if loosely else [name])
            for place, tokens in values.items():
                merged.setdefault(name, {}).setdefault(place, []).extend(tokens)
    weighed = sorted(merged, key=lambda name: -resource.by_name[name].weight)
    return [
        Found(resource.by_name[name], _fragments(texts(document, name), merged[name]), name not in exactly)
        for name in weighed
    ]


def highlights(found: Sequence[Found]) -> dict[str, list[str]]:
    """Return the highlighted values by field."""
    return {item.field.name: item.fragments for item in found}


def explain(query: Query, document: Document, found: Sequence[Found]) -> str:
    """Say in words why a document is where it is among the hits."""
    resource = resource_of(query.kind)
    named = dict.fromkeys(item.field.called + (" (similar spelling)" if item.loosely else "") for item in found)
    typed = analysis.joined(" ".join(clause.text for clause in query.clauses if clause.field is None))
    exact = typed and typed in (analysis.joined(value) for value in texts(document, "name"))
    said = [f"exact name{_also(named)}"] if exact else [f"matched {', '.join(named)}"] if named else []
    readers = int(number(document, resource.readers))
    return "; ".join([*said, *([f"{readers} reader{'s' * (readers != 1)}"] if readers else [])])


def _also(named: Mapping[str, None]) -> str:
    others = [name for name in named if name != "name"]
    return f", matched {', '.join(others)}" if others else ""


def _wanted(resource: Resource, query: Query) -> Iterator[_Wanted]:
    plain = " ".join(clause.text for clause in query.clauses if clause.field is None and not clause.negated)
    for run in words_of(plain):
        yield _Wanted(*_accepting(run))
    for clause in query.clauses:
        if clause.field is not None and not clause.negated:
            fields = frozenset(declared.name for declared in resource.by_filter.get(clause.field, ()))
            for run in words_of(clause.text.replace("*", " ").replace("?", " ")):
                yield _Wanted(*_accepting(run), fields)


def _accepting(run: Run) -> tuple[Accepts, Accepts]:
    terms = frozenset(run.tokens)
    alone = run.tokens[0] if len(run.tokens) == 1 else None
    if run.paired:
        begins = alone if alone and len(alone) == 1 else None
        return (lambda token: token in terms or bool(begins and token.startswith(begins))), (lambda _token: False)
    unfinished = run.text if alone and len(run.text) > 1 and not run.text.isdecimal() else None
    allowed = fuzzy_edits(alone) if alone else 0
    return (
        lambda token: token in terms or bool(unfinished and token.startswith(unfinished)),
        lambda token: bool(alone and allowed) and edits.within(token, alone or "", allowed),
    )


Placed = Mapping[str, list[list[Token]]]


def _placed(resource: Resource, document: Document) -> Placed:
    fields = [declared.name for declared in resource.fields if declared.type in TEXTS]
    return {name: [analysis.tokens_in_place(value) for value in texts(document, name)] for name in fields}


def _spans(placed: Placed, wanted: _Wanted, accepts: Accepts) -> dict[str, dict[int, list[Token]]]:
    found: dict[str, dict[int, list[Token]]] = {}
    for name, values in placed.items():
        if wanted.fields is not None and name not in wanted.fields:
            continue
        for place, tokens in enumerate(values):
            if hit := [token for token in tokens if accepts(token.text)]:
                found.setdefault(name, {})[place] = hit
    return found


def _fragments(values: Sequence[str], places: Mapping[int, list[Token]]) -> list[str]:
    return [_marked(analysis.compose(values[place]), places[place]) for place in sorted(places)[:MAX_FRAGMENTS]]


def _marked(text: str, tokens: Sequence[Token]) -> str:
    """Wrap the tokens in <em>, touching ones together; everything else is escaped."""
    out, end = "", 0
    for start, stop in _merged(tokens):
        out += f"{escape(text[end:start], quote=False)}<em>{escape(text[start:stop], quote=False)}</em>"
        end = stop
    return out + escape(text[end:], quote=False)


def _merged(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for _, start, end in sorted(tokens, key=lambda token: token.start):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
