"""How the template of a key is written and read: its fields, percent-encoded, and the class that keys are made of."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple, Self
from urllib.parse import unquote

from schemas.errors import InvalidKey

DASHBOARD = "_dashboard"
_SEGMENT = r"[^/]+"
_TABLE = rf"{_SEGMENT}://[^/.]+\.{_SEGMENT}/{_SEGMENT}"
_FEATURE = rf"{_SEGMENT}/{_SEGMENT}/{_SEGMENT}"
_MODEL = rf"mlflow://[^/.]+/model/{_SEGMENT}"


def encode(segment: str, more: str = "") -> str:
    """Percent-encode one segment, the characters of `more` included. Raises InvalidKey when it is empty."""
    if not segment:
        raise InvalidKey("A key has an empty part; every part needs at least one character.")
    segment = segment.replace("%", "%25").replace("/", "%2F")
    for character in more:
        segment = segment.replace(character, f"%{ord(character):02X}")
    return segment


def _encode_database(database: str) -> str:
    encoded = encode(database)
    return f"{encoded.removesuffix(DASHBOARD)}%5Fdashboard" if encoded.endswith(DASHBOARD) else encoded


def _encode_path(path: tuple[str, ...]) -> str:
    return "/".join(encode(segment) for segment in path or ("",))


def _decode_path(text: str) -> tuple[str, ...]:
    return tuple(unquote(segment) for segment in text.split("/"))


class _Field(NamedTuple):
    """How a field of a template looks, and how it is written and read."""

    pattern: str
    encode: Callable[[Any], str] = encode
    decode: Callable[[str], Any] = unquote


def _whole(pattern: str) -> _Field:
    compiled = re.compile(pattern, re.DOTALL)

    @lru_cache(maxsize=256)  # of one whole come many parts, one behind the other
    def check(text: str) -> str:
        if not compiled.fullmatch(text):
            raise InvalidKey(f"{text[:200]!r} is not a key that this one can hang under.")
        return text

    return _Field(f"(?:{pattern})", check, str)


_PLAIN = _Field(_SEGMENT)
_UNDOTTED = _Field(r"[^/.]+", lambda text: encode(text, "."))  # a table's place always has a dot behind it
_FIELDS = {
    "database": _Field(_SEGMENT, _encode_database),
    "cluster": _UNDOTTED,
    "instance": _UNDOTTED,
    "path": _Field(rf"{_SEGMENT}(?:/{_SEGMENT})*", _encode_path, _decode_path),
    "query_hash": _Field(r"[^/-]+", lambda text: encode(text, "-")),
    "table_key": _whole(_TABLE),
    "column_key": _whole(rf"{_TABLE}/{_SEGMENT}"),
    "dashboard_key": _whole(_TABLE),
    "feature_key": _whole(_FEATURE),
    "model_key": _whole(_MODEL),
    "measured_key": _whole(rf"{_TABLE}(?:/{_SEGMENT})?|{_FEATURE}"),
    "resource_key": _whole(rf"{_SEGMENT}://[^/]+(?:/{_SEGMENT})*|{_FEATURE}"),
}
_NAME = re.compile(r"\{(\w+)\}")


def _compile(template: str) -> re.Pattern[str]:
    pieces = _NAME.split(template)  # text, name, text, name, …
    return re.compile(
        "".join(f"({_FIELDS.get(p, _PLAIN).pattern})" if i % 2 else re.escape(p) for i, p in enumerate(pieces)),
        re.DOTALL,
    )


@dataclass(frozen=True)
class Key:
    """A parsed key; `str(key)` is its text. Formatting raises InvalidKey for an empty part or a wrong `_key`."""

    label: ClassVar[str]
    template: ClassVar[str]
    _names: ClassVar[list[str]]
    _parts: ClassVar[list[tuple[str, Callable[[Any], str]]]]
    _form: ClassVar[str]
    _pattern: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls) -> None:
        cls._names = _NAME.findall(cls.template)
        cls._parts = [(name, _FIELDS.get(name, _PLAIN).encode) for name in cls._names]
        cls._form = _NAME.sub("{}", cls.template)
        cls._pattern = _compile(cls.template)

    def __str__(self) -> str:
        return self._form.format(*[encoded(getattr(self, name)) for name, encoded in self._parts])

    @classmethod
    def text(cls, *parts: Any) -> str:
        """Return the text of the key with these parts, for who needs no key. Raises InvalidKey as `str` does."""
        return cls._form.format(*[encoded(part) for part, (_, encoded) in zip(parts, cls._parts, strict=True)])

    @classmethod
    def texts(cls, *outer: Any) -> Callable[[Any], str]:
        """Return what makes texts of keys that have all parts but the last in common. Raises InvalidKey as `text` does.

        For templates that end with their last part.
        """
        pairs = zip(outer, cls._parts[:-1], strict=True)
        begin = cls._form.removesuffix("{}").format(*[encoded(part) for part, (_, encoded) in pairs])
        encode_last = cls._parts[-1][1]
        return lambda part: begin + encode_last(part)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Split a key into its parts. Raises InvalidKey when it does not follow the grammar of its kind."""
        found = cls._pattern.fullmatch(text)
        if found is None:
            raise InvalidKey(f"{text[:200]!r} is not the key of a {cls.label}: {cls.template}.")
        parts = zip(cls._names, found.groups(), strict=True)
        return cls(*(_FIELDS.get(name, _PLAIN).decode(part) for name, part in parts))
