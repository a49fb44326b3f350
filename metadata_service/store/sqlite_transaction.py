"""The write side of the SQLite adapter: what `commit` asks of one open write transaction."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import count, repeat

import orjson

from metadata_service.store.mutations import Authority, Batch, Edge, EdgeRef, Fans, NodeRef
from metadata_service.store.plan import Plan
from metadata_service.store.shapes import Props
from metadata_service.store.sqlite_sessions import Session, as_json
from metadata_service.store.sqlite_statements import ENDS, UPDATE_NODE
from metadata_service.store.tallies import add_tally
from schemas.graph import GONE, LABELS, RANKED

READ_NODES = (
    "SELECT n.id, n.key, n.props FROM json_each(?) AS k CROSS JOIN node AS n ON n.label = ? AND n.key = k.value"
)
READ_EDGES = (
    "SELECT e.source, e.target, e.props FROM json_each(?) AS p CROSS JOIN edge AS e"
    " ON e.source = json_extract(p.value, '$[0]') AND e.type = ? AND e.target = json_extract(p.value, '$[1]')"
)
_ANY_NODE = "SELECT EXISTS (SELECT 1 FROM json_each(?) AS k CROSS JOIN node AS n ON n.label = ? AND n.key = k.value)"
_PUT_FANS = (  # each is [the row of its parent, its first row, its last]
    "INSERT INTO edge (source, type, target, props)"
    " SELECT json_extract(f.value, '$[0]'), ?, n.id, '{}' FROM json_each(?) AS f"
    " CROSS JOIN node AS n ON n.id BETWEEN json_extract(f.value, '$[1]') AND json_extract(f.value, '$[2]')"
)
_INCIDENT = (
    "SELECT s.id, s.label, s.key, e.type, t.id, t.label, t.key, e.props FROM json_each(?) AS p"
    " CROSS JOIN edge AS e ON e.{end} = p.value"
    " CROSS JOIN node AS s ON s.id = e.source CROSS JOIN node AS t ON t.id = e.target"
)
_SHOWN_IN = (
    "SELECT f.label, f.key FROM json_each(?) AS k CROSS JOIN node AS n ON n.label = ? AND n.key = k.value"
    " CROSS JOIN edge AS e ON e.{near} = n.id AND e.type = ? CROSS JOIN node AS f ON f.id = e.{far}"
)
SHOWN_IN = {direction: _SHOWN_IN.format(**ends) for direction, ends in ENDS.items()}
RECORD = (
    "INSERT INTO change (label, key, revision, pending_since, actor, source, run) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (label, key) DO UPDATE SET revision = max(revision + 1, excluded.revision),"
    " pending_since = coalesce(pending_since, excluded.pending_since),"
    " actor = excluded.actor, source = excluded.source, run = excluded.run,"
    " failures = 0, retry_at = NULL, reason = NULL"
)
REVISIONS = "SELECT c.key, c.revision FROM json_each(?) AS k CROSS JOIN change AS c ON c.label = ? AND c.key = k.value"


def by_label(refs: Iterable[NodeRef]) -> dict[str, dict[str, NodeRef]]:
    """Group refs by label, each under its key."""
    groups: dict[str, dict[str, NodeRef]] = defaultdict(dict)
    for ref in refs:
        groups[ref.label][ref.key] = ref
    return groups


def stored(props: Props) -> str:
    """Return properties as the text they are kept in."""
    return orjson.dumps(props).decode() if props else "{}"


def all_stored(some: Sequence[Props]) -> Sequence[str]:
    """Return the properties of many as `stored` does, nearly always by one call for all."""
    pieces = orjson.dumps(some).decode()[2:-2].split("},{")
    return [f"{{{piece}}}" for piece in pieces] if len(pieces) == len(some) else [*map(stored, some)]


def ranking(label: str, props: Props) -> float | None:
    """Return what the index of its label ranks a node by."""
    if label not in RANKED:
        return None
    value = props.get(RANKED[label])
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def gone_since(props: Props) -> int | None:
    """Return since when no source says a node any more."""
    value = props.get(GONE)
    return value if isinstance(value, int) else None


class _Rows(dict[NodeRef, int]):
    """The rows of nodes; those of fans, of which few are asked for, by label and key."""

    def __init__(self) -> None:
        self.fanned: dict[str, dict[str, int]] = defaultdict(dict)

    def __missing__(self, ref: NodeRef) -> int:
        return self.fanned[ref[0]][ref[1]]


class SqliteTransaction:
    """Remembers the row of every node it met, for relations are written by rows, and what the node holds."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows = _Rows()
        self._held: dict[NodeRef, Props] = {}

    def lock(self, named: Collection[NodeRef]) -> None:
        """Do nothing: BEGIN IMMEDIATE made every other writer wait."""

    def takes(self, fans: Fans) -> bool:
        return not any(
            self._session.run(_ANY_NODE, (as_json(list(keys)), label)).fetchone()[0]
            for label, keys in fans.keys.items()
        )

    def read_nodes(self, refs: Collection[NodeRef]) -> dict[NodeRef, Props]:
        found: dict[NodeRef, Props] = {}
        keys: dict[str, list[str]] = defaultdict(list)
        for label, key in refs:
            keys[label].append(key)
        for label, some in keys.items():
            for row, key, props in self._session.run(READ_NODES, (as_json(some), label)):
                ref = NodeRef(label, key)
                self._rows[ref] = row
                found[ref] = orjson.loads(props)
        self._held |= found
        return found

    def read_edges(self, refs: Collection[EdgeRef]) -> dict[EdgeRef, Props]:
        groups: dict[str, dict[tuple[int, int], EdgeRef]] = defaultdict(dict)
        for ref in refs:
            groups[ref.type][self._rows[ref.source], self._rows[ref.target]] = ref
        return {
            named[source, target]: orjson.loads(props)
            for relation, named in groups.items()
            for source, target, props in self._session.run(READ_EDGES, (as_json(list(named)), relation))
        }

    def incident(self, refs: Collection[NodeRef]) -> list[Edge]:
        rows = as_json([self._rows[ref] for ref in refs])
        found: dict[EdgeRef, Edge] = {}
        for end in "source", "target":
            for row in self._session.run(_INCIDENT.format(end=end), (rows,)):
                source, target = NodeRef(row[1], row[2]), NodeRef(row[5], row[6])
                self._rows[source], self._rows[target] = row[0], row[4]
                ref = EdgeRef(row[3], source, target)
                found[ref] = Edge(ref, orjson.loads(row[7]))
        return list(found.values())

    def shown_in(self, refs: Collection[NodeRef]) -> set[NodeRef]:
        found: set[NodeRef] = set()
        for label, named in by_label(refs).items():
            keys = as_json(list(named))
            for relation, direction in LABELS[label].shown_by:
                found.update(NodeRef(*row) for row in self._session.run(SHOWN_IN[direction], (keys, label, relation)))
        return found

    def write(self, plan: Plan) -> None:
        self._remove_nodes(plan.remove_nodes)
        self._make_nodes(plan.new_nodes)
        self._make_fans(plan.new_fans)
        self._update_nodes((write.ref, write.props) for write in plan.put_nodes)
        ends = [(self._rows[ref.source], ref.type, self._rows[ref.target]) for ref in plan.remove_edges]
        self._session.run_many("DELETE FROM edge WHERE source = ? AND type = ? AND target = ?", ends)
        self._put_edges(plan.new_edges)
        self._put_edges({write.ref: write.props for write in plan.put_edges})
        if plan.tallies:
            self._add_tallies(plan)

    def _remove_nodes(self, refs: list[NodeRef]) -> None:
        rows = [(self._rows.pop(ref),) for ref in refs]
        self._session.run_many("DELETE FROM edge WHERE source = ?", rows)
        self._session.run_many("DELETE FROM edge WHERE target = ?", rows)
        self._session.run_many("DELETE FROM node WHERE id = ?", rows)

    def _make_nodes(self, new: Mapping[NodeRef, Props]) -> None:
        if not new:
            return
        first = self._next_row()
        self._rows.update(zip(new, count(first), strict=False))
        self._session.insert(
            "INSERT INTO node (id, label, key, props, ranking, gone_since)",
            [
                (
                    row,
                    *ref,
                    text,
                    ranking(ref[0], props) if ref[0] in RANKED else None,
                    gone_since(props) if GONE in props else None,
                )
                for row, (ref, props), text in zip(count(first), new.items(), all_stored([*new.values()]), strict=False)
            ],
        )

    def _make_fans(self, fans: Fans) -> None:
        """Make nodes in one row after the other, so that their relations need no more than the first and the last."""
        if not fans:
            return
        row = self._next_row()
        rows: list[tuple[int, str, str, str]] = []
        spans: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for fan in fans:
            rows += zip(count(row), repeat(fan.label), fan.keys, all_stored(fan.props))
            self._rows.fanned[fan.label].update(zip(fan.keys, count(row)))
            spans[fan.relation].append((self._rows[fan.parent], row, row + len(fan.keys) - 1))
            row += len(fan.keys)
        self._session.insert("INSERT INTO node (id, label, key, props)", rows)
        for relation, some in spans.items():
            self._session.run(_PUT_FANS, (relation, as_json(some)))

    def _next_row(self) -> int:
        row: int = self._session.run("SELECT coalesce(max(id), 0) + 1 FROM node").fetchone()[0]
        return row

    def _update_nodes(self, nodes: Iterable[tuple[NodeRef, Props]]) -> None:
        self._session.run_many(
            UPDATE_NODE,
            [(stored(props), ranking(ref.label, props), gone_since(props), self._rows[ref]) for ref, props in nodes],
        )

    def _put_edges(self, edges: Mapping[EdgeRef, Props]) -> None:
        rows = self._rows
        self._session.insert(
            "INSERT OR REPLACE INTO edge (source, type, target, props)",
            [
                (rows[source], relation, rows[target], stored(props) if props else "{}")
                for (relation, source, target), props in edges.items()
            ],
        )

    def _add_tallies(self, plan: Plan) -> None:
        written = {ref: plan.new_nodes[ref] for ref in plan.tallies.keys() & plan.new_nodes.keys()}
        written |= {write.ref: write.props for write in plan.put_nodes if write.ref in plan.tallies}
        self.read_nodes(plan.tallies.keys() - self._held.keys() - written.keys())
        held = {**self._held, **written}
        counted = {ref: dict(held[ref]) for ref in plan.tallies if ref in held}
        for ref, props in counted.items():
            add_tally(props, *plan.tallies[ref])
        self._update_nodes(counted.items())

    def record(self, roots: Collection[NodeRef], batch: Batch, now: int) -> dict[NodeRef, int]:
        self._session.run_many(RECORD, [(*ref, now, now, batch.actor, batch.source, batch.run) for ref in roots])
        asked = by_label(roots) if batch.authority is Authority.PERSON else {}
        return {
            named[key]: revision
            for label, named in asked.items()
            for key, revision in self._session.run(REVISIONS, (as_json(list(named)), label))
        }
