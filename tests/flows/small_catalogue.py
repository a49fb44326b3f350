"""Two tables of one schema, put into a graph as a source would put them."""

from collections.abc import Iterator
from contextlib import contextmanager

from deployments import Stores

from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, Mutation, NodeRef, PutEdge, PutNode, RemoveNode
from metadata_service.store.port import GraphStore

ORDERS = NodeRef("Table", "hive://gold.core/orders")
CUSTOMERS = NodeRef("Table", "hive://gold.core/customers")
ANN = "ann@example.com"
_ABOVE = (
    NodeRef("Database", "database://hive"),
    NodeRef("Cluster", "hive://gold"),
    NodeRef("Schema", "hive://gold.core"),
)


@contextmanager
def graph_of(stores: Stores) -> Iterator[GraphStore]:
    """Open the graph."""
    store = open_store(stores.graph)
    store.ensure_schema()
    try:
        yield store
    finally:
        store.close()


def a_table(ref: NodeRef) -> tuple[Mutation, ...]:
    """Return a table, with its schema, cluster and database."""
    database, cluster, schema = _ABOVE
    name = ref.key.rpartition("/")[2]
    return (
        PutNode(database, {"name": "hive"}),
        PutNode(cluster, {"name": "gold"}),
        PutNode(schema, {"name": "core"}),
        PutNode(ref, {"name": name}),
        PutEdge(EdgeRef("CLUSTER", database, cluster)),
        PutEdge(EdgeRef("SCHEMA", cluster, schema)),
        PutEdge(EdgeRef("TABLE", schema, ref)),
    )


def write(store: GraphStore, *mutations: Mutation) -> None:
    """Apply mutations as a source."""
    store.apply(Batch(mutations, Authority.SOURCE, source="flow"))


def load(stores: Stores, *tables: NodeRef) -> None:
    """Put tables into the graph: these, or the two of this module."""
    with graph_of(stores) as store:
        write(store, *(mutation for ref in tables or (ORDERS, CUSTOMERS) for mutation in a_table(ref)))


def remove(stores: Stores, *refs: NodeRef) -> None:
    """Take nodes out of the graph, as a person does: a source leaves alone what bears a person's word."""
    with graph_of(stores) as store:
        store.apply(Batch(tuple(map(RemoveNode, refs)), actor=ANN))
