"""Files of statements, one JSON object a line: for whoever writes what they know by a script of their own."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from marshmallow import Schema, fields, validate

from ingest.extract.source import Refused, Source
from schemas.errors import Invalid, InvalidSource, SourceUnavailable
from schemas.statements import Statement
from schemas.wire.ingest_requests import statement_of

MAX_LINE_BYTES = 8_000_000


class StatementsFileSettings(Schema):
    path = fields.String(
        required=True,
        validate=validate.Length(min=1),
        metadata={"description": "A file, or a folder whose files ending in .ndjson or .jsonl are read in order."},
    )
    complete = fields.Boolean(
        load_default=True, metadata={"description": "What is no longer in the files is gone; false: they only add."}
    )


class StatementsFile(Source):
    about = "Files of statements, one JSON object a line."
    settings = StatementsFileSettings

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.complete = settings["complete"]

    def check(self) -> str:
        files = self._files()
        return f"{len(files)} files of {sum(file.stat().st_size for file in files):,} bytes, first {files[0].name}"

    def extract(self) -> Iterator[Statement | Refused]:
        for file in self._files():
            try:
                with file.open("rb") as lines:
                    for number, line in enumerate(iter(lambda: lines.readline(MAX_LINE_BYTES + 1), b""), 1):
                        if len(line) > MAX_LINE_BYTES:
                            raise InvalidSource(f"{file.name}, line {number} is longer than {MAX_LINE_BYTES:,} bytes.")
                        if line.strip():
                            yield _read(line, f"{file.name}, line {number}")
            except OSError as error:
                raise SourceUnavailable(f"{file.name} cannot be read: {error.strerror}.") from error

    def _files(self) -> list[Path]:
        path = Path(self.told["path"])
        if path.is_file():
            return [path]
        if not path.is_dir():
            raise InvalidSource(f"{path} is neither a file nor a folder.")
        found = sorted(file for ending in ("*.ndjson", "*.jsonl") for file in path.glob(ending))
        if not found:
            raise InvalidSource(f"{path} holds no file that ends in .ndjson or .jsonl.")
        return found


def _read(line: bytes, where: str) -> Statement | Refused:
    try:
        return statement_of(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        return Refused(where, f"It is not JSON: {error}.")
    except Invalid as error:
        return Refused(where, error.message)
