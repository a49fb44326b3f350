"""What a service is, as data: its routes, and what is said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from marshmallow import Schema
from werkzeug.routing import BaseConverter

from http_service.operation import Endpoint
from schemas.errors import FramError


class Route(NamedTuple):
    """Paths that an endpoint answers at; `parts` are what this one is made with besides what all are."""

    name: str
    endpoint: type[Endpoint]
    paths: tuple[str, ...]
    parts: Mapping[str, object]


@dataclass(frozen=True, eq=False)
class Service:
    """A service. `outage`: what every route may answer; `examples`: how the values of each converter look.

    `schemas`: those that its schemas refer to by name, and that no route has itself.
    """

    title: str
    about: str
    routes: tuple[Route, ...]
    outage: type[FramError]
    converters: Mapping[str, type[BaseConverter]] = field(default_factory=dict)
    examples: Mapping[str, str] = field(default_factory=dict)
    schemas: Sequence[type[Schema]] = ()
