"""Fans of a batch: written whole where all of them is new and nothing else speaks of it, else node by node. Pure.

Most of a first load is columns below their tables. Whole, a fan costs a row for each node and nothing in between.
"""

from dataclasses import replace

from metadata_service.store.mutations import NO_FANS, Authority, Batch
from metadata_service.store.newcomers import PLAIN
from schemas.graph import LABELS, RANKED, RELATIONS, RETRACTABLE

# Between kinds of nodes of which nothing but the parent's document shows what hangs below.
_WHOLE = frozenset(
    (relation.type, *ends)
    for relation in RELATIONS.values()
    for ends in relation.ends
    if relation.type in PLAIN.difference(RETRACTABLE)
    and "target" not in relation.touches
    and not LABELS[ends[1]].root
    and ends[1] not in RANKED
)


def may_be_whole(batch: Batch) -> bool:
    """Say whether a plan can take the fans of a batch whole if none of their nodes is there."""
    return (
        batch.authority is not Authority.PERSON
        and not batch.mutations
        and all(fan.parent in batch.nodes for fan in batch.fans)
        and _WHOLE.issuperset((fan.relation, fan.parent.label, fan.label) for fan in batch.fans)
    )


def spread(batch: Batch) -> Batch:
    """Put the nodes and relations of fans with all others."""
    nodes, edges = batch.fans.among(batch.nodes, batch.edges)
    return replace(batch, nodes=nodes, edges=edges, fans=NO_FANS)
