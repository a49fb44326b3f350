"""Read MLflow's JSON carefully: what is missing is empty, what is of another type is said with its name. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any, TypeGuard

Json = Mapping[str, Any]

OWN = "mlflow."  # what the tags begin with that MLflow itself writes
DESCRIPTION = "mlflow.note.content"
_TRUE = ("", "true")  # values of a tag that is no more than a name
_MOST = 2**53


class BadItem(Exception):
    """An item is not as MLflow writes it; the text names the field."""


def text(data: Json, name: str) -> str:
    """Return a text. Raises BadItem for what is none."""
    value = data.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise BadItem(f"{name} is no text")
    return str(value)


def needed(data: Json, name: str) -> str:
    """Return a text that must be there. Raises BadItem."""
    value = text(data, name)
    if not value:
        raise BadItem(f"{name} is missing")
    return value


def moment(data: Json, name: str) -> int | None:
    """Return a time in epoch seconds, of one in milliseconds; none for 0. Raises BadItem."""
    value = text(data, name)
    if not value or value == "0":
        return None
    try:
        found = int(float(value)) // 1000
    except (ValueError, OverflowError):
        found = _MOST
    if abs(found) >= _MOST:
        raise BadItem(f"{name} is no time")
    return found


def item(data: Json, name: str) -> Json:
    """Return an object, an empty one where there is none. Raises BadItem."""
    value = data.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise BadItem(f"{name} is no object")
    return value


def items(data: Json, name: str) -> Sequence[Json]:
    """Return a list of objects. Raises BadItem."""
    value = data.get(name)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise BadItem(f"{name} is no list of objects")
    return value


def pairs(data: Json, name: str) -> dict[str, str]:
    """Return what is written as a list of key and value. Raises BadItem."""
    return {needed(each, "key"): text(each, "value") for each in items(data, name)}


def numbers(data: Json, name: str) -> dict[str, float]:
    """Return numbers by their keys, without those that are none (NaN, infinity). Raises BadItem."""
    found = {needed(each, "key"): each.get("value") for each in items(data, name)}
    return {key: float(value) for key, value in found.items() if _is_number(value) and isfinite(value)}


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def split_tags(tags: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """Return the tags that are no more than a name, and those that have a value; MLflow's own are neither."""
    theirs = {name: value for name, value in tags.items() if not name.startswith(OWN)}
    bare = sorted(name for name, value in theirs.items() if value.lower() in _TRUE)
    return bare, {name: value for name, value in theirs.items() if name not in bare}


def distinct(*several: Sequence[str]) -> Iterator[str]:
    """Yield each text once that is not empty."""
    yield from dict.fromkeys(each for some in several for each in some if each)
