"""What a batch puts for the first time, told apart from the rest at once: there is nothing it could differ from. Pure.

A first load is little else, so this is done by whole lists. What is left is planned one by one (planner.py).
"""

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from typing import Any, NamedTuple, cast

from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from metadata_service.store.plan import Changes
from metadata_service.store.shapes import Props
from metadata_service.store.tallies import TALLIED
from schemas.graph import RELATIONS, RETRACTABLE, STAMPED, retracted

# A relation of any other type is stamped or counted when it is made, or may tell that somebody took another one back.
_MEMORIES = frozenset(map(retracted, RETRACTABLE))
_PLAIN = frozenset(RELATIONS) - {TALLIED, *STAMPED, *_MEMORIES}


class Newcomers(NamedTuple):
    """New nodes and relations with their properties, and the places of the mutations that are not among them."""

    nodes: dict[NodeRef, Props]
    edges: dict[EdgeRef, Props]
    rest: list[int]


def newcomers(mutations: Sequence[Mutation], held: Container[NodeRef]) -> Newcomers:
    """Find what a source or a copy puts for the first time; `held`: the nodes that are there.

    Of each node and relation that a batch names once, in the part of it that puts nodes and then relations.
    """
    kinds = [type(mutation) for mutation in mutations]
    nodes_end = _run_of(PutNode, kinds, 0)
    edges_end = _run_of(PutEdge, kinds, nodes_end)
    puts, links = mutations[:nodes_end], mutations[nodes_end:edges_end]
    nodes = new_nodes(_once(cast("Sequence[PutNode]", puts)), held)
    edges = new_edges(_once(cast("Sequence[PutEdge]", links)), nodes, held, {put.ref[0] for put in links})
    others = [place for place, put in enumerate(puts) if put.ref not in nodes]
    others += [place for place, put in enumerate(links, nodes_end) if put.ref not in edges]
    return Newcomers(nodes, edges, [*others, *range(edges_end, len(kinds))])


def new_nodes(nodes: Mapping[NodeRef, Changes], held: Container[NodeRef]) -> dict[NodeRef, Props]:
    """Return those of some nodes that are not there."""
    return {ref: present(props) for ref, props in nodes.items() if ref not in held}


def new_edges(
    edges: Mapping[EdgeRef, Changes], nodes: Container[NodeRef], held: Container[NodeRef], types: Collection[str]
) -> dict[EdgeRef, Props]:
    """Return the plain relations among some that a new node has, and whose other end is there.

    Nobody can have taken one of a new node back, unless the batch itself says so; `types`: all that it has.
    """
    plain = _PLAIN if _MEMORIES.isdisjoint(types) else _PLAIN.difference(RETRACTABLE)
    new: dict[EdgeRef, Props] = {}
    for ref, props in edges.items():
        relation, source, target = ref
        if relation in plain and (
            (target in nodes or target in held) if source in nodes else (target in nodes and source in held)
        ):
            new[ref] = present(props) if props else {}
    return new


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


def present(props: Changes) -> Props:
    """Return properties without what is None: as they stand where they are plain, for a plan changes none in place."""
    if type(props) is dict and None not in props.values():
        return props
    return {name: value for name, value in props.items() if value is not None}
