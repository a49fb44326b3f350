"""How many events of OpenLineage a second one process takes in for good, and whether any is lost when it is killed.

A service is started over the embedded store, and clients send it events of some 15 KB over HTTP, each as soon as its
last one was answered: every run of every job has a START and a COMPLETE, with the schema of 40 columns of what is read
and written, the lineage of each column and other counts each time. Then the service is killed, another one is started,
and every table of every job must have its lineage. How many a second there are is told, and no target: it depends on
what else the machine does. The processor time of an event tells what an idle one would do.
"""

import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit
from uuid import UUID

from benchmarks.measure import Figure, milliseconds

COLUMNS = 40
JOBS, ROUNDS, CLIENTS = 100, 8, 8
PATIENCE_SECONDS = 120
URI = "https://example.org/pipelines/1.0"
BASE = {"_producer": URI, "_schemaURL": URI}
DB = "postgres://db:5432"


def _dataset(name: str, **facets: Any) -> dict[str, Any]:
    fields = [
        {"name": f"column_{n}", "type": "varchar(200)", "description": f"What {n} of {name} is"} for n in range(COLUMNS)
    ]
    return {"namespace": DB, "name": f"wh.public.{name}", "facets": {"schema": {**BASE, "fields": fields}, **facets}}


def _column(job: int, number: int) -> dict[str, Any]:
    source = {"namespace": DB, "name": f"wh.public.in_{job}", "field": f"column_{number}"}
    return {"inputFields": [{**source, "transformations": [{"type": "DIRECT", "subtype": "IDENTITY"}]}]}


def event(job: int, number: int, state: str) -> dict[str, Any]:
    """Return an event of some 16 KiB."""
    lineage = {**BASE, "fields": {f"column_{n}": _column(job, n) for n in range(COLUMNS)}}
    output = _dataset(f"out_{job}", columnLineage=lineage)
    if state == "COMPLETE":
        output["outputFacets"] = {"outputStatistics": {**BASE, "rowCount": number + 1, "size": 1_000 * number}}
    minute = 2 * number + (state == "COMPLETE")
    return {
        "eventType": state,
        "eventTime": f"2026-01-{1 + minute // 1440:02}T{minute // 60 % 24:02}:{minute % 60:02}:00Z",
        "producer": URI,
        "schemaURL": URI,
        "run": {"runId": str(UUID(int=job * 1_000_000 + number)), "facets": {"engine": {**BASE, "version": "3.5"}}},
        "job": {"namespace": "cron", "name": f"job_{job}"},
        "inputs": [_dataset(f"in_{job}")],
        "outputs": [output],
    }


class _Sent(NamedTuple):
    """What a client sent: from when to when, and how long each event took to be answered."""

    began: float
    ended: float
    took: list[float]


def _send(url: str, jobs: list[int], rounds: range) -> _Sent:
    """Send all events of some jobs."""
    bodies = [json.dumps(event(job, n, state)) for n in rounds for job in jobs for state in ("START", "COMPLETE")]
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    took = []
    began = time.monotonic()
    for body in bodies:
        begin = time.perf_counter()
        connection.request("POST", "/api/v1/lineage", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == http.HTTPStatus.CREATED, answer.status
        took.append(time.perf_counter() - begin)
    connection.close()
    return _Sent(began, time.monotonic(), took)


class _Service:
    """A service in a process of its own."""

    def __init__(self, folder: Path) -> None:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
        self.process = subprocess.Popen(  # noqa: S603  # our own program
            [str(Path(sys.executable).with_name("fram")), "serve", "ingest", "--port", "0"],
            stdout=subprocess.PIPE,
            text=True,
            env=bare | {"FRAM_DATA": str(folder)},
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]

    def cpu_seconds(self) -> float:
        """Return the processor time that it has used, 0 where the system does not tell."""
        status = Path(f"/proc/{self.process.pid}/stat")
        ticks = status.read_text().rpartition(")")[2].split()[11:13] if status.exists() else ()
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def _missing(url: str) -> Iterator[int]:
    """Yield the jobs whose table has no lineage yet."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    for job in range(JOBS):
        key = quote(f"postgres://wh.public/out_{job}")
        connection.request("GET", f"/ingest/statements?kind=lineage&key={key}")
        said = json.loads(connection.getresponse().read())["statements"]
        if not said or len(said[0]["statement"]["columns"]) != COLUMNS:
            yield job
    connection.close()


def _rate(service: _Service, rounds: range, pool: ProcessPoolExecutor) -> str:
    """Send events by all clients at once and say how that went."""
    shares = [list(range(n, JOBS, CLIENTS)) for n in range(CLIENTS)]
    used = service.cpu_seconds()
    sent = [each.result() for each in [pool.submit(_send, service.url, share, rounds) for share in shares]]
    took = sorted(one for each in sent for one in each.took)
    seconds = max(each.ended for each in sent) - min(each.began for each in sent)
    return (
        f"{len(took) / seconds:,.0f} a second, {milliseconds(took[len(took) // 2])} each (1 in 100: "
        f"{milliseconds(took[len(took) * 99 // 100])}), {milliseconds((service.cpu_seconds() - used) / len(took))} of "
        "processor time"
    )


def run() -> Iterator[Figure]:
    """Yield how many tables lack their lineage when the service was killed behind its last answer: none may."""
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(CLIENTS) as pool:
        service = _Service(Path(folder))
        new = _rate(service, range(1), pool)
        known = _rate(service, range(1, 1 + ROUNDS), pool)
        service.kill()
        service = _Service(Path(folder))
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (lacking := len(list(_missing(service.url)))) and time.monotonic() < deadline:
            time.sleep(0.5)
        service.kill()
    told = f"events of known tables: {known}; of new ones: {new}"
    yield Figure(
        "OpenLineage: tables without lineage after a kill", lacking, 0, told, "500 a second on an idle machine"
    )
