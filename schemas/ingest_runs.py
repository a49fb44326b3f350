"""What is told of ingestion: runs, jobs, and what each source says of one thing. Moments are epoch seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.entities import entity

RUNNING, SUCCEEDED, REFUSED_REMOVAL = "running", "succeeded", "refused-removal"
FAILED, INTERRUPTED = "failed", "interrupted"
STATUSES = (RUNNING, SUCCEEDED, REFUSED_REMOVAL, FAILED, INTERRUPTED)


@dataclass(slots=True)
class Run:
    """One run of a job, or what was pushed at once. `job` is the source of what it wrote, `source` its kind.

    Filled while it goes on, so it is not frozen.
    """

    id: str
    job: str
    source: str
    status: str
    started: int
    ended: int | None = None
    message: str = ""
    restores: str | None = None  # the run that this one undoes
    read: int = 0
    written: int = 0
    unchanged: int = 0
    kept: int = 0  # of those written: where a person's word stood
    refused: int = 0
    removed: int = 0
    unresolved: int = 0  # of those read: where an end was missing
    refusals: Sequence[str] = ()  # the first of them


@entity
class JobStatus:
    """A job with its schedule and its last run."""

    name: str
    source: str
    schedule: str | None
    last_run: Run | None


@entity
class Heard:
    """What one source says of something; the first of several is the one whose word stands."""

    source: str
    run: str
    first_run: str
    unresolved: bool
    gone_since: int | None
    statement: Mapping[str, Any]


@entity
class Verdict:
    """What became of one pushed statement."""

    status: str  # written, unchanged or refused
    key: str | None
    reason: str | None
    unresolved: bool
    difference: Sequence[str]


@entity
class Pushed:
    """What became of what was pushed; `run` is there where something was written."""

    run: str | None
    items: Sequence[Verdict]
