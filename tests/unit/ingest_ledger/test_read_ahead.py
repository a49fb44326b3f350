"""Reading ahead: the same items in the same order, a bounded number of them early, and an end that is waited for."""

import gc
import threading
import time
from collections.abc import Generator
from itertools import islice

import pytest

from ingest import ahead as reading_ahead
from ingest.ahead import AT_ONCE, FIRST, LOTS, SECONDS, ahead


class Numbers:
    """Counts, and remembers how far it came, in which threads, and whether it was closed."""

    def __init__(self, last: int, *, fails: bool = False, seconds: float = 0.0) -> None:
        self.came = 0
        self.threads: set[int] = set()
        self.closed = threading.Event()
        self._last = last
        self._fails = fails
        self._seconds = seconds

    def count(self) -> Generator[int, None, None]:
        try:
            while self.came < self._last:
                self.threads.add(threading.get_ident())
                self.came += 1
                yield self.came
                time.sleep(self._seconds)
            if self._fails:
                raise ValueError("No more.")
        finally:
            self.threads.add(threading.get_ident())
            self.closed.set()


def _settled(numbers: Numbers) -> int:
    """Return how far it comes while nobody takes more."""
    came = -1
    while numbers.came != came:
        came = numbers.came
        time.sleep(0.1)
    return came


@pytest.mark.parametrize("last", [0, 1, FIRST - 1, FIRST, FIRST + 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 5 * AT_ONCE])
def test_items_come_once_and_in_order_from_one_other_thread(last: int):
    numbers = Numbers(last)
    assert list(ahead(numbers.count)) == list(range(1, last + 1))
    assert numbers.closed.is_set()
    assert len(numbers.threads) == 1
    assert threading.get_ident() not in numbers.threads


@pytest.mark.parametrize("last", [0, 3, AT_ONCE, AT_ONCE + 3])
def test_what_goes_wrong_comes_behind_what_was_read(last: int):
    items = ahead(Numbers(last, fails=True).count)
    assert list(islice(items, last)) == list(range(1, last + 1))
    with pytest.raises(ValueError, match="No more"):
        next(items)


def test_it_is_some_lots_ahead_and_no_more():
    numbers = Numbers(100 * AT_ONCE)
    items = ahead(numbers.count)
    assert next(items) == 1
    assert _settled(numbers) == FIRST + 2 * FIRST + 4 * FIRST  # the first lots are small
    taken = 1 + len(list(islice(items, 20 * AT_ONCE)))
    assert taken + (LOTS - 1) * AT_ONCE < _settled(numbers) <= taken + (LOTS + 1) * AT_ONCE
    items.close()
    assert numbers.closed.is_set()


def test_who_leaves_early_waits_for_the_next_item_alone():
    numbers = Numbers(10**6, seconds=0.02)
    items = ahead(numbers.count)
    next(items)
    came = numbers.came
    items.close()
    assert numbers.closed.is_set()
    assert numbers.came <= came + 2
    assert len(numbers.threads) == 1


def test_slow_items_are_not_kept_back_until_there_are_many():
    began = time.monotonic()
    items = ahead(Numbers(10**6, seconds=SECONDS / 4).count)
    assert next(items) == 1
    assert time.monotonic() - began < 20 * SECONDS
    items.close()


def test_the_garbage_collector_is_paused_for_a_lot_at_a_time():
    items = ahead(Numbers(AT_ONCE + 1).count)
    assert next(items) == 1
    assert not gc.isenabled()
    items.close()
    assert gc.isenabled()
    looked: list[bool] = []
    for item in ahead(Numbers(3, seconds=2 * SECONDS).count, lambda: looked.append(gc.isenabled())):
        assert item
    assert looked
    assert all(looked)  # while nothing is there


class Hung:
    """A source that does not answer before it is told to."""

    def __init__(self) -> None:
        self.answered = threading.Event()
        self.closed = threading.Event()

    def count(self) -> Generator[int, None, None]:
        try:
            yield 1
            self.answered.wait(60)
            yield 2  # nobody wants it any more
        finally:
            self.closed.set()


def test_who_waits_looks_around_and_may_leave_what_hangs(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setattr(reading_ahead, "PATIENCE", 0.1)
    hung, looked = Hung(), []

    def keep() -> None:
        looked.append(1)
        if len(looked) == 3:
            raise TimeoutError

    items = ahead(hung.count, keep, "the source of shop")
    with pytest.raises(TimeoutError):
        next(items)
    assert "the source of shop does not go on and was left behind" in caplog.text
    hung.answered.set()
    assert hung.closed.wait(10)


@pytest.mark.parametrize("error", [ValueError("Not even one."), SystemExit("Not even one.")], ids=repr)
def test_what_goes_wrong_at_once_is_raised(error: BaseException):
    def fails() -> Generator[int, None, None]:
        raise error

    with pytest.raises(type(error), match="Not even one"):
        next(ahead(fails))
