"""What the publisher asks of SQLite: what waits, what is postponed, revisions, leases and notes."""

from collections.abc import Collection, Iterable

from metadata_service.store.mutations import (
    PARKED,
    Backlog,
    Change,
    NodeRef,
    Postponed,
    RootRevision,
)
from metadata_service.store.sqlite_sessions import Session
from metadata_service.store.sqlite_transaction import RECORD

_CHANGE = "label, key, revision, pending_since, actor, source, run, failures"
_CHANGES = (
    f"SELECT {_CHANGE} FROM change WHERE pending_since IS NOT NULL AND (retry_at IS NULL OR retry_at <= ?)"  # noqa: S608
    " ORDER BY pending_since, label, key LIMIT ?"
)
_ACKNOWLEDGE = (
    "UPDATE change SET pending_since = NULL, failures = 0, retry_at = NULL, reason = NULL"
    " WHERE label = ? AND key = ? AND revision <= ?"
)
_POSTPONE = (
    "UPDATE change SET failures = failures + 1, retry_at = ?, reason = ?"
    " WHERE label = ? AND key = ? AND revision = ? AND pending_since IS NOT NULL"
)
_POSTPONED = f"SELECT reason, retry_at, {_CHANGE} FROM change WHERE retry_at IS NOT NULL ORDER BY label, key LIMIT ?"  # noqa: S608
_REVISIONS = (
    "SELECT n.key, coalesce(c.revision, 0), c.pending_since IS NOT NULL FROM node AS n"
    " LEFT JOIN change AS c ON c.label = n.label AND c.key = n.key"
    " WHERE n.label = ? AND n.key > ? AND n.gone_since IS NULL ORDER BY n.key LIMIT ?"
)
_BACKLOG = (
    "SELECT count(*) - count(CASE WHEN retry_at = ? THEN 1 END),"
    " min(CASE WHEN retry_at = ? THEN NULL ELSE pending_since END), count(CASE WHEN retry_at = ? THEN 1 END)"
    " FROM change WHERE pending_since IS NOT NULL"
)
_LEASE = "SELECT holder, fence, ends_at FROM lease WHERE name = ?"
_HOLD = "INSERT OR REPLACE INTO lease (name, holder, fence, ends_at) VALUES (?, ?, ?, ?)"


def changes(session: Session, now: int, limit: int) -> list[Change]:
    """Return what is due, the longest waiting first."""
    return [Change(NodeRef(label, key), *rest) for label, key, *rest in session.run(_CHANGES, (now, limit))]


def acknowledge(session: Session, published: Iterable[Change]) -> None:
    """Let go of what has not changed again."""
    session.run_many(_ACKNOWLEDGE, [(*change.ref, change.revision) for change in published])


def postpone(session: Session, items: Iterable[Postponed]) -> None:
    """Put off what has not changed again."""
    rows = [(item.retry_at, item.reason, *item.change.ref, item.change.revision) for item in items]
    session.run_many(_POSTPONE, rows)


def postponed(session: Session, limit: int) -> list[Postponed]:
    """Return what was put off, by label and key."""
    return [
        Postponed(Change(NodeRef(label, key), *rest), reason, retry_at)
        for reason, retry_at, label, key, *rest in session.run(_POSTPONED, (limit,))
    ]


def touch(session: Session, refs: Collection[NodeRef], source: str, revision: int) -> None:
    """Record a change of each root, of this revision or one more than it had."""
    session.run_many(RECORD, [(*ref, revision, revision, "", source, "") for ref in sorted(set(refs))])


def revisions(session: Session, label: str, after: str, limit: int) -> list[RootRevision]:
    """Page through a label's nodes with their revisions."""
    rows = session.run(_REVISIONS, (label, after, limit))
    return [RootRevision(key, revision, bool(waiting)) for key, revision, waiting in rows]


def backlog(session: Session) -> Backlog:
    """Count what waits."""
    return Backlog(*session.run(_BACKLOG, (PARKED, PARKED, PARKED)).fetchone())


def acquire_lease(session: Session, name: str, holder: str, now: int, ends_at: int) -> int | None:
    """Take or renew a lease unless somebody else has it."""
    its_holder, fence, its_end = session.run(_LEASE, (name,)).fetchone() or ("", 0, 0)
    if its_holder != holder:
        if its_holder and its_end > now:
            return None
        fence += 1
    session.run(_HOLD, (name, holder, fence, ends_at))
    return int(fence)


def release_lease(session: Session, name: str, holder: str) -> None:
    """Give up a lease; its fencing number stays."""
    session.run("UPDATE lease SET holder = '', ends_at = 0 WHERE name = ? AND holder = ?", (name, holder))


def note(session: Session, name: str, text: str) -> None:
    """Keep a note."""
    session.run("INSERT OR REPLACE INTO note (name, text) VALUES (?, ?)", (name, text))


def notes(session: Session) -> dict[str, str]:
    """Return every note."""
    return dict(session.run("SELECT name, text FROM note").fetchall())
