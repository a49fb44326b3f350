"""Walk lineage breadth-first: one store call a level for the whole frontier, each node once, within a budget."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from metadata_service.store.mutations import EdgeRef, NodeRef
from metadata_service.store.port import GraphStore
from schemas.graph import Direction

LINEAGE = ("HAS_DOWNSTREAM",)


@dataclass(frozen=True, slots=True)
class Budget:
    """Where a walk ends at the latest: levels, relations looked at, seconds."""

    depth: int
    edges: int
    seconds: float


class Step(NamedTuple):
    """A relation walked, from the nearer node to the farther."""

    near: NodeRef
    far: NodeRef


@dataclass(slots=True)
class Walk:
    """What a walk found: the level of each node, the start at 0, and every relation it came by.

    `complete` is False when the budget ended the walk before everything within the depth was seen.
    """

    levels: dict[NodeRef, int]
    steps: list[Step] = field(default_factory=list)
    complete: bool = True


def walk(
    store: GraphStore,
    start: NodeRef,
    direction: Direction,
    budget: Budget,
    clock: Callable[[], float] = time.monotonic,
) -> Walk:
    """Walk from `start` along lineage: OUT is downstream, IN upstream. Only nodes of the start's label are followed.

    Levels are shortest distances; cycles end where they meet what has been seen. Steps come level by level, in the
    order of (near key, far key).
    """
    found = Walk({start: 0})
    deadline = clock() + budget.seconds
    frontier: Sequence[NodeRef] = [start]
    for level in range(1, budget.depth + 1):
        if not frontier or not found.complete:
            break
        if clock() > deadline:
            found.complete = False
            break
        room = budget.edges - len(found.steps)
        edges = store.neighbourhood(frontier, LINEAGE, direction, room + 1)  # one more says whether there are more
        found.complete = len(edges) <= room
        steps = list(_steps(edges[:room], direction, start.label))
        fresh = dict.fromkeys(step.far for step in steps if step.far not in found.levels)
        found.levels.update(dict.fromkeys(fresh, level))
        found.steps += steps
        frontier = list(fresh)
    return found


def _steps(edges: Sequence[EdgeRef], direction: Direction, label: str) -> Iterator[Step]:
    for edge in edges:
        step = Step(edge.source, edge.target) if direction is Direction.OUT else Step(edge.target, edge.source)
        if step.far.label == label:
            yield step
