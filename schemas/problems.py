"""How an error looks on the wire: one object for every way to fail, on every HTTP surface."""

import uuid
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from schemas.errors import FramError

MAX_REQUEST_ID = 100


def problem(code: str, message: str, request_id: str) -> dict[str, str]:
    """Return the body of an error reply."""
    return {"message": message, "code": code, "request_id": request_id}


def problem_of(error: FramError, request_id: str) -> tuple[dict[str, str], int]:
    """Return the body and HTTP status of an error that was raised on purpose."""
    return problem(error.code, error.message, request_id), error.status


def first_complaint(error: ValidationError) -> str:
    """Say in one sentence which field is wrong, and how."""
    where, what = _first(error.messages)
    name = ".".join(part for part in where if part != "_schema")
    return f"{name}: {what}" if name else what


def _first(messages: Any) -> tuple[list[str], str]:
    if isinstance(messages, Mapping):
        name, inner = next(iter(messages.items()))
        where, what = _first(inner)
        return [str(name), *where], what
    if isinstance(messages, list):
        return _first(messages[0])
    return [], str(messages)


def request_id_of(offered: str | None) -> str:
    """Return the id a caller gave its request where it is fit to be logged and sent back, else a new one."""
    if offered and len(offered) <= MAX_REQUEST_ID and offered.isascii() and offered.isprintable():
        return offered
    return uuid.uuid4().hex
