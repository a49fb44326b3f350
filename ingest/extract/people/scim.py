"""People as SCIM 2.0 has them (RFC 7643): a list response, a list of users, or one user, as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from ingest.extract.people.fields import Entry, Unfit, address, truth
from ingest.extract.source import Refused
from schemas.errors import InvalidSource

MAX_BYTES = 500_000_000

_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_TEXTS: Mapping[str, Sequence[str]] = {  # the way to each text, from the user
    "first_name": ("name", "givenName"),
    "last_name": ("name", "familyName"),
    "full_name": ("name", "formatted"),
    "display_name": ("displayName",),
    "role_name": ("title",),
    "employee_type": ("userType",),
    "profile_url": ("profileUrl",),
    "team_name": (_ENTERPRISE, "department"),
}
_NAMES: Sequence[Sequence[str]] = (("id",), ("userName",), ("externalId",), (_ENTERPRISE, "employeeNumber"))


def read_scim(path: Path, _called: Mapping[str, str]) -> Iterator[Entry | Refused]:
    """Read the users of a file; other resources are left out. Raises InvalidSource where it cannot be read."""
    for where, user in _users(path):
        if not isinstance(user, dict):
            yield Refused(where, "It is no user: it must be a JSON object.")
        elif _is_user(user):
            try:
                yield _entry(where, user)
            except Unfit as error:
                yield Refused(where, str(error))


def _users(path: Path) -> Iterator[tuple[str, Any]]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidSource(f"{path.name} is larger than {MAX_BYTES:,} bytes.")
        data = _parsed(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except OSError as error:
        raise InvalidSource(f"{path.name} cannot be read: {error.strerror}.") from error
    except orjson.JSONDecodeError as error:
        raise InvalidSource(f"{path.name} is no JSON: {error}.") from None
    yield from _listed(data, f"{path.name} ")


def _parsed(data: bytes) -> Any:
    """Parse a file of JSON, or of a page or a user a line. Raises JSONDecodeError."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        lines = [line for line in data.splitlines() if line.strip()]
        if len(lines) < 2 or not all(line.lstrip().startswith(b"{") for line in lines):
            raise
        return [orjson.loads(line) for line in lines]


def _listed(data: Any, where: str) -> Iterator[tuple[str, Any]]:
    """Yield the users of a list response, of a list of users or of such responses, or one user, each with its place."""
    if isinstance(data, dict) and "Resources" in data:
        listed, where = data["Resources"], f"{where}Resources"
        if not isinstance(listed, list) and listed is not None:
            raise InvalidSource(f"{where.replace(' ', ': ', 1)} must be a list of users.")
    elif isinstance(data, list):
        listed = data
    elif isinstance(data, dict):
        yield where.strip(), data
        return
    else:
        raise InvalidSource(f"{where.strip()}: It must be a list of users.")
    for place, one in enumerate(listed or ()):
        if isinstance(one, dict) and "Resources" in one:
            yield from _listed(one, f"{where}[{place}].")
        else:
            yield f"{where}[{place}]", one


def _is_user(resource: Mapping[str, Any]) -> bool:
    schemas = resource.get("schemas")
    return not isinstance(schemas, list) or not schemas or _USER in schemas


def _entry(where: str, user: Mapping[str, Any]) -> Entry:
    values = {of: text for of, way in _TEXTS.items() if (text := _text(user, way))}
    values["email"] = _email(user)
    if manager := _manager(user):
        values["manager"] = manager
    active = user.get("active", True)
    if isinstance(active, str):
        active = truth("active", active)
    if not isinstance(active, bool):
        raise Unfit("active is neither true nor false.")
    names = [name.lower() for way in _NAMES if (name := _text(user, way))]
    return Entry(where, values, names, active)


def _text(user: Mapping[str, Any], way: Sequence[str]) -> str:
    """Return the text at the end of a way, "" where there is none. Raises Unfit for what is no text."""
    value: Any = user
    for place, name in enumerate(way):
        if value is None:
            return ""
        if not isinstance(value, dict):
            raise Unfit(f"{'.'.join(way[:place])} must be an object.")
        value = value.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unfit(f"{'.'.join(way)} must be a text.")
    return value.strip()


def _email(user: Mapping[str, Any]) -> str:
    """Return the main address: the primary one, that for work, the first; or else the name to log in by."""
    emails = user.get("emails") or []
    if not isinstance(emails, list):
        raise Unfit("emails must be a list.")
    found = []
    for place, one in enumerate(emails):
        if not isinstance(one, dict):
            raise Unfit(f"emails[{place}] must be an object.")
        value = one.get("value")
        if value is not None and not isinstance(value, str):
            raise Unfit(f"emails[{place}].value must be a text.")
        if value:
            found.append((one.get("primary") is not True, one.get("type") != "work", place, value))
    if found:
        *_, place, value = min(found)
        return address(f"emails[{place}].value", value)
    name = _text(user, ("userName",))
    return address("userName", name) if "@" in name else address("emails", "")


def _manager(user: Mapping[str, Any]) -> str:
    """Return what names the manager: SCIM has an object with an id; some write the id or an address alone."""
    extension = user.get(_ENTERPRISE)
    if isinstance(extension, dict) and isinstance(extension.get("manager"), str):
        return _text(user, (_ENTERPRISE, "manager"))
    return _text(user, (_ENTERPRISE, "manager", "value"))
