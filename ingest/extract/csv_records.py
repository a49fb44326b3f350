"""Read a CSV file as a stream of records, whatever is in it: never more than one record is held in memory."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple, TextIO

from metadata_service.store.model_check import MAX_VALUE_CHARACTERS
from schemas.errors import InvalidSource

MAX_RECORD_CHARACTERS = 4 * MAX_VALUE_CHARACTERS

_DELIMITERS = (",", ";", "\t", "|")
_QUOTED = re.compile(r'"[^"]*"')
_UNCLOSED = "A quoted cell of the row that begins here is never closed; nothing behind it was read."
_TOO_LONG = (
    f"The row that begins here is longer than {MAX_RECORD_CHARACTERS:,} characters, or a quote in it is never closed; "
    "nothing behind it was read."
)


class Record(NamedTuple):
    """A row: the line it begins in, its length in characters, its cells. Suspect: it holds what no store can."""

    line: int
    size: int
    cells: list[str]
    suspect: bool = False


class Fault(NamedTuple):
    """Where the file is not CSV, and why."""

    line: int
    reason: str


class CsvRecords:
    """The records of an open file; blank lines are left out. `name` is how messages call the file."""

    def __init__(self, stream: TextIO, name: str, delimiter: str = ",") -> None:
        self._name = name
        self._stream = stream
        self._lines = _Lines(stream)
        csv.field_size_limit(MAX_RECORD_CHARACTERS)  # of the whole process; the default refuses ordinary descriptions
        self._reader = csv.reader(iter(self._lines), delimiter=delimiter, strict=True)

    @property
    def position(self) -> int:
        """How many bytes of the file were read."""
        return self._stream.buffer.tell()

    def __iter__(self) -> Iterator[Record | Fault]:
        lines, reader = self._lines, self._reader
        while True:
            lines.begin_record()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                unclosed = str(error) == "unexpected end of data"
                yield Fault(lines.start, _UNCLOSED if unclosed else f"Not valid CSV: {error}.")
            except _TooLong:
                yield Fault(lines.start, _TOO_LONG)
                return
            except OSError as error:
                raise InvalidSource(f"{self._name} cannot be read: {error.strerror}.") from error
            else:
                if cells and not (len(cells) == 1 and cells[0].isspace()):
                    yield Record(lines.start, lines.size, cells, lines.suspect)

    def header(self) -> list[str]:
        """Read the first record as column names. Raises InvalidSource when there is none or it is unreadable."""
        match next(iter(self), None):
            case Record(cells=cells, suspect=False):
                return [column.strip() for column in cells]
            case None:
                raise InvalidSource(f"{self._name} is empty; it needs at least a header line.")
            case _:
                raise InvalidSource(f"{self._name} has no readable header line; it must be CSV in UTF-8.")


class _TooLong(Exception):
    pass


class _Lines:
    """The lines of a stream, watched for what makes up the present record."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._number = 0
        self.begin_record()

    def begin_record(self) -> None:
        self.start = self._number + 1
        self.size = 0
        self.suspect = False

    def __iter__(self) -> Iterator[str]:
        for line in iter(partial(self._stream.readline, MAX_RECORD_CHARACTERS), ""):
            self._number += 1
            self.size += len(line)
            if self.size >= MAX_RECORD_CHARACTERS:
                raise _TooLong
            if not is_storable(line):
                self.suspect = True
            yield line


def is_storable(text: str) -> bool:
    """Say whether a text read with surrogate escapes is valid Unicode without NUL characters."""
    if "\x00" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def delimiter_of(stream: TextIO) -> str:
    """Return what the cells of a file's header are separated by: commas, or what spreadsheets write in their place."""
    header = _QUOTED.sub("", stream.readline(MAX_RECORD_CHARACTERS))
    stream.seek(0)
    return max(_DELIMITERS, key=header.count)  # of those as frequent the first


@contextmanager
def open_records(path: Path, name: str, *, any_delimiter: bool = False) -> Iterator[CsvRecords]:
    """Open a file in UTF-8, with or without a byte order mark. Raises InvalidSource when it cannot be read.

    With `any_delimiter` its header says what separates cells, else commas do.
    """
    try:
        # Bytes that are not UTF-8 come through as surrogates, so that one bad row does not end the file.
        stream = path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise InvalidSource(f"{name} cannot be read: {error.strerror}.") from error
    with stream:
        yield CsvRecords(stream, name, delimiter_of(stream) if any_delimiter else ",")
