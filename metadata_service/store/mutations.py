"""What can be asked of a graph in one batch, and what is answered: plain values shared by every adapter."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, partial
from itertools import repeat
from typing import Final, NamedTuple, TypeVar, dataclass_transform

from schemas.graph import Value

Changes = Mapping[str, Value | None]  # properties by name; None removes one

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def _put(cls: type[T]) -> type[T]:
    """Make a dataclass that type checkers hold frozen; at run time it is not, since loads make them by the million."""
    return dataclass(slots=True)(cls)


class NodeRef(NamedTuple):
    """A node's identity: keys are unique per label."""

    label: str
    key: str


class EdgeRef(NamedTuple):
    """A relation's identity, in its forward direction: at most one of a type between two nodes."""

    type: str
    source: NodeRef
    target: NodeRef


# NodeRef(…) and EdgeRef(…) of a tuple, without their detour through Python: there are millions.
new_node: Callable[[tuple[str, str]], NodeRef] = partial(tuple.__new__, NodeRef)
new_edge: Callable[[tuple[str, NodeRef, NodeRef]], EdgeRef] = partial(tuple.__new__, EdgeRef)


@_put
class PutNode:
    """Create the node or merge these properties into it; None removes a property. Idempotent."""

    ref: NodeRef
    props: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemoveNode:
    """Remove the node and every relation it has. Idempotent."""

    ref: NodeRef


@_put
class PutEdge:
    """Create the relation or merge these properties into it. Both ends must exist or be put earlier. Idempotent."""

    ref: EdgeRef
    props: Changes = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RemoveEdge:
    """Remove the relation. Idempotent."""

    ref: EdgeRef


Mutation = PutNode | RemoveNode | PutEdge | RemoveEdge


class Authority(Enum):
    """On whose word a batch is written; it decides who wins over whom.

    PERSON: wins over sources, is protected from them, and is kept in the record of changes.
    SOURCE: an ingestion; leaves alone what a person set or took back.
    COPY: writes everything as it stands, derived properties included (moving between stores).
    """

    PERSON = "person"
    SOURCE = "source"
    COPY = "copy"


class Fan(NamedTuple):
    """New nodes of one label below one node, and the relation of one type that leads from it to each.

    `props` are the nodes', none of them None or reserved; the relations have none.
    """

    parent: NodeRef
    relation: str
    label: str
    keys: Sequence[str]
    props: Sequence[dict[str, Value]]

    def refs(self) -> Iterator[NodeRef]:
        return map(new_node, zip(repeat(self.label), self.keys))

    def nodes(self) -> dict[NodeRef, dict[str, Value]]:
        return dict(zip(self.refs(), self.props, strict=True))

    def edges(self) -> dict[EdgeRef, dict[str, Value]]:
        return dict.fromkeys(map(new_edge, zip(repeat(self.relation), repeat(self.parent), self.refs())), _NO_PROPS)


_NO_PROPS: dict[str, Value] = {}


class Fans(tuple[Fan, ...]):  # noqa: SLOT001  # the keys are kept in it
    """Fans, with what tells their nodes from others."""

    @cached_property
    def keys(self) -> Mapping[str, set[str]]:
        """The keys of all nodes, by label."""
        keys: dict[str, set[str]] = defaultdict(set)
        for fan in self:
            keys[fan.label].update(fan.keys)
        return keys

    def without(self, refs: Iterable[NodeRef]) -> set[NodeRef]:
        """Return those of some nodes that are in no fan."""
        nothing: set[str] = set()
        return {ref for ref in refs if ref[1] not in self.keys.get(ref[0], nothing)}

    def are_apart(self, nodes: Iterable[NodeRef]) -> bool:
        """Say whether each node is named by one fan alone, and not among `nodes`."""
        nothing: set[str] = set()
        once = sum(len(fan.keys) for fan in self) == sum(map(len, self.keys.values()))
        return once and not any(ref[1] in self.keys.get(ref[0], nothing) for ref in nodes)

    def nodes(self) -> dict[NodeRef, dict[str, Value]]:
        return {ref: props for fan in self for ref, props in fan.nodes().items()}

    def among(
        self, nodes: Mapping[NodeRef, Changes], edges: Mapping[EdgeRef, Changes]
    ) -> tuple[dict[NodeRef, Changes], dict[EdgeRef, Changes]]:
        """Return nodes and relations with those of the fans among them."""
        related = {ref: props for fan in self for ref, props in fan.edges().items()}
        return {**nodes, **self.nodes()}, {**related, **edges}


NO_FANS: Final = Fans()


class Expect(NamedTuple):
    """Apply the batch only if this property still has this value (None: absent, or no such node)."""

    ref: NodeRef
    property: str
    value: Value | None


@dataclass(frozen=True, slots=True)
class Batch:
    """Mutations applied in order, all or none. `actor`: who; `source` and `run`: where from; `reason`: what for.

    With `lenient`, a relation whose end does not exist is reported as MISSING_END and the rest goes in;
    without it the whole batch is refused.
    `nodes`, then `fans` and then `edges` are put before the mutations, each as PutNode and PutEdge do: for loads, which
    put thousands and would make an object for each. No node of a fan is in `nodes` or another fan.
    """

    mutations: tuple[Mutation, ...]
    authority: Authority = Authority.PERSON
    actor: str = ""
    source: str = ""
    run: str = ""
    reason: str = ""
    expect: tuple[Expect, ...] = ()
    lenient: bool = False
    nodes: Mapping[NodeRef, Changes] = field(default_factory=dict)
    edges: Mapping[EdgeRef, Changes] = field(default_factory=dict)
    fans: Fans = NO_FANS


class Outcome(Enum):
    """What became of one mutation. KEPT: a person's word stood against a source's."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REMOVED = "removed"
    KEPT = "kept"
    MISSING_END = "missing_end"


@dataclass(frozen=True, slots=True)
class Receipt:
    """One outcome per mutation, in order, and the index roots that changed.

    `kept`: what of the batch's `nodes`, `fans` and `edges` a person's word stood against.
    """

    outcomes: tuple[Outcome, ...]
    changed: frozenset[NodeRef]
    kept: frozenset[NodeRef | EdgeRef] = frozenset()


@dataclass(frozen=True, slots=True)
class Change:
    """An index root that changed since it was last acknowledged.

    `revision` grows with every change of the root, also across removal and re-creation.
    `pending_since` is when it last went from acknowledged to pending, in microseconds since the epoch. `failures`:
    how often this revision was tried and postponed.
    """

    ref: NodeRef
    revision: int
    pending_since: int
    actor: str
    source: str
    run: str
    failures: int = 0


PARKED = 2**62  # later than any moment: tried again on demand alone


@dataclass(frozen=True, slots=True)
class Postponed:
    """A change that could not be published, why, and from when on it is tried again (microseconds, or PARKED)."""

    change: Change
    reason: str
    retry_at: int


class RootRevision(NamedTuple):
    """An index root that exists; its revision is 0 where another program alone has written it.

    `waiting`: it has a change that is not acknowledged, be it postponed.
    """

    key: str
    revision: int
    waiting: bool


class Backlog(NamedTuple):
    """How many changes wait to be published, since when the longest of them does, and how many are parked apart."""

    waiting: int
    since: int | None
    parked: int


class Node(NamedTuple):
    """A node as stored, reserved properties included."""

    ref: NodeRef
    props: dict[str, Value]


class Edge(NamedTuple):
    """A relation as stored, reserved properties included."""

    ref: EdgeRef
    props: dict[str, Value]
