"""Events that were answered for outlive a killed service, and are told by the one that is started after it."""

import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from openlineage_events import dataset, key, run_event

FRAM = Path(sys.executable).with_name("fram")
PATIENCE_SECONDS = 120.0
SENDERS = 4


def _environment(folder: Path) -> Mapping[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    return bare | {"FRAM_DATA": str(folder / "data")}


@contextmanager
def _service(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve in a process of its own, which is killed in the end."""
    with (folder / "log").open("a") as log:
        process = subprocess.Popen(
            [FRAM, "serve", "ingest", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=_environment(folder),
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, (folder / "log").read_text()[-2000:]
    try:
        yield process, line.split()[-1]
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _post(url: str, event: dict[str, Any]) -> int:
    request = urllib.request.Request(f"{url}/api/v1/lineage", json.dumps(event).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=30) as answer:
        return int(answer.status)


def _upstream(url: str, table: str) -> list[str]:
    with urllib.request.urlopen(f"{url}/ingest/statements?kind=lineage&key={key(table)}", timeout=30) as answer:
        said = json.load(answer)["statements"]
    return [one for each in said for one in each["statement"]["upstream"]]


def _send(url: str, sender: int, answered: list[str], stop: threading.Event) -> None:
    """Send the two halves of runs, the inputs first, until told to stop or nobody listens."""
    number = 0
    while not stop.is_set():
        number += 1
        table, run = f"t{sender}_{number}", sender * 100_000 + number
        try:
            _post(url, run_event("START", 1, [dataset("a")], run=run))
            if _post(url, run_event("COMPLETE", 2, [], [dataset(table)], run=run)) == 201:
                answered.append(table)
        except (urllib.error.URLError, OSError):
            return


@pytest.mark.slow
def test_nothing_that_was_answered_for_is_lost_by_a_kill(tmp_path: Path):
    answered: list[str] = []
    for _ in range(2):
        before = len(answered)
        stop = threading.Event()
        with _service(tmp_path) as (process, url):
            threads = [
                threading.Thread(target=_send, args=(url, len(answered) + n, answered, stop)) for n in range(SENDERS)
            ]
            for thread in threads:
                thread.start()
            deadline = time.monotonic() + PATIENCE_SECONDS
            while len(answered) - before < 30 and time.monotonic() < deadline:
                time.sleep(random.uniform(0, 0.2))
            process.kill()
            stop.set()
            for thread in threads:
                thread.join()
        assert len(answered) - before >= 30
    with _service(tmp_path) as (_, url):
        deadline = time.monotonic() + PATIENCE_SECONDS
        missing = list(answered)
        while missing and time.monotonic() < deadline:
            missing = [table for table in missing if _upstream(url, table) != [key("a")]]
            time.sleep(0.2)
    assert missing == []
