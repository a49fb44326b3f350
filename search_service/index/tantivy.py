"""The embedded search index, on Tantivy: one process writes at a time, any number read.

Each `write` is one commit, so what it acknowledged outlives a kill. A reader looks at two files' times before each
search and reloads when they changed. The first process to write keeps the right to until it closes or dies.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from math import inf
from threading import RLock

from tantivy import FieldType, Occur, Searcher
from tantivy import Query as EngineQuery

from schemas.documents import RESOURCES, resource_of
from schemas.errors import IndexUnavailable
from search_service.index import pages
from search_service.index.admission import NOT_BUILT, verify
from search_service.index.port import (
    MAX_FACET_VALUES,
    Entry,
    FacetCount,
    Health,
    Held,
    Outcome,
    Page,
    Prepared,
    Rebuild,
    SearchIndex,
    Suggestion,
    Written,
)
from search_service.index.tantivy_folder import Folder, is_built
from search_service.index.tantivy_query import suggestions, translate
from search_service.index.tantivy_reading import (
    Reader,
    count_live,
    entries_held,
    entries_of,
    revisions_held,
    total_of,
    unavailable,
)
from search_service.index.tantivy_schema import (
    BY_RECENCY,
    BY_USAGE,
    DEAD,
    GAIN,
    REVISION,
    SCHEMA,
    entry_of,
    facet_of,
    id_of,
    open_folder,
    prepare,
)
from search_service.index.tantivy_writing import GenerationWriter
from search_service.plan import Everything, plan, plan_suggestion
from search_service.query import Query, Sort

WAIT_SECONDS = 5.0  # for another process to stop writing
COMMIT_EVERY = 20_000  # entries of a rebuild: rather fewer than fill the engine's memory, so that it is flat
LAST_COMMIT = 2_500  # entries; beside it nothing is read any more, and it takes 0.2 ms an entry
_ORDER = {Sort.USAGE: BY_USAGE, Sort.RECENCY: BY_RECENCY}


class TantivySearchIndex(SearchIndex):
    """An index in a folder."""

    def __init__(self, path: str) -> None:
        self.folder = Folder(path)
        self.writing = RLock()  # held by one that writes; nothing that reads takes it
        self._reader = Reader(self.folder)
        self._writer: GenerationWriter | None = None
        self._right_to_write = self.folder.lock("writer")

    def ensure(self) -> bool:
        try:
            self.folder.ensure()
            return not is_built(self.folder.current())
        except OSError as error:
            raise unavailable(error) from error

    def write(self, entries: Sequence[Entry]) -> list[Written]:
        if not entries:
            return []
        with self.writing:
            writer = self.writer()
            try:
                written = writer.add(entries)
                writer.commit()
            except IndexUnavailable:
                self._drop_writer()
                raise
            return written

    def refresh(self) -> None:
        """Do nothing: a search sees every commit."""

    def search_many(self, queries: Sequence[Query]) -> list[Page]:
        searcher = self._built_searcher()
        return [self._search(searcher, query) for query in queries]

    def _search(self, searcher: Searcher, query: Query) -> Page:
        planned, offset = plan(query), pages.offset_of(query)
        wanted = translate(planned, query.kind)
        order = _ORDER.get(query.sort) or (BY_USAGE if isinstance(planned.match, Everything) else None)
        result = searcher.search(
            wanted,
            max(1, query.limit),
            offset=offset,
            order_by_field=order,
            weight_by_field=None if order else GAIN,
        )
        hits = result.hits[: query.limit]
        entries = [entry_of(searcher.doc(address)) for _, address in hits]
        scores = [1.0 if order else float(score) for score, _ in hits]
        total, ended = total_of(result), offset + len(hits)
        return Page(
            total,
            [
                pages.hit(query, entry.key, score, entry.document or {})
                for entry, score in zip(entries, scores, strict=True)
            ],
            self._facets(searcher, wanted, query.facets),
            pages.cursor(str(ended)) if hits and ended < total else None,
        )

    @staticmethod
    def _facets(searcher: Searcher, wanted: EngineQuery, names: Sequence[str]) -> dict[str, list[FacetCount]]:
        if not names:
            return {}
        asked = {name: {"terms": {"field": facet_of(name), "size": 10 * MAX_FACET_VALUES}} for name in names}
        answer = searcher.aggregate(wanted, asked)
        return {
            name: pages.facet_counts((found["key"], found["doc_count"]) for found in answer[name]["buckets"])
            for name in names
        }

    def suggest(self, prefix: str, kinds: Sequence[str], limit: int = 10) -> list[Suggestion]:
        searcher = self._built_searcher()
        wanted = suggestions([(kind, plan_suggestion(kind, prefix)) for kind in kinds])
        hits = searcher.search(wanted, limit, count=False, order_by_field=BY_USAGE).hits
        entries = [entry_of(searcher.doc(address)) for _, address in hits]
        return [
            Suggestion(found.kind, found.key, str((found.document or {}).get("name", found.key))) for found in entries
        ]

    def find_many(self, kind: str, keys: Sequence[str]) -> dict[str, Entry]:
        return {entry.key: entry for entry in entries_held(self.searcher(), [id_of(kind, key) for key in keys])}

    def revisions(self, kind: str, after: str = "", limit: int = 1000) -> list[Held]:
        return revisions_held(self.searcher(), resource_of(kind).kind, after, limit)

    def count(self, kind: str) -> int:
        return count_live(self.searcher(), kind)

    prepare = staticmethod(prepare)

    @contextmanager
    def rebuild(self, since: int) -> Iterator[Rebuild]:
        lock = self.folder.lock("rebuild")
        lock.acquire(0, "Another rebuild of the search index is under way.")
        try:
            with self.writing:
                self.writer()  # nobody else may write while this one is replaced
            new = TantivyRebuild(self, since)
            try:
                yield new
            finally:
                new.close()
                self.folder.drop_all_but(self.folder.current() or "")
        finally:
            lock.release()

    def health(self) -> Health:
        searcher = self.searcher()
        counts = {f"{kind}_documents": count_live(searcher, kind) for kind in RESOURCES}
        return Health("tantivy", {"segments": searcher.num_segments, **counts})

    def release(self) -> None:
        with self.writing:
            self._drop_writer()

    def close(self) -> None:
        with self.writing:
            self._drop_writer()
        self._reader.close()

    def searcher(self) -> Searcher:
        """Return a view of what is committed by now. Raises IndexUnavailable."""
        return self._reader.opened().engine.searcher()

    def _built_searcher(self) -> Searcher:
        opened = self._reader.opened()
        if not is_built(opened.state.generation):
            raise IndexUnavailable(NOT_BUILT)
        return opened.engine.searcher()

    def writer(self) -> GenerationWriter:
        """Return the writer of the serving generation. Raises IndexUnavailable when another process has the right."""
        if self._writer is None:
            self._right_to_write.acquire(WAIT_SECONDS, "Another process is writing to the search index.")
            try:
                self._writer = GenerationWriter(self._reader.opened().engine)
            except (ValueError, IndexUnavailable) as error:
                self._right_to_write.release()
                raise unavailable(error) from error
        return self._writer

    def serve(self, generation: str, writer: GenerationWriter) -> None:
        """Let a new generation serve, and go on writing to it with what wrote it: its merges go on behind.

        For who holds `writing`.
        """
        self._close_writer()
        self.folder.point_to(generation)
        self._writer = writer

    def _drop_writer(self) -> None:
        self._close_writer()
        self._right_to_write.release()

    def _close_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            with suppress(IndexUnavailable):  # it may be closed because it failed
                writer.close()


class TantivyRebuild(Rebuild):
    """A generation beside the one that serves."""

    def __init__(self, serving: TantivySearchIndex, since: int) -> None:
        self._serving = serving
        self._since = since
        self._refused = 0
        self._to_come: float = inf
        self._name = serving.folder.new()
        self._index = open_folder(str(serving.folder.path / self._name))
        self._writer: GenerationWriter | None = GenerationWriter(self._index)

    def write(self, entries: Sequence[Entry | Prepared]) -> list[Written]:
        writer = self._open_writer()
        written = writer.add(entries)
        self._refused += sum(item.outcome is Outcome.REFUSED for item in written)
        self._to_come -= len(entries)
        if writer.uncommitted >= min(COMMIT_EVERY, max(self._to_come, LAST_COMMIT)):
            writer.commit()
        return written

    def expect(self, entries: int) -> None:
        """Commit half of what is left each time, towards the end: what comes is read meanwhile."""
        self._to_come = entries

    def swap(self, expected: Mapping[str, int], accept_refused: int = 0) -> None:
        writer = self._open_writer()
        writer.commit()
        searcher = self._index.searcher()
        held = Counter({kind: count_live(searcher, kind) for kind in RESOURCES})
        first = not is_built(self._serving.folder.current())
        verify(expected, held, self._refused, accept_refused, first=first)
        with self._serving.writing:
            self._serving.writer()  # what another process has come to write meanwhile would be lost
            for entries in entries_of(self._serving.searcher(), self._newer()):
                writer.add(entries, over=False)
            writer.commit()
            self._serving.serve(self._name, writer)
            self._writer = None  # it is not this one's any more

    def close(self) -> None:
        """Stop writing."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    def _open_writer(self) -> GenerationWriter:
        if self._writer is None:
            raise IndexUnavailable("This rebuild of the search index has ended.")
        return self._writer

    def _newer(self) -> EngineQuery:
        """Ask for tombstones and what was written since the rebuild began."""
        revised = EngineQuery.range_query(SCHEMA, REVISION, FieldType.Unsigned, lower_bound=self._since)
        dead = EngineQuery.term_query(SCHEMA, DEAD, "yes", index_option="basic")
        return EngineQuery.boolean_query([(Occur.Should, revised), (Occur.Should, dead)])
