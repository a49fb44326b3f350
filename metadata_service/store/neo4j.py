"""The graph in Neo4j 5.26 or newer: Amundsen's own store, for graphs that one machine's file does not hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter

from metadata_service.store import neo4j_schema as schema
from metadata_service.store.commit import commit
from metadata_service.store.cypher import by_code_point, compile_shape, step
from metadata_service.store.model_check import (
    check_label,
    check_names,
    check_refs,
    check_relations,
    check_tests,
    check_text,
)
from metadata_service.store.mutations import Batch, Change, Edge, EdgeRef, Node, NodeRef, Receipt
from metadata_service.store.neo4j_connection import Connection, Credentials, Rows, Run
from metadata_service.store.neo4j_records import props_of, reader
from metadata_service.store.neo4j_transaction import CHANGE, LOCK, TALLIES, Neo4jTransaction, edge_of
from metadata_service.store.port import Clock, GraphStore, Health, Related, Tracer, wall_clock
from metadata_service.store.shapes import Record, Shape
from metadata_service.store.tallies import TALLIED, reads_of, set_tally
from schemas.graph import RELATIONS, Direction

_COUNTED_AT_ONCE = 200  # resources in one transaction of a recount
_LAST_CHARACTER = "\U0010ffff"
_SURROGATES = range(0xD800, 0xE000)


class Neo4jGraphStore(GraphStore):
    """Connects when it is first used; causally consistent within a process, on a cluster too."""

    def __init__(
        self,
        url: str,
        *,
        credentials: Credentials | None = None,
        tracer: Tracer | None = None,
        clock: Clock = wall_clock,
    ) -> None:
        self._connection = Connection(url, credentials, tracer)
        self._clock = clock

    def ensure_schema(self) -> None:
        schema.ensure_indexes(self._connection)
        if schema.is_new(self._connection):
            for label in schema.RESOURCES if schema.has_readers(self._connection) else ():
                self.recount(label)
            schema.mark(self._connection)

    def fetch_many(self, keys: Sequence[str], shape: Shape) -> dict[str, Record]:
        compiled = compile_shape(shape)
        check_text(*keys)
        if not keys:
            return {}
        rows = self._connection.read(compiled.statement, keys=list(dict.fromkeys(keys)), **compiled.parameters)
        found = {record.key: record for record in reader(compiled.layout)([row for (row,) in rows])}
        return {key: found[key] for key in keys if key in found}

    def list_nodes(self, label: str, after: str = "", limit: int = 1000, prefix: str = "") -> list[Node]:
        check_label(label)
        check_text(after, prefix)
        lower, upper = max(after, prefix), _behind(prefix)
        statement = (
            f"MATCH (n:{label}) USING INDEX n:{label}(key) "
            f"WHERE n.key >= $lower {'AND n.key < $upper ' * bool(upper)}AND n.key <> $after "
            "RETURN n.key, properties(n) ORDER BY n.key LIMIT $limit"
        )
        return _nodes(label, self._connection.read(statement, lower=lower, upper=upper, after=after, limit=limit))

    def list_edges(
        self, relation: str, source: str, target: str, after: tuple[str, str] = ("", ""), limit: int = 1000
    ) -> list[Edge]:
        check_relations([relation])
        check_label(source)
        check_label(target)
        check_text(*after)
        statement = (
            f"MATCH (a:{source}) USING INDEX a:{source}(key) WHERE a.key >= $source "
            f"MATCH (a)-[r:{relation}]->(b:{target}) "
            f"WHERE a.key <> $source OR {by_code_point('b.key')} > {by_code_point('$target')} "
            f"RETURN a.key, b.key, properties(r) ORDER BY a.key, {by_code_point('b.key')} LIMIT $limit"
        )
        found: dict[tuple[str, str], Edge] = {}
        rows: Rows = [[]]
        # A relation may be there twice in a graph that others write to: then one more read fills the page.
        while rows and len(found) < limit:
            rows = self._connection.read(statement, source=after[0], target=after[1], limit=limit - len(found))
            for source_key, target_key, props in rows:
                after = (source_key, target_key)
                ref = EdgeRef(relation, NodeRef(source, source_key), NodeRef(target, target_key))
                found[after] = Edge(ref, props_of(props))
        return list(found.values())

    def neighbourhood(
        self, refs: Sequence[NodeRef], relations: Sequence[str], direction: Direction, limit: int
    ) -> list[EdgeRef]:
        check_relations(relations)
        check_refs(refs)
        frontier: dict[str, list[str]] = defaultdict(list)
        for ref in dict.fromkeys(refs):
            frontier[ref.label].append(ref.key)
        found = [
            edge
            for label, keys in frontier.items()
            if relations
            for edge in self._steps(label, keys, relations, direction, limit)
        ]
        near, far = (1, 2) if direction is Direction.OUT else (2, 1)
        found.sort(key=lambda edge: (edge[near].key, edge[far].key, edge[near], edge[far], edge.type))
        return found[:limit]

    def _steps(
        self, label: str, keys: list[str], relations: Sequence[str], direction: Direction, limit: int
    ) -> list[EdgeRef]:
        near, far = (0, 1) if direction is Direction.OUT else (1, 0)
        labels = {ends[far] for kind in relations for ends in RELATIONS[kind].ends if ends[near] == label}
        if not labels:
            return []
        path = step(f"n:{label} {{key: key}}", f"r:{'|'.join(relations)}", direction, f"m:{'|'.join(sorted(labels))}")
        statement = (
            f"UNWIND $keys AS key MATCH {path} RETURN DISTINCT key, type(r), labels(m), m.key AS far LIMIT $limit"
        )
        rows = self._connection.read(statement, keys=keys, limit=limit + 1)
        if len(rows) > limit:  # only now does it matter which come first
            order = f"ORDER BY {by_code_point('key')}, {by_code_point('far')} LIMIT"
            rows = self._connection.read(statement.replace("LIMIT", order), keys=keys, limit=limit)
        edges = (edge_of(kind, NodeRef(label, key), names, far_key, direction) for key, kind, names, far_key in rows)
        return [edge for edge in edges if edge is not None]

    def rank(self, label: str, by: str, limit: int, minimum: Mapping[str, float] | None = None) -> list[Node]:
        check_label(label)
        floors = {by: float("-inf"), **(minimum or {})}
        check_names(floors)
        tests = " AND ".join(f"n.{name} >= $floor{number}" for number, name in enumerate(floors))
        statement = f"MATCH (n:{label}) WHERE {tests} RETURN n.key, properties(n) ORDER BY n.{by} DESC, {by_code_point('n.key')} LIMIT $limit"
        values = {f"floor{number}": value for number, value in enumerate(floors.values())}
        return _nodes(label, self._connection.read(statement, limit=limit, **values))

    def count(self, label: str, having: Sequence[Related] = ()) -> int:
        check_label(label)
        check_tests(having)
        tests = " AND ".join(map(_test, having))
        statement = f"MATCH (n:{label}) {f'WHERE {tests} ' * bool(tests)}RETURN count(n)"
        ((number,),) = self._connection.read(statement)
        return int(number)

    def degrees(self, label: str, via: Sequence[str], direction: Direction) -> list[tuple[Node, int]]:
        check_label(label)
        check_relations(via)
        near, far = (0, 1) if direction is Direction.OUT else (1, 0)
        labels = sorted({ends[far] for kind in via for ends in RELATIONS[kind].ends if ends[near] == label})
        if not labels:
            return []
        path = step(f"n:{label}", f":{'|'.join(via)}", direction, f"m:{'|'.join(labels)}")
        statement = f"MATCH {path} WITH n, count(DISTINCT m) AS degree RETURN n.key, properties(n), degree"
        rows = sorted(self._connection.read(statement), key=itemgetter(0))
        return [(Node(NodeRef(label, key), props_of(props)), degree) for key, props, degree in rows]

    def apply(self, batch: Batch) -> Receipt:
        return self._connection.write(lambda run: commit(Neo4jTransaction(run, batch), batch, self._clock()))

    def changes(self, limit: int = 1000) -> list[Change]:
        statement = (
            f"MATCH (c:{CHANGE}) WHERE c.pending_since IS NOT NULL "
            "RETURN c.label, c.key, c.revision, c.pending_since, c.actor, c.source, c.run "
            f"ORDER BY c.pending_since, c.label, {by_code_point('c.key')} LIMIT $limit"
        )
        rows = self._connection.read(statement, limit=limit)
        return [Change(NodeRef(label, key), *rest) for label, key, *rest in rows]

    def acknowledge(self, changes: Iterable[Change]) -> None:
        published = [[*change.ref, change.revision] for change in sorted(changes, key=lambda change: change.ref)]
        statement = (
            f"UNWIND $published AS row MATCH (c:{CHANGE} {{label: row[0], key: row[1]}}) {LOCK.format('c')} "
            "WITH c, row WHERE c.revision <= row[2] REMOVE c.pending_since"
        )
        self._connection.write(lambda run: run(statement, published=published))

    def recount(self, label: str) -> int:
        check_label(label)
        wrong, after = 0, ""
        while True:
            page = self._connection.write(lambda run, after=after: _recount(run, label, after))
            if page is None:
                return wrong
            after, mended = page
            wrong += mended

    def health(self) -> Health:
        name, _, version = self._connection.agent().partition("/")
        return Health("neo4j", {"server": name, "version": version})

    def close(self) -> None:
        self._connection.close()


def _recount(run: Run, label: str, after: str) -> tuple[str, int] | None:
    """Recount one page of resources; return the last key and how many were wrong, or None behind the last page."""
    rows = run(
        f"MATCH (n:{label}) USING INDEX n:{label}(key) WHERE n.key > $after WITH n ORDER BY n.key LIMIT $limit "
        f"{LOCK.format('n')} WITH n RETURN n.key, properties(n), [(n)-[r:{TALLIED}]->(u:User) | [u.key, properties(r)]] ORDER BY n.key",
        after=after,
        limit=_COUNTED_AT_ONCE,
    )
    if not rows:
        return None
    wrong = []
    for key, held, reads in rows:
        right = dict(held)
        readers = dict(reads)
        set_tally(right, len(readers), sum(map(reads_of, readers.values())))
        if right != held:
            wrong.append([key, {name: right.get(name) for name in TALLIES}])
    run(f"UNWIND $rows AS row MATCH (n:{label} {{key: row[0]}}) SET n += row[1]", rows=wrong)
    return rows[-1][0], len(wrong)


def _behind(prefix: str) -> str | None:
    """Return the least text behind all that begins with a prefix, or None where there is none."""
    stem = prefix.rstrip(_LAST_CHARACTER)
    if not stem:
        return None
    following = ord(stem[-1]) + 1
    return stem[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)


def _nodes(label: str, rows: Rows) -> list[Node]:
    return [Node(NodeRef(label, key), props_of(props)) for key, props in rows]


def _test(related: Related) -> str:
    """Write the test that a node is related as asked."""
    path = step("n", f":{'|'.join(related.via)}", related.direction, f"m:{'|'.join(related.to)}")
    if related.non_empty is None:
        return f"EXISTS {{ MATCH {path} }}"
    return f"EXISTS {{ MATCH {path} WHERE m.{related.non_empty} <> '' }}"
