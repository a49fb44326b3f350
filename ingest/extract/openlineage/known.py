"""What is remembered of events: datasets, jobs and their last runs, each a small record of its own.

Records are read when they are asked for and written when they have changed; where they are kept is not known here.
Facets are kept as they came, `[moment, value]` by name: those that nobody reads as well. Datasets go by the keys of
tables.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeVar

import orjson

Facets = dict[str, list[Any]]  # by name: when it was said (microseconds), and what (None: it was taken back)

MAX_READERS = 10_000
MAX_SEEN = 5_000
MAX_RUNS = 20  # of one job that are over and remembered
MAX_OPEN = 200  # of one job that are not
MAX_WRITERS = 200


@dataclass(slots=True)
class Written:
    """How a run of a job makes a table: when, from what, and the rows of openlineage_flows."""

    job: list[str]
    run: str
    at: int
    inputs: list[str]
    rows: list[list[str]]
    facets: dict[str, Any] = field(default_factory=dict)  # of the job, those that a table tells of


@dataclass(slots=True)
class Dataset:
    """A dataset by its key. `alias_of`: it is another name of that one, which then has everything."""

    key: str
    there: bool = False  # an event has named it
    alias_of: str = ""
    facets: Facets = field(default_factory=dict)
    writers: dict[str, Written] = field(default_factory=dict)  # by the job
    readers: list[str] = field(default_factory=list)  # what is made from it
    seen: list[str] = field(default_factory=list)  # columns that others are made from
    written: int = 0  # when, in microseconds


@dataclass(slots=True)
class Output:
    """What a run says of a table it writes, until it has written it."""

    facets: Facets = field(default_factory=dict)
    inputs: list[str] | None = None
    rows: list[list[str]] = field(default_factory=list)
    said_at: int = 0
    wrote: bool = False


@dataclass(slots=True)
class Run:
    """A run, put together from its events in whatever order they come. `done`: it has said COMPLETE."""

    id: str
    job: list[str]
    at: int = 0
    done: bool = False
    states: list[str] = field(default_factory=list)
    facets: Facets = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    outputs: dict[str, Output] = field(default_factory=dict)


@dataclass(slots=True)
class Job:
    """A job and its last runs, `[run, moment, whether it is over]`."""

    namespace: str
    name: str
    facets: Facets = field(default_factory=dict)
    runs: list[list[Any]] = field(default_factory=list)


R = TypeVar("R", Dataset, Run, Job)
Fetch = Callable[[Sequence[str]], Mapping[str, bytes]]  # the records that there are, by their names


def name_of(kind: str, *identity: str) -> str:
    """Return the name that a record is kept under: short, whatever the thing itself is called."""
    return f"{kind}/{blake2b(orjson.dumps(identity), digest_size=16).hexdigest()}"


class Known:
    """The records of some events. `changed` has the names of those to be written, None for one to be removed."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._records: dict[str, Any] = {}
        self._raw: dict[str, bytes | None] = {}
        self.changed: dict[str, Any] = {}
        self.due: dict[str, bool] = {}  # datasets of which something else is to be said, and whether at once

    def load(self, names: Iterable[str]) -> None:
        """Read records that will be asked for in one go."""
        if wanted := [name for name in dict.fromkeys(names) if name not in self._raw]:
            found = self._fetch(wanted)
            self._raw.update((name, found.get(name)) for name in wanted)

    def dataset(self, key: str) -> Dataset:
        return self._get(name_of("dataset", key), _dataset, lambda: Dataset(key))

    def resolve(self, key: str) -> str:
        """Return what a dataset is another name of, or itself."""
        for _ in range(8):
            if not (other := self.dataset(key).alias_of):
                break
            key = other
        return key

    def run(self, id_: str, job: Job) -> Run:
        of = [job.namespace, job.name]
        return self._get(name_of("run", id_, *of), _run, lambda: Run(id_, of))

    def job(self, namespace: str, name: str) -> Job:
        return self._get(name_of("job", namespace, name), lambda data: Job(**data), lambda: Job(namespace, name))

    def _get(self, name: str, read: Callable[[dict[str, Any]], R], make: Callable[[], R]) -> R:
        if name not in self._records:
            self.load([name])
            raw = self._raw[name]
            self._records[name] = read(orjson.loads(raw)) if raw else make()
        found: R = self._records[name]
        return found

    def touch(self, record: Dataset | Run | Job) -> None:
        """Have a record written."""
        match record:
            case Dataset():
                self.changed[name_of("dataset", record.key)] = record
            case Run():
                self.changed[name_of("run", record.id, *record.job)] = record
            case Job():
                self.changed[name_of("job", record.namespace, record.name)] = record

    def say(self, dataset: Dataset, *, soon: bool) -> None:
        """Have what is known of a dataset said again: `soon`, or with the next thing that is new of it."""
        self.touch(dataset)
        self.due[dataset.key] = self.due.get(dataset.key, False) or soon

    def forget(self, run: str, job: Job) -> None:
        """Have a run removed."""
        name = name_of("run", run, job.namespace, job.name)
        self._records.pop(name, None)
        if self._raw.pop(name, b"") is None:  # it was never written
            self.changed.pop(name, None)
        else:
            self.changed[name] = None


def read_dataset(body: bytes) -> Dataset:
    """Read a dataset as it was written."""
    return _dataset(orjson.loads(body))


def _dataset(data: dict[str, Any]) -> Dataset:
    data["writers"] = {name: Written(**one) for name, one in data["writers"].items()}
    return Dataset(**data)


def _run(data: dict[str, Any]) -> Run:
    data["outputs"] = {name: Output(**one) for name, one in data["outputs"].items()}
    return Run(**data)
