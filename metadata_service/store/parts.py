"""The graph cut into parts that are paged, copied and compared one at a time: nodes of a label, relations of a kind."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Protocol

import orjson

from metadata_service.store.mutations import Edge, EdgeRef, Node
from metadata_service.store.port import GraphStore
from schemas.graph import LABELS, RELATIONS

PAGE = 1000
CURSOR = "Fram_Copy"  # where an unfinished copy stands: belongs to one store and is no part of the graph

_CHECKSUM_BYTES = 16

Item = Node | Edge
Position = tuple[str, ...]  # the keys that say where an item stands in its part


class Part(Protocol):
    """Nodes or relations of one kind."""

    @property
    def name(self) -> str:
        """How messages call it; unique."""

    def page(self, store: GraphStore, after: Position) -> Sequence[Item]:
        """List at most PAGE items behind `after`, in order; behind the empty position is everything."""


@dataclass(frozen=True, slots=True)
class NodePart:
    """All nodes of a label."""

    name: str

    def page(self, store: GraphStore, after: Position) -> Sequence[Item]:
        (key,) = after or ("",)
        return store.list_nodes(self.name, key, PAGE)


@dataclass(frozen=True, slots=True)
class EdgePart:
    """All relations of a type between two labels."""

    type: str
    source: str
    target: str

    @property
    def name(self) -> str:
        return f"{self.type} from {self.source} to {self.target}"

    def page(self, store: GraphStore, after: Position) -> Sequence[Item]:
        source, target = after or ("", "")
        return store.list_edges(self.type, self.source, self.target, (source, target), PAGE)


# Nodes first: a relation needs its ends.
PARTS: tuple[Part, ...] = (
    *(NodePart(label) for label in LABELS if label != CURSOR),
    *(EdgePart(relation.type, *ends) for relation in RELATIONS.values() for ends in sorted(relation.ends)),
)


def position(item: Item) -> Position:
    """Return where an item stands in its part."""
    ref = item.ref
    return (ref.source.key, ref.target.key) if isinstance(ref, EdgeRef) else (ref.key,)


def pages(store: GraphStore, part: Part, after: Position = ()) -> Iterator[Sequence[Item]]:
    """Page through a part, beginning behind `after`."""
    while page := part.page(store, after):
        yield page
        after = position(page[-1])


def items(store: GraphStore, part: Part) -> Iterator[Item]:
    """Go through a part."""
    return chain.from_iterable(pages(store, part))


def common(some: Iterator[Item], others: Iterator[Item]) -> Iterator[Item]:
    """Return those of `some` that `others` have too, as `some` has them."""
    other = next(others, None)
    for item in some:
        while other is not None and position(other) < position(item):
            other = next(others, None)
        if other is not None and position(other) == position(item):
            yield item


@dataclass(frozen=True, slots=True)
class Checksum:
    """How many items there are and a sum over their content, in whatever order they come."""

    count: int
    total: int


def checksum(of: Iterable[Item], without: Sequence[str] = ()) -> Checksum:
    """Count and sum up items, properties with their types included, leaving out those named by `without`."""
    count = total = 0
    for item in of:
        props = {name: value for name, value in item.props.items() if name not in without}
        text = orjson.dumps([position(item), props], option=orjson.OPT_SORT_KEYS)  # writes 1, 1.0 and true apart
        count += 1
        total += int.from_bytes(hashlib.blake2b(text, digest_size=_CHECKSUM_BYTES).digest(), "big")
    return Checksum(count, total)
