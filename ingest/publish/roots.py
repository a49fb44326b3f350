"""Read index roots for publishing, so that one that cannot be read never takes the others along."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from ingest.publish.project import project
from metadata_service.store.mutations import RootRevision
from metadata_service.store.port import GraphStore
from schemas.errors import FramError
from search_service.index.port import Entry

PAGE = 500


class Reading(NamedTuple):
    """The entries of some roots of one label, and why the others (by key) have none."""

    entries: list[Entry]
    failed: dict[str, str]


def read(store: GraphStore, label: str, revisions: Mapping[str, int]) -> Reading:
    """Read index roots of a label now, each with the revision given. Raises StoreUnavailable, nothing else."""
    reading = Reading([], {})
    left = iter(revisions.items())
    while some := dict(islice(left, store.keys_at_once)):
        _read_some(store, label, some, reading)
    return reading


def pages(store: GraphStore, label: str) -> Iterator[list[RootRevision]]:
    """Yield every root of a label that exists, page by page in key order."""
    after = ""
    while page := store.revisions(label, after, PAGE):
        yield page
        after = page[-1].key


def _read_some(store: GraphStore, label: str, revisions: Mapping[str, int], reading: Reading) -> None:
    """Read these in one go, or one by one where that fails."""
    made = _project(store, label, revisions)
    if not isinstance(made, str):
        reading.entries.extend(made)
    elif len(revisions) == 1:
        reading.failed.update(dict.fromkeys(revisions, made))
    else:
        for key, revision in revisions.items():
            _read_some(store, label, {key: revision}, reading)


def _project(store: GraphStore, label: str, revisions: Mapping[str, int]) -> list[Entry] | str:
    """Return the entries, or why there are none."""
    try:
        return project(store, label, revisions)
    except Exception as error:
        if isinstance(error, FramError) and error.retryable:
            raise
        return f"{type(error).__name__}: {error}"
