"""The edges among nodes that somebody has already: of a picture that came in pieces, and of columns of its tables."""

from collections.abc import Sequence

from metadata_service.lineage.relations import DOWNSTREAM, RELATIONS
from metadata_service.lineage.shown import pairs_of, shown_edges, shown_nodes
from metadata_service.lineage.views import SHAPES
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas import lineage
from schemas.graph import Direction


def find_among(store: GraphStore, refs: Sequence[NodeRef], columns: bool, most: int) -> lineage.Among:
    """Return the edges among nodes; with `columns`, also the columns of these tables that have lineage, and theirs.

    Looks at about `most` relations of each kind. What does not exist has no edges.
    """
    pairs, whole = pairs_of(store.between(refs, RELATIONS, most + 1), most)
    nodes: list[lineage.Node] = []
    if columns:
        linked, whole_columns = _linked_columns(store, refs, most)
        portraits, edges = store.picture(linked, SHAPES, DOWNSTREAM, most + 1)
        of_columns, whole_edges = pairs_of(edges, most)
        nodes = shown_nodes(portraits, dict.fromkeys(linked, 0), of_columns)
        pairs |= of_columns
        whole &= whole_columns and whole_edges
    return lineage.Among(nodes, shown_edges(pairs), whole)


def _linked_columns(store: GraphStore, refs: Sequence[NodeRef], most: int) -> tuple[list[NodeRef], bool]:
    """Return the columns that have lineage, to whatever, and whether all columns were looked at."""
    tables = [ref for ref in refs if ref.label == "Table"]
    steps = store.neighbourhood(tables, ["COLUMN"], Direction.OUT, most + 1)
    counts = store.neighbour_counts([step.target for step in steps[:most]], DOWNSTREAM)
    return [ref for ref, count in counts.items() if any(count)], len(steps) <= most
