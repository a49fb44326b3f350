"""What Fram notes beside the graph: one node for each root that ever changed, and the reader counts.

Everything here reads under a lock. A property by its name is read in a statement of its own, since a plan may fetch it
before a lock that the same statement takes; all properties at once are read behind it.
"""

from collections.abc import Collection, Mapping
from operator import attrgetter
from typing import Any

from metadata_service.store.mutations import Batch, Change, NodeRef
from metadata_service.store.neo4j_connection import Run
from metadata_service.store.neo4j_trips import Part, Trips
from metadata_service.store.tallies import TALLIED, TALLY, reads_of, set_tally
from schemas.graph import POPULARITY, READERS, READS

CHANGE = "Fram_Change"  # `pending_since` while it waits to be published; stays when the root is removed
TALLIES = (READERS, READS, POPULARITY)

DUE = "c.pending_since IS NOT NULL AND coalesce(c.retry_at, 0) <= $now"
TOLD = "c.label, c.key, c.revision, c.pending_since, c.actor, c.source, c.run, coalesce(c.failures, 0)"

Held = Mapping[NodeRef, Mapping[str, Any]]  # what is noted of roots

_COUNTED_AT_ONCE = 200
_CHANGES = f"UNWIND $rows AS row MATCH (c:{CHANGE} {{label: row[0], key: row[1]}})"


def lock(node: str) -> str:
    """Write the clause that takes a node's lock: it removes a label that no node has, and so changes nothing."""
    return f"REMOVE {node}:Fram_Locked"


def reading(roots: Collection[NodeRef]) -> Part:
    """Return the statement that locks and reads what is noted of these roots, for `noted`."""
    return Part(f"{_CHANGES} {lock('c')} RETURN collect([row, properties(c)])", [list(ref) for ref in roots])


def noted(found: list[Any]) -> dict[NodeRef, dict[str, Any]]:
    """Read what `reading` brought."""
    return {NodeRef(*row): props for row, props in found}


def record(trips: Trips, roots: Collection[NodeRef], before: Held, batch: Batch, now: int) -> dict[NodeRef, int]:
    """Raise the revision of each root and let it wait to be published; return the revisions."""
    told: dict[str, str | None] = {"actor": batch.actor, "source": batch.source, "run": batch.run}
    told |= {"failures": None, "retry_at": None, "reason": None}
    revisions: dict[NodeRef, int] = {}
    new: list[Any] = []
    again: list[Any] = []
    for ref in roots:
        props = before.get(ref, {})
        revisions[ref] = max(props.get("revision", 0) + 1, now)
        since = props.get("pending_since", now)
        (again if props else new).append([*ref, {"revision": revisions[ref], "pending_since": since, **told}])
    trips.write(f"UNWIND $rows AS row CREATE (c:{CHANGE} {{label: row[0], key: row[1]}}) SET c += row[2]", new)
    trips.write(f"{_CHANGES} SET c += row[2]", again)
    return revisions


def touch(run: Run, roots: Collection[NodeRef], batch: Batch, now: int) -> None:
    """Raise the revision of each root as if the batch had changed it."""
    trips = Trips(run, together=False)
    [found] = trips.ask([reading(roots)])
    record(trips, roots, noted(found), batch, now)


def pending(run: Run, rows: list[Any], now: int) -> list[Change]:
    """Return what waits to be published of these roots, once every batch that touched them is there to be read whole.

    A reader may see a part of a batch while Neo4j commits it; the batch's locks are held until all of it is there.
    """
    run(f"{_CHANGES} {lock('c')}", rows=rows)
    held = run(f"{_CHANGES} WITH c WHERE {DUE} RETURN collect([{TOLD}])", rows=rows, now=now)
    found = [Change(NodeRef(label, key), *rest) for label, key, *rest in held]
    return sorted(found, key=attrgetter("pending_since", "ref"))


def acknowledge(run: Run, published: Mapping[NodeRef, int]) -> None:
    """Let go of the roots that have not changed since the revision that was published."""
    rows = [list(ref) for ref in sorted(published)]
    run(f"{_CHANGES} {lock('c')}", rows=rows)
    held = run(f"{_CHANGES} RETURN collect([row, c.revision])", rows=rows)
    settled = [row for row, revision in held if revision <= published[NodeRef(*row)]]
    run(f"{_CHANGES} REMOVE c.pending_since, c.failures, c.retry_at, c.reason", rows=settled)


def recount(run: Run, label: str, after: str) -> tuple[str, int] | None:
    """Recount one page of resources; return its last key and how many were wrong, or None behind the last page."""
    keys = run(
        f"MATCH (n:{label}) USING INDEX n:{label}(key) WHERE n.key > $after WITH n ORDER BY n.key LIMIT $limit "
        f"{lock('n')} RETURN collect(n.key)",
        after=after,
        limit=_COUNTED_AT_ONCE,
    )
    if not keys:
        return None
    held = run(
        f"UNWIND $keys AS key MATCH (n:{label} {{key: key}}) "
        f"RETURN collect([key, properties(n), [(n)-[r:{TALLIED}]->(u:User) | [u.key, r.{TALLY}]]])",
        keys=keys,
    )
    wrong = []
    for key, props, reads in held:
        right = dict(props)
        readers = dict(reads)
        set_tally(right, len(readers), sum(map(reads_of, readers.values())))
        if right != props:
            wrong.append([key, {name: right.get(name) for name in TALLIES}])
    trips = Trips(run, together=False)
    trips.write(f"UNWIND $rows AS row MATCH (n:{label} {{key: row[0]}}) SET n += row[1]", wrong)
    return max(keys), len(wrong)
