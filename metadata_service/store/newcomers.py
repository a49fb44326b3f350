"""What a batch puts for the first time, told apart from the rest at once: there is nothing it could differ from. Pure.

A first load is little else, so this is done by whole lists. What is left is planned one by one (planner.py).
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar, cast

from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from metadata_service.store.shapes import Props
from metadata_service.store.tallies import TALLIED
from schemas.graph import RELATIONS, RETRACTABLE, STAMPED, Value, retracted

T = TypeVar("T", NodeRef, EdgeRef)

# A relation of any other type is stamped or counted when it is made, or somebody may have taken it back.
PLAIN = frozenset(RELATIONS) - {TALLIED, *STAMPED, *RETRACTABLE, *map(retracted, RETRACTABLE)}


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
    nodes, others = _new_nodes(cast("Sequence[PutNode]", mutations[:nodes_end]), held)
    edges, more = _new_edges(cast("Sequence[PutEdge]", mutations[nodes_end:edges_end]), nodes, held)
    return Newcomers(nodes, edges, [*others, *(nodes_end + place for place in more), *range(edges_end, len(kinds))])


def _run_of(kind: type, kinds: Sequence[type], begin: int) -> int:
    """Return where a row of mutations of one kind ends."""
    for place in range(begin, len(kinds)):
        if kinds[place] is not kind:
            return place
    return len(kinds)


def _new_nodes(puts: Sequence[PutNode], held: Container[NodeRef]) -> tuple[dict[NodeRef, Props], list[int]]:
    new: dict[NodeRef, Props] = {}
    rest: list[int] = []
    for place, put in enumerate(puts):
        if put.ref in held:
            rest.append(place)
        else:
            new[put.ref] = present(put.props)
    return (new, rest) if len(new) + len(rest) == len(puts) else _once(new, puts)


def _new_edges(
    puts: Sequence[PutEdge], nodes: Container[NodeRef], held: Container[NodeRef]
) -> tuple[dict[EdgeRef, Props], list[int]]:
    """Find the plain relations that a new node has, and whose other end is there."""
    new: dict[EdgeRef, Props] = {}
    rest: list[int] = []
    for place, put in enumerate(puts):
        relation, source, target = ref = put.ref
        if relation in PLAIN and (
            (target in nodes or target in held) if source in nodes else (target in nodes and source in held)
        ):
            new[ref] = present(put.props) if put.props else {}
        else:
            rest.append(place)
    return (new, rest) if len(new) + len(rest) == len(puts) else _once(new, puts)


def _once(new: dict[T, Props], puts: Sequence[Any]) -> tuple[dict[T, Props], list[int]]:
    """Keep of what is new what is named once; return the places of all else too."""
    named = Counter([put.ref for put in puts])
    kept = {ref: props for ref, props in new.items() if named[ref] == 1}
    return kept, [place for place, put in enumerate(puts) if put.ref not in kept]


def present(props: Mapping[str, Value | None]) -> Props:
    """Return properties without what is None: as they stand where they are plain, for a plan changes none in place."""
    if type(props) is dict and None not in props.values():
        return props
    return {name: value for name, value in props.items() if value is not None}
