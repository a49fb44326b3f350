"""Read the graph that an Amundsen keeps in Neo4j 4.4 or newer: only what both versions understand, only reading.

Amundsen makes a constraint on the key of every label it writes, which serves the paging here. Keys that its publisher
took for numbers (`2020`, `0021`) are not among them.
"""

from collections.abc import Iterator

from metadata_service.store.mutations import Edge, EdgeRef, Node, NodeRef
from metadata_service.store.neo4j_connection import Connection
from metadata_service.store.neo4j_records import props_of
from metadata_service.store.port import Tracer

PAGE = 1000  # nodes at a time
SOURCES = 200  # nodes whose relations are read at a time


class AmundsenGraph:
    """A graph by its URL, as `open_store` takes one. Every method raises StoreUnavailable."""

    def __init__(self, url: str, *, tracer: Tracer | None = None) -> None:
        """Connect lazily. Raises InvalidSetting for a bad URL."""
        self._connection = Connection(url, tracer, any_version=True)

    def version(self) -> str:
        """Ask what the server is."""
        return self._connection.agent()

    def count(self, label: str) -> int:
        """Count the nodes of a label, those without a usable key too."""
        return int(self._connection.read(f"MATCH (n:{label}) RETURN count(n)"))

    def nodes(self, label: str) -> Iterator[list[Node]]:
        """Go through the nodes of a label that have a text as their key, page by page in its order."""
        after = ""
        statement = f"MATCH (n:{label}) WHERE n.key > $after WITH n ORDER BY n.key LIMIT {PAGE} RETURN properties(n)"
        while found := self._connection.read_each(statement, after=after):
            after = found[-1]["key"]
            yield [Node(NodeRef(label, props["key"]), props_of(props)) for props in found]

    def edges(self, relation: str, source: str, target: str) -> Iterator[list[Edge]]:
        """Go through the relations of a type between two labels; one that is there twice comes once."""
        after = ""
        keys = f"MATCH (n:{source}) WHERE n.key > $after WITH n ORDER BY n.key LIMIT {SOURCES} RETURN n.key"
        rows = (
            f"UNWIND $keys AS key MATCH (a:{source} {{key: key}})-[r:{relation}]->(b:{target}) "
            "RETURN [a.key, b.key, properties(r)]"
        )
        while found := self._connection.read_each(keys, after=after):
            after = found[-1]
            edges: dict[EdgeRef, Edge] = {}
            for near, far, props in self._connection.read_each(rows, keys=found):
                if isinstance(far, str):
                    ref = EdgeRef(relation, NodeRef(source, near), NodeRef(target, far))
                    edges[ref] = Edge(ref, props_of(props))
            if edges:
                yield list(edges.values())

    def close(self) -> None:
        """Release connections. Idempotent."""
        self._connection.close()
