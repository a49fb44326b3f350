"""The graph in one SQLite file: the embedded default. Any number of threads and processes may use it at once."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import orjson

from metadata_service.store import sqlite_publishing as publishing
from metadata_service.store import sqlite_statements as sql
from metadata_service.store.collector import collector_paused
from metadata_service.store.commit import commit
from metadata_service.store.model_check import (
    check_label,
    check_picture,
    check_ranking,
    check_refs,
    check_relations,
    check_root_label,
    check_roots,
    check_shape,
    check_tests,
    check_text,
    check_ways,
)
from metadata_service.store.mutations import (
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
from metadata_service.store.port import Clock, GraphStore, Health, Picture, Reach, Related, Tracer, wall_clock
from metadata_service.store.shapes import Record, Shape
from metadata_service.store.sqlite_neighbours import between, neighbour_counts, neighbours
from metadata_service.store.sqlite_pictures import are_plain, picture
from metadata_service.store.sqlite_reach import reach
from metadata_service.store.sqlite_records import fetch
from metadata_service.store.sqlite_schema import migrate, version_of
from metadata_service.store.sqlite_sessions import Sessions, as_json
from metadata_service.store.sqlite_steps import neighbourhood
from metadata_service.store.sqlite_transaction import SqliteTransaction, gone_since, ranking, stored
from metadata_service.store.tallies import MAX_READS, TALLIED, TALLY, set_tally
from metadata_service.store.ways import Ask, Degrees, Neighbour, Way, relations_of
from schemas.graph import Direction

_LAST = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_BEHIND_ALL_TEXT = b""  # SQLite sorts every text before every blob


class SqliteGraphStore(GraphStore):
    """Opens the file on first use; `ensure_schema` makes it."""

    keys_at_once = 50  # a call costs little, and what is made of so many stays in a processor's own memory

    def __init__(
        self, path: str, *, tracer: Tracer | None = None, clock: Clock = wall_clock, mapped: bool = False
    ) -> None:
        self._sessions = Sessions(Path(path), tracer, mapped=mapped)
        self._clock = clock

    def ensure_schema(self) -> None:
        self._sessions.create()
        with self._sessions.session() as session:
            migrate(session.connection)

    def fetch_many(self, keys: Sequence[str], shape: Shape) -> dict[str, Record]:
        check_shape(shape)
        check_text(*keys)
        with self._sessions.snapshot() as session:
            return fetch(session, keys, shape)

    def list_nodes(
        self, label: str, after: str = "", limit: int = 1000, prefix: str = "", *, descending: bool = False
    ) -> list[Node]:
        check_refs([NodeRef(label, after), NodeRef(label, prefix)])
        lower, upper = max(after, prefix), _behind(prefix)
        statement = sql.LIST_NODES if after >= prefix else sql.LIST_NODES_FROM
        if descending:
            lower, upper = prefix, min(after, upper) if after and isinstance(upper, str) else after or upper
            statement = sql.LIST_NODES_DOWN
        with self._sessions.session() as session:
            return _nodes(label, session.run(statement, (label, lower, upper, limit)))

    def list_edges(
        self, relation: str, source: str, target: str, after: tuple[str, str] = ("", ""), limit: int = 1000
    ) -> list[Edge]:
        check_relations([relation])
        check_refs([NodeRef(source, after[0]), NodeRef(target, after[1])])
        parameters = (relation, target, source, after[0], *after, limit)
        with self._sessions.session() as session:
            return [
                Edge(EdgeRef(relation, NodeRef(source, near), NodeRef(target, far)), orjson.loads(props))
                for near, far, props in session.run(sql.LIST_EDGES, parameters)
            ]

    def neighbourhood(
        self, refs: Sequence[NodeRef], relations: Sequence[str], direction: Direction, limit: int
    ) -> list[EdgeRef]:
        check_relations(relations)
        check_refs(refs)
        with self._sessions.session() as session:
            return neighbourhood(session, refs, relations, direction, limit)

    def reach(self, start: NodeRef, relations: Sequence[str], direction: Direction, depth: int, limit: int) -> Reach:
        check_relations(relations)
        check_refs([start])
        with self._sessions.snapshot() as session:
            return reach(session, start, relations, direction, depth, limit)

    def neighbours(self, asked: Sequence[Ask], ways: Sequence[Way], by: str, limit: int) -> list[list[Neighbour]]:
        check_ways(asked, ways, by)
        with self._sessions.session() as session:
            return neighbours(session, asked, tuple(ways), by, limit)

    def neighbour_counts(self, refs: Sequence[NodeRef], ways: Sequence[Way]) -> dict[NodeRef, Degrees]:
        check_refs(refs)
        check_relations(relations_of(ways))
        with self._sessions.session() as session:
            return neighbour_counts(session, refs, tuple(ways))

    def between(self, refs: Sequence[NodeRef], relations: Sequence[str], limit: int) -> list[Edge]:
        check_relations(relations)
        check_refs(refs)
        with self._sessions.session() as session:
            return between(session, refs, relations, limit)

    def picture(self, refs: Sequence[NodeRef], shapes: Mapping[str, Shape], ways: Sequence[Way], limit: int) -> Picture:
        if not are_plain(tuple(shapes.values())):
            return super().picture(refs, shapes, ways, limit)
        check_picture(refs, shapes, ways)
        with self._sessions.session() as session:
            return picture(session, refs, shapes, tuple(ways), limit)

    def rank(
        self,
        label: str,
        by: str,
        limit: int,
        minimum: Mapping[str, float] | None = None,
        after: tuple[float, str] | None = None,
    ) -> list[Node]:
        check_ranking(label, [by, *(minimum or ())], after)
        statement, parameters = sql.rank(label, by, limit, minimum or {}, after)
        with self._sessions.session() as session:
            return _nodes(label, session.run(statement, parameters))

    def count(self, label: str, having: Sequence[Related] = ()) -> int:
        check_label(label)
        check_tests(having)
        statement, parameters = sql.count(label, having)
        with self._sessions.session() as session:
            return int(session.run(statement, parameters).fetchone()[0])

    def list_gone(self, label: str, before: int, after: str = "", limit: int = 1000) -> list[Node]:
        check_refs([NodeRef(label, after)])
        with self._sessions.session() as session:
            return _nodes(label, session.run(sql.LIST_GONE, (label, before, after, limit)))

    def degrees(self, label: str, via: Sequence[str], direction: Direction) -> list[tuple[Node, int]]:
        check_label(label)
        check_relations(via)
        with self._sessions.session() as session:
            return [
                (Node(NodeRef(label, key), orjson.loads(props)), number)
                for key, props, number in session.run(sql.DEGREES[direction], (as_json(list(via)), label))
            ]

    def apply(self, batch: Batch) -> Receipt:
        with self._sessions.writing() as session, collector_paused():
            return commit(SqliteTransaction(session), batch, self._clock())

    def changes(self, limit: int = 1000) -> list[Change]:
        with self._sessions.session() as session:
            return publishing.changes(session, self._clock(), limit)

    def acknowledge(self, changes: Iterable[Change]) -> None:
        with self._sessions.writing() as session:
            publishing.acknowledge(session, changes)

    def postpone(self, postponed: Iterable[Postponed]) -> None:
        with self._sessions.writing() as session:
            publishing.postpone(session, postponed)

    def postponed(self, limit: int = 1000) -> list[Postponed]:
        with self._sessions.session() as session:
            return publishing.postponed(session, limit)

    def touch(self, refs: Collection[NodeRef], source: str, above: int = 0) -> None:
        check_roots(refs)
        with self._sessions.writing() as session:
            publishing.touch(session, refs, source, max(self._clock(), above + 1))

    def revisions(self, label: str, after: str = "", limit: int = 1000) -> list[RootRevision]:
        check_root_label(label)
        check_text(after)
        with self._sessions.session() as session:
            return publishing.revisions(session, label, after, limit)

    def backlog(self) -> Backlog:
        with self._sessions.session() as session:
            return publishing.backlog(session)

    def acquire_lease(self, name: str, holder: str, seconds: float) -> int | None:
        with self._sessions.writing() as session:
            now = self._clock()
            return publishing.acquire_lease(session, name, holder, now, now + int(seconds * 1e6))

    def release_lease(self, name: str, holder: str) -> None:
        with self._sessions.writing() as session:
            publishing.release_lease(session, name, holder)

    def note(self, name: str, text: str) -> None:
        with self._sessions.writing() as session:
            publishing.note(session, name, text)

    def notes(self) -> dict[str, str]:
        with self._sessions.session() as session:
            return publishing.notes(session)

    def recount(self, label: str) -> int:
        check_label(label)
        with self._sessions.writing() as session:
            counted = session.run(sql.TALLIES, (f"$.{TALLY}", f"$.{TALLY}", MAX_READS, TALLIED, label))
            wrong = []
            for row, before, readers, reads in counted:
                props = orjson.loads(before)
                set_tally(props, readers, reads)
                if props != orjson.loads(before):
                    wrong.append((stored(props), ranking(label, props), gone_since(props), row))
            session.run_many(sql.UPDATE_NODE, wrong)
            return len(wrong)

    def health(self) -> Health:
        with self._sessions.session() as session:
            version = session.run("SELECT sqlite_version()").fetchone()[0]
            return Health("sqlite", {"version": version, "schema_version": version_of(session.connection)})

    def close(self) -> None:
        self._sessions.close()


def _nodes(label: str, rows: Iterable[tuple[str, str]]) -> list[Node]:
    return [Node(NodeRef(label, key), orjson.loads(props)) for key, props in rows]


def _behind(prefix: str) -> str | bytes:
    """Return the first of all texts that are greater than every text with this prefix."""
    head = prefix.rstrip(chr(_LAST))
    if not head:
        return _BEHIND_ALL_TEXT
    following = ord(head[-1]) + 1
    return head[:-1] + chr(_SURROGATES.stop if following in _SURROGATES else following)
