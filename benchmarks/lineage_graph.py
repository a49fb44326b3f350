"""A warehouse of lineage alike each time: 100,000 tables, 300,000 edges, and a hub that 13,000 tables are made from.

Loaded as a copy: usage and stamps stand as they would after years of ingestion.
"""

import random
from collections.abc import Iterator
from itertools import pairwise

from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from schemas.graph import FIRST_SEEN, LAST_SEEN, READS, RUN, SOURCE, Value

TABLES, EDGES = 100_000, 300_000
LAYERS = (30, 300, 1_500, 4_000, 7_170)  # of tables, one step from the hub and more
BOARDS, OWNERS, PARENTS = 200, 500, 3

_STAMP: dict[str, Value | None] = {
    SOURCE: "benchmark",
    RUN: "20260101T000000Z-0badcafe",
    FIRST_SEEN: 1_767_225_600,
    LAST_SEEN: 1_798_761_600,
}


def table(number: int) -> NodeRef:
    return NodeRef("Table", f"bench://gold.lineage/t{number:06}")


HUB = table(0)
ORDINARY = table(TABLES // 2)  # some neighbours up, some down


def graph() -> Iterator[Mutation]:
    """Yield every node, then every relation."""
    chance = random.Random(17)  # noqa: S311  # repeatable, not secret
    for number in range(TABLES):
        yield PutNode(table(number), {"name": f"t{number:06}", READS: int(chance.paretovariate(1)) % 10_000})
    people = [NodeRef("User", f"owner{number}@example.com") for number in range(OWNERS)]
    boards = [NodeRef("Dashboard", f"bench_dashboard://gold.lineage/d{number}") for number in range(BOARDS)]
    yield from map(PutNode, (*people, *boards))
    for number in range(TABLES):
        yield PutEdge(EdgeRef("OWNER", table(number), chance.choice(people)))
    for source, target in _edges(chance):
        yield PutEdge(EdgeRef("HAS_DOWNSTREAM", table(source), table(target)), _STAMP)
    for board in boards:
        yield PutEdge(EdgeRef("DASHBOARD_WITH_TABLE", board, table(chance.randrange(1, 6_000))), _STAMP)


def _edges(chance: random.Random) -> Iterator[tuple[int, int]]:
    """Yield edges: from the hub layer by layer, and among the rest from any table to a later one."""
    made, first, layers = 0, 1, [range(1)]
    for size in LAYERS:
        layers.append(range(first, first + size))
        first += size
    for above, below in pairwise(layers):
        for target in below:
            for source in chance.sample(above, min(PARENTS, len(above))):
                yield source, target
                made += 1
    seen: set[tuple[int, int]] = set()
    while made + len(seen) < EDGES:
        source, target = sorted((chance.randrange(first, TABLES), chance.randrange(first, TABLES)))
        if source != target and (source, target) not in seen:
            seen.add((source, target))
            yield source, target
