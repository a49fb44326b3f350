"""What a JSON value must look like, as functions that are put together once.

A large event is checked in a fraction of a millisecond, where a schema that builds objects takes several. A check
returns None, or where a value is wrong and why.
"""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

Wrong = tuple[str, str]  # the way to what is wrong, as `fields[2].name`, and a sentence
Check = Callable[[Any], Wrong | None]

NONE: Mapping[str, Check] = MappingProxyType({})
_SHOWN = 80
_NAMES: Mapping[type, str] = {
    str: "a text",
    bool: "true or false",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    type(None): "null",
}
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]*\Z")


def _other(wanted: str, value: Any) -> Wrong:
    return "", f"It must be {wanted}, not {_NAMES.get(type(value), 'that')}."


def inside(name: str, wrong: Wrong) -> Wrong:
    """Return what is wrong in a member as what is wrong in the whole."""
    path, what = wrong
    return f"{name}{'.' if path and not path.startswith('[') else ''}{path}", what


def text(value: Any) -> Wrong | None:
    return None if type(value) is str else _other("a text", value)


def flag(value: Any) -> Wrong | None:
    return None if type(value) is bool else _other("true or false", value)


def number(value: Any) -> Wrong | None:
    return None if type(value) in (int, float) else _other("a number", value)


def whole(value: Any) -> Wrong | None:
    good = type(value) is int or (type(value) is float and value.is_integer())
    return None if good else _other("a whole number", value)


def positive(value: Any) -> Wrong | None:
    return whole(value) or (None if value >= 1 else ("", "It must be 1 or more."))


def anything(_value: Any) -> None:
    return None


def moment(value: Any) -> Wrong | None:
    """Check a date and time of RFC 3339, with its offset."""
    if type(value) is not str:
        return _other("a text", value)
    if _MOMENT.match(value):
        try:
            epoch_micros(value)
        except ValueError:
            pass
        else:
            return None
    return "", f"{value[:_SHOWN]!r} is no date and time with an offset, as in 2026-01-31T12:00:00Z."


def epoch_micros(value: str) -> int:
    """Return a moment as microseconds since the epoch. Raises ValueError for what is none."""
    read = datetime.fromisoformat(value.upper())
    return round(read.timestamp() * 1_000_000)


def matching(pattern: re.Pattern[str], wanted: str) -> Check:
    def check(value: Any) -> Wrong | None:
        if type(value) is not str:
            return _other("a text", value)
        return None if pattern.match(value) else ("", f"{value[:_SHOWN]!r} is no {wanted}.")

    return check


uuid = matching(_UUID, "UUID")
uri = matching(_URI, "URI")


def one_of(*values: str) -> Check:
    allowed = frozenset(values)

    def check(value: Any) -> Wrong | None:
        if type(value) is str and value in allowed:
            return None
        return "", f"It must be one of {', '.join(values)}."

    return check


def many(item: Check) -> Check:
    """Check a list."""

    def check(value: Any) -> Wrong | None:
        if type(value) is not list:
            return _other("a list", value)
        for place, one in enumerate(value):
            if (wrong := item(one)) is not None:
                return inside(f"[{place}]", wrong)
        return None

    return check


def mapping(item: Check) -> Check:
    """Check an object whose members are named freely."""

    def check(value: Any) -> Wrong | None:
        if type(value) is not dict:
            return _other("an object", value)
        for name, one in value.items():
            if (wrong := item(one)) is not None:
                return inside(name[:_SHOWN], wrong)
        return None

    return check


def record(required: Mapping[str, Check], optional: Mapping[str, Check] = NONE, *, closed: bool = False) -> Check:
    """Check an object with these members; others are allowed unless it is `closed`."""
    members = {**required, **optional}
    texts = frozenset(name for name, check in members.items() if check is text)  # most members are; a call is saved
    needed = required.keys()

    def check(value: Any) -> Wrong | None:
        if type(value) is not dict:
            return _other("an object", value)
        if not needed <= value.keys():
            return next(name for name in required if name not in value), "It must be there."
        for name, one in value.items():
            if name in texts:
                if type(one) is not str:
                    return inside(name, _other("a text", one))
                continue
            known = members.get(name)
            if known is not None:
                if (wrong := known(one)) is not None:
                    return inside(name, wrong)
            elif closed:
                return name[:_SHOWN], "There is no such member."
        return None

    return check


def by_member(name: str, kinds: Mapping[str, Check]) -> Check:
    """Check an object by what its member `name` says it is."""
    allowed = one_of(*kinds)

    def check(value: Any) -> Wrong | None:
        if type(value) is not dict:
            return _other("an object", value)
        if name not in value:
            return name, "It must be there."
        wrong = allowed(value[name])
        return inside(name, wrong) if wrong else kinds[value[name]](value)

    return check


def together(names: Collection[str]) -> Check:
    """Check that all or none of these members are there."""

    def check(value: Any) -> Wrong | None:
        there = [name for name in names if name in value]
        lacking = [name for name in names if name not in value]
        return (lacking[0], f"It must be there beside {there[0]}.") if there and lacking else None

    return check


def all_of(*checks: Check) -> Check:
    """Check everything, up to the first thing that is wrong."""

    def check(value: Any) -> Wrong | None:
        for one in checks:
            if (wrong := one(value)) is not None:
                return wrong
        return None

    return check


def any_of(*checks: Check) -> Check:
    """Check that one of several fits; what is wrong is said as the first of them sees it."""

    def check(value: Any) -> Wrong | None:
        found = [one(value) for one in checks]
        return None if None in found else found[0]

    return check
