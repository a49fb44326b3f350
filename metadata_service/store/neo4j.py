"""The graph in Neo4j 5.26 or newer: Amundsen's own store, for graphs that outgrow one machine's file.

An Amundsen graph is used as it stands: what the graph model does not have (reverse relations, foreign labels) is never
followed, and values of foreign types come out as text.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from operator import attrgetter, itemgetter
from typing import Any

from metadata_service.store import neo4j_publishing as publishing
from metadata_service.store import neo4j_schema as schema
from metadata_service.store.collector import collector_paused
from metadata_service.store.commit import commit
from metadata_service.store.cypher import (
    bound_by_code_point,
    by_code_point,
    compile_reach,
    compile_shape,
    forward_only,
    step,
)
from metadata_service.store.model_check import (
    check_label,
    check_ranking,
    check_refs,
    check_relations,
    check_root_label,
    check_roots,
    check_tests,
    check_text,
    check_ways,
)
from metadata_service.store.mutations import (
    Authority,
    Backlog,
    Batch,
    Change,
    Edge,
    EdgeRef,
    Node,
    NodeRef,
    Postponed,
    Receipt,
    RootRevision,
)
from metadata_service.store.neo4j_bookkeeping import CHANGE, DUE, acknowledge, pending, recount, touch
from metadata_service.store.neo4j_connection import Connection, Run
from metadata_service.store.neo4j_neighbours import between, neighbour_counts, neighbours
from metadata_service.store.neo4j_records import edge_of, known, props_of, reader
from metadata_service.store.neo4j_transaction import Neo4jTransaction
from metadata_service.store.port import Clock, GraphStore, Health, Reach, Related, Tracer, wall_clock
from metadata_service.store.shapes import Record, Shape, sort_key
from metadata_service.store.ways import Ask, Degrees, Neighbour, Way, relations_of
from schemas.graph import GONE, LABELS, Direction, is_relation

_LAST_CHARACTER = "\U0010ffff"
_SURROGATES = range(0xD800, 0xE000)


class Neo4jGraphStore(GraphStore):
    """Connects when it is first used; what one process wrote it reads back, on a cluster too."""

    def __init__(self, url: str, *, tracer: Tracer | None = None, clock: Clock = wall_clock) -> None:
        self._connection = Connection(url, tracer)
        self._read = self._connection.read
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
        parameters = {"keys": list(dict.fromkeys(keys)), **compiled.parameters}
        with collector_paused():
            records = reader(compiled.layout)(self._connection.read_each(compiled.statement, **parameters))
        found = {record.key: record for record in records}
        return {key: found[key] for key in keys if key in found}

    def list_nodes(
        self, label: str, after: str = "", limit: int = 1000, prefix: str = "", *, descending: bool = False
    ) -> list[Node]:
        check_label(label)
        check_text(after, prefix)
        lower, upper = max(after, prefix), _behind(prefix)
        if descending:
            lower, upper = prefix, min(after, upper) if after and upper else after or upper
        statement = (
            f"MATCH (n:{label}) USING INDEX n:{label}(key) "
            f"WHERE n.key >= $lower {'AND n.key < $upper ' * bool(upper)}AND n.key <> $after "
            f"WITH n ORDER BY n.key {'DESC ' * descending}LIMIT $limit RETURN collect(properties(n))"
        )
        found = _nodes(label, self._read(statement, lower=lower, upper=upper, after=after, limit=limit))
        return found[::-1] if descending else found

    def list_edges(
        self, relation: str, source: str, target: str, after: tuple[str, str] = ("", ""), limit: int = 1000
    ) -> list[Edge]:
        check_relations([relation])
        check_label(source)
        check_label(target)
        check_text(*after)
        if not is_relation(relation, source, target):
            return []
        read = (
            f"MATCH (a:{source}) USING INDEX a:{source}(key) WHERE a.key >= $source "
            f"MATCH (a)-[r:{relation}]->(b:{target}) WITH a, r, b, {by_code_point('b.key')} AS place "
        )
        page = "WITH a, r, b, place ORDER BY a.key, place LIMIT $limit RETURN collect([a.key, b.key, properties(r)])"
        found: dict[tuple[str, str], Edge] = {}
        more = True
        # A relation may be there twice in a graph that others write to: then one more read fills the page.
        while more and len(found) < limit:
            asked, bound = limit - len(found), bound_by_code_point("target", after[1])
            statement = f"{read}WHERE a.key <> $source OR place > {bound} {page}"
            rows = self._read(statement, source=after[0], target=after[1], limit=asked)
            more = len(rows) == asked
            for source_key, target_key, props in sorted(rows, key=itemgetter(0, 1)):
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
        for label, key in dict.fromkeys(refs):
            frontier[label].append(key)
        found = [
            edge for label, keys in frontier.items() for edge in self._steps(label, keys, relations, direction, limit)
        ]
        near, far = ("source", "target") if direction is Direction.OUT else ("target", "source")
        found.sort(key=attrgetter(f"{near}.key", near, f"{far}.key", far, "type"))
        return found[:limit]

    def _steps(
        self, label: str, keys: list[str], relations: Sequence[str], direction: Direction, limit: int
    ) -> list[EdgeRef]:
        far = _far_labels(label, relations, direction)
        if not far:
            return []
        path = step(f"n:{label} {{key: key}}", f"r:{'|'.join(relations)}", direction, f"m:{far}")
        walk = f"UNWIND $keys AS key MATCH {path} WITH DISTINCT key, type(r) AS kind, m"
        rows = "RETURN collect([key, kind, labels(m), m.key])"
        found = self._read(f"{walk} LIMIT $limit {rows}", keys=keys, limit=limit + 1)
        if len(found) > limit:  # only now does it matter which come first
            order = f"ORDER BY {by_code_point('key')}, {by_code_point('m.key')}"
            found = self._read(f"{walk} {order} LIMIT $limit {rows}", keys=keys, limit=limit)
        edges = (edge_of(kind, NodeRef(label, key), names, far_key, direction) for key, kind, names, far_key in found)
        return [edge for edge in edges if edge is not None]

    def reach(self, start: NodeRef, relations: Sequence[str], direction: Direction, depth: int, limit: int) -> Reach:
        check_relations(relations)
        check_refs([start])
        if not relations or depth < 1 or limit < 1:
            return Reach([start], [])
        statement = compile_reach(start.label, tuple(relations), direction, depth)
        found = self._read(statement, key=start.key, limit=limit)
        places = {start: 0}
        steps: dict[tuple[int, int], None] = {}
        for near_labels, near_key, far_labels, far_key in found:
            near, far = known(near_labels, near_key), known(far_labels, far_key)
            if near is not None and far is not None:
                steps[places.setdefault(near, len(places)), places.setdefault(far, len(places))] = None
        return Reach(list(places), list(steps))

    def neighbours(self, asked: Sequence[Ask], ways: Sequence[Way], by: str, limit: int) -> list[list[Neighbour]]:
        check_ways(asked, ways, by)
        return neighbours(self._read, asked, tuple(ways), by, limit)

    def neighbour_counts(self, refs: Sequence[NodeRef], ways: Sequence[Way]) -> dict[NodeRef, Degrees]:
        check_refs(refs)
        check_relations(relations_of(ways))
        return neighbour_counts(self._read, refs, tuple(ways))

    def between(self, refs: Sequence[NodeRef], relations: Sequence[str], limit: int) -> list[Edge]:
        check_relations(relations)
        check_refs(refs)
        return between(self._read, refs, relations, limit)

    def rank(
        self,
        label: str,
        by: str,
        limit: int,
        minimum: Mapping[str, float] | None = None,
        after: tuple[float, str] | None = None,
    ) -> list[Node]:
        floors = {by: float("-inf"), **(minimum or {})}
        check_ranking(label, floors, after)
        key = by_code_point("n.key")
        tests = " AND ".join(f"n.{name} >= $floor{number}" for number, name in enumerate(floors))
        values: dict[str, Any] = {f"floor{number}": floor for number, floor in enumerate(floors.values())}
        if after is not None:
            tests += f" AND n.{by} <= $last AND (n.{by} < $last OR {key} > {bound_by_code_point('key', after[1])})"
            values |= {"last": after[0], "key": after[1]}
        statement = (
            f"MATCH (n:{label}) WHERE {tests} WITH n ORDER BY n.{by} DESC, {key} LIMIT $limit "
            "RETURN collect(properties(n))"
        )
        found = _nodes(label, self._read(statement, limit=limit, **values))
        return sorted(found, key=lambda node: sort_key(node.props[by]), reverse=True)

    def count(self, label: str, having: Sequence[Related] = ()) -> int:
        check_label(label)
        check_tests(having)
        if not having:  # the first number is kept by the database, the second is of an index
            gone = self._read(f"MATCH (n:{label}) WHERE n.{GONE} IS NOT NULL RETURN count(n)")
            return int(self._read(f"MATCH (n:{label}) RETURN count(n)")) - int(gone)
        tests = " AND ".join(_test(label, related) for related in having)
        return int(self._read(f"MATCH (n:{label}) WHERE n.{GONE} IS NULL AND {tests} RETURN count(n)"))

    def list_gone(self, label: str, before: int, after: str = "", limit: int = 1000) -> list[Node]:
        check_label(label)
        check_text(after)
        statement = (
            f"MATCH (n:{label}) WHERE n.{GONE} < $before WITH n, {by_code_point('n.key')} AS place "
            f"WHERE place > {bound_by_code_point('after', after)} "
            "WITH n, place ORDER BY place LIMIT $limit RETURN collect(properties(n))"
        )
        return _nodes(label, self._read(statement, before=before, after=after, limit=limit))

    def degrees(self, label: str, via: Sequence[str], direction: Direction) -> list[tuple[Node, int]]:
        check_label(label)
        check_relations(via)
        far = _far_labels(label, via, direction)
        if not far:
            return []
        path = step(f"n:{label}", f":{'|'.join(via)}", direction, f"m:{far}")
        statement = f"MATCH {path} WHERE m.{GONE} IS NULL WITH n, count(DISTINCT m) AS degree"
        rows = self._read(f"{statement} RETURN collect([properties(n), degree])")
        numbers = {props.get("key"): degree for props, degree in rows}
        return [(node, numbers[node.ref.key]) for node in _nodes(label, [props for props, _ in rows])]

    def apply(self, batch: Batch) -> Receipt:
        def work(run: Run) -> Receipt:
            transaction = Neo4jTransaction(run, batch)
            receipt = commit(transaction, batch, self._clock())
            transaction.finish()
            return receipt

        return self._connection.write(work)

    def changes(self, limit: int = 1000) -> list[Change]:
        now = self._clock()
        statement = (
            f"MATCH (c:{CHANGE}) WHERE {DUE} "
            f"WITH c ORDER BY c.pending_since, c.label, {by_code_point('c.key')} LIMIT $limit "
            "RETURN collect([c.label, c.key])"
        )
        waiting = self._read(statement, limit=limit, now=now)
        return self._connection.write(partial(pending, rows=sorted(waiting), now=now)) if waiting else []

    def acknowledge(self, changes: Iterable[Change]) -> None:
        published = {change.ref: change.revision for change in sorted(changes, key=attrgetter("revision"))}
        if published:
            self._connection.write(lambda run: acknowledge(run, published))

    def postpone(self, postponed: Iterable[Postponed]) -> None:
        items = list(postponed)
        if items:
            self._connection.write(lambda run: publishing.postpone(run, items))

    def postponed(self, limit: int = 1000) -> list[Postponed]:
        return publishing.postponed(self._read, limit)

    def touch(self, refs: Collection[NodeRef], source: str, above: int = 0) -> None:
        check_roots(refs)
        touched, now = Batch((), Authority.SOURCE, source=source), max(self._clock(), above + 1)
        if refs:
            self._connection.write(lambda run: touch(run, sorted(set(refs)), touched, now))

    def revisions(self, label: str, after: str = "", limit: int = 1000) -> list[RootRevision]:
        check_root_label(label)
        check_text(after)
        return publishing.revisions(self._read, label, after, limit)

    def backlog(self) -> Backlog:
        return publishing.backlog(self._read)

    def acquire_lease(self, name: str, holder: str, seconds: float) -> int | None:
        now = self._clock()
        ends_at = now + int(seconds * 1e6)
        return self._connection.write(lambda run: publishing.acquire_lease(run, name, holder, now, ends_at))

    def release_lease(self, name: str, holder: str) -> None:
        self._connection.write(lambda run: publishing.release_lease(run, name, holder))

    def note(self, name: str, text: str) -> None:
        self._connection.write(lambda run: publishing.note(run, name, text))

    def notes(self) -> dict[str, str]:
        return publishing.notes(self._read)

    def recount(self, label: str) -> int:
        check_label(label)
        wrong, after = 0, ""
        while True:
            page = self._connection.write(partial(recount, label=label, after=after))
            if page is None:
                return wrong
            after, mended = page
            wrong += mended

    def health(self) -> Health:
        server, _, version = self._connection.agent().partition("/")
        return Health("neo4j", {"server": server, "version": version})

    def close(self) -> None:
        self._connection.close()


def _nodes(label: str, found: Iterable[dict[str, Any]]) -> list[Node]:
    """Return nodes by key: what collects rows promises no order. What has no key of ours is none of ours."""
    keyed = [props for props in found if isinstance(props.get("key"), str)]
    nodes = [Node(NodeRef(label, props["key"]), props_of(props)) for props in keyed]
    return sorted(nodes, key=attrgetter("ref.key"))


def _far_labels(near: str, relations: Iterable[str], direction: Direction, among: Iterable[str] = LABELS) -> str:
    """Write to which labels these relations lead in the graph model; empty when they do not start here."""
    return "|".join(sorted(far for far in among if forward_only(relations, near, far, direction)))


def _test(label: str, related: Related) -> str:
    """Write the test that a node is related as asked."""
    far = _far_labels(label, related.via, related.direction, related.to)
    if not far:
        return "false"
    path = step("n", f":{'|'.join(related.via)}", related.direction, f"m:{far}")
    non_empty = f" WHERE m.{related.non_empty} <> ''" if related.non_empty else ""
    return f"EXISTS {{ MATCH {path}{non_empty} }}"


def _behind(prefix: str) -> str | None:
    """Return the least text behind all that begins with a prefix, or None where there is none."""
    stem = prefix.rstrip(_LAST_CHARACTER)
    if not stem:
        return None
    following = ord(stem[-1]) + 1
    return stem[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)
