"""The shortest paths from one node downstream to another, bounded in number, length and work."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice

from metadata_service.catalog.writes import require
from metadata_service.lineage.distances import distances
from metadata_service.lineage.relations import KINDS
from metadata_service.lineage.sweep import Sweep, sweep
from metadata_service.lineage.views import BRIEF, fetch_views
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.lineage import Paths, Stop

MAX_LENGTH = 1_000

_Pair = tuple[NodeRef, NodeRef]


def find_paths(store: GraphStore, source: NodeRef, target: NodeRef, limit: int, most: int) -> Paths:
    """Return at most `limit` of the shortest paths, looking at about 3 * `most` relations. Raises NotFound."""
    for end in (source, target):
        require(store, end, f"There is no {KINDS[end.label]} with key {end.key}.")
    pairs, sure = _edges(store, source, target, most)
    found = list(islice(_paths(pairs, source, target), limit + 1))
    views = fetch_views(store, {ref for path in found[:limit] for ref in path}, BRIEF)
    paths = [
        [Stop(KINDS[ref.label], ref.key, views[ref].name if ref in views else ref.key) for ref in path]
        for path in found[:limit]
    ]
    return Paths(paths, len(paths[0]) - 1 if paths else None, sure and len(found) <= limit)


def _edges(store: GraphStore, source: NodeRef, target: NodeRef, most: int) -> tuple[list[_Pair], bool]:
    """Return edges that hold the shortest paths, and whether it is sure that they hold them all.

    What one sweep does not see the whole of is met half-way from the other end; then a sweep that goes no farther than
    the path just found may see all that is as short.
    """
    down = sweep(store, source, along=True, depth=MAX_LENGTH, most=most)
    pairs = [(down.nodes[near], down.nodes[far]) for near, far in _steps(down)]
    if down.complete:
        return pairs, _whole(down)
    up = sweep(store, target, along=False, depth=MAX_LENGTH, most=most)
    pairs += [(up.nodes[far], up.nodes[near]) for near, far in _steps(up)]
    if up.complete:
        return pairs, _whole(up)
    path = next(_paths(pairs, source, target), None)
    if path is None:
        return pairs, False
    near = sweep(store, source, along=True, depth=len(path) - 1, most=most)
    return [*pairs, *((near.nodes[a], near.nodes[b]) for a, b in _steps(near))], near.complete


def _steps(found: Sweep) -> Iterator[tuple[int, int]]:
    return ((near, far) for near, fars in found.fars.items() for far in fars)


def _whole(found: Sweep) -> bool:
    """Say whether a sweep ended because there was no more, and not at the greatest length."""
    return max(found.levels.values()) < MAX_LENGTH


def _paths(pairs: Iterable[_Pair], source: NodeRef, target: NodeRef) -> Iterator[list[NodeRef]]:
    """Yield every shortest path, one at a time: there can be exponentially many."""
    before: dict[NodeRef, set[NodeRef]] = defaultdict(set)
    for near, far in pairs:
        before[far].add(near)
    left = distances(before, target)
    if source not in left:
        return
    after: dict[NodeRef, list[NodeRef]] = defaultdict(list)
    for far, nears in before.items():
        for near in nears:
            if near in left and far in left and left[near] == left[far] + 1:
                after[near].append(far)
    path, waiting = [source], [iter(sorted(after[source]))]
    if source == target:
        yield path
        return
    while waiting:
        step = next(waiting[-1], None)
        if step is None:
            waiting.pop()
            path.pop()
        elif step == target:
            yield [*path, step]
        else:
            path.append(step)
            waiting.append(iter(sorted(after[step])))
