"""Python's garbage collector, kept away from large results while they are built."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause the collector: it would walk again and again through what is being built, all of it alive."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class Rounds:
    """Calls the collector between the rounds of a long work that pauses it, when most of what a round took is gone."""

    def __init__(self) -> None:
        self._over = 0

    def over(self) -> None:
        """Collect what has come since the last round, and now and then what has stayed for longer."""
        self._over += 1
        gc.collect(2 if self._over % 100 == 0 else 1 if self._over % 10 == 0 else 0)
