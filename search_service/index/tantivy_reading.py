"""Reading an embedded index: the view of what is committed by now, and small questions to it."""

from collections.abc import Iterator, Sequence
from threading import Lock
from typing import NamedTuple

from tantivy import Index, Query, Searcher, SearchResult

from schemas.documents import resource_of
from schemas.errors import IndexUnavailable
from search_service.index.admission import MAX_REVISION
from search_service.index.port import Entry, Held
from search_service.index.tantivy_folder import Folder
from search_service.index.tantivy_query import live
from search_service.index.tantivy_schema import ID, REVISION, SCHEMA, entry_of, id_of, open_folder

_LOOKS = 5  # a swap may come between a look at the pointer and the opening of what it names


class _State(NamedTuple):
    """Which generation serves, and what changes with each of its commits."""

    generation: str
    signature: tuple[int, int]


class Opened(NamedTuple):
    """A generation as of a commit."""

    state: _State
    engine: Index


class Reader:
    """Opens what serves and reloads it after each commit, whoever made it. Waits for no writer."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._lock = Lock()  # held while a commit's files are opened: a millisecond or so
        self._opened: Opened | None = None

    def opened(self) -> Opened:
        """Return what serves now. Raises IndexUnavailable."""
        for _ in range(_LOOKS):
            try:
                return self._look()
            except (ValueError, OSError, IndexUnavailable) as error:
                failure = error
        raise failure if isinstance(failure, IndexUnavailable) else unavailable(failure) from failure

    def close(self) -> None:
        """Let go of the files. Idempotent; the next question opens them again."""
        self._opened = None

    def _look(self) -> Opened:
        opened = self._opened
        if opened is not None and opened.state == self._state():
            return opened
        with self._lock:
            return self._reloaded(self._opened, self._state())

    def _reloaded(self, opened: Opened | None, state: _State) -> Opened:
        if opened is None or opened.state.generation != state.generation:
            opened = Opened(state, open_folder(str(self._folder.path / state.generation)))
        elif opened.state != state:
            opened = opened._replace(state=state)
        else:
            return opened
        opened.engine.reload()
        self._opened = opened
        return opened

    def _state(self) -> _State:
        generation = self._folder.current()
        if generation is None:
            raise IndexUnavailable(f"There is no search index in {self._folder.path}.")
        return _State(generation, self._folder.signature(generation))


def total_of(result: SearchResult) -> int:
    """Return how many documents matched."""
    return int(result.count)  # type: ignore[attr-defined]  # there, but missing from the library's stubs


def count_live(searcher: Searcher, kind: str) -> int:
    """Count the live documents of a kind."""
    return total_of(searcher.search(live(resource_of(kind).kind), 1))


def revision_of(searcher: Searcher, name: str) -> int | None:
    """Return the revision a key is held in, of a tombstone too."""
    if not searcher.doc_freq(ID, name):
        return None
    hits = searcher.search(Query.term_query(SCHEMA, ID, name, index_option="basic"), 1, count=False).hits
    return int(searcher.fast_field_values(REVISION, [hits[0][1]])[0] or 0) if hits else None


def entries_held(searcher: Searcher, names: Sequence[str]) -> list[Entry]:
    """Return what is held of some keys, tombstones included, in no order."""
    if not names:
        return []
    hits = searcher.search(Query.term_set_query(SCHEMA, ID, names), len(names), count=False).hits
    return [entry_of(searcher.doc(address)) for _, address in hits]


def revisions_held(searcher: Searcher, kind: str, after: str, limit: int) -> list[Held]:
    """Return live keys in their order, beginning behind one."""
    # A key has one revision, so both together are as many buckets as keys, and half as dear as a bucket with a maximum.
    sources = [{"id": {"terms": {"field": ID}}}, {"revision": {"terms": {"field": REVISION}}}]
    start = {"after": {"id": f"str:{id_of(kind, after)}", "revision": f"u64:{MAX_REVISION}"}} if after else {}
    asked = {"keys": {"composite": {"size": limit, "sources": sources, **start}}}
    buckets = searcher.aggregate(live(kind), asked)["keys"]["buckets"]
    skipped = len(kind) + 1
    return [Held(found["key"]["id"][skipped:], int(found["key"]["revision"])) for found in buckets]


def entries_of(searcher: Searcher, query: Query, chunk: int = 1000) -> Iterator[list[Entry]]:
    """Read the entries that a query finds, some at a time."""
    total = total_of(searcher.search(query, 1))
    hits = searcher.search(query, max(1, total), count=False).hits
    for start in range(0, total, chunk):
        yield [entry_of(searcher.doc(address)) for _, address in hits[start : start + chunk]]


def unavailable(error: Exception) -> IndexUnavailable:
    """Say what the engine says."""
    return IndexUnavailable(f"The search index cannot be used: {error}")
