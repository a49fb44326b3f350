"""Explore lineage around a node: nodes and edges for a picture, each node with what it hides."""

from collections import Counter, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from metadata_service.lineage.cursor import read_cursor, write_cursor
from metadata_service.lineage.relations import DOWNSTREAM, KINDS, RELATIONS, downstream, end_of
from metadata_service.lineage.spread import Passing, Spread, spread
from metadata_service.lineage.views import Place, View, fetch_views, place_of
from metadata_service.store.mutations import Edge, NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.ways import Degrees
from schemas import lineage
from schemas.errors import NotFound
from schemas.graph import EDITED_BY, FIRST_SEEN, LAST_SEEN, REASON, RUN, SOURCE, Direction

SIDES = {"upstream": (False,), "downstream": (True,), "both": (False, True)}

_Pair = tuple[NodeRef, NodeRef]


@dataclass(frozen=True, slots=True)
class Filter:
    """What is shown, by the names of what it has; an empty set asks for nothing."""

    kinds: frozenset[str] = frozenset()
    schemas: frozenset[str] = frozenset()
    databases: frozenset[str] = frozenset()
    owners: frozenset[str] = frozenset()
    badges: frozenset[str] = frozenset()

    def on(self, store: GraphStore) -> Passing | None:
        """Return what tells who passes, or None where everybody does."""
        if self == Filter():
            return None

        def passing(refs: Collection[NodeRef]) -> Collection[NodeRef]:
            near = {ref for ref in refs if self._by_key(ref, place_of(ref))}
            if not (self.owners or self.badges):
                return near
            return {ref for ref, view in fetch_views(store, near).items() if self._by_view(view)}

        return passing

    def _by_key(self, ref: NodeRef, place: Place) -> bool:
        tests = (self.kinds, KINDS[ref.label]), (self.schemas, place.schema), (self.databases, place.database)
        return all(value in wanted for wanted, value in tests if wanted)

    def _by_view(self, view: View) -> bool:
        has = (self.owners, view.owners), (self.badges, [badge.badge_name for badge in view.badges])
        return all(not wanted.isdisjoint(names) for wanted, names in has if wanted)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to explore: which way, how many levels, how many neighbours of each node, from where on, and what of it."""

    direction: str = "both"
    depth: int = 1
    limit: int = 20
    cursor: str = ""
    filter: Filter = Filter()
    columns: bool = False


def explore(store: GraphStore, start: NodeRef, asked: Asked, most: int) -> lineage.Exploration:
    """Return what is around a node, looking at about `most` relations. Raises NotFound, and Invalid for the cursor."""
    sides = read_cursor(asked.cursor, SIDES[asked.direction])
    found = spread(store, start, sides, asked.depth, asked.limit, most, asked.filter.on(store))
    nodes = found.nodes or [start]
    edges, whole = edges_among(store, nodes, RELATIONS, most)
    levels = _levels(found, start, edges)
    if asked.columns:
        more, whole_columns = _column_edges(store, nodes, most)
        whole &= whole_columns
        edges |= {pair: edge for pair, edge in more.items() if pair not in edges}
        for ref in dict.fromkeys(end for pair in more for end in pair):
            levels.setdefault(ref, levels.get(NodeRef("Table", ref.key.rpartition("/")[0]), 0))
    return lineage.Exploration(
        kind=KINDS[start.label],
        key=start.key,
        direction=asked.direction,
        depth=asked.depth,
        nodes=_nodes(store, start, levels, edges),
        edges=[lineage.Edge(end_of(a), end_of(b), origin_of(edge)) for (a, b), edge in edges.items()],
        complete=found.complete and whole,
        next=write_cursor(found.goes_on),
    )


def edges_among(
    store: GraphStore, nodes: Collection[NodeRef], relations: tuple[str, ...], most: int
) -> tuple[dict[_Pair, Edge], bool]:
    """Return the edges among nodes, each pair once, and whether these are all of them."""
    found = store.between(list(nodes), relations, most + 1)
    found.sort(key=lambda edge: (relations.index(edge.ref.type), edge.ref))
    pairs: dict[_Pair, Edge] = {}
    for edge in found[:most]:
        pairs.setdefault(downstream(*edge.ref), edge)
    return pairs, len(found) <= most


def _column_edges(store: GraphStore, nodes: Iterable[NodeRef], most: int) -> tuple[dict[_Pair, Edge], bool]:
    """Return the edges among the columns of the tables shown."""
    tables = [ref for ref in nodes if ref.label == "Table"]
    columns = [step.target for step in store.neighbourhood(tables, ["COLUMN"], Direction.OUT, most + 1)]
    edges, whole = edges_among(store, columns[:most], RELATIONS[:1], most)
    return edges, whole and len(columns) <= most


def _levels(found: Spread, start: NodeRef, edges: Iterable[_Pair]) -> dict[NodeRef, int]:
    """Return the level of each node: its shortest distance by the edges shown, on the side where that is shorter."""
    levels: dict[NodeRef, int] = {start: 0}
    for along, met in found.distances.items():
        shown = distances(start, edges, along) if max(met.values()) > 1 else met
        for ref, walked in met.items():
            far = min(walked, shown.get(ref, walked))
            if far < abs(levels.get(ref, far + 1)):
                levels[ref] = far if along else -far
    return levels


def distances(start: NodeRef, edges: Iterable[_Pair], along: bool) -> dict[NodeRef, int]:
    """Return how far everything is that edges lead to from a node."""
    fars: dict[NodeRef, list[NodeRef]] = {}
    for source, target in edges:
        near, far = (source, target) if along else (target, source)
        fars.setdefault(near, []).append(far)
    found, waiting = {start: 0}, deque([start])
    while waiting:
        near = waiting.popleft()
        for far in fars.get(near, ()):
            if far not in found:
                found[far] = found[near] + 1
                waiting.append(far)
    return found


def _nodes(
    store: GraphStore, start: NodeRef, levels: Mapping[NodeRef, int], edges: Iterable[_Pair]
) -> list[lineage.Node]:
    """Return what is shown of each node, the start first, then level by level; what has gone meanwhile is left out."""
    refs = sorted(levels, key=lambda ref: (ref != start, abs(levels[ref])))
    views, counts = fetch_views(store, refs), store.neighbour_counts(refs, DOWNSTREAM)
    if start not in views:
        raise NotFound(f"{start.key} does not exist")
    sources, targets = Counter(target for _, target in edges), Counter(source for source, _ in edges)
    return [
        node_of(ref, levels[ref], views[ref], counts[ref], Degrees(sources[ref], targets[ref]))
        for ref in refs
        if ref in views and ref in counts
    ]


def node_of(ref: NodeRef, level: int, view: View, counts: Degrees, shown: Degrees) -> lineage.Node:
    """Return what is shown of a node, of whose neighbours `shown` are shown with it."""
    place = place_of(ref)
    return lineage.Node(
        kind=KINDS[ref.label],
        key=ref.key,
        name=view.name,
        schema=place.schema,
        database=place.database,
        cluster=place.cluster,
        level=level,
        usage=view.usage,
        owners=view.owners,
        badges=view.badges,
        table=view.table,
        upstream_count=counts.against,
        downstream_count=counts.along,
        hidden_upstream=max(0, counts.against - shown.against),
        hidden_downstream=max(0, counts.along - shown.along),
    )


def origin_of(edge: Edge) -> lineage.Origin:
    """Return where an edge came from: reserved properties, so that they are of the types that were written."""
    get = cast("dict[str, Any]", edge.props).get
    return lineage.Origin(get(SOURCE), get(RUN), get(FIRST_SEEN), get(LAST_SEEN), get(EDITED_BY), get(REASON))
