"""Writing to one generation of an embedded index: the newer revision wins, and nothing is acknowledged uncommitted."""

from collections.abc import Sequence

from tantivy import Index, IndexWriter, Searcher

from schemas.errors import Invalid
from search_service.index.port import Entry, Outcome, Prepared, Written
from search_service.index.tantivy_reading import revision_of, unavailable
from search_service.index.tantivy_schema import ID, id_of, prepare

# What is written to at most before it becomes a segment. The engine merges each eight of them: with half as much, a
# rebuild of 100,000 documents takes a third more of a processor for merges, and some 100 MB less (docs/performance.md).
HEAP_BYTES = 100_000_000

_STALE, _WRITTEN = Written(Outcome.STALE), Written(Outcome.WRITTEN)


class GenerationWriter:
    """Writes to a generation. What was added since the last commit is remembered by its revision."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._writer: IndexWriter = index.writer(HEAP_BYTES, 1)
        self._pending: dict[str, int] = {}

    @property
    def uncommitted(self) -> int:
        """How many keys were written since the last commit."""
        return len(self._pending)

    def add(self, entries: Sequence[Entry | Prepared], *, over: bool = True) -> list[Written]:
        """Add entries; `over` writes over the same revision too. Raises IndexUnavailable when the disk fails."""
        searcher = self._index.searcher()
        try:
            return [self._add(entry, searcher, over=over) for entry in entries]
        except (ValueError, OSError) as error:
            raise unavailable(error) from error

    def commit(self) -> None:
        """Make what was added durable. Raises IndexUnavailable; then nothing of it is in the index."""
        try:
            self._writer.commit()
        except (ValueError, OSError) as error:
            raise unavailable(error) from error
        self._pending.clear()
        self._index.reload()

    def close(self) -> None:
        """Finish merging and free the writer."""
        try:
            self._writer.wait_merging_threads()
        except (ValueError, OSError) as error:
            raise unavailable(error) from error

    def _add(self, entry: Entry | Prepared, searcher: Searcher, *, over: bool) -> Written:
        if isinstance(entry, Prepared):
            return self._add_prepared(entry, searcher, over=over)
        # Taken over from another generation, it is valid, and most of the time it is here: then its text is not cut.
        if not over and _is_stale(entry, self._revision(id_of(entry.kind, entry.key), searcher), over=over):
            return _STALE
        try:
            prepared = prepare(entry)
        except Invalid as error:
            return Written(Outcome.REFUSED, error.message)
        return self._add_prepared(prepared, searcher, over=over)

    def _add_prepared(self, prepared: Prepared, searcher: Searcher, *, over: bool) -> Written:
        name = id_of(prepared.kind, prepared.key)
        held = self._revision(name, searcher)
        if _is_stale(prepared, held, over=over):
            return _STALE
        if held is not None:
            self._writer.delete_documents_by_term(ID, name)
        self._writer.add_json(prepared.body.decode())
        self._pending[name] = prepared.revision
        return _WRITTEN

    def _revision(self, name: str, searcher: Searcher) -> int | None:
        held = self._pending.get(name)
        return revision_of(searcher, name) if held is None else held


def _is_stale(entry: Entry | Prepared, held: int | None, *, over: bool) -> bool:
    return held is not None and (held > entry.revision or (held == entry.revision and not over))
