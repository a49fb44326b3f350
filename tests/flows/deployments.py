"""Fram as it runs: its own programs over a pair of stores, asked over HTTP, killed, and started again."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import pytest

FRAM = Path(sys.executable).with_name("fram")
SERVICES = ("metadata", "search", "ingest")
PATIENCE_SECONDS = 180.0  # a busy machine is slow; what is waited for comes much sooner
_KEYS = {"user": "email", "dashboard": "uri"}  # what Amundsen calls the key of a hit
T = TypeVar("T")

Programs = Mapping[str, tuple[str, ...]]  # name -> arguments
ONE: Programs = {"everything": ("serve",)}
THREE: Programs = {service: ("serve", service) for service in SERVICES}


@dataclass(frozen=True)
class Stores:
    """Where a pair of stores is."""

    graph: str
    search: str

    @property
    def environment(self) -> dict[str, str]:
        """What a program must be told to use them, and of what surrounds it nothing of Fram's."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
        return bare | {"FRAM_GRAPH_URL": self.graph, "FRAM_SEARCH_URL": self.search}


class Program:
    """A running `fram serve`. What it logs is kept in a file."""

    def __init__(self, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with log.open("a") as errors:
            self.process = subprocess.Popen(
                [FRAM, *arguments, "--port", "0"], stdout=subprocess.PIPE, stderr=errors, text=True, env=environment
            )
        wanted = 2 if len(arguments) == 1 else 1  # addresses
        self.urls = dict(self._address() for _ in range(wanted))

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> None:
        """End it as a crash would. Idempotent."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def _address(self) -> tuple[str, str]:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            pytest.fail(f"exited with {self.process.wait()}: {self.log.read_text()[-2000:]}")
        return next(name for name in SERVICES if f"Fram {name} service" in line), line.split()[-1]


class Deployment:
    """Programs that together are Fram, each known by its name."""

    def __init__(self, stores: Stores, folder: Path, programs: Programs, **settings: float) -> None:
        self.stores = stores
        self.running: dict[str, Program] = {}
        self._programs = programs
        self._folder = folder
        told = {"FRAM_SYNC_SECONDS": "0.2"} | {f"FRAM_{name.upper()}": str(value) for name, value in settings.items()}
        self._environment = stores.environment | told

    def start(self, name: str) -> Program:
        """Start a program, or start it again."""
        self.running[name] = Program(self._programs[name], self._environment, self._folder / f"{name}.log")
        return self.running[name]

    def start_all(self) -> None:
        for name in self._programs:
            self.start(name)

    def restart(self, name: str, after_seconds: float = 0.0) -> Program:
        """Kill a program and start it again some time later."""
        self.running[name].kill()
        time.sleep(after_seconds)
        return self.start(name)

    def kill_all(self) -> None:
        for program in self.running.values():
            program.kill()

    @property
    def publisher(self) -> str:
        """The name of the program that publishes."""
        return "ingest" if "ingest" in self._programs else next(iter(self._programs))

    def ask(self, service: str, path: str, method: str = "GET", body: object = None) -> tuple[int, Any]:
        """Ask a service. Raises OSError when it does not answer."""
        programs = [program for program in self.running.values() if service in program.urls]
        url = programs[0].urls[service]
        return ask(url + path, method, body)

    def edit(self, path: str, body: object = None, method: str = "PUT") -> None:
        """Have the metadata service do something, which must succeed."""
        status, reply = self.ask("metadata", path, method, body)
        assert status in (200, 201), reply

    def search(self, text: str, kind: str = "table") -> tuple[int, Any]:
        """Search; return the status and the keys found, or the problem."""
        wanted = {"query_term": text, "resource_types": [kind], "results_per_page": 1000}
        status, reply = self.ask("search", "/v2/search", "POST", wanted)
        if status != 200:
            return status, reply
        return status, {item[_KEYS.get(kind, "key")] for item in reply["results"][kind]["results"]}

    def found(self, text: str, kind: str = "table") -> set[str]:
        """Return the keys found; none while search is unavailable."""
        status, found = self.search(text, kind)
        return found if status == 200 else set()

    def status(self) -> dict[str, Any]:
        """Return what /sync/status says."""
        status, reply = self.ask("metadata", "/sync/status")
        return reply if status == 200 else {"state": "unknown", "message": reply}

    def await_state(self, state: str) -> dict[str, Any]:
        """Wait until /sync/status is in a state; return it."""
        return until(self.status, lambda status: status["state"] == state)

    def fram(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command over the same stores, to its end."""
        return subprocess.run(
            [FRAM, *arguments],
            env=self.stores.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )


@contextmanager
def deployed(stores: Stores, folder: Path, programs: Programs = ONE, **settings: float) -> Iterator[Deployment]:
    """Run Fram for a while; at the end everything is killed."""
    deployment = Deployment(stores, folder, programs, **settings)
    try:
        deployment.start_all()
        yield deployment
    finally:
        deployment.kill_all()


def until(look: Callable[[], T], good: Callable[[T], bool] = bool, seconds: float = PATIENCE_SECONDS) -> T:
    """Look until what is seen is good, and return it; fail with what was seen last."""
    deadline = time.monotonic() + seconds
    while not good(seen := look()):
        if time.monotonic() > deadline:
            pytest.fail(f"still not so after {seconds} seconds; seen last: {seen!r:.2000}")
        time.sleep(0.05)
    return seen


def ask(url: str, method: str = "GET", body: object = None) -> tuple[int, Any]:
    """Ask over HTTP; every answer must be JSON."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as reply:
            return reply.status, json.loads(reply.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def path_of(kind: str, key: str, *rest: str) -> str:
    """Return the path of something that belongs to a resource."""
    return "/".join(["", kind, quote(key, safe=":/"), *(quote(part, safe="") for part in rest)])
