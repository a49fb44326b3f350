"""Statements that are pushed, in place of being read: checked one by one, written together, each answered for."""

from collections.abc import Sequence
from typing import Any

from ingest.building.shared import shared_by
from ingest.jobs import Jobs
from ingest.ledger.said import Said, said
from ingest.ledger.writer import UNCHANGED, Judged, Ledger, Verdict
from ingest.reading import count
from ingest.runs import new_run_id, refuse, written
from metadata_service.store.port import Clock, GraphStore, wall_clock
from schemas import ingest_runs
from schemas.errors import Conflict, Invalid, TooLarge
from schemas.ingest_runs import SUCCEEDED, Pushed, Run
from schemas.wire.ingest_requests import statement_of

SOURCE = "push"
TWICE = "It is there twice; the first is taken."


def push(
    store: GraphStore, jobs: Jobs, source: str, entities: Sequence[Any], *, dry: bool, clock: Clock = wall_clock
) -> Pushed:
    """Write statements on the word of a source, as one run. Pushing them again changes nothing.

    Nothing is taken to be gone. Raises Conflict for the name of a job, whose runs would take this for gone.
    """
    if source in jobs.jobs:
        raise Conflict(f"source: {source} is a job; what is pushed needs a name of its own.")
    now = clock() // 1_000_000
    run = Run(new_run_id(clock), source, SOURCE, SUCCEEDED, now, now, read=len(entities))
    items, refused = _read(entities)
    ledger = Ledger(store, source, run.id, jobs.order, epoch=lambda: clock() // 1_000_000, dry=dry)
    judged = _write(ledger, items)
    answers = [_answer(place, items, refused, judged) for place in range(len(entities))]
    for place, answer in enumerate(answers):
        if place in refused:
            refuse(run, "", answer.reason or "")
        else:
            count(run, items[place].name, judged.get(items[place].name, UNCHANGED))
    if ledger.changed:
        store.apply(ledger.batch(written(run)))
    return Pushed(run.id if ledger.changed else None, answers)


def _read(entities: Sequence[Any]) -> tuple[dict[int, Said], dict[int, str]]:
    """Return the statements by their places, and why the others are none."""
    items: dict[int, Said] = {}
    refused: dict[int, str] = {}
    names: set[str] = set()
    for place, data in enumerate(entities):
        where = f"entities[{place}]"
        try:
            item = said(statement_of(data, where))
        except (Invalid, TooLarge) as error:
            refused[place] = error.message if error.message.startswith(where) else f"{where}: {error.message}"
            continue
        if item.name in names:
            refused[place] = f"{where}: {TWICE}"
            continue
        names.add(item.name)
        items[place] = item
    return items, refused


def _write(ledger: Ledger, items: dict[int, Said]) -> dict[str, Judged]:
    shared: dict[str, Said] = {}
    for item in items.values():
        for more in map(said, shared_by(item.statement)):
            shared.setdefault(more.name, more)
    every = [*items.values(), *shared.values()]
    judged = dict(zip((item.name for item in every), ledger.say(every), strict=True))
    ledger.finish()
    return judged


def _answer(
    place: int, items: dict[int, Said], refused: dict[int, str], judged: dict[str, Judged]
) -> ingest_runs.Verdict:
    if place in refused:
        return ingest_runs.Verdict(Verdict.REFUSED.value, None, refused[place], unresolved=False, difference=())
    item = items[place]
    found = judged.get(item.name, UNCHANGED)
    reason = f"entities[{place}]: {found.reason}" if found.reason else None
    return ingest_runs.Verdict(found.verdict.value, item.key, reason, found.unresolved, found.difference)
