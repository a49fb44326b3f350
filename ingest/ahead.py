"""Read ahead: a source is read by a thread of its own, while what was read of it is being written.

So what a source waits for costs no time; and one that hangs, in a driver or before a server that never answers, is left
behind by a run that is out of time or told to stop.
"""

import logging
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Generic, NamedTuple, TypeVar

from metadata_service.store.collector import collector_paused

LOTS = 2  # how many lots ahead
FIRST, AT_ONCE = 100, 500  # items that a lot has at most, and that are written together: from few at first to many
SECONDS = 0.2  # after which a lot is handed over with what it has, and who waits looks around
PATIENCE = 5.0  # seconds that a source has to give its next item when nobody wants it any more

log = logging.getLogger(__name__)

T = TypeVar("T")


def grown(most: int) -> int:
    """Return how many the next lot may have: the first ones are small, so that writing begins early."""
    return min(2 * most, AT_ONCE)


class _Lot(NamedTuple, Generic[T]):
    """Some items, whether there may be more, and what went wrong behind them."""

    items: list[T]
    going_on: bool
    error: BaseException | None


def ahead(
    read: Callable[[], Iterator[T]], keep: Callable[[], None] = lambda: None, name: str = "a source"
) -> Generator[T, None, None]:
    """Yield the items that `read` yields in a thread; what it raises comes behind what it yielded.

    Holds LOTS of items that are not asked for yet. `keep` is called while there is nothing, to leave by raising. Who
    leaves early waits until the source gives its next item, but for PATIENCE at most; the log then calls it by `name`.
    The garbage collector is paused while a lot is worked off, and goes on behind each.
    """
    reader = _Reader(read, name)
    reader.start()
    try:
        going_on = True
        while going_on:
            lot = reader.next_lot(keep)
            with collector_paused():  # all of a lot is alive until it is worked off
                yield from lot.items
            if lot.error is not None:
                raise lot.error
            going_on = lot.going_on
    finally:
        reader.leave()


class _Reader(Thread, Generic[T]):
    """Reads until it is left. A daemon, since the process must be able to end without it."""

    def __init__(self, read: Callable[[], Iterator[T]], name: str) -> None:
        super().__init__(name=f"read ahead: {name}", daemon=True)
        self._whose = name
        self._read = read
        self._over = Event()
        self._most = FIRST
        self._lot: list[T] = []
        self._lots: Queue[_Lot[T]] = Queue(LOTS - 1)  # beside the one that is given out

    def next_lot(self, keep: Callable[[], None]) -> _Lot[T]:
        while True:
            try:
                return self._lots.get(timeout=SECONDS)
            except Empty:
                keep()

    def leave(self) -> None:
        self._over.set()
        self.join(PATIENCE)
        if self.is_alive():
            log.warning("%s does not go on and was left behind; its thread ends when it does", self._whose)

    def run(self) -> None:
        """Read all. The last lot says what went wrong, whatever it was: who waits for it would wait for ever."""
        error: BaseException | None = None
        try:
            with closing(self._items()) as items:  # in the thread that they came from
                self._read_all(items)
        except BaseException as caught:  # noqa: BLE001  # it is raised where the items are taken
            error = caught
        self._hand_over(going_on=False, error=error)

    def _items(self) -> Generator[T, None, None]:
        yield from self._read()

    def _read_all(self, items: Iterator[T]) -> None:
        end = time.monotonic() + SECONDS
        for item in items:
            self._lot.append(item)
            if len(self._lot) == self._most or time.monotonic() > end:
                self._hand_over(going_on=True)
                end = time.monotonic() + SECONDS
            if self._over.is_set():
                return

    def _hand_over(self, *, going_on: bool, error: BaseException | None = None) -> None:
        lot, self._lot = _Lot(self._lot, going_on, error), []
        self._most = grown(self._most)
        while not self._over.is_set():
            try:
                self._lots.put(lot, timeout=SECONDS)
            except Full:
                continue
            return
