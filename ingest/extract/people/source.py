"""People as a source: files of CSV, LDIF or SCIM's JSON, as directories export them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar

from marshmallow import Schema, fields, validate

from ingest.extract.people.csv import read_csv
from ingest.extract.people.fields import FIELDS, Directory, Entry, person_of
from ingest.extract.people.ldif import read_ldif
from ingest.extract.people.scim import read_scim
from ingest.extract.source import Refused, Source
from schemas.errors import InvalidSource
from schemas.statements import Statement

Called = Mapping[str, str]  # fields by what a file calls them
Read = Callable[[Path, Called], Iterator[Entry | Refused]]

_READERS: Mapping[str, Read] = MappingProxyType({"csv": read_csv, "ldif": read_ldif, "scim": read_scim})
_SUFFIXES: Mapping[str, str] = MappingProxyType(
    {".csv": "csv", ".tsv": "csv", ".ldif": "ldif", ".ldf": "ldif", ".json": "scim"}
)


class PeopleSettings(Schema):
    path = fields.String(
        required=True,
        validate=validate.Length(min=1),
        metadata={"description": "A file, a folder or a pattern; files end in .csv, .tsv, .ldif or .json (SCIM)."},
    )
    format = fields.String(
        validate=validate.OneOf(tuple(_READERS)),
        metadata={"description": f"What the files are, where their names do not tell: {', '.join(_READERS)}."},
    )
    fields_ = fields.Dict(
        data_key="fields",
        keys=fields.String(validate=validate.OneOf(tuple(FIELDS))),
        values=fields.String(validate=validate.Length(min=1)),
        load_default=dict,
        metadata={"description": f"What columns or attributes are called, where it is not plain: {', '.join(FIELDS)}."},
    )
    complete = fields.Boolean(
        load_default=True, metadata={"description": "Who is no longer in the files is gone; false: they only add."}
    )


class People(Source):
    about: ClassVar = "People: CSV, LDIF or SCIM's JSON: names, teams, roles, managers"
    settings: ClassVar = PeopleSettings

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.complete = settings["complete"]

    def check(self) -> str:
        """Open the files and see who the first is. Raises InvalidSource."""
        files = self._files()
        first = next(self._entries(), None)
        if isinstance(first, Refused):
            raise InvalidSource(f"{first.where}: {first.reason}")
        return f"{len(files)} file(s), {f'the first person is at {first.where}' if first else 'nobody in them'}"

    def extract(self) -> Iterator[Statement | Refused]:
        """Read the files twice: who goes by which name, and then everybody with their manager."""
        directory = Directory()
        for entry in self._entries():
            if isinstance(entry, Entry):
                directory.add(entry)
        for entry in self._entries():
            yield entry if isinstance(entry, Refused) else person_of(entry, directory)

    def _entries(self) -> Iterator[Entry | Refused]:
        for path in self._files():
            read = _READERS[self.told.get("format") or _SUFFIXES.get(path.suffix.lower(), "csv")]
            yield from read(path, self.told["fields_"])

    def _files(self) -> list[Path]:
        root = Path(self.told["path"])
        if root.is_dir():
            found = [one for one in sorted(root.iterdir()) if one.suffix.lower() in _SUFFIXES]
        else:
            found = [root] if root.is_file() else sorted(root.parent.glob(root.name)) if root.name else []
        if not found:
            raise InvalidSource(f"path: {root} names no file that ends in {', '.join(_SUFFIXES)}.")
        return found
