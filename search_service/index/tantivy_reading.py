"""Small questions to a view of an embedded index."""

from collections.abc import Iterator

from tantivy import Query, Searcher, SearchResult

from schemas.documents import resource_of
from search_service.index.port import Entry
from search_service.index.tantivy_query import live
from search_service.index.tantivy_schema import ID, REVISION, SCHEMA, entry_of


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


def entry_held(searcher: Searcher, name: str) -> Entry | None:
    """Return what is held of a key, a tombstone included."""
    hits = searcher.search(Query.term_query(SCHEMA, ID, name, index_option="basic"), 1, count=False).hits
    return entry_of(searcher.doc(hits[0][1])) if hits else None


def entries_of(searcher: Searcher, query: Query, chunk: int = 1000) -> Iterator[list[Entry]]:
    """Read the entries that a query finds, some at a time."""
    total = total_of(searcher.search(query, 1))
    hits = searcher.search(query, max(1, total), count=False).hits
    for start in range(0, total, chunk):
        yield [entry_of(searcher.doc(address)) for _, address in hits[start : start + chunk]]
