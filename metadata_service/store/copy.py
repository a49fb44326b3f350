"""Move a whole catalogue from one store to another through the port alone: streaming, resumable, verified.

Pages of the source are applied to the target as they stand. Each batch carries, beside its data, a `Fram_Copy` node
that says how far the target has come, so a copy killed at any point goes on where it stood. At the end both stores
are read once more and compared by counts and checksums; only then is the `Fram_Copy` node removed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from metadata_service.store.mutations import Authority, Batch, Mutation, Node, NodeRef, PutEdge, PutNode, RemoveNode
from metadata_service.store.parts import (
    CURSOR,
    PARTS,
    Item,
    NodePart,
    Part,
    Position,
    checksum,
    common,
    items,
    pages,
    position,
)
from metadata_service.store.port import GraphStore
from metadata_service.store.tallies import TALLIED
from schemas.errors import Conflict
from schemas.graph import LABELS, POPULARITY, READERS, READS, RELATIONS


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a copy has come: all parts before `part`, and of that everything up to `after`, are in the target."""

    part: str
    after: Position
    into_existing: bool

    @property
    def number(self) -> int:
        """Where `part` stands among PARTS; a part of another version's model means the beginning."""
        return next((number for number, part in enumerate(PARTS) if part.name == self.part), 0)


@dataclass(frozen=True, slots=True)
class Step:
    """Where a running copy stands: in which part, its number among `parts`, and how many of its items are done."""

    phase: str  # Resuming, Copying or Verifying
    part: str
    number: int
    parts: int = len(PARTS)
    done: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """What a finished copy moved and verified."""

    nodes: int
    relations: int


Notice = Callable[[Step], None]


def copy_graph(
    source: GraphStore, target: GraphStore, name: str, *, into_existing: bool = False, notice: Notice = lambda _: None
) -> Summary:
    """Copy everything in `source`, known as `name`, to `target`, or go on with an unfinished copy of that name.

    With `into_existing` the target may hold other data, which stays; only what the source has is compared then.
    Raises Conflict when either store is in no state for it, and when they differ at the end: the target then stays
    marked as unfinished, and the next start goes through everything again. The source is only read.
    """
    cursor = _find_cursor(source, target, name)
    if cursor is None:
        if not into_existing and holds_data(target):
            raise Conflict("The target already holds data: copy into an empty store, or add --into-existing.")
        cursor = Cursor(PARTS[0].name, (), into_existing)
    else:
        cursor = replace(cursor, into_existing=cursor.into_existing or into_existing)
        notice(Step("Resuming", cursor.part, cursor.number))
    _transfer(source, target, name, cursor, notice)
    summary = _verify(source, target, name, cursor, notice)
    if cursor.into_existing:
        for label, _ in sorted(RELATIONS[TALLIED].ends):
            target.recount(label)  # readers the target had before
    target.apply(_batch(RemoveNode(NodeRef(CURSOR, name))))
    return summary


def holds_data(store: GraphStore) -> bool:
    """Say whether there is any node beside the cursor of a copy."""
    return any(store.list_nodes(label, limit=1) for label in LABELS if label != CURSOR)


def _find_cursor(source: GraphStore, target: GraphStore, name: str) -> Cursor | None:
    for node in source.list_nodes(CURSOR, limit=1):
        raise Conflict(f"The source is itself an unfinished copy of {node.ref.key}: finish that first.")
    for node in target.list_nodes(CURSOR, limit=1):
        if node.ref.key != name:
            raise Conflict(f"The target is an unfinished copy of {node.ref.key}: finish that, or use an empty store.")
        state = json.loads(str(node.props["cursor"]))
        return Cursor(state["part"], tuple(state["after"]), state["into_existing"])
    return None


def _transfer(source: GraphStore, target: GraphStore, name: str, cursor: Cursor, notice: Notice) -> None:
    after = cursor.after
    for number, part in enumerate(PARTS[cursor.number :], cursor.number):
        done = 0
        for page in pages(source, part, after):
            reached = replace(cursor, part=part.name, after=position(page[-1]))
            target.apply(_batch(*map(_put, page), _put_cursor(name, reached)))
            done += len(page)
            notice(Step("Copying", part.name, number, done=done))
        after = ()


def _put(item: Item) -> Mutation:
    return PutNode(item.ref, item.props) if isinstance(item, Node) else PutEdge(item.ref, item.props)


def _put_cursor(name: str, cursor: Cursor) -> Mutation:
    state = {"part": cursor.part, "after": cursor.after, "into_existing": cursor.into_existing}
    return PutNode(NodeRef(CURSOR, name), {"cursor": json.dumps(state)})


def _batch(*mutations: Mutation) -> Batch:
    # Lenient: a relation whose end the source gained behind the cursor is for the verification to report.
    return Batch(mutations, Authority.COPY, source="graph copy", lenient=True)


def _verify(source: GraphStore, target: GraphStore, name: str, cursor: Cursor, notice: Notice) -> Summary:
    nodes = relations = 0
    differences = []
    for number, part in enumerate(PARTS):
        notice(Step("Verifying", part.name, number))
        count, difference = _compare(source, target, part, into_existing=cursor.into_existing)
        differences += difference
        if isinstance(part, NodePart):
            nodes += count
        else:
            relations += count
    if differences:
        target.apply(_batch(_put_cursor(name, replace(cursor, part=PARTS[0].name, after=()))))
        raise Conflict(
            "The copy differs from its source, which was perhaps written to meanwhile. Copy again to bring over what "
            "it gained; if it lost something, copy into an empty store.\n" + "\n".join(differences)
        )
    return Summary(nodes, relations)


def _compare(source: GraphStore, target: GraphStore, part: Part, *, into_existing: bool) -> tuple[int, list[str]]:
    """Return how much of a part the source has, and in words how the target differs, if it does."""
    copied = common(items(target, part), items(source, part)) if into_existing else items(target, part)
    without = (READERS, READS, POPULARITY) if into_existing else ()  # counted anew, with the target's own readers
    here, there = checksum(items(source, part), without), checksum(copied, without)
    if here == there:
        return here.count, []
    if here.count == there.count:
        return here.count, [f"{part.name}: {here.count} in both, with different content"]
    return here.count, [f"{part.name}: {here.count} in the source, {there.count} in the target"]
