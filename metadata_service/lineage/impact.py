"""What changes when something does: everything downstream, the nearest first, and whom to tell."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from metadata_service.catalog.writes import require
from metadata_service.lineage.relations import KINDS
from metadata_service.lineage.sweep import Sweep, sweep
from metadata_service.lineage.views import BRIEF, fetch_views
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.lineage import Affected, OwnerCount

MOST_RELATIONS = 1_000_000  # a sweep holds all of them in memory
_ANY_DEPTH = 1_000_000
_AT_ONCE = 2_000  # nodes read by one store call


@dataclass(frozen=True, slots=True)
class Found:
    """What was found downstream of a node, before what is known of each is read."""

    start: NodeRef
    sweep: Sweep

    def __len__(self) -> int:
        return len(self.sweep.levels) - 1

    @property
    def complete(self) -> bool:
        """Whether this is all there is."""
        return self.sweep.complete


def find_impact(store: GraphStore, start: NodeRef, most: int = MOST_RELATIONS) -> Found:
    """Find everything downstream. Raises NotFound."""
    require(store, start, f"{start.key} does not exist")
    return Found(start, sweep(store, start, along=True, depth=_ANY_DEPTH, most=most))


def affected(store: GraphStore, found: Found) -> Iterator[Affected]:
    """Read what is downstream, the nearest first, of each distance the most used first."""
    for some in _portions(found.sweep):
        yield from _ranked(store, some)


def _portions(found: Sweep) -> Iterator[dict[NodeRef, int]]:
    """Cut what was found into whole distances, as many together as are worth a store call; a chain has one of each."""
    levels = iter(found.levels.items())
    next(levels)  # the start
    portion: dict[NodeRef, int] = {}
    for _, same in groupby(levels, lambda item: item[1]):
        portion |= {found.nodes[place]: distance for place, distance in same}
        if len(portion) >= _AT_ONCE:
            yield portion
            portion = {}
    yield portion


def _ranked(store: GraphStore, some: dict[NodeRef, int]) -> list[Affected]:
    refs = list(some)
    items = [
        Affected(KINDS[ref.label], ref.key, view.name, some[ref], view.owners, view.usage, view.gone_since)
        for begin in range(0, len(refs), _AT_ONCE)
        for ref, view in fetch_views(store, refs[begin : begin + _AT_ONCE], BRIEF).items()
    ]
    return sorted(items, key=lambda item: (item.distance, -item.usage, item.key, item.kind))


class Tally:
    """Counts what goes by, by kind and by owner."""

    def __init__(self) -> None:
        self._kinds: Counter[str] = Counter()
        self._owners: Counter[str] = Counter()

    def counting(self, items: Iterator[Affected]) -> Iterator[Affected]:
        """Pass items on."""
        for item in items:
            self._kinds[item.kind] += 1
            self._owners.update(item.owners)
            yield item

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind there were."""
        return {kind: self._kinds[kind] for kind in KINDS.values() if self._kinds[kind]}

    @property
    def owners(self) -> list[OwnerCount]:
        """Whom to tell, those of the most first."""
        return [OwnerCount(*pair) for pair in sorted(self._owners.items(), key=lambda pair: (-pair[1], pair[0]))]
