"""Walk lineage breadth-first: one store call for what is around, then each node once, within a budget."""

from collections import defaultdict
from dataclasses import dataclass

from metadata_service.lineage.distances import distances
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.graph import Direction

LINEAGE = ("HAS_DOWNSTREAM",)


@dataclass(frozen=True, slots=True)
class Budget:
    """Where a walk ends at the latest: how many levels away, and after how many relations."""

    depth: int
    steps: int


@dataclass(frozen=True, slots=True)
class Walk:
    """What a walk found. `nodes[0]` is the start; everything else speaks of places in `nodes`.

    `levels` has the distance of each node that was met, the start at 0; `steps` every relation walked, as (near, far),
    level by level. `complete` is False when the budget ended the walk before everything within the depth was seen.
    """

    nodes: list[NodeRef]
    levels: dict[int, int]
    steps: list[tuple[int, int]]
    complete: bool


def walk(store: GraphStore, start: NodeRef, direction: Direction, budget: Budget) -> Walk:
    """Walk from `start` along lineage: OUT is downstream, IN upstream. Only nodes of the start's label are followed.

    Levels are shortest distances; cycles end where they meet what has been seen.
    """
    nodes, steps = store.reach(start, LINEAGE, direction, budget.depth, budget.steps + 1)
    fars: dict[int, list[int]] = defaultdict(list)
    for near, far in steps[: budget.steps]:
        if nodes[far].label == start.label:
            fars[near].append(far)
    levels = distances(fars, 0, budget.depth)
    walked = [(near, far) for near, level in levels.items() if level < budget.depth for far in fars.get(near, ())]
    return Walk(nodes, levels, walked, complete=len(steps) <= budget.steps)
