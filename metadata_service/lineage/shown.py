"""Nodes and edges as replies show them: each edge once, each node with what it hides."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, cast

from metadata_service.lineage.relations import KINDS, RELATIONS, downstream, end_of
from metadata_service.lineage.views import place_of, view_of
from metadata_service.store.mutations import Edge, NodeRef
from metadata_service.store.port import Portrait
from schemas import lineage
from schemas.graph import EDITED_BY, FIRST_SEEN, LAST_SEEN, REASON, RUN, SOURCE

Pair = tuple[NodeRef, NodeRef]
Pairs = dict[Pair, Edge]  # by ends in the order of lineage: what is made from the first is the second


def pairs_of(found: list[Edge], most: int) -> tuple[Pairs, bool]:
    """Return the first `most` edges, of two with the same ends one, and whether these are all."""
    found.sort(key=_by_relation)
    pairs: Pairs = {}
    for edge in found[:most]:
        pairs.setdefault(downstream(*edge.ref), edge)
    return pairs, len(found) <= most


def _by_relation(edge: Edge) -> tuple[int, Any]:
    return RELATIONS.index(edge.ref.type), edge.ref


def shown_edges(pairs: Pairs) -> list[lineage.Edge]:
    """Return edges with where each came from."""
    return [lineage.Edge(end_of(a), end_of(b), origin_of(edge)) for (a, b), edge in pairs.items()]


def origin_of(edge: Edge) -> lineage.Origin:
    """Return where an edge came from: reserved properties, so that they are of the types that were written."""
    get = cast("dict[str, Any]", edge.props).get
    return lineage.Origin(get(SOURCE), get(RUN), get(FIRST_SEEN), get(LAST_SEEN), get(EDITED_BY), get(REASON))


def shown_nodes(
    portraits: Mapping[NodeRef, Portrait], levels: Mapping[NodeRef, int], pairs: Iterable[Pair]
) -> list[lineage.Node]:
    """Return those nodes of `levels`, in its order, that there are portraits of; `pairs` are the edges shown."""
    above: dict[NodeRef, int] = defaultdict(int)
    below: dict[NodeRef, int] = defaultdict(int)
    for source, target in pairs:
        below[source] += 1
        above[target] += 1
    return [
        _node(ref, level, portraits[ref], above[ref], below[ref]) for ref, level in levels.items() if ref in portraits
    ]


def _node(ref: NodeRef, level: int, portrait: Portrait, above: int, below: int) -> lineage.Node:
    (label, key), place, (record, (against, along)) = ref, place_of(ref), portrait
    view = view_of(label, record)
    return lineage.Node(
        kind=KINDS[label],
        key=key,
        name=view.name,
        schema=place.schema,
        database=place.database,
        cluster=place.cluster,
        level=level,
        usage=view.usage,
        owners=view.owners,
        badges=view.badges,
        table=view.table,
        gone_since=view.gone_since,
        upstream_count=against,
        downstream_count=along,
        hidden_upstream=max(0, against - above),
        hidden_downstream=max(0, along - below),
    )
