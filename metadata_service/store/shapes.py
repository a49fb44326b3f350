"""Shapes: what an endpoint needs from the graph, declared as a nested selection that each adapter compiles.

A `Shape` starts at nodes of one label; its `children` follow relations. A record's `props` hold at least the selected
properties that are present (absent ones may be missing or None; never rely on either), `edge` the selected properties
of the relation walked, `children` one list per declared child, in the declared order with the key as tie-break
(nulls last whichever the direction; by key alone where no order is given), cut at `limit` per parent. A node reached
by several relations is listed once, with the relation whose type `via` names first. Values of several types sort as
in Neo4j: lists, then text by code point, then booleans, then numbers.
`repeat` goes on from each child by further relation types, as deep as they reach (at most MAX_NESTING deep, and never
through one node twice on a path): what is found hangs under the child NESTED, selected in the same way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Literal, TypeVar

from schemas.graph import Direction, Value

MAX_NESTING = 32
NESTED = "nested"

Props = dict[str, Value]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by one property of the node or of the relation walked; nulls last."""

    name: str
    on: Literal["node", "edge"] = "node"
    descending: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Select:
    """Follow relations `via` to nodes labelled `to`. `props=None` selects all properties.

    `where` tests equality; None asks for a property's absence. `counted` asks only how many there are: what the records
    hold, their keys too, is left to the store.
    """

    via: tuple[str, ...]
    to: str
    direction: Direction = Direction.OUT
    props: tuple[str, ...] | None = ()
    edge_props: tuple[str, ...] = ()
    children: Mapping[str, "Select"] = field(default_factory=dict)
    where: Mapping[str, Value | None] = field(default_factory=dict)
    order: tuple[Order, ...] = ()
    limit: int | None = None
    repeat: tuple[str, ...] = ()
    counted: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What to read of the nodes labelled `label`. Compared by identity, so that adapters can compile each one once."""

    label: str
    props: tuple[str, ...] | None = ()
    children: Mapping[str, Select] = field(default_factory=dict)


class Record:
    """One node as a shape selected it."""

    __slots__ = ("children", "edge", "key", "props")

    def __init__(self, key: str, props: Props, edge: Props, children: "dict[str, list[Record]]") -> None:
        self.key = key
        self.props = props
        self.edge = edge
        self.children = children

    def __repr__(self) -> str:
        return f"Record({self.key!r}, {self.props!r}, {self.edge!r}, {self.children!r})"


def differs(before: Value | None, after: Value | None) -> bool:
    """Compare two values as stores do: 1, 1.0 and True are three values."""
    return before != after or type(before) is not type(after)


def matches(props: Mapping[str, Value], where: Mapping[str, Value | None]) -> bool:
    """Say whether properties pass the tests of a selection."""
    for name, value in where.items():
        found = props.get(name)
        if found is not value and differs(found, value):
            return False
    return True


def sort_key(value: Value) -> tuple[int, Value]:
    """Return what values of one property sort by, ascending."""
    match value:
        case bool():
            return 2, value
        case int() | float():
            return 3, value
        case str():
            return 1, value
        case _:
            return 0, value


def arrange(items: list[T], order: Sequence[Order], value: Callable[[T, Order], Value | None]) -> list[T]:
    """Sort what is in key order already by what a selection declares; `value` finds what an item is sorted by."""
    for wanted in reversed(order):
        valued = [(value(item, wanted), item) for item in items]
        present = [(found, item) for found, item in valued if found is not None]
        alike = len({type(found) for found, _ in present}) == 1
        present.sort(key=itemgetter(0) if alike else lambda pair: sort_key(pair[0]), reverse=wanted.descending)
        items = [item for _, item in present] + [item for found, item in valued if found is None]
    return items
