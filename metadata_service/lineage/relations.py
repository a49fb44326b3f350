"""What counts as lineage, and the kinds of nodes that have it."""

from collections.abc import Mapping

from metadata_service.store.mutations import NodeRef
from metadata_service.store.ways import Way
from schemas.errors import NotFound
from schemas.graph import Direction
from schemas.lineage import End

# Downstream goes along these: what is made from something, and the dashboards that show a table.
DOWNSTREAM = (Way("HAS_DOWNSTREAM", Direction.OUT), Way("DASHBOARD_WITH_TABLE", Direction.IN))
_FORWARD = {way.relation: way.direction is Direction.OUT for way in DOWNSTREAM}
RELATIONS = tuple(way.relation for way in DOWNSTREAM)

LABELS: Mapping[str, str] = {
    "table": "Table",
    "column": "Column",
    "dashboard": "Dashboard",
    "feature": "Feature",
    "run": "MLRun",
    "model_version": "MLModelVersion",
    "model": "MLModel",
}
KINDS: Mapping[str, str] = {label: kind for kind, label in LABELS.items()}


def ref_of(kind: str, key: str) -> NodeRef:
    """Return the node of a kind. Raises NotFound for a kind that has no lineage."""
    if kind not in LABELS:
        raise NotFound(f"{kind[:80]!r} has no lineage; the kinds that do are {', '.join(LABELS)}.")
    return NodeRef(LABELS[kind], key)


def end_of(ref: NodeRef) -> End:
    """Return a node as replies name it."""
    return End(KINDS[ref.label], ref.key)


def downstream(relation: str, source: NodeRef, target: NodeRef) -> tuple[NodeRef, NodeRef]:
    """Return the ends of a relation in the order of lineage: what is made from the first is the second."""
    return (source, target) if _FORWARD[relation] else (target, source)
