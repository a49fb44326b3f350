"""How soon `fram serve metadata` answers after it is started, and how much memory it holds when idle."""

import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measure import Figure

TARGET_SECONDS, TARGET_MEGABYTES = 3, 120
ROUNDS = 3


def run() -> Iterator[Figure]:
    """Measure the embedded default. The ratios are to the targets."""
    with tempfile.TemporaryDirectory() as folder:
        taken = [_start(folder) for _ in range(ROUNDS)]
    until, memory = (median(values) for values in zip(*taken, strict=True))
    yield Figure("from command to first answer, in units of 3 s", until / TARGET_SECONDS, 1, f"{until:.2f} s", "-")
    yield Figure("idle memory, in units of 120 MB", memory / TARGET_MEGABYTES, 1, f"{memory:.0f} MB", "-")


def _start(folder: str) -> tuple[float, float]:
    fram = Path(sys.executable).with_name("fram")
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603  # our own program
        [fram, "serve", "metadata", "--data", folder, "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = process.stdout.readline().split()[-1]
        with urllib.request.urlopen(f"{url}/tags/") as reply:  # noqa: S310  # the address it printed
            assert reply.status == 200
        until = time.perf_counter() - began
        time.sleep(1)
        return until, _resident(process.pid)
    finally:
        process.terminate()
        process.wait()


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise RuntimeError("This system does not tell how much memory a process holds.")
