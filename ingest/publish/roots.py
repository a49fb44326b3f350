"""Read index roots for publishing, so that one that cannot be read never takes the others along."""

from collections.abc import Iterator, Mapping
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
    entries = _project(store, label, revisions)
    if not isinstance(entries, str):
        return Reading(entries, {})
    single = {key: _project(store, label, {key: revision}) for key, revision in revisions.items()}
    return Reading(
        [entry for made in single.values() if not isinstance(made, str) for entry in made],
        {key: made for key, made in single.items() if isinstance(made, str)},
    )


def pages(store: GraphStore, label: str) -> Iterator[list[RootRevision]]:
    """Yield every root of a label that exists, page by page in key order."""
    after = ""
    while page := store.revisions(label, after, PAGE):
        yield page
        after = page[-1].key


def _project(store: GraphStore, label: str, revisions: Mapping[str, int]) -> list[Entry] | str:
    """Return the entries, or why there are none."""
    try:
        return project(store, label, revisions)
    except Exception as error:
        if isinstance(error, FramError) and error.retryable:
            raise
        return f"{type(error).__name__}: {error}"
