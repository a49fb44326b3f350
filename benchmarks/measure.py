"""Time two ways of doing one thing in turn, so that a noisy machine is noisy for both."""

import gc
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Event, Thread


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the report. `ratio` is what counts; `target` is what it must not exceed (or not fall below)."""

    name: str
    ratio: float
    target: float
    ours: str
    bare: str
    at_least: bool = False

    @property
    def met(self) -> bool:
        return self.ratio >= self.target if self.at_least else self.ratio <= self.target

    def __str__(self) -> str:
        bound = f"{'at least' if self.at_least else 'at most'} {self.target:g}: {'met' if self.met else 'MISSED'}"
        return f"{self.name:<60} {self.ratio:6.2f} ({bound})  ours {self.ours}, bare {self.bare}"


def seconds(action: Callable[[], object]) -> float:
    """Return how long one call takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def paired(ours: Callable[[], object], bare: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """Return the medians of both, in seconds, and the median of the ratios pair by pair; one round warms up.

    What was loaded and made before is not looked through by the garbage collector, as in a service (fram/serving.py).
    """
    ours()
    bare()
    gc.freeze()
    pairs = [(seconds(ours), seconds(bare)) for _ in range(rounds)]
    gc.unfreeze()
    return median(a for a, _ in pairs), median(b for _, b in pairs), median(a / b for a, b in pairs)


def quick(name: str, times: Sequence[float], target: float) -> Figure:
    """Compare the median of some times with what it is to stay under, in seconds; the slowest is told."""
    usual, worst = median(times), max(times)
    return Figure(
        name, usual / target, 1, f"{milliseconds(usual)} (slowest {milliseconds(worst)})", milliseconds(target)
    )


def milliseconds(value: float) -> str:
    return f"{1000 * value:.1f} ms"


def peak() -> float:
    """Return the most memory that this process has held so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


@contextmanager
def memory_watched(every_seconds: float = 0.05) -> Iterator[list[float]]:
    """Note again and again how much memory of its own, mapped files apart, this process holds, in megabytes."""
    done, noted = Event(), [_own_memory()]

    def watch() -> None:
        while not done.wait(every_seconds):
            noted.append(_own_memory())

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield noted
    finally:
        done.set()
        watcher.join()


def _own_memory() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1000
