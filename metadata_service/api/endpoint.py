"""What the endpoints of the metadata service stand on: the graph, and the kind of resource they are about."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from http_service.operation import Call, Endpoint
from metadata_service.catalog.writes import Author
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.settings import Settings


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource that routes are about: its label, its word in Amundsen's messages, and its key's."""

    label: str
    ref: Callable[[Mapping[str, str]], NodeRef]
    key_name: str = "id"
    done: str = "is"  # "The owner … is added successfully"; features say "was"


class GraphEndpoint(Endpoint):
    """A route's methods over the store."""

    def __init__(self, settings: Settings, store: GraphStore, kind: Kind) -> None:
        super().__init__(settings)
        self.store = store
        self.kind = kind


def author_of(call: Call) -> Author:
    """Return who edits."""
    return Author(call.actor)
