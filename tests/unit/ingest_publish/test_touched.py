"""Whatever an edit changes in a search document, it records a change of that root in the same transaction."""

from itertools import product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publishing import projected, put

from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import EdgeRef, Mutation, NodeRef, PutEdge, PutNode, RemoveEdge, RemoveNode
from schemas.documents import RESOURCES
from schemas.graph import RELATIONS, is_relation
from schemas.keys import owner_of

T, D, F = "hive://gold.core/t", "mode_dashboard://gold.sales/d", "customers/value/1"
M, E = "mlflow://prod/model/m", "mlflow://prod/experiment/1"
NODES = [
    NodeRef("Database", "database://hive"),
    NodeRef("Cluster", "hive://gold"),
    NodeRef("Schema", "hive://gold.core"),
    NodeRef("Table", T),
    NodeRef("Column", f"{T}/x"),
    NodeRef("Description", f"{T}/_description"),
    NodeRef("Description", f"{T}/x/_description"),
    NodeRef("Description", "hive://gold.core/_description"),
    NodeRef("Programmatic_Description", f"{T}/_s_description"),
    NodeRef("Timestamp", f"{T}/timestamp"),
    NodeRef("Dashboardgroup", "mode_dashboard://gold.sales"),
    NodeRef("Description", "mode_dashboard://gold.sales/_description"),
    NodeRef("Dashboard", D),
    NodeRef("Query", f"{D}/query/q"),
    NodeRef("Chart", f"{D}/query/q/chart/c"),
    NodeRef("Execution", f"{D}/execution/_last_successful_execution"),
    NodeRef("Feature", F),
    NodeRef("Feature_Group", "customers"),
    NodeRef("MLModel", M),
    NodeRef("MLModelVersion", f"{M}/version/1"),
    NodeRef("Description", f"{M}/_description"),
    NodeRef("MLExperiment", E),
    NodeRef("MLRun", "mlflow://prod/run/r"),
    NodeRef("MLDataset", "mlflow://prod/dataset/d/1"),
    NodeRef("Tag", "t"),
    NodeRef("Badge", "b"),
    NodeRef("User", "ann"),
    NodeRef("User", "bob"),
]


def _in_place(edge: EdgeRef) -> bool:
    """Say whether a part hangs under what its key says: nothing else writes one."""
    ends = [owner_of(*ref) for ref in (edge.source, edge.target)]
    owners = {owner or tuple(ref) for owner, ref in zip(ends, (edge.source, edge.target), strict=True)}
    return len(owners) == 1 or not any(ends)


POSSIBLE = (edge for edge in product(RELATIONS, NODES, NODES) if is_relation(edge[0], edge[1].label, edge[2].label))
EDGES = [edge for edge in (EdgeRef(*ends) for ends in POSSIBLE) if _in_place(edge)]

props = st.fixed_dictionaries(
    {},
    optional={
        **{
            name: st.sampled_from(["x", "y", None])
            for name in ("name", "full_name", "description", "category", "state")
        },
        **{name: st.sampled_from([1, 2, None]) for name in ("timestamp", "last_updated_timestamp", "updated_at")},
        **{name: st.sampled_from(['{"p": "1"}', "{}", None]) for name in ("parameters", "metrics")},
        "stage": st.sampled_from(["Production", "Staging", None]),
    },
)
mutations: st.SearchStrategy[Mutation] = st.one_of(
    st.builds(PutNode, st.sampled_from(NODES), props),
    st.builds(PutEdge, st.sampled_from(EDGES)),
    st.builds(RemoveNode, st.sampled_from(NODES)),
    st.builds(RemoveEdge, st.sampled_from(EDGES)),
)


@given(
    edges=st.sets(st.sampled_from(EDGES)),
    batch=st.lists(mutations, min_size=1, max_size=4),
)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_document_that_changes_is_recorded(edges: set[EdgeRef], batch: list[Mutation]):
    graph = MemoryGraphStore()
    put(graph, *(PutNode(ref, {"name": "n", "description": "d"}) for ref in NODES), *map(PutEdge, sorted(edges)))
    graph.acknowledge(graph.changes())
    before = projected(graph)
    put(graph, *batch)
    after = projected(graph)
    labels = {kind: resource.label for kind, resource in RESOURCES.items()}
    changed = {
        NodeRef(labels[kind], key)
        for kind, key in before.keys() | after.keys()
        if before.get((kind, key)) != after.get((kind, key))
    }
    assert changed <= {change.ref for change in graph.changes()}
