"""A table as its page shows it, in process: against the bare driver running the same statements and json.dumps."""

import json
from collections.abc import Iterator, Sequence
from functools import partial
from statistics import median
from typing import Any

import orjson

from benchmarks.measure import Figure, milliseconds, paired, seconds
from benchmarks.stores import Bench
from metadata_service.app import create_app
from metadata_service.catalog.tables import get_table
from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from schemas.entities import Table
from schemas.settings import Settings

SIZES = (10, 1_000, 5_000)
STATS = 4
TARGET = 2.0


def run(bench: Bench) -> Iterator[Figure]:
    """Measure tables of each size: the use case and its JSON, and for orientation the whole request."""
    client = create_app(Settings(), bench.store).test_client()
    for size in SIZES:
        key = f"bench://gold.wide/t{size}"
        bench.load(_table(key, size))
        with bench.traced() as statements:
            table = get_table(bench.store, key)
        assert len(table.columns) == size
        rounds = max(7, 500 // size)
        ours, bare, ratio = paired(
            partial(_ours, bench, key), partial(_bare, bench, statements, _as_dict(table)), rounds
        )
        whole = milliseconds(median(seconds(lambda: client.get(f"/table/{key}")) for _ in range(rounds)))  # noqa: B023
        queries = sum(1 for statement, _ in statements if statement not in ("BEGIN", "COMMIT"))
        name = f"{bench.name}: table of {size:,} columns, {queries} statement(s)"
        yield Figure(name, ratio, TARGET, f"{milliseconds(ours)} (as a request {whole})", milliseconds(bare))


def _ours(bench: Bench, key: str) -> bytes:
    return orjson.dumps(get_table(bench.store, key))


def _bare(bench: Bench, statements: Sequence[tuple[str, Any]], reply: object) -> str:
    for statement, parameters in statements:
        bench.bare(statement, parameters)
    return json.dumps(reply)


def _as_dict(table: Table) -> object:
    return json.loads(orjson.dumps(table))


def _table(key: str, size: int) -> Iterator[Mutation]:
    table = NodeRef("Table", key)
    yield PutNode(table, {"name": key.rpartition("/")[2], "is_view": False})
    for number in range(size):
        column = NodeRef("Column", f"{key}/c{number}")
        yield PutNode(column, {"name": f"c{number}", "col_type": "bigint", "sort_order": number})
        yield PutEdge(EdgeRef("COLUMN", table, column))
        text = NodeRef("Description", f"{column.key}/_description")
        yield PutNode(text, {"description": f"Column number {number}.", "description_source": "description"})
        yield PutEdge(EdgeRef("DESCRIPTION", column, text))
        for which in range(STATS):
            stat = NodeRef("Stat", f"{column.key}/s{which}/")
            yield PutNode(stat, {"stat_type": f"s{which}", "stat_val": "7", "start_epoch": 1, "end_epoch": 2})
            yield PutEdge(EdgeRef("STAT_OF", stat, column))
