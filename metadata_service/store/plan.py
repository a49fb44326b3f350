"""What a batch changes, worked out before anything is written, and the same for every adapter."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from metadata_service.store.mutations import NO_FANS, Changes, EdgeRef, Fans, NodeRef, Outcome
from metadata_service.store.shapes import Props
from schemas.graph import LABELS, retracted
from schemas.keys import owner_of


@dataclass(slots=True)
class Existing:
    """What the graph holds of the nodes and relations a batch names; absent ones are absent."""

    nodes: Mapping[NodeRef, Props]
    edges: Mapping[EdgeRef, Props]
    incident: Mapping[NodeRef, list[EdgeRef]]  # every relation of the nodes to be removed, each in `edges` too
    absent: set[NodeRef]  # the nodes it names that are not there
    related: set[EdgeRef]  # the relations it names that can be there: both their ends are


class NodeWrite(NamedTuple):
    """Write `changes` (None removes) to a node that is there, to reach `props`."""

    ref: NodeRef
    changes: Changes
    props: Props


class EdgeWrite(NamedTuple):
    """Write `changes` (None removes) to a relation that is there, to reach `props`."""

    ref: EdgeRef
    changes: Changes
    props: Props


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing a person changed, before it is given its revision."""

    subject: NodeRef
    action: str  # set, add or remove
    property: str = ""
    relation: str = ""
    other: str = ""
    before: str | None = None
    after: str | None = None


@dataclass(slots=True)
class Plan:
    """The net effect of a batch, to be written in this order of fields."""

    remove_nodes: list[NodeRef] = field(default_factory=list)
    new_nodes: dict[NodeRef, Props] = field(default_factory=dict)
    new_fans: Fans = NO_FANS
    put_nodes: list[NodeWrite] = field(default_factory=list)
    remove_edges: list[EdgeRef] = field(default_factory=list)
    new_edges: dict[EdgeRef, Props] = field(default_factory=dict)
    put_edges: list[EdgeWrite] = field(default_factory=list)
    tallies: dict[NodeRef, tuple[int, int]] = field(default_factory=dict)  # readers, reads to add
    outcomes: list[Outcome] = field(default_factory=list)
    kept: set[NodeRef | EdgeRef] = field(default_factory=set)
    roots: set[NodeRef] = field(default_factory=set)
    shared: set[NodeRef] = field(default_factory=set)  # nodes whose change shows in the documents of others
    edits: list[Edit] = field(default_factory=list)


def memory_of(ref: EdgeRef) -> EdgeRef:
    """Return the relation that remembers that a person took this one back; its type is one of RETRACTABLE."""
    return EdgeRef(retracted(ref.type), ref.source, ref.target)


def root_of(ref: NodeRef) -> NodeRef | None:
    """Return the index root a node belongs to by its key, or None for what belongs to no single one."""
    if LABELS[ref.label].root:
        return ref
    owner = owner_of(ref.label, ref.key)
    return NodeRef(*owner) if owner is not None and LABELS[owner[0]].root else None


def roots_of(refs: Iterable[NodeRef]) -> list[NodeRef]:
    """Return the index roots that nodes belong to, sorted."""
    return sorted({root for root in map(root_of, refs) if root is not None})
