"""Read statements in several processes, in order and in bounded memory, whatever becomes of a process.

A statement is given so many seconds; it is stopped by a timer of its process. One that ends its process (it needs more
memory than there is) is found by reading its neighbours one by one, and refused.
"""

import multiprocessing
import os
import signal
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from types import FrameType
from typing import NamedTuple

from ingest.extract.query_log.records import Entry
from ingest.extract.sql.lineage import Columns, Facts, NotUnderstood, Reader
from schemas.errors import SourceUnavailable

REMEMBERED = 2_000  # answers, for statements that come again

_TOO_MANY = 3  # statements at once that end their process: then it is not they
_ENDED = "the process that read it ended; it may need more memory than there is"


class Text(NamedTuple):
    """A text to read, with the database and schema of names that lack one."""

    sql: str
    database: str
    schema: str


@dataclass(frozen=True, slots=True)
class Reading:
    """How statements are read."""

    dialect: str
    seconds: float = 10
    literals: bool = True
    columns: Columns | None = None


Answer = Sequence[Facts] | str  # a string says why there are none


class Parsers:
    """A pool of processes that read statements. Close it. Raises SourceUnavailable when processes do not live."""

    def __init__(
        self, reading: Reading, workers: int | None = None, finish: Callable[[Facts], Facts] = lambda facts: facts
    ) -> None:
        self._reading = reading
        self._finish = finish  # what is done once with the facts of each different statement
        self._workers = workers or os.cpu_count() or 1
        self._pool = self._start(self._workers)
        self._known: OrderedDict[Text, Answer] = OrderedDict()

    def _start(self, workers: int) -> ProcessPoolExecutor:
        # Not forked: the process that asks has threads.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(self._reading,))

    def close(self) -> None:
        """Stop the processes. What they are reading is given up."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def answers(self, chunks: Iterable[Sequence[Entry]]) -> Iterator[tuple[Entry, Answer]]:
        """Yield each entry with its answer, in order. Takes at most a few chunks ahead."""
        waiting: deque[_Waiting] = deque()
        for chunk in chunks:
            waiting.append(self._submit(chunk))
            if len(waiting) > 2 * self._workers:
                yield from self._take(waiting)
        while waiting:
            yield from self._take(waiting)

    def _submit(self, entries: Sequence[Entry]) -> "_Waiting":
        texts = [Text(entry.sql, entry.database, entry.schema) for entry in entries]
        known = {text: self._known[text] for text in texts if text in self._known}
        unknown = list(dict.fromkeys(text for text in texts if text not in known))
        return _Waiting(entries, texts, known, unknown, self._pool.submit(_read, unknown) if unknown else None)

    def _take(self, waiting: "deque[_Waiting]") -> Iterator[tuple[Entry, Answer]]:
        first = waiting.popleft()
        if first.future is not None:
            try:
                found: Sequence[Answer] = first.future.result()
            except BrokenProcessPool:
                found = self._again(first.unknown, waiting)
            found = [one if isinstance(one, str) else list(map(self._finish, one)) for one in found]
            self._known.update(zip(first.unknown, found, strict=True))
            first.known.update(zip(first.unknown, found, strict=True))
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        yield from ((entry, first.known[text]) for entry, text in zip(first.entries, first.texts, strict=True))

    def _again(self, texts: Sequence[Text], waiting: "deque[_Waiting]") -> Sequence[Answer]:
        """Read the texts apart from all others, one by one if need be; give what else was lost to new processes."""
        found = self._apart(texts) or self._one_by_one(texts)
        self._pool = self._start(self._workers)
        for one in waiting:
            if one.future is not None:
                one.future = self._pool.submit(_read, one.unknown)
        return found

    def _one_by_one(self, texts: Sequence[Text]) -> Sequence[Answer]:
        found: list[Answer] = []
        for text in texts:
            found += self._apart([text]) or [_ENDED]
            if found == [_ENDED] * _TOO_MANY:
                raise SourceUnavailable("The processes that read statements end before they have read any.")
        return found

    def _apart(self, texts: Sequence[Text]) -> Sequence[Answer] | None:
        """Read texts in a process of their own; None if they end that one, too."""
        with self._start(1) as pool:
            try:
                return pool.submit(_read, texts).result()
            except BrokenProcessPool:
                return None


@dataclass(slots=True)
class _Waiting:
    entries: Sequence[Entry]
    texts: Sequence[Text]
    known: dict[Text, Answer]
    unknown: Sequence[Text]
    future: "Future[list[Answer]] | None"


class _TooSlow(BaseException):  # not an Exception: sqlglot must not catch it
    pass


_reader: Reader
_seconds: float


def _begin(reading: Reading) -> None:
    """Make this process ready to read."""
    global _reader, _seconds  # noqa: PLW0603  # a process of a pool has no other place for what is its own
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the process that asks decides
    signal.signal(signal.SIGALRM, _stop)
    _reader = Reader(reading.dialect, reading.columns, literals=reading.literals)
    _seconds = reading.seconds


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _TooSlow


def _read(texts: Sequence[Text]) -> list[Answer]:
    return [_answer(text) for text in texts]


def _answer(text: Text) -> Answer:
    try:
        signal.setitimer(signal.ITIMER_REAL, _seconds)
        try:
            return _reader.read(text.sql, text.database, text.schema)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except NotUnderstood as error:
        return str(error)
    except _TooSlow:
        return f"it took longer than {_seconds:g} seconds"
