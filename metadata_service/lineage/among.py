"""The edges among nodes that somebody has already: of a picture that came in pieces, and of columns of its tables."""

from collections import Counter
from collections.abc import Sequence

from metadata_service.lineage.explore import edges_among, node_of, origin_of
from metadata_service.lineage.relations import DOWNSTREAM, RELATIONS, end_of
from metadata_service.lineage.views import fetch_views
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.ways import Degrees
from schemas import lineage
from schemas.graph import Direction


def find_among(store: GraphStore, refs: Sequence[NodeRef], columns: bool, most: int) -> lineage.Among:
    """Return the edges among nodes; with `columns`, also the columns of these tables that have lineage, and theirs.

    Looks at about `most` relations of each kind. What does not exist has no edges.
    """
    edges, whole = edges_among(store, refs, RELATIONS, most)
    nodes: list[lineage.Node] = []
    if columns:
        counts, whole_columns = _linked_columns(store, refs, most)
        of_columns, whole_edges = edges_among(store, list(counts), RELATIONS[:1], most)
        nodes = _nodes(store, counts, list(of_columns))
        edges |= of_columns
        whole &= whole_columns and whole_edges
    return lineage.Among(
        nodes, [lineage.Edge(end_of(a), end_of(b), origin_of(e)) for (a, b), e in edges.items()], whole
    )


def _linked_columns(store: GraphStore, refs: Sequence[NodeRef], most: int) -> tuple[dict[NodeRef, Degrees], bool]:
    """Return the columns that have lineage, to whatever, with how much; and whether all columns were looked at."""
    tables = [ref for ref in refs if ref.label == "Table"]
    steps = store.neighbourhood(tables, ["COLUMN"], Direction.OUT, most + 1)
    counts = store.neighbour_counts([step.target for step in steps[:most]], DOWNSTREAM)
    return {ref: count for ref, count in counts.items() if count.against or count.along}, len(steps) <= most


def _nodes(
    store: GraphStore, counts: dict[NodeRef, Degrees], edges: Sequence[tuple[NodeRef, NodeRef]]
) -> list[lineage.Node]:
    sources, targets = Counter(target for _, target in edges), Counter(source for source, _ in edges)
    return [
        node_of(ref, 0, view, counts[ref], Degrees(sources[ref], targets[ref]))
        for ref, view in fetch_views(store, counts).items()
    ]
