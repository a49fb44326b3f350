"""Sweep lineage: everything downstream or upstream of a node, each node once, in as few store calls as there can be.

Nearly all lineage is of one relation, and one call reaches through it. The other relations are followed from what that
has found, and what is new goes round again until nothing is.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from metadata_service.lineage.distances import distances
from metadata_service.lineage.relations import DOWNSTREAM
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.ways import Way, leading
from schemas.graph import Direction

_ROUNDS = 100  # more changes from one relation to another than any lineage has

Fars = Mapping[int, Sequence[int]]


@dataclass(frozen=True, slots=True)
class Sweep:
    """What was found. `nodes[0]` is the start; the rest speaks of places in `nodes`.

    `levels`: the distance of each, nearest first; `fars`: where the steps from each lead. `complete` is False when the
    budget ended the sweep.
    """

    nodes: list[NodeRef]
    levels: dict[int, int]
    fars: Fars
    complete: bool


def sweep(store: GraphStore, start: NodeRef, along: bool, depth: int, most: int) -> Sweep:
    """Find what is at most `depth` steps downstream (along) or upstream, by at most `most` relations."""
    return _Sweeping(store, start, along, depth, most).run()


class _Sweeping:
    """One sweep under way."""

    def __init__(self, store: GraphStore, start: NodeRef, along: bool, depth: int, most: int) -> None:
        self._store, self._start, self._along, self._depth, self._left = store, start, along, depth, most
        self._nodes = [start]
        self._places = {start: 0}
        self._fars: dict[int, list[int]] = defaultdict(list)
        self._followed: dict[str, set[int]] = defaultdict(set)  # by relation: the nodes it was followed from

    def run(self) -> Sweep:
        self._reach()
        levels = distances(self._fars, 0, self._depth)
        self._followed[DOWNSTREAM[0].relation].update(p for p, level in levels.items() if level < self._depth)
        for _ in range(_ROUNDS):
            todo = self._todo(levels)
            if not todo or self._left < 0:
                break
            for way, places in todo.items():
                self._follow(way, places)
            levels = distances(self._fars, 0, self._depth)
        else:
            self._left = -1
        return Sweep(self._nodes, levels, self._fars, self._left >= 0)

    def _reach(self) -> None:
        (way, *_) = leading(DOWNSTREAM, self._start.label, self._along)
        nodes, steps = self._store.reach(self._start, [way.relation], way.direction, self._depth, self._left + 1)
        self._nodes, self._places = nodes, {ref: place for place, ref in enumerate(nodes)}
        for near, far in steps[: self._left]:
            self._fars[near].append(far)
        self._left -= len(steps)

    def _todo(self, levels: Mapping[int, int]) -> dict[Way, list[int]]:
        todo: dict[Way, list[int]] = defaultdict(list)
        for place, level in levels.items():
            if level < self._depth:
                for way in leading(DOWNSTREAM, self._nodes[place].label, self._along):
                    if place not in self._followed[way.relation]:
                        todo[way].append(place)
        return todo

    def _follow(self, way: Way, places: Sequence[int]) -> None:
        refs = [self._nodes[place] for place in places]
        found = self._store.neighbourhood(refs, [way.relation], way.direction, max(0, self._left) + 1)
        for _, source, target in found[: max(0, self._left)]:
            near, far = (source, target) if way.direction is Direction.OUT else (target, source)
            self._fars[self._places[near]].append(self._place(far))
        self._left -= len(found)
        self._followed[way.relation].update(places)

    def _place(self, ref: NodeRef) -> int:
        place = self._places.setdefault(ref, len(self._nodes))
        if place == len(self._nodes):
            self._nodes.append(ref)
        return place
