"""What the graph holds of statements: the nodes they are kept in, read and made."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from ingest.ledger.precedence import Precedence
from ingest.ledger.said import Said, digest, pack, read, unpack
from metadata_service.store.mutations import Node, NodeRef, PutNode, new_node
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Record, Shape
from schemas.graph import Value

STATEMENT, UNDO, SOURCE = "Fram_Statement", "Fram_Undo", "Fram_Source"
_MOST_SOURCES = 100_000  # who pushes names the source, so there may be more than there are jobs
_MARKS = Shape(STATEMENT, ("hash", "unresolved", "gone_since"))
_PRECEDENCE = Shape(SOURCE, ("precedence",))


class Held(NamedTuple):
    """A statement as a source last made it. `gone_since`: it is silent about that; `unresolved`: an end was missing."""

    hash: str
    body: str
    run: str
    first_run: str
    unresolved: str | None = None
    gone_since: int | None = None

    @property
    def live(self) -> bool:
        return self.gone_since is None

    def props(self) -> dict[str, Value | None]:
        return self._asdict()

    @property
    def whole(self) -> bool:
        """Whether the graph has all that this version builds from the statement, unless people took it back."""
        return self.live and self.unresolved is None and digest(unpack(self.body)) == self.hash

    def statement(self, kind: str) -> Any:
        """Return the statement again."""
        return read(kind, unpack(self.body))


_WHOLE = Shape(STATEMENT, Held._fields)


def ref_of(source: str, name: str) -> NodeRef:
    """Identify the node that keeps a statement."""
    return new_node((STATEMENT, f"{source}/{name}"))


def holding(said: Said, run: str, first_run: str) -> Held:
    """Return a statement as it is to be kept."""
    return Held(said.hash, pack(said.body), run, first_run)


def of_props(props: Mapping[str, Value]) -> Held:
    """Read the properties of a node that keeps a statement, or a copy of one."""
    found: dict[str, Any] = {name: props.get(name) for name in Held._fields}
    return Held(**found)


def fetch(store: GraphStore, keys: Iterable[str]) -> dict[str, Held]:
    """Read statements by the keys of their nodes."""
    wanted = list(keys)
    return {key: of_props(record.props) for key, record in (store.fetch_many(wanted, _WHOLE) if wanted else {}).items()}


def fetch_marks(store: GraphStore, keys: Collection[str]) -> dict[str, Record]:
    """Read as much of statements as tells whether they are to be written again."""
    return store.fetch_many(list(keys), _MARKS) if keys else {}


def sources(store: GraphStore) -> list[str]:
    """Return everybody who ever said anything."""
    return [node.ref.key for node in source_nodes(store)]


def source_nodes(store: GraphStore) -> list[Node]:
    """Return what is kept of everybody who ever said anything."""
    return store.list_nodes(SOURCE, limit=_MOST_SOURCES)


def fetch_precedence(store: GraphStore, source: str) -> Precedence | None:
    """Return the order by which all that a source says was last written; None where that was not kept."""
    record = store.fetch(source, _PRECEDENCE)
    named = record.props.get("precedence") if record else None
    return Precedence(tuple(named)) if isinstance(named, list) else None


def precedence_of(source: str, order: Precedence) -> PutNode:
    """Keep the order by which all that a source says is written."""
    return PutNode(NodeRef(SOURCE, source), {"precedence": list(order.named)})


def copy_of(source: str, name: str, held: Held, run: str) -> PutNode:
    """Keep what a run is about to change."""
    key = ref_of(source, name).key
    return PutNode(NodeRef(UNDO, f"{run}/{key}"), {"statement": key, **held.props()})


def nodes(store: GraphStore, label: str, prefix: str) -> Iterable[Node]:
    """Go through the nodes of a label whose keys begin with `prefix`."""
    after = ""
    while page := store.list_nodes(label, after, prefix=prefix):
        yield from page
        after = page[-1].ref.key


def silent(held: Held, run: str, now: int) -> Held:
    """Return a statement that its source does not make any more."""
    return held._replace(run=run, gone_since=now, unresolved=None)
