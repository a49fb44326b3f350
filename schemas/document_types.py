"""What a declaration of a search document is made of, and the checking of documents against it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType
from typing import Any

from schemas.errors import Invalid

MAX_DOCUMENT_CHARACTERS = 5_000_000

Value = str | int | float | bool | list[str]
Document = Mapping[str, Value]


class FieldType(Enum):
    """How a field is understood."""

    NAME = "name"  # an identifier or somebody's name: split at case, digits and punctuation; found by its beginning
    PROSE = "prose"  # sentences
    KEYWORD = "keyword"  # compared as a whole, regardless of case
    NUMBER = "number"
    TIME = "time"  # seconds since the epoch
    FLAG = "flag"
    STORED = "stored"  # shown, never searched


TEXTS = (FieldType.NAME, FieldType.PROSE)
FILTERED = (*TEXTS, FieldType.KEYWORD)
_Types = tuple[type, ...]
_TEXT: _Types = (str,)
_PYTHON_TYPES: Mapping[FieldType, _Types] = {
    FieldType.NUMBER: (int, float),
    FieldType.TIME: (int, float),
    FieldType.FLAG: (bool,),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a document.

    `weight`: what a match counts for in relevance, 0 when plain text is not looked for here. `called`: what an
    explanation calls it. `v1`, `v2`: the names under which Amundsen's replies show it.
    """

    name: str
    type: FieldType
    weight: float = 0.0
    many: bool = False
    facet: bool = False
    filters: tuple[str, ...] = ()
    called: str = ""
    v1: tuple[str, ...] = ()
    v2: tuple[str, ...] = ()
    python_types: _Types = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "python_types", _PYTHON_TYPES.get(self.type, _TEXT))


@dataclass(frozen=True, eq=False)
class Resource:
    """One kind of resource that can be searched.

    `exact`: ways to spell a resource out in full, each a sequence of fields: text equal to one of them is an exact
    name. `usage`, `readers`, `recency`: the fields to sort by, and to say how many people read it.
    """

    kind: str
    label: str
    fields: tuple[Field, ...]
    exact: tuple[tuple[str, ...], ...]
    usage: str
    readers: str
    recency: str | None
    by_name: Mapping[str, Field] = field(init=False, repr=False)
    by_filter: Mapping[str, tuple[Field, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        named = {item.name: item for item in self.fields}
        names = dict.fromkeys(name for item in self.fields for name in item.filters)
        filters = {name: tuple(item for item in self.fields if name in item.filters) for name in names}
        object.__setattr__(self, "by_name", MappingProxyType(named))
        object.__setattr__(self, "by_filter", MappingProxyType(filters))

    @property
    def facets(self) -> tuple[str, ...]:
        """The names of the fields whose values are counted."""
        return tuple(item.name for item in self.fields if item.facet)

    def check(self, key: str, document: Document) -> None:
        """Raise Invalid, naming the field, for a document that is not of this kind."""
        if not key or document.get("key") != key or document.get("resource_type") != self.kind:
            raise Invalid(f"The document of {self.kind} {key!r} does not carry its own key and resource_type.")
        items: list[Any] = []
        for name, value in document.items():
            try:
                declared = self.by_name[name]
            except KeyError:
                raise Invalid(f"A {self.kind} document has no field {name!r}.") from None
            many = isinstance(value, list)
            if declared.many != many:
                raise Invalid(f"{name} must be {'a list of texts' if declared.many else 'one value'}.")
            if many:
                items += value  # type: ignore[arg-type]
            elif declared.python_types is _TEXT:
                items.append(value)
            else:
                items.append(_checked(declared, value))
        size = self._size(items, document)
        if size > MAX_DOCUMENT_CHARACTERS:
            raise Invalid(f"The document has {size} characters; at most {MAX_DOCUMENT_CHARACTERS} can be indexed.")

    def _size(self, items: Sequence[Any], document: Document) -> int:
        """Return how long all values are as text. All are looked at in one go, and each field only to name it."""
        try:
            text: str = "".join(items)
            text.isascii() or text.encode()
        except (TypeError, UnicodeEncodeError):
            for name, value in document.items():
                for item in value if isinstance(value, list) else [value]:
                    _check_text(_checked(self.by_name[name], item), name)
            raise
        return len(text)


def texts(document: Document, name: str) -> list[str]:
    """Return the values of a field as text, in their order; none when it is absent."""
    value = document.get(name)
    if value is None:
        return []
    if isinstance(value, list):
        return value
    return [str(value).lower() if isinstance(value, bool) else str(value)]


def number(document: Document, name: str | None) -> float:
    """Return a field as a number, 0 when it is absent."""
    value = document.get(name) if name else None
    return float(value) if isinstance(value, int | float) else 0.0


def _check_text(text: str, name: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid(f"{name} holds half a surrogate pair, which is no text.") from None


def _checked(declared: Field, item: Value) -> str:
    """Return one value as text."""
    if not isinstance(item, declared.python_types) or (isinstance(item, bool) and bool not in declared.python_types):
        raise Invalid(f"{declared.name} is {item!r}; it must be a {declared.type.value}.")
    if isinstance(item, int | float) and not -(2**53) < item < 2**53:
        raise Invalid(f"{declared.name} is {item!r}, which is no number of at most 2^53.")
    return str(item)
