"""A job that `fram serve` runs by itself: what it reads is searchable, leaves search when it is gone, comes back."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

FRAM = Path(sys.executable).with_name("fram")


def table(name: str) -> dict[str, Any]:
    place = {"database": "hive", "cluster": "gold", "schema": "core", "name": name}
    return {"type": "table", **place, "description": f"All about {name}."}


def write(folder: Path, *names: str) -> None:
    text = "".join(f"{json.dumps(table(name))}\n" for name in names)
    (folder / "new").write_text(text)
    (folder / "new").rename(folder / "statements.ndjson")  # so that no run reads half of it


def ask(url: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data), timeout=20) as reply:
        return json.loads(reply.read())


@pytest.fixture
def services(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Yield the URLs of search and ingestion, of a process that reads the file every second."""
    write(tmp_path, *NAMES)
    settings = f'settings = {{ path = "{tmp_path / "statements.ndjson"}" }}\nstaleness = {{ share = 0.5 }}'
    (tmp_path / "fram-jobs.toml").write_text(f'[jobs.warehouse]\nsource = "file"\nevery = "1s"\n{settings}\n')
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    command = [str(FRAM), "serve", "--data", str(tmp_path / "data"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        urls = [process.stdout.readline().split()[-1] for _ in range(4)]
        try:
            yield urls[1], urls[3]
            process.send_signal(signal.SIGTERM)
            assert process.wait(30) == 0
        finally:
            process.kill()


NAMES = ("orders", "customers", "payments", "refunds")


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            if true():
                return
        except OSError:
            pass  # the index is not built yet
        assert time.monotonic() < deadline
        time.sleep(0.2)


@pytest.mark.slow
def test_what_a_job_reads_is_searchable_for_as_long_as_it_is_there(services: tuple[str, str], tmp_path: Path):
    search, ingest = services

    def found(name: str) -> bool:
        body = {"query_term": name, "resource_types": ["table"], "page_index": 0, "results_per_page": 10}
        hits = ask(f"{search}/v2/search", body)["results"]["table"]["results"]
        return f"core/{name}" in json.dumps(hits)

    until(lambda: all(map(found, NAMES)))
    write(tmp_path, *NAMES[1:])
    until(lambda: not found("orders"))
    assert found("customers")
    write(tmp_path, *NAMES)
    until(lambda: found("orders"))

    runs = ask(f"{ingest}/ingest/runs?limit=1000")["items"]
    assert {run["status"] for run in runs} <= {"succeeded", "running"}
    assert sum(run["removed"] for run in runs) == 1
    assert sum(run["written"] for run in runs) == len(NAMES) + 1
    pushed = ask(f"{ingest}/ingest/entities", {"source": "script", "entities": [table("shipments")]})
    assert pushed["items"][0]["status"] == "written"
    until(lambda: found("shipments"))
