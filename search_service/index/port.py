"""The port to a search index: everything Fram asks of one, in a dozen operations.

Contract for every adapter (tests/conformance_search/ checks each sentence):
- What is indexed is identified by (kind, key) and carries a revision. Of two writes the newer or equal revision wins,
  in whatever order they arrive; a tombstone is remembered, so that a late older document never resurrects it.
- A write that returned outlives a kill of its process; a search sees it after `refresh`, perhaps before. A reader in
  another process sees it within a second.
- One bad entry never fails its batch: it is refused with its reason, the others are written.
- How text is understood, what matches, how it is ranked and explained is decided once, above the adapters
  (analysis.py, plan.py, explanation.py). Scores are comparable within one page sequence only.
- Hits come best first, and hits that are alike in the same order each time. Totals and facet counts are exact.
- An index that is down, read-only, full, held by another writer or not yet built is `IndexUnavailable` (retryable); a
  search never answers with nothing because of it.
- An adapter may be used from several threads at once. Nothing returned is shared with the index.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from schemas.document_types import Document
from search_service.query import Query

MAX_FACET_VALUES = 100


class Entry(NamedTuple):
    """What a key holds as of a revision: a document, or a tombstone when there is none."""

    kind: str
    key: str
    revision: int
    document: Document | None

    @property
    def is_live(self) -> bool:
        """Say whether there is a document."""
        return self.document is not None


class Prepared(NamedTuple):
    """What `SearchIndex.prepare` made of an entry. `body`: what the index takes for it, which only the index knows."""

    kind: str
    key: str
    revision: int
    is_live: bool
    body: bytes


class Outcome(Enum):
    """What became of an entry."""

    WRITTEN = "written"
    STALE = "stale"  # the index holds something newer
    REFUSED = "refused"


class Written(NamedTuple):
    """What became of an entry, and why it was refused if it was."""

    outcome: Outcome
    reason: str = ""


class Held(NamedTuple):
    """A key of a live document and the revision the index has it in."""

    key: str
    revision: int


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One value of a facet and how many of the documents found have it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found. `highlights`: field -> its text, HTML-escaped, with matches in <em>."""

    kind: str
    key: str
    score: float
    document: Document
    highlights: Mapping[str, list[str]] = field(default_factory=dict)
    explanation: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of hits out of `total`. `next` is the cursor of the page behind it, None at the end."""

    total: int
    hits: Sequence[Hit]
    facets: Mapping[str, Sequence[FacetCount]]
    next: str | None


class Suggestion(NamedTuple):
    """A name that begins as typed."""

    kind: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Health:
    """What the index says of itself: the adapter's name and facts to show."""

    index: str
    details: Mapping[str, str | int | bool]


class Rebuild(ABC):
    """A new index being written beside the one that serves; it is dropped unless it was swapped in."""

    @abstractmethod
    def write(self, entries: Sequence[Entry | Prepared]) -> list[Written]:
        """Write into the new index, by the rules of `SearchIndex.write`; durable with the swap only."""

    def expect(self, entries: int) -> None:  # noqa: B027 -- to most it is no help
        """Say about how many entries are to come, so that little is left to do when they have come."""

    @abstractmethod
    def swap(self, expected: Mapping[str, int], accept_refused: int = 0) -> None:
        """Verify the new index and let it serve from now on, atomically.

        Takes over every tombstone, and whatever was written to the serving index from the revision `since` on, where
        it is newer. Raises RebuildRefused, leaving the old index serving, when `expected` (live documents of each
        kind, a kind left out meaning none) differs from what the new index holds, is empty (but for the first build:
        then there is nothing to lose), or more entries than `accept_refused` were refused.
        """


class SearchIndex(ABC):
    """Search documents of all kinds, in step with the graph by revisions."""

    @abstractmethod
    def ensure(self) -> bool:
        """Create what is missing; return whether the index is still to be built, being new or of another version.

        Until a rebuild was swapped in, it takes writes and answers no searches. Idempotent; safe from several
        processes at once.
        """

    @abstractmethod
    def write(self, entries: Sequence[Entry]) -> list[Written]:
        """Write documents and tombstones; return what became of each, in order. Idempotent. Raises IndexUnavailable."""

    @abstractmethod
    def refresh(self) -> None:
        """Make everything written so far visible to searches."""

    @abstractmethod
    def search_many(self, queries: Sequence[Query]) -> list[Page]:
        """Answer each query. Raises Invalid for a kind, filter, facet or cursor there is not."""

    @abstractmethod
    def suggest(self, prefix: str, kinds: Sequence[str], limit: int = 10) -> list[Suggestion]:
        """Return names with words that begin as typed, the most used first; none for an empty prefix."""

    @abstractmethod
    def find_many(self, kind: str, keys: Sequence[str]) -> dict[str, Entry]:
        """Return what the index holds of each key, tombstones included; keys it knows nothing of are left out."""

    @abstractmethod
    def revisions(self, kind: str, after: str = "", limit: int = 1000) -> list[Held]:
        """Page through the live documents of a kind in key order (by code point), beginning behind `after`."""

    @abstractmethod
    def count(self, kind: str) -> int:
        """Count the live documents of a kind."""

    @staticmethod
    @abstractmethod
    def prepare(entry: Entry) -> Prepared:
        """Make what this index takes for an entry, so that writing it into a rebuild is little work.

        Pure; it can be sent to another process (pickled) and called there. Raises Invalid for an entry that must not be
        written.
        """

    @abstractmethod
    def rebuild(self, since: int) -> AbstractContextManager[Rebuild]:
        """Begin a new index beside this one, which goes on serving and taking writes.

        `since`: the revision from which on writes to this one may be missing from what is read for the new one.
        Leaving the context without a swap discards the new index. Raises IndexUnavailable while another is under way.
        """

    @abstractmethod
    def health(self) -> Health:
        """Ask the index a trivial question. Raises IndexUnavailable when it does not answer."""

    @abstractmethod
    def close(self) -> None:
        """Release what is held, the right to write included. Idempotent."""

    def release(self) -> None:  # noqa: B027 -- most have nothing to give up
        """Give up the right to write, where one writer excludes the others, until the next write. Idempotent."""

    def find(self, kind: str, key: str) -> Entry | None:
        """Return what the index holds of a key, a tombstone included, or None."""
        return self.find_many(kind, [key]).get(key)

    def search(self, query: Query) -> Page:
        """Answer one query."""
        return self.search_many([query])[0]
