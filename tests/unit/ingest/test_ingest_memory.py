"""Memory does not grow with the files: twenty times the rows need no more of it."""

import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.job import FolderIngestion, open_amundsen_csv
from ingest.report import Report
from metadata_service.store.memory import MemoryGraphStore

TABLES = "database,cluster,schema,name,description,tags\n"
ROWS = 600
SLACK_BYTES = 300_000


def usage(number: int) -> str:
    """Give one of 35 readings, each contradicting itself, so that the graph stays as small as it is."""
    return f"hive,gold,s,t{number % 5},,user{number % 7}@x.org,{number}\n"


def refused(number: int) -> str:
    return f"hive,gold,s,t{number % 5},,user@x.org,{'many' if number % 2 else ''}\n"


def nodes(number: int) -> str:
    return f"Tag,tag{number % 50},{'long words ' * 20}\n"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("database,cluster,schema,table,column,user_email,read_count", usage),
        ("database,cluster,schema,table,column,user_email,read_count", refused),
        ("LABEL,KEY,tag_type", nodes),
    ],
)
def test_peak_of_memory_does_not_grow_with_the_file(tmp_path: Path, header: str, row: Callable[[int], str]):
    peaks = []
    for times in (1, 20):
        folder = tmp_path / str(times)
        folder.mkdir()
        (folder / "tables.csv").write_text(TABLES + "".join(f"hive,gold,s,t{n},,\n" for n in range(5)))
        with (folder / "big.csv").open("w") as file:
            file.write(f"{header}\n")
            file.writelines(map(row, range(ROWS * times)))
        peaks.append(peak_of_ingesting(folder, 5 + ROWS * times))

    assert peaks[1] < peaks[0] + SLACK_BYTES


def peak_of_ingesting(folder: Path, rows: int) -> int:
    report = Report()
    job = FolderIngestion(open_amundsen_csv(folder), MemoryGraphStore(), report, max_mutations=200)
    tracemalloc.start()
    try:
        job.run()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert report.total.read == rows
