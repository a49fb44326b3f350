"""Neo4j by hand, through its own driver: what the adapter is compared with."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import neo4j

from benchmarks.stores import Bench, batches
from metadata_service.store.mutations import Mutation, PutEdge, PutNode

_READS = """MATCH (t:Table)-[r:READ_BY]->(u:User)
WITH t, count(DISTINCT u) AS readers, sum(r.read_count) AS reads WHERE readers >= 10
RETURN t.key, readers * log(reads) AS score ORDER BY score DESC LIMIT 10"""
_UPSTREAM = """MATCH (:Table {key: $key})<-[:HAS_DOWNSTREAM*1..]-(t:Table) RETURN DISTINCT t.key"""
_PATHS = "MATCH p = (:Table {{key: $key}})<-[:HAS_DOWNSTREAM*1..{depth}]-(:Table) RETURN count(p)"


class Neo4jBench(Bench):
    name = "Neo4j"

    def __init__(self, url: str) -> None:
        super().__init__(url)
        parts = urlsplit(url)
        address = parts._replace(netloc=parts.netloc.rpartition("@")[2], path="").geturl()
        auth = (unquote(parts.username or ""), unquote(parts.password or ""))
        self._driver = neo4j.GraphDatabase.driver(address, auth=auth, notifications_min_severity="OFF")
        self.empty()
        self.store.ensure_schema()

    def bare(self, statement: str, parameters: Any) -> Sequence[Any]:
        with self._driver.session(fetch_size=-1) as session:
            return session.execute_read(lambda tx: list(tx.run(statement, parameters)))

    def bare_load(self, mutations: Iterable[Mutation]) -> None:
        with self._driver.session() as session:
            for batch in batches(mutations):
                session.execute_write(_merge, batch)

    def empty(self) -> None:
        query = "MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*) AS n"
        while self._driver.execute_query(query).records[0]["n"]:
            pass

    def count_all_reads(self) -> Sequence[Any]:
        return self.bare(_READS, {})

    def upstream(self, key: str) -> list[str]:
        return [row[0] for row in self.bare(_UPSTREAM, {"key": key})]

    def paths(self, key: str, depth: int) -> int:
        return int(self.bare(_PATHS.format(depth=depth), {"key": key})[0][0])

    def close(self) -> None:
        self.empty()
        self._driver.close()
        super().close()


def _merge(tx: neo4j.ManagedTransaction, batch: Sequence[Mutation]) -> None:
    nodes: dict[str, list[Any]] = defaultdict(list)
    edges: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for mutation in batch:
        if isinstance(mutation, PutNode):
            nodes[mutation.ref.label].append([mutation.ref.key, mutation.props])
        elif isinstance(mutation, PutEdge):
            kind, source, target = mutation.ref
            edges[kind, source.label, target.label].append([source.key, target.key, mutation.props])
    for label, rows in nodes.items():
        tx.run(f"UNWIND $rows AS row MERGE (n:{label} {{key: row[0]}}) SET n += row[1]", rows=rows)
    for (kind, source_label, target_label), rows in edges.items():
        ends = f"MATCH (a:{source_label} {{key: row[0]}}) MATCH (b:{target_label} {{key: row[1]}})"
        tx.run(f"UNWIND $rows AS row {ends} MERGE (a)-[r:{kind}]->(b) SET r += row[2]", rows=rows)


@contextmanager
def neo4j_bench() -> Iterator[Neo4jBench | None]:
    """Open the real Neo4j that FRAM_TEST_NEO4J_URL names, emptied; None where there is none."""
    url = os.environ.get("FRAM_TEST_NEO4J_URL")
    if not url:
        yield None
        return
    bench = Neo4jBench(url)
    try:
        yield bench
    finally:
        bench.close()
