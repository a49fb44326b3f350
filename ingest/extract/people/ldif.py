"""People in LDIF (RFC 2849), as LDAP directories export them: folded and base64 lines, comments, options, entries."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.extract.people.fields import Entry, Unfit, address, field_names, folded_dn, plain, truth
from ingest.extract.source import Refused
from schemas.errors import InvalidSource

MAX_LINE_BYTES = 20_000_000  # photos are within it

_PERSON = frozenset({"person", "organizationalperson", "inetorgperson", "user", "posixaccount"})
_MACHINES = frozenset({"computer"})  # which Active Directory calls users as well
_OF_A_SEARCH = frozenset(
    {"search", "result", "ref", "control", "matcheddn", "text"}
)  # what `ldapsearch` says of itself
_LOCKED = "nsaccountlock"
_CONTROL = "useraccountcontrol"  # Active Directory: the second bit says that an account is disabled
_DISABLED = 2


@dataclass(slots=True)
class _Value:
    line: int
    raw: bytes
    is_base64: bool
    is_url: bool
    has_option: bool


@dataclass(slots=True)
class _Record:
    """An entry as it is written: where it begins, and its values by attribute, those with an option last."""

    line: int
    values: dict[str, list[_Value]] = field(default_factory=dict)
    fault: str = ""


def read_ldif(path: Path, called: Mapping[str, str]) -> Iterator[Entry | Refused]:
    """Stream the people; entries of other kinds are left out. Raises InvalidSource where the file cannot be read."""
    known = field_names(called)
    for record in _records(path):
        found = _entry(f"{path.name} line {record.line}", record, known)
        if found is not None:
            yield found


def _records(path: Path) -> Iterator[_Record]:
    """Put lines together to entries."""
    record: _Record | None = None
    for number, line in _unfolded(path):
        if not line.strip():
            if record is not None:
                yield record
            record = None
        elif record is None and line.lower().startswith(b"version:"):
            continue
        else:
            record = record or _Record(number)
            _add(record, number, line)
    if record is not None:
        yield record


def _unfolded(path: Path) -> Iterator[tuple[int, bytes]]:
    """Yield whole lines, each with the number it begins at; comments are left out, folded ones too."""
    begin, whole = 0, bytearray()
    try:
        with path.open("rb") as stream:
            number = 0
            while line := stream.readline(MAX_LINE_BYTES + 1):
                number += 1
                text = line.rstrip(b"\r\n").removeprefix(b"\xef\xbb\xbf" if number == 1 else b"")
                if len(whole) + len(text) > MAX_LINE_BYTES:
                    raise InvalidSource(f"{path.name} line {number}: longer than {MAX_LINE_BYTES:,} bytes.")
                if text.startswith(b" ") and begin:
                    whole += text[1:]
                    continue
                if begin and not whole.startswith(b"#"):
                    yield begin, bytes(whole)
                begin, whole = number, bytearray(text)
    except OSError as error:
        raise InvalidSource(f"{path.name} cannot be read: {error.strerror}.") from error
    if begin and not whole.startswith(b"#"):
        yield begin, bytes(whole)


def _add(record: _Record, number: int, line: bytes) -> None:
    name, colon, rest = line.partition(b":")
    if not colon:
        record.fault = record.fault or f"line {number} has no colon; it is no attribute."
        return
    sign = rest[:1]
    attribute, option, _ = name.decode("utf-8", "replace").strip().lower().partition(";")
    raw = rest[1:] if sign in (b":", b"<") else rest
    value = _Value(number, raw.strip(), sign == b":", sign == b"<", bool(option))
    values = record.values.setdefault(attribute, [])
    values.append(value)
    values.sort(key=lambda one: one.has_option)  # `cn` counts before `cn;lang-ja`


def _text(name: str, value: _Value) -> str:
    """Return a value as text. Raises Unfit."""
    if value.is_url:
        raise Unfit(f"{name} (line {value.line}) stands elsewhere, at a URL, which is not followed.")
    try:
        raw = base64.b64decode(value.raw, validate=True) if value.is_base64 else value.raw
        text = raw.decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        kind = "base64 of UTF-8" if value.is_base64 else "UTF-8"
        raise Unfit(f"{name} (line {value.line}) is not {kind}.") from None
    if "\0" in text:
        raise Unfit(f"{name} (line {value.line}) holds a NUL character.")
    return text.strip()


def _entry(where: str, record: _Record, known: Mapping[str, str]) -> Entry | Refused | None:
    if record.fault:
        return Refused(where, record.fault)
    try:
        dn = _first(record, "dn")
        if not dn and record.values.keys() <= _OF_A_SEARCH:
            return None
        if not dn:
            return Refused(where, "The entry has no dn.")
        change = _first(record, "changetype") or "add"
        if change.lower() != "add":
            return Refused(where, f"changetype is {change[:40]!r}: entries are read, not changes to them.")
        classes = {_text("objectClass", value).lower() for value in record.values.get("objectclass", ())}
        if classes and (classes.isdisjoint(_PERSON) or not classes.isdisjoint(_MACHINES)):
            return None  # a group, a unit, a machine
        return _person(where, dn, record, known)
    except Unfit as error:
        return Refused(where, str(error))


def _first(record: _Record, attribute: str) -> str:
    values = record.values.get(attribute)
    return _text(attribute, values[0]) if values else ""


def _person(where: str, dn: str, record: _Record, known: Mapping[str, str]) -> Entry:
    found: dict[str, tuple[str, str]] = {}
    names = [folded_dn(dn)]
    spelt = {plain(attribute): attribute for attribute in record.values}
    for name, of in known.items():
        if (attribute := spelt.get(name)) is None:
            continue
        text = _first(record, attribute)
        if of == "id" and text:
            names.append(text.lower())
        elif text:
            found.setdefault(of, (attribute, text))
    email = address(*found.pop("email", ("mail", "")))
    active = truth(*found.pop("is_active", ("", ""))) and not _is_disabled(record)
    return Entry(where, {"email": email, **{of: text for of, (_, text) in found.items()}}, names, active)


def _is_disabled(record: _Record) -> bool:
    control = _first(record, _CONTROL)
    if control and not control.isdecimal():
        raise Unfit(f"{_CONTROL} is {control[:40]!r}, which is not a number.")
    return _first(record, _LOCKED).lower() == "true" or bool(int(control or "0") & _DISABLED)
