"""Short names for building graphs in tests, and for comparing what stores return."""

from collections.abc import Iterable, Mapping
from typing import Any

from metadata_service.store.mutations import (
    Authority,
    Batch,
    EdgeRef,
    Mutation,
    NodeRef,
    Outcome,
    PutEdge,
    PutNode,
    Receipt,
    RemoveEdge,
    RemoveNode,
)
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import NESTED, Record, Select, Shape

DATABASE = "hive://gold.core"


class FakeClock:
    """A clock in microseconds that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.now


class Statements:
    """A tracer that remembers what it saw."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.parameters: list[object] = []

    def __call__(self, text: str, parameters: object) -> None:
        self.texts.append(text)
        self.parameters.append(parameters)


def table(name: str) -> NodeRef:
    return NodeRef("Table", f"{DATABASE}/{name}")


def column(name: str, of: str = "t") -> NodeRef:
    return NodeRef("Column", f"{DATABASE}/{of}/{name}")


def user(name: str) -> NodeRef:
    return NodeRef("User", name)


def tag(name: str) -> NodeRef:
    return NodeRef("Tag", name)


def badge(name: str) -> NodeRef:
    return NodeRef("Badge", name)


def schema(name: str = "core") -> NodeRef:
    return NodeRef("Schema", f"hive://gold.{name}")


def dashboard(name: str) -> NodeRef:
    return NodeRef("Dashboard", f"mode_dashboard://gold.sales/{name}")


def description(of: NodeRef) -> NodeRef:
    return NodeRef("Description", f"{of.key}/_description")


def edge(source: NodeRef, kind: str, target: NodeRef) -> EdgeRef:
    return EdgeRef(kind, source, target)


def node(ref: NodeRef, **props: Any) -> PutNode:
    return PutNode(ref, props)


def nodes(*refs: NodeRef) -> list[PutNode]:
    return [PutNode(ref) for ref in refs]


def link(source: NodeRef, kind: str, target: NodeRef, **props: Any) -> PutEdge:
    return PutEdge(EdgeRef(kind, source, target), props)


def cut(source: NodeRef, kind: str, target: NodeRef) -> RemoveEdge:
    return RemoveEdge(EdgeRef(kind, source, target))


def gone(ref: NodeRef) -> RemoveNode:
    return RemoveNode(ref)


def by_source(store: GraphStore, *mutations: Mutation, **more: Any) -> Receipt:
    return store.apply(Batch(mutations, Authority.SOURCE, **more))


def by_person(store: GraphStore, *mutations: Mutation, **more: Any) -> Receipt:
    return store.apply(Batch(mutations, Authority.PERSON, actor=more.pop("actor", "ann"), **more))


def by_copy(store: GraphStore, *mutations: Mutation, **more: Any) -> Receipt:
    return store.apply(Batch(mutations, Authority.COPY, **more))


def one(receipt: Receipt) -> Outcome:
    (outcome,) = receipt.outcomes
    return outcome


def props_of(store: GraphStore, ref: NodeRef) -> dict[str, Any] | None:
    """Return all properties of a node, or None where there is none."""
    record = store.fetch(ref.key, Shape(ref.label, props=None))
    return None if record is None else present(record.props)


def edges_of(store: GraphStore, source: str, kind: str, target: str) -> dict[tuple[str, str], dict[str, Any]]:
    found = store.list_edges(kind, source, target)
    return {(ref.source.key, ref.target.key): props for ref, props in found}


def edits(store: GraphStore) -> list[dict[str, Any]]:
    """Return the record of changes in the order it was written for each root."""
    return [props for _, props in store.list_nodes("Fram_Edit")]


def pending(store: GraphStore) -> set[NodeRef]:
    return {change.ref for change in store.changes()}


def settle(store: GraphStore) -> None:
    """Acknowledge everything that is pending."""
    store.acknowledge(store.changes())


def present(props: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in props.items() if value is not None}


def keys(records: Iterable[Record]) -> list[str]:
    return [record.key for record in records]


def names(records: Iterable[Record]) -> list[str]:
    """Return the last segments of the records' keys."""
    return [record.key.rpartition("/")[2] for record in records]


def outline(record: Record, selected: Shape | Select) -> dict[str, Any]:
    """Return what the shape selected of a record, as plain values that compare."""
    children = {name: (select, record.children[name]) for name, select in selected.children.items()}
    if isinstance(selected, Select) and selected.repeat:
        children[NESTED] = (selected, record.children[NESTED])
    found: dict[str, Any] = {"key": record.key, "props": _picked(record.props, selected.props)}
    if isinstance(selected, Select):
        found["edge"] = _picked(record.edge, selected.edge_props)
    return found | {name: [outline(child, select) for child in records] for name, (select, records) in children.items()}


def _picked(props: Mapping[str, Any], wanted: tuple[str, ...] | None) -> dict[str, Any]:
    return {name: value for name, value in present(props).items() if wanted is None or name in wanted}
