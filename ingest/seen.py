"""Which names were seen: a few bytes of memory for each, however many there are."""

from array import array
from bisect import bisect_left
from heapq import merge

AT_ONCE = 4_096


class Seen:
    """Names, by their hashes of 64 bits: nine bytes each, where a set takes eighty.

    They stand in order in a few arrays, each longer than the one behind it. Two names of one hash are taken for one,
    which among ten million names happens once in 400,000 runs.
    """

    def __init__(self, at_once: int = AT_ONCE) -> None:
        """`at_once`: how many are kept in a set before they are put in order."""
        self._at_once = at_once
        self._recent: set[int] = set()
        self._sorted: list[array[int]] = []

    def add(self, name: str) -> bool:
        """Note a name; say whether it is new."""
        mark = hash(name)
        if self._has(mark):
            return False
        self._recent.add(mark)
        if len(self._recent) == self._at_once:
            self._settle()
        return True

    def __contains__(self, name: object) -> bool:
        return self._has(hash(name))

    def _has(self, mark: int) -> bool:
        if mark in self._recent:
            return True
        for some in self._sorted:
            at = bisect_left(some, mark)
            if at < len(some) and some[at] == mark:
                return True
        return False

    def _settle(self) -> None:
        """Put the recent ones in order, together with every array that is not longer."""
        fresh = array("q", sorted(self._recent))
        self._recent = set()
        while self._sorted and len(self._sorted[-1]) <= len(fresh):
            fresh = array("q", merge(self._sorted.pop(), fresh))
        self._sorted.append(fresh)
