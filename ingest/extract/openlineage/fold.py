"""Take in events one by one, in any order and more than once, and note of which datasets something new is known.

What is said later, by the time of the event, stands; what a run says is put together from all its events. A run makes
lineage once it has said COMPLETE, or where it says that it wrote (rows, bytes or files), be it that it failed behind
that, or is a stream that is RUNNING. Only then do its outputs come into being and take their facets: what a failed
run was to write is not there. The inputs of any run are there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from ingest.extract.openlineage import naming
from ingest.extract.openlineage.aliases import point
from ingest.extract.openlineage.events import DATASET, JOB
from ingest.extract.openlineage.flows import MAX_ROWS, Flow, flow_of, flows_of
from ingest.extract.openlineage.known import (
    MAX_OPEN,
    MAX_READERS,
    MAX_RUNS,
    MAX_SEEN,
    MAX_WRITERS,
    Dataset,
    Job,
    Known,
    Output,
    Run,
    Written,
    name_of,
)
from ingest.extract.openlineage.merge import drop, given, merge, merge_said
from ingest.extract.openlineage.naming import Names
from ingest.extract.openlineage.placed import of_dataset, of_input, of_output
from ingest.extract.openlineage.tables import OF_A_JOB, TOLD
from schemas.wire.checks import epoch_micros

READ = frozenset({*TOLD, *OF_A_JOB})  # the facets that something is told of; others are only kept
_LINEAGE = frozenset({"columnLineage", "lineage"})  # kept as rows
_ENDS = frozenset({"COMPLETE", "FAIL", "ABORT"})
_EVIDENCE = ("rowCount", "size", "fileCount")

Event = Mapping[str, Any]


def needed(kind: str, event: Event, names: Names) -> Iterable[str]:
    """Name the records that an event is about, for them to be read together."""
    if kind == DATASET:
        datasets = [event["dataset"]]
    else:
        datasets = [*event.get("inputs", ()), *event.get("outputs", ())]
        identity = event["job"]["namespace"], event["job"]["name"]
        yield name_of("job", *identity)
        if kind != JOB:
            yield name_of("run", event["run"]["runId"], *identity)
    for one in datasets:
        yield name_of("dataset", names.key(one["namespace"], one["name"]))


def take(known: Known, names: Names, kind: str, event: Event) -> None:
    """Take in an event that was found right."""
    at = epoch_micros(event["eventTime"])
    if kind == DATASET:
        _Taking(known, names, at).dataset(event["dataset"])
    elif kind == JOB:
        _Taking(known, names, at).declared(event)
    else:
        _Taking(known, names, at).observed(event)


class _Taking:
    """One event that is taken in."""

    def __init__(self, known: Known, names: Names, at: int) -> None:
        self._known = known
        self._names = names
        self._at = at

    def dataset(self, said: Event) -> None:
        """Take what is said of a dataset by itself."""
        if dataset := self._read(said):
            flow = self._sources(flow_of(dataset.key, said.get("facets", {}), self._names))
            if flow.inputs is not None or flow.rows:
                self._write(dataset.key, Written(["", ""], "", self._at, flow.inputs or [], _rows(flow)))

    def declared(self, event: Event) -> None:
        """Take what a job is said to do."""
        job = self._job(event["job"])
        run = Run("", [job.namespace, job.name], self._at, done=True)
        self._flows(run, event)
        self._settle(run, job)

    def observed(self, event: Event) -> None:
        """Take what a run does."""
        job = self._job(event["job"])
        said = event["run"]
        run = self._known.run(said["runId"], job)
        state = event.get("eventType", "OTHER")
        run.at = max(run.at, self._at)
        run.done = run.done or state == "COMPLETE"
        run.states = sorted({*run.states, state})
        merge(run.facets, said.get("facets", {}), self._at)
        self._flows(run, event)
        self._settle(run, job)
        self._known.touch(run)
        self._remember(run, job)

    def _job(self, said: Event) -> Job:
        job = self._known.job(said["namespace"], said["name"])
        merge(job.facets, {name: one for name, one in said.get("facets", {}).items() if name != "lineage"}, self._at)
        self._known.touch(job)
        return job

    def _remember(self, run: Run, job: Job) -> None:
        """Note a run as one of the job's last; forget those before, and such as never end."""
        over = not _ENDS.isdisjoint(run.states)
        others = [one for one in job.runs if one[0] != run.id]
        runs = sorted((*others, [run.id, run.at, over]), key=lambda one: (one[1], one[0]))
        kept = [one for of, most in ((True, MAX_RUNS), (False, MAX_OPEN)) for one in _last(runs, most, over=of)]
        for id_, *_ in runs:
            if all(id_ != one[0] for one in kept):
                self._known.forget(id_, job)
        job.runs = kept

    def _flows(self, run: Run, event: Event) -> None:
        """Take the inputs and outputs of an event."""
        for one in event.get("inputs", ()):
            if dataset := self._read(one):
                run.inputs = sorted({*run.inputs, dataset.key})
        for one in event.get("outputs", ()):
            self._output(run, one)
        for target, flow in flows_of(event["job"].get("facets", {}), self._names):
            self._sources(flow)
            if target:
                self._explain(run.outputs.setdefault(target, Output()), flow)
            else:
                run.inputs = sorted({*run.inputs, *(flow.inputs or ())})

    def _output(self, run: Run, said: Event) -> None:
        key = self._mention(said)
        if not key:
            return
        output = run.outputs.setdefault(key, Output())
        facets, own = of_dataset(said), of_output(said)
        merge(output.facets, {name: one for name, one in {**facets, **own}.items() if name not in _LINEAGE}, self._at)
        output.wrote = output.wrote or any(own.get("outputStatistics", {}).get(name) for name in _EVIDENCE)
        self._explain(output, self._sources(flow_of(key, facets, self._names)))

    def _explain(self, output: Output, flow: Flow) -> None:
        rows = _rows(flow)
        if (rows or flow.inputs is not None) and (self._at, rows) >= (output.said_at, output.rows):
            output.said_at, output.rows, output.inputs = self._at, rows, flow.inputs

    def _settle(self, run: Run, job: Job) -> None:
        """Write what the run has written, as far as is known by now."""
        streams = "RUNNING" in run.states and _is_stream(job)
        of_job = {name: job.facets[name][1] for name in OF_A_JOB if name in job.facets}
        for target, output in run.outputs.items():
            if not (run.done or output.wrote or streams):
                continue
            key = self._known.resolve(target)
            dataset = self._known.dataset(key)
            changed = merge_said(dataset.facets, output.facets)
            output.facets = {}
            self._new(dataset, changed)
            if not self._ended(dataset, run.at):
                inputs = run.inputs if output.inputs is None else output.inputs
                self._write(key, Written(run.job, run.id, run.at, inputs, output.rows, of_job))

    def _ended(self, dataset: Dataset, at: int) -> bool:
        """Say whether the last that was done to a table was to drop it; drop what it was called before."""
        last = dataset.facets.get("lifecycleStateChange")
        if last is None or last[1] is None:
            return False
        if (before := last[1].get("previousIdentifier")) and last[1]["lifecycleStateChange"] == "RENAME":
            key = self._names.key(before["namespace"], before["name"])
            if key and key != dataset.key and (old := self._known.dataset(key)).there and drop(old, last[0]):
                self._known.say(old, soon=True)
        return bool(last[1]["lifecycleStateChange"] == "DROP" and last[0] >= at)

    def _write(self, key: str, written: Written) -> None:
        """Have a run's word on a table stand, unless a later run of the job has written it."""
        dataset = self._known.dataset(key)
        sources = dict.fromkeys((*written.inputs, *(row[1] for row in written.rows)))
        resolved = {source: self._known.resolve(source) for source in sources}
        written.inputs = sorted(set(resolved.values()))
        written.rows = [[row[0], resolved[row[1]], row[2], row[3]] for row in written.rows]
        job = "\n".join(written.job)
        held = dataset.writers.get(job)
        same_run = held is not None and held.run == written.run != ""
        if held is None or same_run or (held.at, held.run) <= (written.at, written.run):
            dataset.writers[job] = written
            same = held is not None and _without_time(held) == _without_time(written)
            dataset.written = max(dataset.written, written.at) if written.run else dataset.written
            self._known.say(dataset, soon=not same)
            self._read_by(dataset, written)
        while len(dataset.writers) > MAX_WRITERS:
            del dataset.writers[min(dataset.writers, key=lambda name: dataset.writers[name].at)]

    def _read_by(self, dataset: Dataset, written: Written) -> None:
        """Note with each source what is made from it."""
        for source in written.inputs:
            above = self._known.dataset(source)
            if dataset.key not in above.readers and len(above.readers) < MAX_READERS:
                above.readers.append(dataset.key)
                self._known.touch(above)

    def _sources(self, flow: Flow) -> Flow:
        """Note the tables that a flow comes from, and their columns: whatever becomes of the run, they are there."""
        columns: dict[str, set[str]] = {source: set() for source in flow.inputs or ()}
        for _, source, column, _ in flow.rows:
            columns.setdefault(source, set()).add(column)
        for source, used in columns.items():
            above = self._known.dataset(self._known.resolve(source))
            self._new(above, ())
            if (new := used - {*above.seen} - {""}) and len(above.seen) < MAX_SEEN:
                above.seen = sorted((*above.seen, *new))
                self._known.say(above, soon=True)
        return flow

    def _read(self, said: Event) -> Dataset | None:
        """Take what is said of a dataset that is there."""
        if not (key := self._mention(said)):
            return None
        dataset = self._known.dataset(self._known.resolve(key))
        facets = {**of_dataset(said), **of_input(said)}
        changed = merge(dataset.facets, {n: one for n, one in facets.items() if n not in _LINEAGE}, self._at)
        self._new(dataset, changed)
        return dataset

    def _new(self, dataset: Dataset, changed: Iterable[str]) -> None:
        """Have what has changed of a dataset said, and the dataset itself where it was not known."""
        told = [True] * (not dataset.there) + [TOLD[name] for name in changed if name in TOLD]
        dataset.there = True
        if told:
            self._known.say(dataset, soon=any(told))
        else:
            self._known.touch(dataset)

    def _mention(self, said: Event) -> str:
        """Return the key of a dataset by what it is mainly called, "" where it cannot be called anything."""
        own = self._names.key(said["namespace"], said["name"])
        symlinks = given(said.get("facets", {}), "symlinks")
        if not own or not symlinks:
            return own
        others = [(one["type"].upper(), one["namespace"], one["name"]) for one in symlinks.get("identifiers", ())]
        tables = [naming.of_table(at, name) for of, at, name in others if of == "TABLE"]
        keys = [
            self._names.key(*(naming.of_table(at, name) if of == "TABLE" else (at, name))) for of, at, name in others
        ]
        main = self._names.key(*tables[0]) if tables and naming.is_store(said["namespace"]) else ""
        for other in (own, *keys):
            if other and other != (main or own):
                point(self._known, other, main or own)
        return main or own


def _last(runs: list[list[Any]], most: int, *, over: bool) -> list[list[Any]]:
    return [one for one in runs if one[2] is over][-most:]


def _rows(flow: Flow) -> list[list[str]]:
    return [list(row) for row in sorted(set(flow.rows))[:MAX_ROWS]]


def _without_time(written: Written) -> tuple[Any, ...]:
    return written.inputs, written.rows, written.facets


def _is_stream(job: Job) -> bool:
    said = job.facets.get("jobType")
    return bool(said and said[1] and said[1].get("processingType", "").upper() == "STREAMING")
