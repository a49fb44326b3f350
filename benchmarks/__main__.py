"""Run every benchmark: `make bench`, or `python -m benchmarks NAME…` for some. Exits with 1 when a target is missed."""

import sys

from benchmarks import footprint, lineage, loading, popular, table_read
from benchmarks.bare_neo4j import neo4j_bench
from benchmarks.bare_sqlite import sqlite_bench
from benchmarks.stores import Bench

OF_A_STORE = {"loading": loading, "table_read": table_read, "lineage": lineage, "popular": popular}


def main(names: list[str]) -> int:
    """Print a line a figure; return how many targets were missed, as an exit status."""
    missed = 0
    for figure in footprint.run() if not names or "footprint" in names else ():
        print(figure, flush=True)
        missed += not figure.met
    with sqlite_bench() as embedded, neo4j_bench() as server:
        if server is None:
            print("Neo4j is not measured: FRAM_TEST_NEO4J_URL is not set.", file=sys.stderr)
        for bench in (embedded, server):
            missed += _measure(bench, names) if bench else 0
    return 1 if missed else 0


def _measure(bench: Bench, names: list[str]) -> int:
    missed = 0
    for name, module in OF_A_STORE.items():
        if not names or name in names:
            bench.empty()
            for figure in module.run(bench):
                print(figure, flush=True)
                missed += not figure.met
    return missed


sys.exit(main(sys.argv[1:]))
