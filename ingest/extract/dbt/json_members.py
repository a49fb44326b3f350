"""Read a large JSON object piece by piece: where its members are is found once, each is parsed when it is asked for.

The file itself is held (a manifest of 200 MB needs about that much memory), what it says is not. A member that is no
JSON harms no other one.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from schemas.errors import InvalidSource

MAX_BYTES = 1_000_000_000

_PEEKED = 1_000

_STRING = rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"'
_OUTER = re.compile(rb"[^\"{}\[\]:,]*+(" + _STRING + rb"|[{}\[\]:,])", re.DOTALL)
_BRACKET = re.compile(rb"(?:[^\"{}\[\]]++|" + _STRING + rb")*+([{}\[\]])", re.DOTALL)  # skips what is in strings
_OPENING, _CLOSING = (b"{", b"["), (b"}", b"]")


class BadMember(Exception):
    """A member of the object is no JSON; the text says why."""


class Members(Mapping[str, Any]):
    """The members of an object, parsed when they are read. Raises BadMember then, InvalidSource at once if cut off."""

    def __init__(self, data: bytes, name: str, start: int = 0) -> None:
        self._data = data
        self._name = name
        self._places = dict(_members(data, name, start))

    def __getitem__(self, key: str) -> Any:
        start, end = self._places[key]
        try:
            return orjson.loads(self._data[start:end])
        except orjson.JSONDecodeError as error:
            raise BadMember(f"is no JSON: {error}") from None

    def __contains__(self, key: object) -> bool:
        return key in self._places  # what a Mapping does by itself reads the member

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def within(self, key: str) -> "Members":
        """Return the members of a member, none if there is no such one. Raises InvalidSource for what is no object."""
        start, end = self._places.get(key, (0, 0))
        begins = self._data[start : min(end, start + _PEEKED)].strip()
        if begins in {b"", b"null"}:
            return Members(b"{}", self._name)
        if not begins.startswith(b"{"):
            raise InvalidSource(f"{self._name}: {key} is no object.")
        return Members(self._data, f"{self._name}: {key}", start)


def read_object(path: Path) -> Members:
    """Read a file of one JSON object. Raises InvalidSource when it is none, is too large or cannot be read."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise InvalidSource(f"{path.name} has {size:,} bytes; at most {MAX_BYTES:,} are read.")
        data = path.read_bytes()
    except OSError as error:
        raise InvalidSource(f"{path} cannot be read: {error.strerror}.") from error
    if not data[:_PEEKED].removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise InvalidSource(f"{path.name} is no JSON object.")
    return Members(data, path.name)


def _members(data: bytes, name: str, start: int) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yield each key of the object that begins at a place, with where its value begins and ends."""
    at = data.index(b"{", start) + 1
    key = None
    value = at
    while found := _OUTER.match(data, at):
        at = found.end()
        token = found[1]
        if token in _OPENING:
            at = _end(data, at, name, key)
        elif token == b":":
            value = at
        elif token == b"," or token in _CLOSING:
            if key is not None:
                yield key, (value, found.start(1))
            if token in _CLOSING:
                return
            key = None
        elif key is None:
            key = _key(token, name)
    raise _cut_off(name, key)


def _end(data: bytes, at: int, name: str, key: str | None) -> int:
    """Return where the value ends whose first bracket was just read."""
    depth = 1
    while depth:
        found = _BRACKET.match(data, at)
        if found is None:
            raise _cut_off(name, key)
        depth += 1 if found[1] in _OPENING else -1
        at = found.end()
    return at


def _key(text: bytes, name: str) -> str:
    try:
        return str(orjson.loads(text))
    except orjson.JSONDecodeError as error:
        raise InvalidSource(f"{name}: the key {text[:80]!r} is no JSON: {error}.") from None


def _cut_off(name: str, key: str | None) -> InvalidSource:
    return InvalidSource(
        f"{name} is cut off{f' in {key}' if key is not None else ''}: the file ends before it is closed."
    )
