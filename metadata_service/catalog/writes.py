"""What people change by hand: every use case that writes goes through here, so that each is named and recorded."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from metadata_service.store.mutations import Authority, Batch, Expect, Mutation, NodeRef, PutNode, Receipt
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Shape
from schemas.errors import NotFound


@dataclass(frozen=True, slots=True)
class Author:
    """Who changes something, and through what."""

    name: str
    source: str = "api"


def apply(
    store: GraphStore, mutations: Sequence[Mutation], author: Author, expect: Sequence[Expect] = (), reason: str = ""
) -> Receipt:
    """Apply a person's mutations atomically. Raises NotFound when the end of a relation is missing."""
    told = Batch((), Authority.PERSON, actor=author.name, source=author.source, reason=reason)
    return store.apply(replace(told, mutations=tuple(mutations), expect=tuple(expect)))


def require(store: GraphStore, ref: NodeRef, message: str) -> None:
    """Raise NotFound with this message unless the node exists."""
    if store.fetch(ref.key, bare(ref.label)) is None:
        raise NotFound(message)


@cache
def bare(label: str) -> Shape:
    """Return the shape that asks for a node alone; one a label, since stores compile each shape once."""
    return Shape(label)


def absent(store: GraphStore, refs: Iterable[NodeRef]) -> set[NodeRef]:
    """Return those that are not in the graph."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for label, key in refs:
        by_label[label].append(key)
    missing: set[NodeRef] = set()
    for label, keys in by_label.items():
        found = store.fetch_many(keys, bare(label))
        missing.update(NodeRef(label, key) for key in keys if key not in found)
    return missing


def somebody(user_id: str) -> PutNode:
    """Make sure there is a node for a person that somebody names; one that is there is left as it is."""
    return PutNode(NodeRef("User", user_id))
