"""Find the CSV files of a folder, recognise each by its header, and put them in the order in which they can go in."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from ingest.extract.amundsen.formats import Format
from ingest.extract.amundsen.rows import Parse, Refused, to_row
from ingest.extract.csv_records import Fault, open_records
from ingest.records import Put
from schemas.errors import InvalidKey, InvalidSource

Advance = Callable[[int], None]  # called now and then with how many bytes of a file were read

_ROWS_BETWEEN_ADVANCES = 500


class SourceRow(NamedTuple):
    """What a row asks for: the line it begins in, its length in characters, its mutations."""

    line: int
    size: int
    mutations: list[Put]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was recognised; `name` is its path below the folder."""

    path: Path
    name: str
    size: int
    columns: tuple[str, ...]
    format: Format
    parse: Parse

    def rows(self, advance: Advance = lambda _: None) -> Iterator[SourceRow | Fault]:
        """Stream the rows; one that does not fit is a Fault. Raises InvalidSource when the file cannot be read."""
        columns, parse = self.columns, self.parse
        with open_records(self.path, self.name) as records:
            records.header()
            for number, record in enumerate(records):
                if isinstance(record, Fault):
                    yield record
                else:
                    try:
                        yield SourceRow(record.line, record.size, parse(to_row(columns, record)))
                    except Refused as refused:
                        yield Fault(record.line, str(refused))
                    except InvalidKey as error:
                        yield Fault(record.line, error.message)
                if not number % _ROWS_BETWEEN_ADVANCES:
                    advance(records.position)


@dataclass(frozen=True, slots=True)
class Folder:
    """The files in the order in which they go in, and what of the folder is left alone, as sentences."""

    files: tuple[SourceFile, ...]
    notices: tuple[str, ...]


def open_folder(root: Path, formats: Sequence[Format]) -> Folder:
    """Recognise every CSV file below a folder. Raises InvalidSource when there is none, or one that is unknown."""
    if not root.is_dir():
        raise InvalidSource(f"{root} is not a folder.")
    paths, notices = _survey(root)
    files = [_recognise(path, _name(path, root), formats) for path in paths]
    if not files:
        raise InvalidSource(f"{root} holds no .csv file.")
    notices += (
        f"{file.name}: column {column!r} is not one of {file.format.name} and is ignored."
        for file in files
        for column in file.format.ignored(file.columns)
    )
    files.sort(key=lambda file: (formats.index(file.format), file.name))
    return Folder(tuple(files), tuple(notices))


def _survey(root: Path) -> tuple[list[Path], list[str]]:
    """Return the CSV files below a folder, and what else there is as sentences."""

    def refuse(error: OSError) -> None:
        raise InvalidSource(f"{error.filename} cannot be read: {error.strerror}.")

    tree = [(Path(place), folders, names) for place, folders, names in os.walk(root, onerror=refuse)]
    paths = [place / name for place, _, names in tree for name in names]
    links = [place / name for place, folders, _ in tree for name in folders if (place / name).is_symlink()]
    found = sorted(path for path in paths if path.suffix.lower() == ".csv")
    useful = {root, *(parent for path in found for parent in path.parents)}
    without = [place for place, _, _ in tree if place not in useful and place.parent in useful]
    others = [path for path in paths if path.suffix.lower() != ".csv" and path.parent in useful]
    reasons = {
        **dict.fromkeys(sorted(links), "is a link to a folder"),
        **dict.fromkeys(sorted(without), "is a folder without .csv files"),
        **dict.fromkeys(sorted(others), "is not a .csv file"),
    }
    return found, [f"{_name(path, root)} {why} and is ignored." for path, why in reasons.items()]


def _name(path: Path, root: Path) -> str:
    """Return how a path below a folder is called in messages, which hold Unicode only."""
    return os.fsencode(path.relative_to(root).as_posix()).decode(errors="replace")


def _recognise(path: Path, name: str, formats: Sequence[Format]) -> SourceFile:
    with open_records(path, name) as records:
        header = records.header()
    named = [column for column in header if column]
    if len(set(named)) < len(named):
        raise InvalidSource(f"{name}: the header names a column twice.")
    fitting = [known for known in formats if not known.missing(header)]
    if not fitting:
        raise InvalidSource(f"{name}: {_what_is_wrong(header, formats)}")
    most = max(len(known.required) for known in fitting)
    best, *rivals = [known for known in fitting if len(known.required) == most]
    if rivals:
        raise InvalidSource(f"{name}: the header fits {best.name} as well as {rivals[0].name}.")
    try:
        parse = best.bind(header)
    except InvalidSource as error:
        raise InvalidSource(f"{name}: {error.message}") from None
    return SourceFile(path, name, path.stat().st_size, tuple(header), best, parse)


def _what_is_wrong(header: Sequence[str], formats: Sequence[Format]) -> str:
    def shared(known: Format) -> int:
        return len(known.required) - len(known.missing(header))

    nearest = max(formats, key=lambda known: (shared(known) / len(known.required), shared(known)))
    if not shared(nearest):
        return f"the header {','.join(header)[:80]!r} shares no column with any known format."
    missing = ", ".join(nearest.missing(header))
    return f"the header is of no known format; it is nearest to {nearest.name}, but lacks: {missing}."
