"""A catalogue of 5,000 tables that all hang together: hubs, crossings, cycles, and tables made from themselves."""

import random
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, Mutation, NodeRef, PutEdge, PutNode

TABLES = 5_000
START = "start"
PAGE = 20  # neighbours that a click brings
HUB, SMALL_HUB = 130, 45  # neighbours
CROSSING, CYCLES, SELVES = 1_500, 25, 5
DATABASE = "hive://gold.large"


def key(number: int) -> str:
    return f"{DATABASE}/{name(number)}"


def name(number: int) -> str:
    return f"t{number}" if number else START


def load(data: Path) -> None:
    """Write the catalogue into the graph of a data folder."""
    store = open_store(f"sqlite:///{data / 'graph.db'}")
    store.ensure_schema()
    mutations = _mutations()
    while batch := tuple(islice(mutations, 2_000)):
        store.apply(Batch(batch, Authority.SOURCE, source="large"))
    store.close()


def edges() -> Iterator[tuple[int, int]]:
    """Yield edges in the direction of lineage; each table but the first hangs on one before it."""
    chance = random.Random(5)
    parent, room = 0, HUB
    for number in range(1, TABLES):
        if room == 0:
            parent += 1
            room = SMALL_HUB if parent % 40 == 0 else chance.randint(2, 9)
        room -= 1
        yield (parent, number) if chance.random() < 0.75 else (number, parent)
    for _ in range(CROSSING):
        near = chance.randrange(TABLES - 60)
        yield near, near + chance.randrange(1, 60)
    for _ in range(CYCLES):
        near = chance.randrange(60, TABLES)
        yield near, near - chance.randrange(1, 60)
    for number in chance.sample(range(400), SELVES):
        yield number, number


def _mutations() -> Iterator[Mutation]:
    above = (NodeRef("Database", "database://hive"), NodeRef("Cluster", "hive://gold"), NodeRef("Schema", DATABASE))
    schema = above[-1]
    for node, called in zip(above, ("hive", "gold", "large"), strict=True):
        yield PutNode(node, {"name": called})
    yield PutEdge(EdgeRef("CLUSTER", above[0], above[1]))
    yield PutEdge(EdgeRef("SCHEMA", above[1], schema))
    for number in range(TABLES):
        table = NodeRef("Table", key(number))
        yield PutNode(table, {"name": name(number), "is_view": False})
        yield PutEdge(EdgeRef("TABLE", schema, table))
    for source, target in edges():
        yield PutEdge(EdgeRef("HAS_DOWNSTREAM", NodeRef("Table", key(source)), NodeRef("Table", key(target))))
