"""A run that is killed half-way: it shows as interrupted, and run again it leaves what an undisturbed one leaves."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from metadata_service.store.factory import open_store
from metadata_service.store.parts import PARTS, Checksum, checksum, items
from metadata_service.store.port import GraphStore

FRAM = Path(sys.executable).with_name("fram")
TABLES = 1_500
OWN = {"Fram_Run", "Fram_Undo", "Updatedtimestamp"}  # tell when a run was, and what it changed
OF_A_RUN = ("run", "first_run", "last_run", "fram_run", "fram_first_seen", "fram_last_seen")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with (tmp_path / "statements.ndjson").open("w") as file:
        for number in range(TABLES):
            place = {"database": "hive", "cluster": "gold", "schema": f"s{number % 7}", "name": f"t{number}"}
            columns = [{"name": f"c{place}", "type": "int", "description": "A column."} for place in range(5)]
            told = {"columns": columns, "tags": [f"tag{number % 9}"], "schema_description": f"Schema {number % 7}."}
            file.write(f"{json.dumps({'type': 'table', **place, **told})}\n")
            above = f"hive://gold.s{(number + 1) % 7}/t{number + 1}"  # comes later: its end is missing at first
            lineage = {"kind": "table", "key": f"hive://gold.s{number % 7}/t{number}", "upstream": [above]}
            file.write(f"{json.dumps({'type': 'lineage', **lineage})}\n")
    settings = f'{{ path = "{tmp_path / "statements.ndjson"}" }}'
    (tmp_path / "fram-jobs.toml").write_text(f'[jobs.warehouse]\nsource = "file"\nsettings = {settings}\n')
    return tmp_path


def fram(folder: Path, data: str, *arguments: str) -> list[str]:
    jobs = ("--jobs", str(folder / "fram-jobs.toml"), "--data", str(folder / data))
    return [str(FRAM), "ingest", *arguments, *jobs]


def run(folder: Path, data: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    command = fram(folder, data, *arguments)
    return subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, env=environment)


def content(store: GraphStore) -> dict[str, Checksum]:
    """Return what is in the graph, but for which run wrote it and when."""
    return {part.name: checksum(items(store, part), OF_A_RUN) for part in PARTS if part.name not in OWN}


@pytest.fixture
def opened(folder: Path) -> Iterator[Callable[[str], GraphStore]]:
    stores: list[GraphStore] = []

    def opened(data: str) -> GraphStore:
        stores.append(open_store(f"sqlite:///{folder / data / 'graph.db'}"))
        return stores[-1]

    yield opened
    for store in stores:
        store.close()


def until(true: Callable[[], bool], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.slow
def test_killed_run_is_interrupted_and_run_again_leaves_the_same(folder: Path, opened: Callable[[str], GraphStore]):
    for _ in range(2):  # the second time for relations whose ends came later
        undisturbed = run(folder, "whole", "run", "warehouse")
        assert undisturbed.returncode == 0, undisturbed.stderr

    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    with subprocess.Popen(fram(folder, "killed", "run", "warehouse"), env=environment) as process:
        path = folder / "killed" / "graph.db"
        until(path.exists)
        store = opened("killed")
        store.ensure_schema()
        until(lambda: store.count("Table") > TABLES // 10)
        process.send_signal(signal.SIGKILL)
    assert TABLES // 10 < store.count("Table") < TABLES

    until(lambda: "interrupted" in run(folder, "killed", "runs").stdout, 60)
    for _ in range(2):
        again = run(folder, "killed", "run", "warehouse")
        assert again.returncode == 0, again.stderr
    shown = run(folder, "killed", "runs").stdout.splitlines()
    statuses = [line.split("  ")[3] for line in shown if not line.startswith(" ")]
    assert statuses == ["succeeded", "succeeded", "interrupted"]
    assert content(store) == content(opened("whole"))
    last = run(folder, "killed", "run", "warehouse")
    assert last.stdout.splitlines()[-1] == "Nothing changed."
