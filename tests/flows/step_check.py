"""Whether an index is in step with its graph: document by document, nothing lost, nothing resurrected."""

from collections.abc import Iterator
from typing import Any

from ingest.publish.project import PROJECTIONS, project
from metadata_service.store.port import GraphStore
from search_service.index.port import Entry, SearchIndex

PAGE = 500


def assert_in_step(store: GraphStore, index: SearchIndex) -> None:
    """Assert that the index holds what the graph says: keys, revisions and documents."""
    index.refresh()
    for label, projection in PROJECTIONS.items():
        wanted = {entry.key: entry for entry in _projected(store, label)}
        revisions = dict(_held(index, projection.kind))
        assert revisions == {key: entry.revision for key, entry in wanted.items()}
        keys = list(wanted)
        for start in range(0, len(keys), PAGE):
            held: dict[str, Any] = index.find_many(projection.kind, keys[start : start + PAGE])
            assert held == {key: wanted[key] for key in keys[start : start + PAGE]}


def _projected(store: GraphStore, label: str) -> Iterator[Entry]:
    after = ""
    while page := store.revisions(label, after, PAGE):
        yield from project(store, label, {root.key: root.revision for root in page})
        after = page[-1].key


def _held(index: SearchIndex, kind: str) -> Iterator[tuple[str, int]]:
    after = ""
    while page := index.revisions(kind, after, PAGE):
        yield from page
        after = page[-1].key
