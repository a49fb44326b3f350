"""What sources say of one thing, as nodes and relations, and what turns one such state into another. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ingest.building.kinds import KINDS
from ingest.records import Props, Puts
from metadata_service.store.mutations import NO_FANS, EdgeRef, Fan, Fans, NodeRef, PutNode, RemoveEdge, RemoveNode
from schemas.graph import GONE, MARKED, ROOTS, STAMPED

# Nodes that other statements speak of too: what one no longer says of them is no reason to take them away.
SHARED = frozenset((*ROOTS, "Database", "Cluster", "Schema", "Tag", "Badge", "Application", "Dashboardgroup"))
# Relations that say where a node is found.
CONTAINING = frozenset(("CLUSTER", "SCHEMA", "DASHBOARD_GROUP"))  # between things that others stand in
IDENTITY = ("name", "email")
PLACING = frozenset(("TABLE", "DASHBOARD_OF", "COLUMN", "TYPE_METADATA", "SUBTYPE", "HAS_RUN", "HAS_VERSION"))


@dataclass(slots=True)
class Built:
    """Nodes and relations with their properties; `fans`: those that were not spread, which nothing else puts."""

    nodes: dict[NodeRef, Props] = field(default_factory=dict)
    edges: dict[EdgeRef, Props] = field(default_factory=dict)
    fans: list[Fan] = field(default_factory=list)


@dataclass(slots=True)
class Writes:
    """What turns one state into another: nodes, fans and then relations to put, and then what goes."""

    nodes: dict[NodeRef, Props] = field(default_factory=dict)
    edges: dict[EdgeRef, Props] = field(default_factory=dict)
    removals: list[RemoveEdge | RemoveNode] = field(default_factory=list)
    fans: Fans = NO_FANS

    def __len__(self) -> int:
        return len(self.nodes) + len(self.edges) + len(self.removals) + sum(2 * len(fan.keys) for fan in self.fans)

    def spread(self) -> "Writes":
        """Return the same without fans."""
        if not self.fans:
            return self
        return Writes(*self.fans.among(self.nodes, self.edges), self.removals)


def build(kind: str, statement: Any, *, spread: bool = True) -> Built:
    """Build what a statement says, `spread`: with all nodes of fans by themselves. Raises Invalid for nonsense."""
    built = Built()
    nodes: dict[Any, Props] = built.nodes
    edges: dict[Any, Props] = built.edges
    for put in KINDS[kind].build(statement):
        if isinstance(put, Puts):
            nodes |= put.nodes
            edges |= put.edges
        elif not isinstance(put, Fan):
            place = nodes if type(put) is PutNode else edges
            held = place.setdefault(put.ref, put.props)
            if held is not put.props:
                place[put.ref] = {**held, **put.props}
        elif spread:
            nodes |= put.nodes()
            edges |= put.edges()
        elif put.keys:
            built.fans.append(put)
    return built


def together(several: Iterable[Built]) -> Built:
    """Put together what several sources say, the first of them first: its word on a property stands."""
    merged = Built()
    for built in several:
        _add(merged.nodes, built.nodes)
        _add(merged.edges, built.edges)
    return merged


def _add(to: dict[Any, Props], more: Mapping[Any, Props]) -> None:
    for ref, props in more.items():
        held = to.get(ref)
        to[ref] = props if held is None else {**props, **held}


def difference(before: Built, after: Built, root: NodeRef, now: int, *, held: bool = False) -> Writes:
    """Return what turns `before` into `after`.

    `root` is what the statement is about. It, columns and nested types are marked as gone since `now` and not removed.
    Fans of `after` are put as they are, and need a `before` in which there is nothing.
    What is the same in both is left out where the graph is known to have it (`held`), but for relations that are
    stamped whenever they are said; else everything is put, since a store leaves alone what is there already.
    """
    if not before.nodes and not before.edges:
        own = after.nodes.get(root)
        nodes = after.nodes if own is None else {**after.nodes, root: _back(root, own, root)}
        return Writes(nodes, after.edges, fans=Fans(after.fans))
    writes = Writes()
    for ref, props in after.nodes.items():
        known = before.nodes.get(ref)
        if not (held and known == props):
            writes.nodes[ref] = _back(ref, {**_silenced(known, props), **props} if known else props, root)
    for edge, props in after.edges.items():
        known = before.edges.get(edge)
        if not (held and known == props and edge.type not in STAMPED):
            writes.edges[edge] = {**_silenced(known, props), **props} if known else props
    _take_away(writes, before, after, root, now)
    return writes


def _take_away(writes: Writes, before: Built, after: Built, root: NodeRef, now: int) -> None:
    """Add what marks or removes that which is no longer said."""
    dropped = dict.fromkeys(ref for ref in before.nodes if ref not in after.nodes and _is_own(ref, root))
    removed = {ref for ref in dropped if ref.label not in MARKED}
    for edge in before.edges:
        # What hangs a node up goes with it, or stays with it.
        placing = edge.type in PLACING and (edge.source in dropped or edge.target in dropped)
        kept = edge in after.edges or edge.type in CONTAINING or placing
        if not (kept or edge.source in removed or edge.target in removed):
            writes.removals.append(RemoveEdge(edge))
    for ref in dropped:
        if ref in removed:
            writes.removals.append(RemoveNode(ref))
        else:
            writes.nodes[ref] = _gone(before.nodes[ref], now)


def _back(ref: NodeRef, props: Props, root: NodeRef) -> Props:
    """Return what puts a node; also one of which nothing was said before may be in the graph, marked.

    What hangs below the root is back when it is put; the root itself, which others mention, when its own word says so.
    """
    return {**props, GONE: None} if ref == root and ref.label in MARKED else props


def _gone(said: Props, now: int) -> Props:
    """Return what marks a node; it keeps what it is called, and nothing else that nobody says any more."""
    return {**{name: None for name in said if name not in IDENTITY}, GONE: now}


def _is_own(ref: NodeRef, root: NodeRef) -> bool:
    return ref.label not in SHARED or ref == root


def _silenced(before: Props, after: Props) -> Props:
    """Return a None for each property that is no longer said."""
    return {name: None for name in before if name not in after}
