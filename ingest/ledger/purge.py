"""Remove for good what no source has said for the time of retention, and what runs had changed before that.

Nothing that carries a person's word is removed: not what they wrote on, tagged, own, follow or took back, and not what
such a thing hangs under. What else related to a removed thing is asked to be said again, should that ever come back.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import islice

from ingest.building.built import SHARED
from ingest.building.kinds import KINDS
from ingest.ledger import held as kept
from ingest.ledger.sweep import statements
from ingest.runs import RUN, id_before, last_of_all
from metadata_service.store.mutations import Authority, Batch, Expect, Mutation, Node, NodeRef, PutNode, RemoveNode
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Record, Select, Shape
from schemas.graph import EDITED, EDITED_BY, GONE, MARKED, RELATIONS, ROOTS, Direction
from schemas.keys import owner_of

AT_ONCE = 100
_ORDER = ("Type_Metadata", "Column", "MLModelVersion", "MLRun", *ROOTS)  # what hangs under others before those
_PEOPLES = ("FOLLOWED_BY",)  # relations that only people make


def purge(
    store: GraphStore, source: str, before: int, keep: Callable[[], None] = lambda: None, *, silent: bool = True
) -> int:
    """Remove what is gone since a moment before this one; return how many nodes.

    `silent` says whether the source makes any statement no more; of those, its own alone are removed.
    """
    if silent:
        gone = ((name, held.gone_since) for name, held in statements(store, source) if held.gone_since is not None)
        _remove(store, source, (kept.ref_of(source, name) for name, since in gone if since < before))
    last = last_of_all(store)  # a job may run seldom: when it last did is still known, and can be undone
    for label in (kept.UNDO, RUN):
        old = _older(store, label, id_before(before))
        _remove(store, source, (ref for ref in old if ref.key.partition("/")[0] not in last))
    removed = 0
    for label in _ORDER:
        while found := _purge_label(store, source, label, before, keep):  # what hung under others frees those
            removed += found
    return removed


def _purge_label(store: GraphStore, source: str, label: str, before: int, keep: Callable[[], None]) -> int:
    removed, after = 0, ""
    while page := store.list_gone(label, before, after, AT_ONCE):
        keep()
        removed += _purge_nodes(store, source, label, page)
        after = page[-1].ref.key
    return removed


def _older(store: GraphStore, label: str, end: str) -> Iterator[NodeRef]:
    for ref, _ in kept.nodes(store, label, ""):
        if ref.key >= end:
            return
        yield ref


def _remove(store: GraphStore, source: str, refs: Iterable[NodeRef]) -> None:
    waiting = iter(refs)
    while some := tuple(islice(waiting, AT_ONCE)):
        store.apply(_batch(source, tuple(map(RemoveNode, some))))


def _purge_nodes(store: GraphStore, source: str, label: str, page: list[Node]) -> int:
    records = store.fetch_many([node.ref.key for node in page], _ties(label))
    removed = 0
    for node in page:
        record = records.get(node.ref.key)
        if record is None or _carries_words(record) or _holds_up(record):
            continue
        own = [ref for ref, far in _far(record) if _is_own(record, ref)]
        mutations = (RemoveNode(node.ref), *map(RemoveNode, own), *_ask_again(store, record))
        store.apply(_batch(source, mutations, Expect(node.ref, GONE, node.props[GONE])))
        removed += 1
    return removed


def _carries_words(record: Record) -> bool:
    """Say whether people wrote on a node, on what describes it, or related it to anything."""
    if record.props.get(EDITED) is not None:
        return True
    for name, children in record.children.items():
        relation = name.partition(" ")[0]
        if children and relation in _PEOPLES:
            return True
        if any(child.edge.get(EDITED_BY) is not None for child in children):
            return True
    return any(_is_own(record, ref) and far.props.get(EDITED) is not None for ref, far in _far(record))


def _holds_up(record: Record) -> bool:
    """Say whether something that may carry people's words still hangs under a node."""
    return any(_is_own(record, ref) and ref.label in MARKED for ref, _ in _far(record))


def _ask_again(store: GraphStore, record: Record) -> Iterator[Mutation]:
    """Have statements that related to a node tried again."""
    related = {owner[1] if (owner := owner_of(*ref)) else ref.key for ref, _ in _far(record) if ref.label in MARKED}
    names = [
        f"{source}/{kind}/{key}" for source in kept.sources(store) for kind in KINDS for key in (record.key, *related)
    ]
    for key, held in kept.fetch(store, names).items():
        if held.live:
            yield PutNode(NodeRef(kept.STATEMENT, key), {"unresolved": "-"})


def _far(record: Record) -> Iterator[tuple[NodeRef, Record]]:
    for name, children in record.children.items():
        label = name.rpartition(" ")[2]
        for child in children:
            yield NodeRef(label, child.key), child


def _is_own(record: Record, ref: NodeRef) -> bool:
    return ref.label not in SHARED and ref.key.startswith(f"{record.key}/")


@cache
def _ties(label: str) -> Shape:
    """Return the shape of a node with all there is around it, named by relation, direction and label."""
    ties = {}
    for relation in RELATIONS.values():
        for source, target in sorted(relation.ends):
            for near, far, direction in ((source, target, Direction.OUT), (target, source, Direction.IN)):
                if near == label:
                    tie = Select((relation.type,), far, direction, props=(EDITED,), edge_props=(EDITED_BY,))
                    ties[f"{relation.type} {direction.value} {far}"] = tie
    return Shape(label, (EDITED,), ties)


def _batch(source: str, mutations: tuple[Mutation, ...], *expect: Expect) -> Batch:
    return Batch(mutations, Authority.SOURCE, source=source, expect=expect, lenient=True)
