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

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.graph import Direction, Value

MAX_NESTING = 32
NESTED = "nested"

Props = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Order:
    """Sort by one property of the node or of the relation walked; nulls last."""

    name: str
    on: Literal["node", "edge"] = "node"
    descending: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Select:
    """Follow relations `via` to nodes labelled `to`. `props=None` selects all properties; `where` tests equality."""

    via: tuple[str, ...]
    to: str
    direction: Direction = Direction.OUT
    props: tuple[str, ...] | None = ()
    edge_props: tuple[str, ...] = ()
    children: Mapping[str, "Select"] = field(default_factory=dict)
    where: Mapping[str, Value] = field(default_factory=dict)
    order: tuple[Order, ...] = ()
    limit: int | None = None
    repeat: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What to read of the nodes labelled `label`. Compared by identity, so that adapters can compile each one once."""

    label: str
    props: tuple[str, ...] | None = ()
    children: Mapping[str, Select] = field(default_factory=dict)


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
