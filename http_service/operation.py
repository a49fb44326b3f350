"""What every endpoint does alike: parse the request by its schemas, call a use case, return its answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

import flask_restful
import orjson
from flask import request
from marshmallow import Schema, ValidationError

from schemas.errors import FramError, Invalid, InvalidBody, InvalidParameter, TooLarge
from schemas.problems import first_complaint
from schemas.settings import Settings
from schemas.wire.requests import NoParameters, Parameters

MAX_ACTOR = 200

Answer = Any  # an entity, a mapping of them, or (it, status) or (it, status, headers), as Flask-RESTful has it


@dataclass(frozen=True, slots=True)
class Operation:
    """What the documentation says of one method of one route."""

    reply: type[Schema] | None
    query: type[Parameters]
    body: type[Schema] | None
    many: bool
    errors: tuple[type[FramError], ...]
    statuses: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """One request, parsed."""

    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]
    actor: str


class Endpoint(flask_restful.Resource):  # type: ignore[misc]  # Flask-RESTful ships no types
    """A route's methods. Everything is put in from outside; an endpoint keeps no state."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings


Method = Callable[[Any, Call], Answer]


def operation(
    reply: type[Schema] | None,
    *errors: type[FramError],
    query: type[Parameters] = NoParameters,
    body: type[Schema] | None = None,
    many: bool = False,
    statuses: tuple[int, ...] = (200,),
) -> Callable[[Method], Callable[..., Answer]]:
    """Make an HTTP method of a function of a parsed call, and note what /openapi.json says of it.

    `statuses`: those of an answer that is no error; 204 has no body.
    """
    documented = Operation(reply, query, body, many, (*errors, *_always(query, body)), statuses)

    def decorate(method: Method) -> Callable[..., Answer]:
        @wraps(method)
        def run(self: Endpoint, **path: str) -> Answer:
            return method(self, _parse(self.settings, path, documented))

        run.operation = documented  # type: ignore[attr-defined]
        return run

    return decorate


def _always(query: type[Parameters], body: type[Schema] | None) -> tuple[type[FramError], ...]:
    return (
        *((InvalidParameter,) if query is not NoParameters else ()),
        *((InvalidBody, TooLarge) if body else ()),
    )


def _parse(settings: Settings, path: Mapping[str, str], documented: Operation) -> Call:
    body = {} if documented.body is None else _load(documented.body, _json_body(), InvalidBody)
    query = {} if documented.query is NoParameters else _load(documented.query, _parameters(), InvalidParameter)
    actor = request.headers.get(settings.actor_header, "")
    return Call(path, query, body, actor[:MAX_ACTOR])


def _load(schema: type[Schema], data: Any, error: type[Invalid]) -> Mapping[str, Any]:
    try:
        loaded: Mapping[str, Any] = schema().load(data)
    except ValidationError as complaint:
        raise error(first_complaint(complaint)) from None
    return loaded


def _json_body() -> Any:
    """Read the body as JSON whatever its content type says, as Amundsen does."""
    data = request.get_data()
    if not data:
        raise InvalidBody("The request needs a body: a JSON object.")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidBody(f"The body is not JSON: {error}.") from None


def _parameters() -> dict[str, Any]:
    """Return the query parameters; those that an older client sends as a JSON body count too."""
    try:
        sent = orjson.loads(request.get_data() or b"{}")
    except orjson.JSONDecodeError:
        sent = {}
    return {**(sent if isinstance(sent, dict) else {}), **request.args.to_dict()}
