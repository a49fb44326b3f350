"""SQLite by hand: what the embedded store is compared with."""

import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from benchmarks.stores import Bench, batches
from metadata_service.store.mutations import Mutation, PutEdge, PutNode

_NODE = """INSERT INTO node (label, key, props) VALUES (?, ?, ?)
ON CONFLICT (label, key) DO UPDATE SET props = excluded.props"""
_EDGE = """INSERT INTO edge (source, type, target, props) VALUES (
(SELECT id FROM node WHERE label = ? AND key = ?), ?, (SELECT id FROM node WHERE label = ? AND key = ?), ?)
ON CONFLICT (source, type, target) DO UPDATE SET props = excluded.props"""
_READS = """SELECT n.key, count(*) AS readers, sum(e.props ->> 'read_count') AS reads
FROM node n JOIN edge e ON e.source = n.id WHERE n.label = 'Table' AND e.type = 'READ_BY'
GROUP BY n.id HAVING readers >= 10 ORDER BY readers * ln(reads) DESC LIMIT 10"""
_UPSTREAM = """WITH RECURSIVE up (id) AS (
SELECT id FROM node WHERE label = 'Table' AND key = ?
UNION SELECT e.source FROM up JOIN edge e ON e.target = up.id AND e.type = 'HAS_DOWNSTREAM')
SELECT n.key FROM up JOIN node n USING (id) WHERE n.key <> ?"""
_PATHS = """WITH RECURSIVE up (id, depth) AS (
SELECT id, 0 FROM node WHERE label = 'Table' AND key = ?
UNION ALL SELECT e.source, depth + 1
FROM up JOIN edge e ON e.target = up.id AND e.type = 'HAS_DOWNSTREAM' WHERE depth < ?)
SELECT count(*) - 1 FROM up"""


class SqliteBench(Bench):
    name = "SQLite"

    def __init__(self, path: Path) -> None:
        super().__init__(f"sqlite:///{path}")
        self._connection = sqlite3.connect(path, isolation_level=None)
        self._connection.execute("PRAGMA synchronous = NORMAL")

    def bare(self, statement: str, parameters: Any) -> Sequence[Any]:
        return self._connection.execute(statement, parameters).fetchall()

    def bare_load(self, mutations: Iterable[Mutation]) -> None:
        for batch in batches(mutations):
            nodes = [(m.ref.label, m.ref.key, orjson.dumps(m.props).decode()) for m in batch if isinstance(m, PutNode)]
            edges = [
                (*m.ref.source, m.ref.type, *m.ref.target, orjson.dumps(m.props).decode())
                for m in batch
                if isinstance(m, PutEdge)
            ]
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany(_NODE, nodes)
            self._connection.executemany(_EDGE, edges)
            self._connection.execute("COMMIT")

    def empty(self) -> None:
        for table in ("node", "edge", "change"):
            self._connection.execute(f"DELETE FROM {table}")  # noqa: S608  # the three names above
        self._connection.execute("VACUUM")

    def count_all_reads(self) -> Sequence[Any]:
        return self.bare(_READS, ())

    def upstream(self, key: str) -> list[str]:
        return [row[0] for row in self.bare(_UPSTREAM, (key, key))]

    def paths(self, key: str, depth: int) -> int:
        return int(self.bare(_PATHS, (key, depth))[0][0])

    def close(self) -> None:
        self._connection.close()
        super().close()


@contextmanager
def sqlite_bench() -> Iterator[SqliteBench]:
    """Open an embedded store in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="fram-bench-"))
    bench = SqliteBench(folder / "graph.db")
    try:
        yield bench
    finally:
        bench.close()
        shutil.rmtree(folder)
