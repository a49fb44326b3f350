"""What a batch puts for the first time, told apart from the rest at once: there is nothing it could differ from. Pure.

A first load is little else, so this is done by whole lists. What is left is planned one by one (planner.py).
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from metadata_service.store.mutations import Changes, EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from metadata_service.store.plan import Existing
from metadata_service.store.shapes import Props
from metadata_service.store.tallies import TALLIED
from schemas.graph import RELATIONS, RETRACTABLE, STAMPED, retracted

# A relation of any other type is stamped or counted when it is made, or may tell that somebody took another one back.
_MEMORIES = frozenset(map(retracted, RETRACTABLE))
PLAIN = frozenset(RELATIONS) - {TALLIED, *STAMPED, *_MEMORIES}

T = TypeVar("T", NodeRef, EdgeRef)


class Newcomers(NamedTuple):
    """New nodes and relations with their properties, and the places of the mutations that are not among them."""

    nodes: dict[NodeRef, Props]
    edges: dict[EdgeRef, Props]
    rest: list[int]


def newcomers(mutations: Sequence[Mutation], existing: Existing) -> Newcomers:
    """Find what a source or a copy puts for the first time.

    Of each node and relation that a batch names once, in the part of it that puts nodes and then relations.
    """
    kinds = [type(mutation) for mutation in mutations]
    nodes_end = _run_of(PutNode, kinds, 0)
    edges_end = _run_of(PutEdge, kinds, nodes_end)
    puts, links = mutations[:nodes_end], mutations[nodes_end:edges_end]
    nodes = new_nodes(_once(cast("Sequence[PutNode]", puts)), existing)
    edges = new_edges(_once(cast("Sequence[PutEdge]", links)), nodes, existing, {put.ref[0] for put in links})
    others = [place for place, put in enumerate(puts) if put.ref not in nodes]
    others += [place for place, put in enumerate(links, nodes_end) if put.ref not in edges]
    return Newcomers(nodes, edges, [*others, *range(edges_end, len(kinds))])


def new_nodes(nodes: Mapping[NodeRef, Changes], existing: Existing) -> dict[NodeRef, Props]:
    """Return those of some nodes that are not there."""
    new = dict(nodes)
    for ref in existing.nodes.keys() & new.keys():
        del new[ref]
    return _present(new)


def new_edges(
    edges: Mapping[EdgeRef, Changes], nodes: Mapping[NodeRef, Props], existing: Existing, types: Collection[str]
) -> dict[EdgeRef, Props]:
    """Return the plain relations among some that a new node has, and whose other end is there.

    Nobody can have taken one of a new node back, unless the batch itself says so; `types`: all that it has.
    """
    plain = PLAIN if _MEMORIES.isdisjoint(types) else PLAIN.difference(RETRACTABLE)
    new = dict(edges)
    for ref in existing.related & new.keys():
        del new[ref]
    if not plain.issuperset(types):
        new = {ref: props for ref, props in new.items() if ref[0] in plain}
    if lacking := existing.absent - nodes.keys():
        new = {ref: props for ref, props in new.items() if ref[1] not in lacking and ref[2] not in lacking}
    return _present(new)


def _run_of(kind: type, kinds: Sequence[type], begin: int) -> int:
    """Return where a row of mutations of one kind ends."""
    for place in range(begin, len(kinds)):
        if kinds[place] is not kind:
            return place
    return len(kinds)


def _once(puts: Sequence[Any]) -> dict[Any, Changes]:
    """Return the properties of what is named once."""
    told = {put.ref: put.props for put in puts}
    if len(told) == len(puts):
        return told
    named = Counter([put.ref for put in puts])
    return {ref: props for ref, props in told.items() if named[ref] == 1}


def _present(new: dict[T, Changes]) -> dict[T, Props]:
    """Take out of properties what is None, where any is: what is plain stands as it is, for no plan changes that."""
    for ref in [ref for ref, props in new.items() if type(props) is not dict or None in props.values()]:
        new[ref] = {name: value for name, value in new[ref].items() if value is not None}
    return cast("dict[T, Props]", new)
