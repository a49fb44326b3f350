"""Shortest distances, breadth-first: of nodes, or of what stands for them."""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def distances(fars: Mapping[T, Iterable[T]], start: T, depth: int | None = None) -> dict[T, int]:
    """Return how far everything is that steps lead to from `start`, as far as `depth`, nearest first."""
    found, frontier, level = {start: 0}, [start], 0
    while frontier and level != depth:
        level += 1
        frontier = list(dict.fromkeys(far for near in frontier for far in fars.get(near, ()) if far not in found))
        found.update(dict.fromkeys(frontier, level))
    return found
