"""Datasets that go by several names: what is known under one that turns out to be another's moves there."""

from ingest.extract.openlineage.known import Dataset, Known, Written
from ingest.extract.openlineage.merge import merge_said


def point(known: Known, other: str, main: str) -> None:
    """Make a name stand for another one's dataset. Idempotent; a name that has a dataset already keeps it."""
    main = known.resolve(main)
    alias = known.dataset(other)
    if alias.alias_of or known.resolve(other) == main:
        return
    if alias.there:
        _move(known, alias, known.dataset(main))
    alias.alias_of = main
    known.say(alias, soon=True)


def _move(known: Known, alias: Dataset, main: Dataset) -> None:
    for key in alias.readers:
        below = known.dataset(known.resolve(key))
        for written in below.writers.values():
            _rename(written, alias.key, main.key)
        known.say(below, soon=True)
    for written in alias.writers.values():
        for source in written.inputs:
            above = known.dataset(source)
            above.readers = sorted({*above.readers} - {alias.key} | {main.key})
            known.touch(above)
    merge_said(main.facets, alias.facets)
    for job, written in alias.writers.items():
        held = main.writers.get(job)
        if held is None or (held.at, held.run) < (written.at, written.run):
            main.writers[job] = written
    main.readers = sorted({*main.readers, *alias.readers})
    main.seen = sorted({*main.seen, *alias.seen})
    main.written = max(main.written, alias.written)
    main.there = True
    known.say(main, soon=True)
    alias.facets, alias.writers, alias.readers, alias.seen = {}, {}, [], []


def _rename(written: Written, before: str, after: str) -> None:
    written.inputs = sorted({after if key == before else key for key in written.inputs})
    written.rows = [[row[0], after if row[1] == before else row[1], *row[2:]] for row in written.rows]
