"""The made-up warehouse of the benchmarks: what is loaded by hand is what a rebuild reads from the graph."""

from benchmarks import warehouse
from benchmarks.stores import batches
from ingest.publish.project import project
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Authority, Batch

TABLES = 200


def test_the_documents_are_the_projection_of_the_graph():
    store = MemoryGraphStore()
    store.ensure_schema()
    for batch in batches(warehouse.graph(TABLES)):
        store.apply(Batch(batch, Authority.SOURCE, source="benchmark"))
    documents = {str(document["key"]): document for document in warehouse.documents(TABLES)}
    assert len(documents) == TABLES
    read = {entry.key: entry.document for entry in project(store, "Table", dict.fromkeys(documents, 1))}
    for key, document in documents.items():
        assert read[key] == document
