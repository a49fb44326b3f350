"""Nested types as the graph takes them apart: `array<…>`, `map<key,value>`, `struct<name:type,…>`."""

import re
from collections.abc import Sequence
from functools import lru_cache

MAX_DEPTH = 32
MAX_CHARACTERS = 100_000

_PLAIN = re.compile(r"[\w$]+")
_NESTED = re.compile(r"\]$|^\s*(?:STRUCT|MAP)\b", re.IGNORECASE)
_TOKEN = re.compile(r"""\s*('(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]|\[\d*\]|[^\s'"(),\[\]]+)""")


def array_of(element: str) -> str:
    return f"array<{element}>"


def map_of(key: str, value: str) -> str:
    return f"map<{key},{value}>"


def struct_of(fields: Sequence[tuple[str, str]]) -> str:
    """Write a struct; a name that is no plain word is quoted, as far as it can be."""
    return f"struct<{','.join(f'{_name(name)}:{type_}' for name, type_ in fields)}>"


def _name(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return name
    return f"`{name}`" if '"' in name and "`" not in name else '"{}"'.format(name.replace('"', "'"))


@lru_cache(maxsize=10_000)
def duckdb_type(text: str) -> str:
    """Rewrite a type as DuckDB writes it; one that is not nested, or not understood, stays as it is."""
    if not _NESTED.search(text) or len(text) > MAX_CHARACTERS:
        return text
    reader = _Reader(text)
    try:
        written = reader.type(MAX_DEPTH)
    except (IndexError, ValueError):
        return text
    return text if reader.left else written


class _Reader:
    """Reads the words of a type from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.left = [*_TOKEN.finditer(text)][::-1]

    def type(self, depth: int) -> str:
        """Read one type. Raises ValueError or IndexError for what is none."""
        if not depth:
            raise ValueError
        match self._next().upper():
            case "STRUCT":
                self.left.pop()
                text = struct_of(self._parts(depth - 1, named=True))
            case "MAP":
                self.left.pop()
                (_, key), (_, value) = self._parts(depth - 1, named=False)
                text = map_of(key, value)
            case _:
                text = self._scalar()
        while self._next().startswith("["):
            self.left.pop()
            text = array_of(text)
        return text

    def _parts(self, depth: int, *, named: bool) -> list[tuple[str, str]]:
        """Read what stands in brackets: types, each behind its name if it has one."""
        parts: list[tuple[str, str]] = []
        if self._word() != "(":
            raise ValueError
        while True:
            name = _unquoted(self._word()) if named else ""
            parts.append((name, self.type(depth)))
            match self._word():
                case ")":
                    return parts
                case ",":
                    continue
                case _:
                    raise ValueError

    def _scalar(self) -> str:
        """Read a type of one piece: words, and what stands in brackets behind or between them."""
        begin, depth = self.left[-1].start(1), 0
        while True:
            word = self.left.pop()
            depth += {"(": 1, ")": -1}.get(word[1], 0)
            if not depth and (self._next() in {"", ",", ")"} or self._next().startswith("[")):
                return self.text[begin : word.end(1)]

    def _next(self) -> str:
        return self.left[-1][1] if self.left else ""

    def _word(self) -> str:
        return self.left.pop()[1]


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
