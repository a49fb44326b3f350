"""Loading a catalogue as a source, against the bare driver writing the same nodes and relations."""

from collections.abc import Iterator
from statistics import median

from benchmarks.measure import Figure, peak, seconds
from benchmarks.stores import Bench
from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode

COLUMNS = 10
ROUNDS = 3
TARGETS = {"SQLite": 0.5, "Neo4j": 0.6}
TABLES = {"SQLite": 10_000, "Neo4j": 2_000}


def run(bench: Bench) -> Iterator[Figure]:
    """Measure a first load (everything is new), turn about, each into the emptied store."""
    tables = TABLES[bench.name]
    count = sum(1 for _ in catalogue(tables))
    pairs = []
    for _ in range(ROUNDS):
        bench.empty()
        by_hand = seconds(lambda: bench.bare_load(catalogue(tables)))
        bench.empty()
        pairs.append((seconds(lambda: bench.load(catalogue(tables))), by_hand))
    ratio = median(by_hand / own for own, by_hand in pairs)
    ours, bare = (f"{count / median(times):,.0f}/s" for times in zip(*pairs, strict=True))
    yield Figure(
        f"{bench.name}: loading {count:,} nodes and relations", ratio, TARGETS[bench.name], ours, bare, at_least=True
    )
    yield _memory(bench, tables)


def _memory(bench: Bench, tables: int) -> Figure:
    """Load three times as much again: the peak of this process must not move."""
    before = peak()
    bench.load(catalogue(3 * tables, "more"))
    after = peak()
    name = f"{bench.name}: peak memory after loading three times as much"
    return Figure(name, after / before, 1.1, f"{after:.0f} MB", f"{before:.0f} MB")


def catalogue(tables: int, schema: str = "load") -> Iterator[Mutation]:
    """Yield tables with their columns, descriptions and lineage, as an ingestion does."""
    above = NodeRef("Schema", f"bench://gold.{schema}")
    yield PutNode(above, {"name": schema})
    last = None
    for number in range(tables):
        table = NodeRef("Table", f"{above.key}/t{number}")
        yield PutNode(table, {"name": f"t{number}", "is_view": False})
        yield PutEdge(EdgeRef("TABLE", above, table))
        text = NodeRef("Description", f"{table.key}/_description")
        yield PutNode(text, {"description": f"Table number {number}.", "description_source": "description"})
        yield PutEdge(EdgeRef("DESCRIPTION", table, text))
        for position in range(COLUMNS):
            column = NodeRef("Column", f"{table.key}/c{position}")
            yield PutNode(column, {"name": f"c{position}", "col_type": "bigint", "sort_order": position})
            yield PutEdge(EdgeRef("COLUMN", table, column))
        if last is not None:
            yield PutEdge(EdgeRef("HAS_DOWNSTREAM", last, table))
        last = table
