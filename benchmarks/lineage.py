"""All upstream tables of one in a layered graph, against the fastest hand-written query for the same nodes."""

import random
from collections.abc import Iterator
from itertools import pairwise

from benchmarks.measure import Figure, milliseconds, paired, seconds
from benchmarks.stores import Bench
from metadata_service.lineage.walk import Budget, walk
from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from schemas.graph import Direction

LAYERS, WIDTH, PARENTS = 20, 40, 3
TARGET = 3.0
START = NodeRef("Table", f"bench://gold.layers/t{LAYERS - 1}_0")


def run(bench: Bench) -> Iterator[Figure]:
    """Measure a complete walk upstream; name beside it what enumerating paths takes for eight levels only."""
    bench.load(_layers())
    budget = Budget(LAYERS + 1, 100_000)
    walked = walk(bench.store, START, Direction.IN, budget)
    found = {walked.nodes[place].key for place in walked.levels if place}
    assert found == set(bench.upstream(START.key))
    ours, bare, ratio = paired(
        lambda: walk(bench.store, START, Direction.IN, budget), lambda: bench.upstream(START.key), 15
    )
    paths = seconds(lambda: bench.paths(START.key, 8))
    name = f"{bench.name}: {len(found)} upstream tables (8 levels of paths: {milliseconds(paths)})"
    yield Figure(name, ratio, TARGET, milliseconds(ours), milliseconds(bare))


def _layers() -> Iterator[Mutation]:
    chance = random.Random(11)  # noqa: S311  # repeatable, not secret
    layers = [[NodeRef("Table", f"bench://gold.layers/t{layer}_{n}") for n in range(WIDTH)] for layer in range(LAYERS)]
    for layer in layers:
        for ref in layer:
            yield PutNode(ref, {"name": ref.key.rpartition("/")[2]})
    for above, below in pairwise(layers):
        for ref in below:
            for parent in chance.sample(above, PARENTS):
                yield PutEdge(EdgeRef("HAS_DOWNSTREAM", parent, ref))
