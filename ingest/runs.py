"""Runs as they are kept in the graph: written as they go on, so that one that is killed shows as interrupted."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from ingest.ledger.held import SOURCE, source_nodes
from metadata_service.store.mutations import Authority, Batch, Node, NodeRef, PutNode
from metadata_service.store.port import Clock, GraphStore, wall_clock
from metadata_service.store.shapes import Shape
from schemas.errors import NotFound
from schemas.ingest_runs import INTERRUPTED, RUNNING, Run

RUN = "Fram_Run"
MOST_REFUSALS = 20
MAX_REASON = 1_000  # characters

_WHOLE = Shape(RUN, None)
_LAST = Shape(SOURCE, ("last_run",))
_NAMES = tuple(item.name for item in fields(Run))
_ALIVE_UNTIL = "alive_until"
_ENDED_EARLY = "The process that ran it ended before the run did."


def new_run_id(clock: Clock = wall_clock) -> str:
    """Return a new id; later ones sort behind earlier ones."""
    return f"{id_before(clock() / 1e6)}-{secrets.token_hex(3)}"


def id_before(epoch: float) -> str:
    """Return what sorts before the id of every run from this moment on."""
    return f"{datetime.fromtimestamp(epoch, UTC):%Y%m%dT%H%M%S%fZ}"


def refuse(run: Run, where: str, reason: str) -> None:
    """Count something that was refused; the first ones are kept with their reasons."""
    run.refused += 1
    if len(run.refusals) < MOST_REFUSALS:
        said = f"{where}: {reason}" if where else reason
        run.refusals = [*run.refusals, said[:MAX_REASON]]


def save(store: GraphStore, run: Run, alive_until: int | None = None) -> None:
    """Write a run as it stands; while it goes on it says until when it surely does."""
    store.apply(Batch(written(run, alive_until), Authority.SOURCE, source=run.job, run=run.id))


def written(run: Run, alive_until: int | None = None) -> tuple[PutNode, PutNode]:
    """Return what writes a run, and that it is the last one of its source."""
    props: dict[str, Any] = {name: value for name, value in asdict(run).items() if name != "id"}
    props |= {"refusals": list(run.refusals), _ALIVE_UNTIL: alive_until}
    return PutNode(NodeRef(RUN, run.id), props), PutNode(NodeRef(SOURCE, run.job), {"last_run": run.id})


def get_run(store: GraphStore, run_id: str, now: int) -> Run:
    """Return a run. Raises NotFound."""
    record = store.fetch(run_id, _WHOLE)
    if record is None:
        raise NotFound(f"There is no run {run_id[:80]!r}.")
    return _run(run_id, record.props, now)


def list_runs(
    store: GraphStore, limit: int, now: int, after: str = "", job: str = "", status: str = ""
) -> tuple[list[Run], str | None]:
    """Return runs, the latest first, of a job and a status where these are named, and where the next page begins."""
    found: list[Run] = []
    for node in _latest(store, after):
        run = _run(node.ref.key, node.props, now)
        if (not job or run.job == job) and (not status or run.status == status):
            if len(found) == limit:
                return found, found[-1].id
            found.append(run)
    return found, None


def find_last(store: GraphStore, job: str, now: int) -> Run | None:
    """Return the latest run of a job, or what was last pushed in its name."""
    record = store.fetch(job, _LAST)
    run_id = record.props.get("last_run") if record else None
    found = store.fetch(str(run_id), _WHOLE) if run_id else None
    return _run(found.key, found.props, now) if found else None


def last_of_all(store: GraphStore) -> set[str]:
    """Return the id of the latest run of every job, and of what was last pushed in each name."""
    return {str(node.props["last_run"]) for node in source_nodes(store) if "last_run" in node.props}


def close_interrupted(store: GraphStore, job: str, now: int) -> None:
    """Write down that the last run of a job was interrupted; only the one who may run it now can know."""
    run = find_last(store, job, now)
    if run is not None and run.status in (RUNNING, INTERRUPTED) and run.ended is None:
        run.status, run.ended, run.message = INTERRUPTED, now, run.message or _ENDED_EARLY
        save(store, run)


def _latest(store: GraphStore, after: str) -> Iterator[Node]:
    while page := store.list_nodes(RUN, after, 200, descending=True):
        yield from page
        after = page[-1].ref.key


def _run(run_id: str, props: Mapping[str, Any], now: int) -> Run:
    known = {name: value for name in _NAMES if (value := props.get(name)) is not None}
    run = Run(**{"job": "", "source": "", "status": "", "started": 0, **known, "id": run_id})
    if run.status == RUNNING and now > (props.get(_ALIVE_UNTIL) or 0):
        run.status, run.message = INTERRUPTED, run.message or _ENDED_EARLY
    return run
