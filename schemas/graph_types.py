"""What the graph model is declared in: labels with typed properties, and relations with their ends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

Value = str | int | float | bool | list[str]
PropertyType = type[str] | type[int] | type[float] | type[bool] | type[list[str]]


class Direction(Enum):
    """Which way a relation is followed from where one stands."""

    OUT = "out"
    IN = "in"

    __hash__ = object.__hash__  # each member is single; Enum's own goes through Python whenever one is looked up


@dataclass(frozen=True, slots=True)
class Label:
    """One kind of node. `shown_by`: (relation type, direction) from here to the entities whose documents show it."""

    name: str
    properties: Mapping[str, PropertyType]
    root: bool = False
    shown_by: tuple[tuple[str, Direction], ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """One kind of relation between given ends; `reverse` is the type Amundsen writes the other way round."""

    type: str
    reverse: str
    ends: frozenset[tuple[str, str]]
    properties: Mapping[str, PropertyType] = field(default_factory=dict)
    touches: frozenset[str] = frozenset()


def define_label(
    name: str, /, *, root: bool = False, shown_by: tuple[tuple[str, Direction], ...] = (), **props: PropertyType
) -> Label:
    """Declare a label with its properties by name."""
    return Label(name, MappingProxyType(props), root, shown_by)


def define_relation(
    kind: str,
    ends: str | list[tuple[str, str]],
    touches: frozenset[str] = frozenset(),
    **props: PropertyType,
) -> Relation:
    """Declare `TYPE/REVERSE` between `Source>Target` ends."""
    forward, _, reverse = kind.partition("/")
    pairs = [(pair.split(">")[0], pair.split(">")[1]) for pair in ends.split()] if isinstance(ends, str) else ends
    return Relation(forward, reverse, frozenset(pairs), MappingProxyType(props), touches)


def pairs(sources: tuple[str, ...], *targets: str) -> list[tuple[str, str]]:
    """Return the ends from each source to each target."""
    return [(source, target) for source in sources for target in targets]
