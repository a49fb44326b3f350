"""A search index in memory: the reference model that every other adapter is held to. It looks at every document."""

import copy
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import RLock

import orjson

from schemas.document_types import Document
from schemas.documents import RESOURCES
from schemas.errors import IndexUnavailable, Invalid
from search_service.index import pages
from search_service.index.admission import NOT_BUILT, admit, verify
from search_service.index.matching import Corpus
from search_service.index.port import (
    Entry,
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
from search_service.index.terms import Indexed
from search_service.plan import plan, plan_suggestion
from search_service.query import Query, Sort

Stored = dict[tuple[str, str], tuple[Entry, Indexed | None]]


class MemorySearchIndex(SearchIndex):
    """Keeps nothing beyond its process."""

    def __init__(self) -> None:
        self._stored: Stored = {}
        self._lock = RLock()
        self._rebuilding = False
        self._built = False

    def ensure(self) -> bool:
        return not self._built

    def write(self, entries: Sequence[Entry]) -> list[Written]:
        with self._lock:
            return [put(self._stored, entry) for entry in entries]

    def refresh(self) -> None:
        """Do nothing: what is written is visible at once."""

    def search_many(self, queries: Sequence[Query]) -> list[Page]:
        with self._lock:
            self._check_built()
            return [self._search(query) for query in queries]

    def _search(self, query: Query) -> Page:
        planned, offset = plan(query), pages.offset_of(query)
        corpus = Corpus(indexed for (kind, _), (_, indexed) in self._stored.items() if indexed and kind == query.kind)
        found: list[tuple[float, str, Indexed]] = []
        for entry, indexed in self._live(query.kind):
            score = corpus.score(planned, indexed)
            if score is not None:
                found.append((score * indexed.gain, entry.key, indexed))
        found.sort(key=lambda item: (-_rank(query.sort, item[0], item[2]), item[1]))
        page = found[offset : offset + query.limit]
        ended = offset + len(page)
        return Page(
            len(found),
            [pages.hit(query, key, score, copy.deepcopy(self._document(query.kind, key))) for score, key, _ in page],
            {name: pages.facet_counts(_counted(name, found)) for name in query.facets},
            pages.cursor(str(ended)) if page and ended < len(found) else None,
        )

    def suggest(self, prefix: str, kinds: Sequence[str], limit: int = 10) -> list[Suggestion]:
        with self._lock:
            self._check_built()
            found: list[tuple[float, Suggestion]] = []
            for kind in kinds:
                wanted = plan_suggestion(kind, prefix)
                corpus = Corpus(())
                found += [
                    (indexed.gain, Suggestion(kind, entry.key, str((entry.document or {}).get("name", entry.key))))
                    for entry, indexed in self._live(kind)
                    if corpus.node(wanted, indexed) is not None
                ]
            return [suggestion for _, suggestion in sorted(found, key=lambda item: (-item[0], item[1]))[:limit]]

    def find_many(self, kind: str, keys: Sequence[str]) -> dict[str, Entry]:
        return {key: copy.deepcopy(self._stored[kind, key][0]) for key in keys if (kind, key) in self._stored}

    def revisions(self, kind: str, after: str = "", limit: int = 1000) -> list[Held]:
        held = sorted(Held(entry.key, entry.revision) for entry, _ in self._live(kind))
        start = bisect_right(held, after, key=lambda item: item.key)
        return held[start : start + limit]

    def count(self, kind: str) -> int:
        return sum(1 for _ in self._live(kind))

    @staticmethod
    def prepare(entry: Entry) -> Prepared:
        admit(entry)
        return Prepared(entry.kind, entry.key, entry.revision, entry.is_live, orjson.dumps(list(entry)))

    @contextmanager
    def rebuild(self, since: int) -> Iterator[Rebuild]:
        with self._lock:
            if self._rebuilding:
                raise IndexUnavailable("Another rebuild of the search index is under way.")
            self._rebuilding = True
        try:
            yield MemoryRebuild(self, since)
        finally:
            self._rebuilding = False

    def health(self) -> Health:
        return Health("memory", {"documents": sum(self.count(kind) for kind in RESOURCES)})

    def close(self) -> None:
        """Do nothing: nothing is held."""

    def _check_built(self) -> None:
        if not self._built:
            raise IndexUnavailable(NOT_BUILT)

    def _live(self, kind: str) -> Iterator[tuple[Entry, Indexed]]:
        for (its, _), (entry, indexed) in list(self._stored.items()):
            if its == kind and indexed is not None:
                yield entry, indexed

    def _document(self, kind: str, key: str) -> Document:
        return self._stored[kind, key][0].document or {}


class MemoryRebuild(Rebuild):
    """The new index of a rebuild."""

    def __init__(self, serving: MemorySearchIndex, since: int) -> None:
        self._serving = serving
        self._since = since
        self._stored: Stored = {}
        self._refused = 0

    def write(self, entries: Sequence[Entry | Prepared]) -> list[Written]:
        each = (Entry(*orjson.loads(entry.body)) if isinstance(entry, Prepared) else entry for entry in entries)
        written = [put(self._stored, entry) for entry in each]
        self._refused += sum(item.outcome is Outcome.REFUSED for item in written)
        return written

    def swap(self, expected: Mapping[str, int], accept_refused: int = 0) -> None:
        held = Counter(kind for (kind, _), (_, indexed) in self._stored.items() if indexed is not None)
        verify(expected, held, self._refused, accept_refused, first=not self._serving._built)
        with self._serving._lock:
            for entry, _ in self._serving._stored.values():
                if entry.document is None or entry.revision >= self._since:
                    put(self._stored, entry, over=False)
            self._serving._stored = self._stored
            self._serving._built = True


def put(stored: Stored, entry: Entry, *, over: bool = True) -> Written:
    """Write one entry unless something newer is there; `over` writes over the same revision too."""
    try:
        indexed = admit(entry)
    except Invalid as error:
        return Written(Outcome.REFUSED, error.message)
    held = stored.get((entry.kind, entry.key))
    if held is not None and (held[0].revision > entry.revision or (held[0].revision == entry.revision and not over)):
        return Written(Outcome.STALE)
    stored[entry.kind, entry.key] = (copy.deepcopy(entry), indexed)
    return Written(Outcome.WRITTEN)


def _rank(sort: Sort, score: float, indexed: Indexed) -> float:
    match sort:
        case Sort.USAGE:
            return indexed.usage
        case Sort.RECENCY:
            return indexed.recency
        case Sort.RELEVANCE:
            return score


def _counted(name: str, found: Sequence[tuple[float, str, Indexed]]) -> Counter[str]:
    return Counter(value for _, _, indexed in found for value in indexed.facets.get(name, ()))
