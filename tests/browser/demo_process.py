"""The demo as a newcomer starts it: one process, free ports, what it prints read back."""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

IN_BROWSER = pytest.mark.xdist_group("browser")  # one browser and one demo for all of them
FRAM = Path(sys.executable).with_name("fram")
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Demo:
    """Where the services of a running demo are."""

    page: str
    metadata: str
    search: str
    process: subprocess.Popen[str]
    data: Path

    def ask(self, path: str, method: str = "GET", body: object = None, actor: str = "") -> Any:
        """Ask the metadata service past the page, as another program does."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Fram-Actor": actor} if actor else {}
        request = urllib.request.Request(f"{self.metadata}{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as reply:
            return json.loads(reply.read() or b"null")


@contextmanager
def demo(data: Path, *options: str, command: str = "demo", holds: str = "fct_orders") -> Iterator[Demo]:
    """Run `fram demo` (or `fram serve`) over a folder until the block ends, once the table it holds can be found."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    with (data / "log").open("w") as log:
        process = subprocess.Popen(
            [FRAM, command, "--data", data, "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        )
        assert process.stdout is not None
        try:
            lines = [process.stdout.readline() for _ in range(3)]
            assert all(lines), (data / "log").read_text()
            metadata, search, page = (line.split()[-1] for line in lines)
            _wait_for(f"{page}/api/search/v2/suggest?query_term={holds}", holds)
            yield Demo(page, metadata, search, process, data)
        finally:
            process.terminate()
            process.wait(30)
            process.stdout.close()


def _wait_for(url: str, holds: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                if holds.encode() in reply.read():
                    return
        except urllib.error.HTTPError:
            pass  # the index is being built
        time.sleep(0.2)
    raise TimeoutError(f"{url} found nothing within {PATIENCE_SECONDS:.0f} seconds")
