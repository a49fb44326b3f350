"""People in a CSV file, its columns called as in Amundsen's sample or as directories call them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from ingest.extract.csv_records import Fault, Record, open_records
from ingest.extract.people.fields import Entry, Unfit, address, field_names, plain, truth
from ingest.extract.source import Refused
from schemas.errors import InvalidSource


def read_csv(path: Path, called: Mapping[str, str]) -> Iterator[Entry | Refused]:
    """Stream the rows. Raises InvalidSource where the file cannot be read or has no column of addresses."""
    with open_records(path, path.name, any_delimiter=True) as records:
        header = records.header()
        columns = _columns(header, called)
        if "email" not in columns:
            raise InvalidSource(f"{path.name}: no column holds the address; one of them must be called email.")
        for record in records:
            where = f"{path.name} line {record.line}"
            if isinstance(record, Fault):
                yield Refused(where, record.reason)
            else:
                yield _entry(where, record, header, columns)


def _columns(header: list[str], called: Mapping[str, str]) -> dict[str, list[int]]:
    """Return the columns of each field, in the order in which their names count."""
    known = field_names(called)
    ranks = {name: rank for rank, name in enumerate(known)}
    found: dict[str, list[int]] = {}
    for place in sorted(range(len(header)), key=lambda place: ranks.get(plain(header[place]), 0)):
        if (of := known.get(plain(header[place]))) is not None:
            found.setdefault(of, []).append(place)
    return found


def _entry(where: str, record: Record, header: list[str], columns: Mapping[str, list[int]]) -> Entry | Refused:
    if record.suspect:
        return Refused(where, "The row holds bytes that are not UTF-8, or a NUL character.")
    if len(record.cells) > len(header):
        return Refused(where, f"The row has {len(record.cells)} cells, the header {len(header)} columns.")
    cells = [*record.cells, *[""] * (len(header) - len(record.cells))]
    filled = {of: [(header[at], cells[at].strip()) for at in places] for of, places in columns.items()}
    first = {of: next(((name, text) for name, text in some if text), some[0]) for of, some in filled.items()}
    names = [text.lower() for _, text in filled.get("id", ()) if text]
    first.pop("id", None)
    try:
        active = truth(*first.pop("is_active", ("", "")))
        email = address(*first.pop("email"))
    except Unfit as error:
        return Refused(where, f"Column {error}")
    values = {of: text for of, (_, text) in first.items() if text}
    return Entry(where, {"email": email, **values}, names, active)
