"""What the publisher asks of Neo4j beside changes: what is postponed, revisions, leases and notes."""

from collections.abc import Iterable
from typing import Any

from metadata_service.store.mutations import PARKED, Backlog, Change, NodeRef, Postponed, RootRevision
from metadata_service.store.neo4j_bookkeeping import CHANGE, TOLD, lock
from metadata_service.store.neo4j_connection import Run
from schemas.graph import GONE

LEASE = "Fram_Lease"
NOTE = "Fram_Note"

Read = Run


def postpone(run: Run, items: Iterable[Postponed]) -> None:
    """Put off what has not changed again."""
    rows = [[*item.change.ref, item.change.revision, item.retry_at, item.reason] for item in items]
    named = f"UNWIND $rows AS row MATCH (c:{CHANGE} {{label: row[0], key: row[1]}})"
    run(f"{named} {lock('c')}", rows=sorted(rows))
    run(
        f"{named} WHERE c.revision = row[2] AND c.pending_since IS NOT NULL "
        "SET c.failures = coalesce(c.failures, 0) + 1, c.retry_at = row[3], c.reason = row[4]",
        rows=rows,
    )


def postponed(read: Read, limit: int) -> list[Postponed]:
    """Return what was put off, by label and key."""
    rows = read(
        f"MATCH (c:{CHANGE}) WHERE c.retry_at IS NOT NULL WITH c ORDER BY c.label, c.key LIMIT $limit "
        f"RETURN collect([c.reason, c.retry_at, {TOLD}])",
        limit=limit,
    )
    found = [
        Postponed(Change(NodeRef(label, key), *rest), reason, retry_at) for reason, retry_at, label, key, *rest in rows
    ]
    return sorted(found, key=lambda item: item.change.ref)


def revisions(read: Read, label: str, after: str, limit: int) -> list[RootRevision]:
    """Page through a label's nodes with their revisions."""
    rows: list[Any] = read(
        f"MATCH (n:{label}) USING INDEX n:{label}(key) WHERE n.key > $after AND n.{GONE} IS NULL "
        "WITH n ORDER BY n.key LIMIT $limit "
        f"OPTIONAL MATCH (c:{CHANGE} {{label: $label, key: n.key}}) "
        "RETURN collect([n.key, coalesce(c.revision, 0), c.pending_since IS NOT NULL])",
        label=label,
        after=after,
        limit=limit,
    )
    return [RootRevision(*row) for row in sorted(rows)]


def backlog(read: Read) -> Backlog:
    """Count what waits."""
    row = read(
        f"MATCH (c:{CHANGE}) WHERE c.pending_since IS NOT NULL WITH c, coalesce(c.retry_at, 0) = $parked AS parked "
        "RETURN [count(CASE WHEN NOT parked THEN 1 END), min(CASE WHEN NOT parked THEN c.pending_since END), "
        "count(CASE WHEN parked THEN 1 END)]",
        parked=PARKED,
    )
    return Backlog(*row)


def acquire_lease(run: Run, name: str, holder: str, now: int, ends_at: int) -> int | None:
    """Take or renew a lease unless somebody else has it."""
    run(f"MERGE (l:{LEASE} {{key: $name}}) {lock('l')}", name=name)
    held = run(f"MATCH (l:{LEASE} {{key: $name}}) RETURN [l.holder, coalesce(l.fence, 0), l.ends_at]", name=name)
    its_holder, fence, its_end = held
    if its_holder != holder:
        if its_holder and its_end > now:
            return None
        fence += 1
    run(
        f"MATCH (l:{LEASE} {{key: $name}}) SET l.holder = $holder, l.fence = $fence, l.ends_at = $ends_at",
        name=name,
        holder=holder,
        fence=fence,
        ends_at=ends_at,
    )
    return int(fence)


def release_lease(run: Run, name: str, holder: str) -> None:
    """Give up a lease; its fencing number stays."""
    run(f"MATCH (l:{LEASE} {{key: $name}}) {lock('l')}", name=name)
    run(
        f"MATCH (l:{LEASE} {{key: $name}}) WHERE l.holder = $holder REMOVE l.holder, l.ends_at",
        name=name,
        holder=holder,
    )


def note(run: Run, name: str, text: str) -> None:
    """Keep a note."""
    run(f"MERGE (n:{NOTE} {{key: $name}}) SET n.text = $text", name=name, text=text)


def notes(read: Read) -> dict[str, str]:
    """Return every note."""
    return dict(read(f"MATCH (n:{NOTE}) RETURN collect([n.key, n.text])"))
