"""Writing to one generation of an embedded index: the newer revision wins, and nothing is acknowledged uncommitted."""

from collections.abc import Sequence

from tantivy import Index, IndexWriter, Searcher

from schemas.errors import Invalid
from search_service.index.admission import admit
from search_service.index.port import Entry, Outcome, Written
from search_service.index.tantivy_reading import revision_of, unavailable
from search_service.index.tantivy_schema import ID, document_of, id_of
from search_service.index.terms import Indexed

HEAP_BYTES = 50_000_000

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

    def add(
        self, entries: Sequence[Entry], terms: Sequence[Indexed | None] | None = None, *, over: bool = True
    ) -> list[Written]:
        """Add entries, admitted before if there are `terms` of them; `over` writes over the same revision too.

        Raises IndexUnavailable when the disk fails.
        """
        searcher = self._index.searcher()
        try:
            if terms is None:
                return [self._add(entry, searcher, over=over) for entry in entries]
            return [self._add_admitted(*each, searcher, over=over) for each in zip(entries, terms, strict=True)]
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

    def _add(self, entry: Entry, searcher: Searcher, *, over: bool) -> Written:
        # Taken over from another generation, it is valid, and most of the time it is here: then its text is not cut.
        if not over and _is_stale(entry, self._revision(id_of(entry.kind, entry.key), searcher), over=over):
            return _STALE
        try:
            indexed = admit(entry)
        except Invalid as error:
            return Written(Outcome.REFUSED, error.message)
        return self._add_admitted(entry, indexed, searcher, over=over)

    def _add_admitted(self, entry: Entry, indexed: Indexed | None, searcher: Searcher, *, over: bool) -> Written:
        name = id_of(entry.kind, entry.key)
        held = self._revision(name, searcher)
        if _is_stale(entry, held, over=over):
            return _STALE
        document = document_of(entry, indexed)
        if held is not None:
            self._writer.delete_documents_by_term(ID, name)
        self._writer.add_document(document)
        self._pending[name] = entry.revision
        return _WRITTEN

    def _revision(self, name: str, searcher: Searcher) -> int | None:
        held = self._pending.get(name)
        return revision_of(searcher, name) if held is None else held


def _is_stale(entry: Entry, held: int | None, *, over: bool) -> bool:
    return held is not None and (held > entry.revision or (held == entry.revision and not over))
