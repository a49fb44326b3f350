"""OpenLineage's events in files, one JSON object a line, as a source: all of them together say what there is."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, cast

import orjson
from marshmallow import Schema, fields, validate

from ingest.extract.openlineage.events import kind_of
from ingest.extract.openlineage.fold import take
from ingest.extract.openlineage.known import Dataset, Known
from ingest.extract.openlineage.naming import Names
from ingest.extract.openlineage.tables import statements
from ingest.extract.source import Refused, Source
from schemas.errors import InvalidBody, InvalidSource
from schemas.statements import Statement, Table

MAX_LINE_BYTES = 20_000_000

_SUFFIXES = (".ndjson", ".jsonl", ".json", ".log")
_NAMED = fields.String(validate=validate.Length(min=1))


class OpenLineageSettings(Schema):
    path = fields.String(
        required=True,
        validate=validate.Length(min=1),
        metadata={"description": "A file, a folder or a pattern; files end in .ndjson, .jsonl, .json or .log, or .gz."},
    )
    namespaces = fields.Dict(
        keys=fields.String(),
        values=fields.String(validate=validate.Regexp(r"[^/]+(/[^/]+)?\Z", error="It must be DATABASE/CLUSTER.")),
        load_default=dict,
        metadata={"description": "DATABASE or DATABASE/CLUSTER by namespace; * at its end stands for any rest."},
    )
    clusters = fields.Dict(
        keys=fields.String(),
        values=_NAMED,
        load_default=dict,
        metadata={"description": "The clusters that databases are kept as, where they are called otherwise."},
    )
    case = fields.String(
        load_default="system",
        validate=validate.OneOf(("system", "lower", "upper", "keep")),
        metadata={"description": "The case of names in SQL databases: as for other sources."},
    )


class OpenLineage(Source):
    about: ClassVar = "OpenLineage: files of events: lineage of tables and columns, and what facets tell"
    settings: ClassVar = OpenLineageSettings
    complete = False  # events tell what happened, not what there is

    def check(self) -> str:
        """See that the files are there and what their first event is. Raises InvalidSource."""
        files = self._files()
        first = next(_lines(files[0]), None)
        kind = _read(*first) if first else None
        if isinstance(kind, Refused):
            raise InvalidSource(f"{kind.where}: {kind.reason}")
        return f"{len(files)} file(s), {f'the first event is of a {kind[0]}' if kind else 'the first is empty'}"

    def extract(self) -> Iterator[Statement | Refused]:
        """Read all events, then say what they tell together."""
        names = Names(self.told["namespaces"], self.told["clusters"], self.told["case"])
        known = Known(lambda _: {})
        for path in self._files():
            for line, where in _lines(path):
                event = _read(line, where)
                if isinstance(event, Refused):
                    yield event
                else:
                    take(known, names, *event)
        datasets = [one for one in known.changed.values() if isinstance(one, Dataset)]
        for tables in (True, False):  # tables first, so that lineage finds them
            for dataset in datasets:
                yield from (one for one in statements(dataset, names) if isinstance(one, Table) is tables)

    def _files(self) -> list[Path]:
        root = Path(self.told["path"])
        if root.is_dir():
            found = [one for one in sorted(root.iterdir()) if one.name.removesuffix(".gz").endswith(_SUFFIXES)]
        else:
            found = [root] if root.is_file() else sorted(root.parent.glob(root.name)) if root.name else []
        if not found:
            raise InvalidSource(f"path: {root} names no file that ends in {', '.join(_SUFFIXES)} (or those with .gz).")
        return found


def _lines(path: Path) -> Iterator[tuple[bytes, str]]:
    """Stream the lines that hold something, each with where it is. Raises InvalidSource."""
    try:
        with cast("BinaryIO", (gzip.open if path.suffix == ".gz" else open)(path, "rb")) as stream:
            number = 0
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                if len(line) > MAX_LINE_BYTES:
                    raise InvalidSource(f"{path.name} line {number} is longer than {MAX_LINE_BYTES:,} bytes.")
                line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
                if line.strip():
                    yield line, f"{path.name} line {number}"
    except (OSError, EOFError) as error:
        raise InvalidSource(f"{path.name} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _read(line: bytes, where: str) -> tuple[str, dict[str, Any]] | Refused:
    try:
        event = orjson.loads(line)
        return kind_of(event), event
    except orjson.JSONDecodeError as error:
        return Refused(where, f"The line is no JSON: {error}.")
    except InvalidBody as error:
        return Refused(where, error.message)
