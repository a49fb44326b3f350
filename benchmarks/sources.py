"""A warehouse as a source tells of it: loaded, then loaded again unchanged, with the memory that takes.

The second load reads everything and writes nothing. What it is measured against is the first load of the same run.
"""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager

from marshmallow import Schema

from benchmarks.measure import Figure, memory_watched, seconds
from ingest.extract.source import Source
from ingest.jobs import Job, Jobs
from ingest.runner import Runner
from metadata_service.store.factory import open_store
from schemas.ingest_runs import SUCCEEDED, Run
from schemas.statements import Column, Label, Statement, Table

TABLES, COLUMNS = 10_000, 20
FEW = 2_000
FASTER, GROWTH = 5.0, 1.25
JOB = Job("warehouse", "made up", time_limit=10**6)


class Warehouse(Source):
    """So many tables of twenty columns, alike each time."""

    about = "A made-up warehouse."
    settings = Schema

    def check(self) -> str:
        return f"{self.told['tables']} tables"

    def extract(self) -> Iterator[Statement]:
        for number in range(self.told["tables"]):
            yield Table(
                "bench",
                "gold",
                f"schema_{number % 50}",
                f"table_{number}",
                is_view=False,
                description=f"What is known about subject {number}.",
                columns=[
                    Column(f"column_{place}", "bigint", f"Measure {place} of it." if place % 4 == 0 else None)
                    for place in range(COLUMNS)
                ],
                tags=[f"tag_{number % 40}"],
                badges=[Label("gold")] if number % 10 == 0 else (),
                owners=[f"owner_{number % 500}@example.com"],
            )


def run(tables: int = TABLES) -> Iterator[Figure]:
    """Measure on SQLite; first a few into a graph of their own, so that what every load takes is taken before."""
    runs: list[Run] = []
    with _opened() as runner, memory_watched() as small:
        _load(runner, min(FEW, tables))
    with _opened() as runner:
        with memory_watched() as whole:
            first = seconds(lambda: runs.append(_load(runner, tables)))
        second = seconds(lambda: runs.append(_load(runner, tables)))
    assert runs[0].written == runs[1].unchanged == runs[1].read >= tables, runs
    what = f"{tables:,} tables with {tables * COLUMNS:,} columns"
    yield Figure(
        f"SQLite: {what} from a source, again unchanged",
        first / second,
        FASTER,
        f"{second:.1f} s",
        f"{first:.1f} s",
        at_least=True,
    )
    ours, before = max(whole), max(small)
    name = f"SQLite: memory of that, to that of {FEW:,} tables"
    yield Figure(name, ours / before, GROWTH, f"{ours:.0f} MB", f"{before:.0f} MB")


@contextmanager
def _opened() -> Iterator[Runner]:
    with tempfile.TemporaryDirectory() as folder, closing(open_store(f"sqlite:///{folder}/graph.db")) as store:
        store.ensure_schema()
        yield Runner(store, Jobs())


def _load(runner: Runner, tables: int) -> Run:
    done = runner.run(JOB, Warehouse(tables=tables))
    assert done.status == SUCCEEDED, done.message
    return done
