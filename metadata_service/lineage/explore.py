"""Explore lineage around a node: nodes and edges for a picture, each node with what it hides."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from metadata_service.lineage.cursor import read_cursor, write_cursor
from metadata_service.lineage.distances import distances
from metadata_service.lineage.relations import DOWNSTREAM, KINDS, RELATIONS
from metadata_service.lineage.shown import Pair, Pairs, pairs_of, shown_edges, shown_nodes
from metadata_service.lineage.spread import Passing, Spread, spread
from metadata_service.lineage.views import SHAPES, Place, View, fetch_views, place_of
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas import lineage
from schemas.errors import NotFound
from schemas.graph import Direction

SIDES = {"upstream": (False,), "downstream": (True,), "both": (False, True)}


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
        if self == _NO_FILTER:
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


_NO_FILTER = Filter()


@dataclass(frozen=True, slots=True)
class Asked:
    """What to explore: which way, how many levels, how many neighbours of each node, from where on, and what of it."""

    direction: str = "both"
    depth: int = 1
    limit: int = 20
    cursor: str = ""
    filter: Filter = _NO_FILTER
    columns: bool = False


def explore(store: GraphStore, start: NodeRef, asked: Asked, most: int) -> lineage.Exploration:
    """Return what is around a node, looking at about `most` relations. Raises NotFound, and Invalid for the cursor."""
    sides = read_cursor(asked.cursor, SIDES[asked.direction])
    found = spread(store, start, sides, asked.depth, asked.limit, most, asked.filter.on(store))
    refs = found.nodes or [start]
    portraits, edges = store.picture(refs, SHAPES, DOWNSTREAM, most + 1)
    pairs, whole = pairs_of(edges, most)
    levels = _levels(found, start, pairs)
    if asked.columns:
        more, whole_columns = _column_pairs(store, refs, most)
        whole &= whole_columns
        pairs |= {pair: edge for pair, edge in more.items() if pair not in pairs}
        columns = [ref for ref in dict.fromkeys(end for pair in more for end in pair) if ref not in levels]
        levels |= {ref: levels.get(NodeRef("Table", ref.key.rpartition("/")[0]), 0) for ref in columns}
        portraits |= store.picture(columns, SHAPES, DOWNSTREAM, 0).nodes
    if start not in portraits:
        raise NotFound(f"{start.key} does not exist")
    return lineage.Exploration(
        kind=KINDS[start.label],
        key=start.key,
        direction=asked.direction,
        depth=asked.depth,
        nodes=shown_nodes(portraits, _by_distance(levels), pairs),
        edges=shown_edges(pairs),
        complete=found.complete and whole,
        next=write_cursor(found.goes_on),
    )


def _column_pairs(store: GraphStore, nodes: Iterable[NodeRef], most: int) -> tuple[Pairs, bool]:
    """Return the edges among the columns of the tables shown."""
    tables = [ref for ref in nodes if ref.label == "Table"]
    columns = [step.target for step in store.neighbourhood(tables, ["COLUMN"], Direction.OUT, most + 1)]
    pairs, whole = pairs_of(store.between(columns[:most], RELATIONS[:1], most + 1), most)
    return pairs, whole and len(columns) <= most


def _levels(found: Spread, start: NodeRef, pairs: Iterable[Pair]) -> dict[NodeRef, int]:
    """Return the level of each node: its shortest distance by the edges shown, on the side where that is shorter."""
    levels: dict[NodeRef, int] = {start: 0}
    for along, met in found.distances.items():
        shown = distances(_fars(pairs, along), start) if max(met.values()) > 1 else met
        for ref, walked in met.items():
            far = min(walked, shown.get(ref, walked))
            if far < abs(levels.get(ref, far + 1)):
                levels[ref] = far if along else -far
    return levels


def _fars(pairs: Iterable[Pair], along: bool) -> dict[NodeRef, list[NodeRef]]:
    """Return where edges lead to from each node."""
    fars: dict[NodeRef, list[NodeRef]] = defaultdict(list)
    for source, target in pairs:
        near, far = (source, target) if along else (target, source)
        fars[near].append(far)
    return fars


def _by_distance(levels: dict[NodeRef, int]) -> dict[NodeRef, int]:
    """Return levels in the order of replies: the start, which is first, then the nearest."""
    return dict(sorted(levels.items(), key=lambda item: abs(item[1])))
