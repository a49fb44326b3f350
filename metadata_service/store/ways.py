"""Ways to go on from a node: relations and the direction each is followed in, and what is asked of the nodes there."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from metadata_service.store.mutations import NodeRef
from schemas.graph import RELATIONS, Direction

_TURNED = {Direction.OUT: Direction.IN, Direction.IN: Direction.OUT}


class Way(NamedTuple):
    """One way along: by relations of a type, in a direction. Against it, the other way round."""

    relation: str
    direction: Direction


class Neighbour(NamedTuple):
    """A node next to another, and the number it is ranked by. Ranked: highest first, then by key, then by label."""

    ref: NodeRef
    rank: float


class Ask(NamedTuple):
    """Whose neighbours are wanted: those along the ways or against them, beginning behind `after` in their ranking."""

    near: NodeRef
    along: bool = True
    after: Neighbour | None = None


class Degrees(NamedTuple):
    """How many distinct nodes the ways lead to from a node, against them and along them."""

    against: int
    along: int


@cache
def leading(ways: tuple[Way, ...], label: str, along: bool) -> tuple[Way, ...]:
    """Return the ways that the graph model has from nodes of a label, turned round where they are gone against."""
    turned = [way if along else Way(way.relation, _TURNED[way.direction]) for way in ways]
    return tuple(way for way in turned if _starts(way, label))


def _starts(way: Way, label: str) -> bool:
    near = 0 if way.direction is Direction.OUT else 1
    return any(ends[near] == label for ends in RELATIONS[way.relation].ends)


def ranking(found: Neighbour) -> tuple[float, str, str]:
    """Return what neighbours sort by."""
    return -found.rank, found.ref.key, found.ref.label


def relations_of(ways: Sequence[Way]) -> list[str]:
    """Return the types of relations that ways follow."""
    return list(dict.fromkeys(way.relation for way in ways))
