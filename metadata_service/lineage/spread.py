"""Spread from a node through lineage: of each node that is met the most used neighbours, within a budget.

A store call answers for a whole frontier, upstream and downstream in one. What does not pass is not followed.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from metadata_service.lineage.relations import DOWNSTREAM
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.ways import Ask, Neighbour
from schemas.graph import READS

Passing = Callable[[Collection[NodeRef]], Collection[NodeRef]]  # which of these nodes are to be shown

_PAGE = 200  # neighbours looked at in one go where some of them may not pass,
_GROWTH = 4  # and how many times as many the next time: a page costs a store the ranking of all

Sides = Mapping[bool, Neighbour | None]  # along and against the ways: behind which neighbour of the start to begin


@dataclass(slots=True)
class Spread:
    """What was met, in order, with its distance downstream (along) or upstream of the start.

    `goes_on`: the last neighbour of the start that was looked at, on the sides that have more. `complete`: nothing
    that passes was left out within the depth.
    """

    distances: dict[bool, dict[NodeRef, int]]
    goes_on: dict[bool, Neighbour] = field(default_factory=dict)
    complete: bool = True

    @property
    def nodes(self) -> list[NodeRef]:
        """Everything met, the start first."""
        met: dict[NodeRef, int] = {}
        for distances in self.distances.values():
            met.update(distances)
        return list(met)


class _Taken:
    """The neighbours taken of one node so far. `more`: there are others that pass, or may; `ask` is for those."""

    __slots__ = ("ask", "done", "more", "refs")

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.refs: list[NodeRef] = []
        self.more, self.done = True, False

    def add(self, page: Sequence[Neighbour], passing: Collection[NodeRef] | None, size: int, limit: int) -> None:
        last = self.ask.after
        for found in page:
            if passing is None or found.ref in passing:
                if len(self.refs) == limit:
                    self.done = True
                    break
                self.refs.append(found.ref)
            last = found
        else:
            if len(page) < size:
                self.more, self.done = False, True
        if self.more:
            self.ask = self.ask._replace(after=last)


def spread(
    store: GraphStore, start: NodeRef, sides: Sides, depth: int, limit: int, most: int, passing: Passing | None = None
) -> Spread:
    """Spread `depth` levels far, to `limit` neighbours of each node, looking at about `most` neighbours in all."""
    found = Spread({along: {start: 0} for along in sides})
    asks = [Ask(start, along, after) for along, after in sides.items()]
    for level in range(1, depth + 1):
        taken, most = _take(store, asks, limit, most, passing)
        asks = []
        for each in taken:
            _, along, last = each.ask
            met = found.distances[along]
            if each.more:
                found.complete = False
                if level == 1 and last is not None:
                    found.goes_on[along] = last
            fresh = [ref for ref in each.refs if ref not in met]
            met.update(dict.fromkeys(fresh, level))
            if level < depth:
                asks += [Ask(ref, along) for ref in fresh]
        if not asks:
            break
    return found


def _take(
    store: GraphStore, asks: Sequence[Ask], limit: int, most: int, passing: Passing | None
) -> tuple[list[_Taken], int]:
    """Take the first neighbours that pass of each node, page by page; also return what is left of the budget."""
    least, growth = (limit + 1, 1) if passing is None else (max(limit + 1, _PAGE), _GROWTH)
    size = least
    taken = list(map(_Taken, asks))
    waiting = taken
    while waiting and most > 0:
        now = waiting[: max(1, most // size)]
        pages = store.neighbours([each.ask for each in now], DOWNSTREAM, READS, size)
        kept = None if passing is None else passing({found.ref for page in pages for found in page})
        for each, page in zip(now, pages, strict=True):
            each.add(page, kept, size, limit)
        most -= sum(map(len, pages))
        size = max(least, min(growth * size, most))
        waiting = [each for each in now if not each.done] + waiting[len(now) :]
    return taken, most
