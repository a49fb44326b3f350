"""Popular tables over 300,000 reads, against counting them all."""

import random
from collections.abc import Iterator

from benchmarks.measure import Figure, milliseconds, paired
from benchmarks.stores import Bench
from metadata_service.app import create_app
from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from schemas.settings import Settings

TABLES, PEOPLE, READS = 10_000, 2_000, 300_000
TARGET_MILLISECONDS = 50


def run(bench: Bench) -> Iterator[Figure]:
    """Measure `GET /popular_resources/`. The ratio is to the target in milliseconds, not to the naive way."""
    bench.load(_reads())
    client = create_app(Settings(), bench.store).test_client()
    assert len(client.get("/popular_resources/").get_json()["Table"]) == 10
    ours, naive, _ = paired(lambda: client.get("/popular_resources/").data, bench.count_all_reads, 3)
    name = f"{bench.name}: popular tables over {READS:,} reads, in units of 50 ms"
    yield Figure(name, 1000 * ours / TARGET_MILLISECONDS, 1.0, milliseconds(ours), milliseconds(naive))


def _reads() -> Iterator[Mutation]:
    chance = random.Random(7)  # noqa: S311  # repeatable, not secret
    tables = [NodeRef("Table", f"bench://gold.popular/t{number}") for number in range(TABLES)]
    people = [NodeRef("User", f"bench{number}@example.com") for number in range(PEOPLE)]
    for ref in (*tables, *people):
        yield PutNode(ref, {"name": ref.key})
    for table in tables:
        for person in chance.sample(people, READS // TABLES):
            yield PutEdge(EdgeRef("READ_BY", table, person), {"read_count": chance.randint(1, 500)})
