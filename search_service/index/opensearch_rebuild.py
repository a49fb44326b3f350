"""A new generation beside the one that serves, and the swap of the two."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress

from schemas.documents import RESOURCES
from schemas.errors import IndexUnavailable
from search_service.index.admission import verify
from search_service.index.opensearch_generations import Generations
from search_service.index.opensearch_lock import Lock
from search_service.index.opensearch_reading import Reader
from search_service.index.opensearch_writing import Writer
from search_service.index.port import Entry, Outcome, Prepared, Rebuild, Written


class OpenSearchRebuild(Rebuild):
    """Writes to the new generation; the lock is held meanwhile."""

    def __init__(self, generations: Generations, reader: Reader, writer: Writer, lock: Lock, since: int) -> None:
        self._generations = generations
        self._reader = reader
        self._writer = writer
        self._lock = lock
        self._since = since
        self._old = generations.serving(fresh=True)
        self._refused = 0
        generations.drop_all_but(self._old)  # what a killed rebuild left behind
        self._new = generations.new()

    def write(self, entries: Sequence[Entry | Prepared]) -> list[Written]:
        written = self._writer.write(self._new, entries)
        self._refused += sum(item.outcome is Outcome.REFUSED for item in written)
        return written

    def swap(self, expected: Mapping[str, int], accept_refused: int = 0) -> None:
        self._reader.refresh(self._new)
        held = Counter({kind: self._reader.count(self._new, kind) for kind in RESOURCES})
        first = not self._generations.is_built(self._old)
        verify(expected, held, self._refused, accept_refused, first=first)
        with self._lock.blocking(self._old):
            self._reader.refresh(self._old)
            for entries in self._reader.newer(self._old, self._since):
                self._writer.write(self._new, entries, over=False)
            self._reader.refresh(self._new)
            self._generations.show_writes(self._new)
            self._lock.check()
            self._generations.point_to(self._new, instead_of=[self._old])
        self._generations.merge(self._new)

    def close(self) -> None:
        """Drop the new generation unless it serves; the next rebuild does it if this one cannot."""
        with suppress(IndexUnavailable):
            if self._generations.serving(fresh=True) != self._new:
                self._generations.drop(self._new)
