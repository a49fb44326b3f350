"""Edges of lineage that people draw and remove by hand."""

from metadata_service.catalog import writes
from metadata_service.lineage.relations import DOWNSTREAM, KINDS, end_of
from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, Outcome, PutEdge, RemoveEdge
from metadata_service.store.port import GraphStore
from schemas.graph import Direction, is_relation
from schemas.lineage import Drawn

_DRAWN = DOWNSTREAM[0].relation


def put_edge(store: GraphStore, source: NodeRef, target: NodeRef, reason: str, author: writes.Author) -> Drawn:
    """Draw an edge, or put one's name to one that is there. Raises NotFound for an end that does not exist."""
    _require_ends(store, source, target)
    return _apply(store, source, target, [PutEdge(EdgeRef(_DRAWN, source, target))], reason, author)


def remove_edge(store: GraphStore, source: NodeRef, target: NodeRef, reason: str, author: writes.Author) -> Drawn:
    """Remove an edge by whatever relation it is there, for good. Raises NotFound for an end that does not exist."""
    _require_ends(store, source, target)
    return _apply(store, source, target, [RemoveEdge(ref) for ref in _relations(source, target)], reason, author)


def _relations(source: NodeRef, target: NodeRef) -> list[EdgeRef]:
    """Return every relation that can make one thing downstream of another."""
    ends = ((way, (source, target) if way.direction is Direction.OUT else (target, source)) for way in DOWNSTREAM)
    return [
        EdgeRef(way.relation, *pair) for way, pair in ends if is_relation(way.relation, *(end.label for end in pair))
    ]


def _require_ends(store: GraphStore, *ends: NodeRef) -> None:
    for end in ends:
        writes.require(store, end, f"There is no {KINDS[end.label]} with key {end.key}.")


def _apply(
    store: GraphStore, source: NodeRef, target: NodeRef, mutations: list[Mutation], reason: str, author: writes.Author
) -> Drawn:
    outcomes = writes.apply(store, mutations, author, reason=reason).outcomes
    changed = any(outcome is not Outcome.UNCHANGED for outcome in outcomes)
    return Drawn(end_of(source), end_of(target), changed)
