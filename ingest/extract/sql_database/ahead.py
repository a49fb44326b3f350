"""Read ahead: while what was read is being worked on, a thread of its own goes on waiting for the database."""

import time
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from threading import Event
from typing import TypeVar

LOTS, AT_ONCE = 2, 250  # how many lots ahead, and how many items one has at most
SECONDS = 0.2  # after which a lot is handed over with what it has

T = TypeVar("T")


def ahead(items: Generator[T, None, None]) -> Generator[T, None, None]:
    """Yield the items of a generator, all of which runs in one thread; what it raises comes behind what it yielded.

    Holds LOTS of items that are not asked for yet. Who leaves early waits until the generator's next item.
    """
    over = Event()
    coming: deque[tuple[list[T], Future[bool]]] = deque()
    with ThreadPoolExecutor(1, "read ahead") as reader:

        def order() -> None:
            lot: list[T] = []
            coming.append((lot, reader.submit(_fill, lot, items, over)))

        try:
            for _ in range(LOTS):
                order()
            going_on = True
            while going_on:
                lot, filled = coming.popleft()
                error = filled.exception()
                order()
                yield from lot
                if error is not None:
                    raise error
                going_on = filled.result()
        finally:
            over.set()
            reader.submit(items.close)


def _fill(lot: list[T], items: Iterator[T], over: Event) -> bool:
    """Read a lot; say whether there may be another."""
    end = time.monotonic() + SECONDS
    for item in () if over.is_set() else islice(items, AT_ONCE):
        lot.append(item)
        if over.is_set() or time.monotonic() > end:
            return True
    return len(lot) == AT_ONCE
