"""How many events of OpenLineage a second one process takes in for good, and how soon what they say can be read.

    python -m benchmarks.openlineage [--jobs 200] [--rounds 10] [--clients 8]

A service is started over the embedded store, and clients send it events of some 16 KiB over HTTP, each as soon as its
last one was answered: every run of every job has a START and a COMPLETE, with the schema of 40 columns of what is read
and written, the lineage of each column and other counts each time. Behind that the service is killed, another one is
started, and every table of every job must have its lineage there.
"""

import argparse
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
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import UUID

COLUMNS = 40
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


def _send(url: str, jobs: list[int], rounds: range) -> list[float]:
    """Send all events of some jobs; return how long each took to be answered."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    bodies = [json.dumps(event(job, n, state)) for n in rounds for job in jobs for state in ("START", "COMPLETE")]
    took = []
    for body in bodies:
        begin = time.perf_counter()
        connection.request("POST", "/api/v1/lineage", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == http.HTTPStatus.CREATED, answer.status
        took.append(time.perf_counter() - begin)
    connection.close()
    return took


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


def _missing(url: str, jobs: int) -> Iterator[int]:
    """Yield the jobs whose table has no lineage yet."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port)
    for job in range(jobs):
        key = quote(f"postgres://wh.public/out_{job}")
        connection.request("GET", f"/ingest/statements?kind=lineage&key={key}")
        said = json.loads(connection.getresponse().read())["statements"]
        if not said or len(said[0]["statement"]["columns"]) != COLUMNS:
            yield job
    connection.close()


def _round(service: _Service, told: argparse.Namespace, rounds: range, pool: ProcessPoolExecutor) -> None:
    """Send events by all clients at once and print how that went."""
    shares = [list(range(n, told.jobs, told.clients)) for n in range(told.clients)]
    begin, used = time.perf_counter(), service.cpu_seconds()
    found = [pool.submit(_send, service.url, share, rounds) for share in shares]
    took = sorted(one for each in found for one in each.result())
    seconds = time.perf_counter() - begin
    print(
        f"{len(took):,} events in {seconds:.1f} s: {len(took) / seconds:,.0f} a second; answered within "
        f"{took[len(took) // 2] * 1e3:.0f} ms (half of them), {took[len(took) * 99 // 100] * 1e3:.0f} ms (99 %); "
        f"{(service.cpu_seconds() - used) / len(took) * 1e3:.2f} ms of processor time each"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--clients", type=int, default=8)
    told = parser.parse_args()
    print(f"an event: {len(json.dumps(event(1, 1, 'COMPLETE'))):,} bytes")
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(told.clients) as pool:
        service = _Service(Path(folder))
        print("tables that are new: ", end="")
        _round(service, told, range(1), pool)
        print("tables that are known: ", end="")
        _round(service, told, range(1, 1 + told.rounds), pool)
        service.kill()
        service = _Service(Path(folder))
        begin = time.perf_counter()
        while (lacking := len(list(_missing(service.url, told.jobs)))) and time.perf_counter() - begin < 120:
            time.sleep(0.5)
        service.kill()
        assert lacking == 0, f"{lacking} tables have lost their lineage"
        print(f"after a kill: every table has its lineage, {time.perf_counter() - begin:.1f} s after the start")


if __name__ == "__main__":
    main()
