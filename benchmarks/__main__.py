"""Run every benchmark: `make bench`, or `python -m benchmarks NAME…` for some. Exits with 1 when a target is missed."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Sequence

from benchmarks import (
    exploring,
    footprint,
    freshness,
    lineage,
    loading,
    openlineage,
    page,
    popular,
    query_log,
    rebuilding,
    searching,
    sources,
    sql_database,
    table_read,
)
from benchmarks.bare_neo4j import neo4j_bench
from benchmarks.bare_sqlite import sqlite_bench
from benchmarks.indexes import IndexBench, index_benches
from benchmarks.measure import Figure
from benchmarks.stores import Bench
from fram.memory import tune_malloc

OF_A_STORE: dict[str, Callable[[Bench], Iterable[Figure]]] = {
    "loading": loading.run,
    "table_read": table_read.run,
    "lineage": lineage.run,
    "popular": popular.run,
    "exploring": exploring.run,
}
OF_AN_INDEX: dict[str, Callable[[IndexBench, int], Iterable[Figure]]] = {
    "searching": searching.run,
    "rebuilding": rebuilding.run,
}
OF_A_PROCESS: dict[str, Callable[[], Iterable[Figure]]] = {
    "footprint": footprint.run,
    "freshness": freshness.run,
    "query_log": query_log.run,
    "sql_database": sql_database.run,
    "openlineage": openlineage.run,
    "page": page.run,
}
SOURCES = "sources"
NAMES = (*OF_A_PROCESS, *OF_A_STORE, *OF_AN_INDEX, SOURCES)


def main(arguments: Sequence[str]) -> int:
    """Print a line a figure; return how many targets were missed, as an exit status."""
    tune_malloc()
    parser = ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(NAMES)}")
    parser.add_argument("--tables", type=int, default=searching.TABLES, help="tables to search among and to rebuild")
    parser.add_argument("--source-tables", type=int, default=sources.TABLES, help="tables that a source tells of")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    names = asked.names or NAMES
    missed = sum(_print(run()) for name, run in OF_A_PROCESS.items() if name in names)
    if OF_A_STORE.keys() & set(names):
        missed += _stores(names)
    if OF_AN_INDEX.keys() & set(names):
        missed += _indexes(names, asked.tables)
    if SOURCES in names:
        missed += _print(sources.run(asked.source_tables))
    return 1 if missed else 0


def _stores(names: Sequence[str]) -> int:
    missed = 0
    with sqlite_bench() as embedded, neo4j_bench() as server:
        if server is None:
            print("Neo4j is not measured: FRAM_TEST_NEO4J_URL is not set.", file=sys.stderr)
        for bench in (embedded, server) if server else (embedded,):
            for name, run in OF_A_STORE.items():
                if name in names:
                    bench.empty()
                    missed += _print(run(bench))
    return missed


def _indexes(names: Sequence[str], tables: int) -> int:
    missed = 0
    with index_benches() as benches:
        if len(benches) == 1:
            print("OpenSearch is not measured: FRAM_TEST_OPENSEARCH_URL is not set.", file=sys.stderr)
        for bench in benches:
            for name, run in OF_AN_INDEX.items():
                if name in names:
                    missed += _print(run(bench, tables))
    return missed


def _print(figures: Iterable[Figure]) -> int:
    missed = 0
    for figure in figures:
        print(figure, flush=True)
        missed += not figure.met
    return missed


sys.exit(main(sys.argv[1:]))
