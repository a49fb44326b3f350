"""Entries and questions in a few words."""

from collections import Counter
from collections.abc import Sequence

from schemas.document_types import Value
from search_service.index.port import Entry, Outcome, Page, SearchIndex
from search_service.query import Filter, Query, Sort, parse


def a_table(name: str, revision: int = 1, key: str = "", **fields: Value) -> Entry:
    """Make a table's entry; its schema is `core` unless said."""
    schema = fields.setdefault("schema", "core")
    key = key or f"hive://gold.{schema}/{name}"
    shared: dict[str, Value] = {"key": key, "resource_type": "table", "database": "hive", "cluster": "gold"}
    return Entry("table", key, revision, {**shared, "name": name, **fields})


def a_user(email: str, revision: int = 1, **fields: Value) -> Entry:
    return Entry("user", email, revision, {"key": email, "resource_type": "user", "email": email, **fields})


def a_tombstone(entry: Entry, revision: int) -> Entry:
    return Entry(entry.kind, entry.key, revision, None)


def fill(index: SearchIndex, *entries: Entry) -> None:
    """Write entries, all of which must be taken, and make them visible."""
    assert [written.outcome for written in index.write(entries)] == [Outcome.WRITTEN] * len(entries)
    index.refresh()


def ask(
    index: SearchIndex,
    text: str = "",
    *filters: Filter,
    kind: str = "table",
    sort: Sort = Sort.RELEVANCE,
    limit: int = 10,
    facets: Sequence[str] = (),
    after: str | None = None,
    offset: int = 0,
    shown: bool = False,
) -> Page:
    """Search for text as somebody types it."""
    return index.search(
        Query(kind, parse(text), filters, sort, limit, offset, after, tuple(facets), highlight=shown, explain=shown)
    )


def names(page: Page) -> list[str]:
    return [str(hit.document.get("name", hit.key)) for hit in page.hits]


def found(index: SearchIndex, text: str = "", *filters: Filter, kind: str = "table") -> set[str]:
    """Return the names of everything found, once it is certain that the total says so too."""
    page = ask(index, text, *filters, kind=kind, limit=100)
    assert page.total == len(page.hits)
    return set(names(page))


def build(index: SearchIndex, *entries: Entry) -> None:
    """Build an index for the first time, of these entries alone."""
    assert index.ensure() is True
    with index.rebuild(since=2**50) as rebuild:
        rebuild.write(entries)
        rebuild.swap(Counter(entry.kind for entry in entries if entry.document is not None))
