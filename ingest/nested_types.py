"""Take the type of a column apart: `struct<a:int,b:array<…>>` of Hive, `row(a bigint, …)` of Trino and the like.

Types are lower-cased. A field of a struct is named in front of its type, behind a colon or a space, in quotes or not;
whatever is no array, map or struct is a scalar, kept as it is written (`decimal(10,2)`, `uniontype<int,string>`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.records import Put, link, present
from metadata_service.store.mutations import NodeRef, PutNode
from schemas.errors import Invalid
from schemas.keys import ColumnKey, TypeMetadataKey

MAX_DEPTH = 32
MAX_CHARACTERS = 100_000
REMEMBERED, REMEMBERED_CHARACTERS = 4_096, 200  # types, each of at most so many: a warehouse has few, again and again

_KINDS = {"array": "array", "map": "map", "struct": "struct", "row": "struct"}
_CLOSING = {"<": ">", "(": ")"}
_OPENING = re.compile(r"\s*(array|map|struct|row)\s*([<(])")
_FIELD = re.compile(r'\s*(?:"([^"]+)"|`([^`]+)`|([\w$.-]+))(?:\s*:|\s)')
_WORDS = re.compile(r"[^<>(),:\"`]+")
_BRACKET = re.compile(r"[<>()]")


@dataclass(frozen=True, slots=True)
class Type:
    """A type; `parts` are its named fields, or its key and value, or what it is an array of."""

    kind: str
    text: str
    parts: tuple[tuple[str, "Type"], ...] = ()


def parse_type(text: str) -> Type:
    """Parse a type. Raises Invalid when it is none, nested too deeply or too long."""
    if len(text) > MAX_CHARACTERS:
        raise Invalid(f"A type of more than {MAX_CHARACTERS:,} characters is not taken apart.")
    parser = _Parser(text.lower())
    parsed = parser.type(MAX_DEPTH)
    parser.end()
    return parsed


def is_nested(col_type: str) -> bool:
    """Say whether a column's type is made of others that can be told apart."""
    return _parsed(col_type) is not None


def nested_types(column: NodeRef, col_type: str) -> list[Put]:
    """Put what a column's type is made of; nothing for a scalar and for what cannot be parsed."""
    parsed = _parsed(col_type)
    if parsed is None:
        return []
    return list(_put(column, (ColumnKey.parse(column.key).column,), parsed))


def _parsed(text: str) -> Type | None:
    return (_remembered if len(text) <= REMEMBERED_CHARACTERS else _nested)(text)


def _nested(text: str) -> Type | None:
    """Parse a type; None for a scalar and for what cannot be parsed."""
    try:
        parsed = parse_type(text)
    except Invalid:
        return None
    return None if parsed.kind == "scalar" else parsed


_remembered = lru_cache(maxsize=REMEMBERED)(_nested)


def _put(column: NodeRef, path: tuple[str, ...], of: Type, sort_order: int | None = None) -> Iterator[Put]:
    ref = _ref(column, path)
    outer = path[:-1]
    yield PutNode(ref, present(kind=of.kind, name=path[-1], data_type=of.text, sort_order=sort_order))
    yield link("SUBTYPE", _ref(column, outer), ref) if outer else link("TYPE_METADATA", column, ref)
    for number, (name, part) in enumerate(of.parts):
        # As in Amundsen, what an array of scalars holds is no node of its own.
        if of.kind != "array" or part.kind != "scalar":
            yield from _put(column, (*path, name), part, number if of.kind == "struct" else None)


def _ref(column: NodeRef, path: tuple[str, ...]) -> NodeRef:
    return NodeRef("Type_Metadata", str(TypeMetadataKey(column.key, path)))


class _Parser:
    """Reads types from left to right; `at` is where it stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def type(self, depth: int) -> Type:
        begin = self.at
        opening = _OPENING.match(self.text, self.at)
        if opening is None:
            self._scalar()
            return Type("scalar", self.text[begin : self.at].strip())
        if not depth:
            raise Invalid(f"A type nested deeper than {MAX_DEPTH} levels is not taken apart.")
        self.at = opening.end()
        kind = _KINDS[opening[1]]
        parts = self._parts(kind, depth - 1)
        self._take(_CLOSING[opening[2]])
        return Type(kind, self.text[begin : self.at].strip(), parts)

    def _parts(self, kind: str, depth: int) -> tuple[tuple[str, Type], ...]:
        if kind == "array":
            return (("_inner_", self.type(depth)),)
        if kind == "map":
            key = self.type(depth)
            self._take(",")
            return (("_map_key", key), ("_map_value", self.type(depth)))
        fields = [self._field(depth)]
        while self._next() == ",":
            self._take(",")
            fields.append(self._field(depth))
        return tuple(fields)

    def _field(self, depth: int) -> tuple[str, Type]:
        name = _FIELD.match(self.text, self.at)
        if name is None:
            raise self._wrong()
        self.at = name.end()
        return name[1] or name[2] or name[3], self.type(depth)

    def _scalar(self) -> None:
        """Skip a scalar: words, with balanced brackets behind or between them."""
        if not self._words():
            raise self._wrong()
        while self._next() in _CLOSING:
            self._brackets()
            self._words()

    def _words(self) -> bool:
        words = _WORDS.match(self.text, self.at)
        if words is not None:
            self.at = words.end()
        return words is not None and not words[0].isspace()

    def _brackets(self) -> None:
        expected: list[str] = []
        for found in _BRACKET.finditer(self.text, self.at):
            if found[0] in _CLOSING:
                expected.append(_CLOSING[found[0]])
            elif expected.pop() != found[0]:
                break
            if not expected:
                self.at = found.end()
                return
        raise self._wrong()

    def _next(self) -> str:
        """Return the next character that is no space, or nothing at the end."""
        while self.text[self.at : self.at + 1].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def _take(self, character: str) -> None:
        if self._next() != character:
            raise self._wrong()
        self.at += 1

    def end(self) -> None:
        """Raise Invalid unless everything was read."""
        if self.text[self.at :].strip():
            raise self._wrong()

    def _wrong(self) -> Invalid:
        return Invalid(f"{self.text[:80]!r} is not a type: it makes no sense from character {self.at + 1} on.")
