"""One row of a CSV file, and the typed ways to read its cells; whatever does not fit is refused by column."""

import re
from collections.abc import Callable, Sequence

from ingest.extract.csv_records import Record, is_storable
from ingest.records import Put
from metadata_service.store.model_check import MAX_KEY_BYTES, MAX_VALUE_CHARACTERS

MAX_NAMES = 1_000  # in one comma-separated cell

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}(?:\.0)?")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


class Refused(Exception):
    """A row that cannot go in; the message is the reason shown to whoever loads the file."""


class Row(dict[str, str]):
    """The cells of a row by column; a column the file does not have reads as empty."""

    def __missing__(self, column: str) -> str:
        return ""

    def text(self, column: str) -> str:
        """Return a cell that must not be blank. Raises Refused."""
        value = self[column]
        if not value or value.isspace():
            raise Refused(f"Column {column!r} is empty.")
        return value

    def name(self, column: str) -> str:
        """Return a cell that becomes part of a key. Raises Refused when it is blank or too long for one."""
        value = self[column]
        if not value or value.isspace():
            return self.text(column)
        if len(value) > MAX_KEY_BYTES:
            raise Refused(f"Column {column!r} is longer than {MAX_KEY_BYTES:,} characters.")
        return value

    def address(self, column: str) -> str:
        """Return the address of a person, in the one spelling people are known by. Raises Refused."""
        return self.name(column).strip().lower()

    def names(self, column: str) -> list[str]:
        """Return the names of a comma-separated cell, stripped, without empty ones. Raises Refused for too many."""
        names = [name for part in self[column].split(",") if (name := part.strip())]
        if len(names) > MAX_NAMES:
            raise Refused(f"Column {column!r} lists more than {MAX_NAMES:,} names.")
        return names

    def lower_names(self, column: str) -> list[str]:
        """Return `names` in lower case."""
        return [name.lower() for name in self.names(column)]

    def whole(self, column: str) -> int:
        """Return a whole number that must be there. Raises Refused."""
        return whole(column, self.text(column))

    def find_whole(self, column: str) -> int | None:
        """Return a whole number, or None where the cell is empty. Raises Refused."""
        value = self[column]
        return whole(column, value) if value else None

    def find_truth(self, column: str) -> bool | None:
        """Return a truth value, or None where the cell is empty. Raises Refused."""
        value = self[column]
        return truth(column, value) if value else None


def to_row(columns: Sequence[str], record: Record) -> Row:
    """Pair cells with columns; trailing cells may be missing. Raises Refused for what no row may hold."""
    cells = record.cells
    if len(cells) > len(columns):
        raise Refused(f"The row has {len(cells):,} cells, but the header names {len(columns):,} columns.")
    row = Row(zip(columns, cells, strict=False))
    if record.suspect or record.size > MAX_VALUE_CHARACTERS:
        _check_cells(row)
    return row


def _check_cells(row: Row) -> None:
    for column, value in row.items():
        if len(value) > MAX_VALUE_CHARACTERS:
            raise Refused(f"Column {column!r} is longer than {MAX_VALUE_CHARACTERS:,} characters.")
        if not is_storable(value):
            raise Refused(f"Column {column!r} holds bytes that are not UTF-8, or a NUL character.")


Parse = Callable[[Row], list[Put]]  # pure; raises Refused or InvalidKey


def whole(column: str, value: str) -> int:
    """Read a whole number, also as databases export it through floats: 12.0. Raises Refused."""
    if not _INTEGER.fullmatch(value):
        raise Refused(f"Column {column!r} is {value[:40]!r}, which is not a whole number.")
    return int(value.removesuffix(".0"))


def number(column: str, value: str) -> int | float:
    """Read a whole or decimal number. Raises Refused."""
    if _INTEGER.fullmatch(value) and not value.endswith(".0"):
        return int(value)
    return decimal(column, value)


def decimal(column: str, value: str) -> float:
    """Read a decimal number. Raises Refused."""
    if not _FLOAT.fullmatch(value):
        raise Refused(f"Column {column!r} is {value[:40]!r}, which is not a number.")
    return float(value)


def truth(column: str, value: str) -> bool:
    """Read true or false. Raises Refused."""
    found = _BOOLEANS.get(value.lower())
    if found is None:
        raise Refused(f"Column {column!r} is {value[:40]!r}, which is neither true nor false.")
    return found
