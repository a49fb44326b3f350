"""What a pure function said of short texts that are met again and again, kept within bounds of memory."""

from collections.abc import Callable
from typing import TypeVar

LONGEST = 128  # characters of a text that is worth remembering

T = TypeVar("T")


class Remembered(dict[str, T]):
    """Answers `remembered[text]` like the function, which is asked once while the text is met often enough.

    Holds twice as many texts as `most`: when that many have come, they become the older half, and the older half before
    them goes, apart from what was asked for again. May be used from several threads at once.
    """

    def __init__(self, read: Callable[[str], T], most: int) -> None:
        super().__init__()
        self._read = read
        self._most = most
        self._older: dict[str, T] = {}

    def __missing__(self, text: str) -> T:
        found = self._older.get(text)
        if found is None:
            found = self._read(text)
        if len(text) <= LONGEST:
            if len(self) >= self._most:
                self._older = self.copy()
                self.clear()
            self[text] = found
        return found
