"""The search index on OpenSearch 2.x or 3.x: any number of processes read and write.

An index is asked by its own name, which is believed to serve for a second and asked for anew when it is gone: so no
search pays for looking it up, and none is ever answered by an index that was swapped out. A server drops the shards of
an index that goes a moment before it tells which one has come: that moment is waited for.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from schemas.errors import IndexUnavailable
from search_service.index.admission import NOT_BUILT
from search_service.index.opensearch_connection import Connection, IndexGone, Refused, WriteBlocked, read_url
from search_service.index.opensearch_generations import Generations
from search_service.index.opensearch_lock import Lock
from search_service.index.opensearch_mapping import prepare
from search_service.index.opensearch_reading import Reader
from search_service.index.opensearch_rebuild import OpenSearchRebuild
from search_service.index.opensearch_searching import Searching
from search_service.index.opensearch_writing import Writer
from search_service.index.port import Entry, Health, Held, Page, Rebuild, SearchIndex, Suggestion, Written
from search_service.query import Query

T = TypeVar("T")

CREATE_SECONDS = 10.0  # to wait for another process that creates the index
REPLACING_SECONDS = 2.0  # to wait for an index that is being replaced by a rebuilt one
_ASK_AGAIN_SECONDS = 0.02
_REBUILDING = "Another rebuild of the search index is under way."


class OpenSearchIndex(SearchIndex):
    """The indexes behind one prefix of an OpenSearch."""

    def __init__(
        self, url: str, *, shards: int = 1, replicas: int = 0, ca_file: str = "", timeout_seconds: float = 10.0
    ) -> None:
        self._connection = Connection(read_url(url), ca_file=ca_file, timeout_seconds=timeout_seconds)
        self._generations = Generations(self._connection, shards=shards, replicas=replicas)
        self._reader = Reader(self._connection)
        self._searching = Searching(self._connection, self._reader)
        self._writer = Writer(self._connection, self._generations)

    def ensure(self) -> bool:
        try:
            serving = self._at(lambda serving: serving, fresh=True)
        except IndexUnavailable:
            with Lock(self._connection, "create").held("Another process creates the search index.", CREATE_SECONDS):
                serving = self._generations.ensure()
        return not self._generations.is_built(serving)

    def write(self, entries: Sequence[Entry]) -> list[Written]:
        if not entries:
            return []
        try:
            return self._at(lambda serving: self._writer.write(serving, entries))
        except WriteBlocked as blocked:
            with Lock(self._connection, "rebuild").held(blocked.message, REPLACING_SECONDS):
                pass  # nobody rebuilds any more: taking the lock lifted what a killed rebuild left behind
        try:
            return self._at(lambda serving: self._writer.write(serving, entries))
        except WriteBlocked:
            raise IndexUnavailable("The search index takes no writes: somebody set index.blocks.write.") from None

    def refresh(self) -> None:
        self._at(self._reader.refresh)

    def search_many(self, queries: Sequence[Query]) -> list[Page]:
        return self._at_built(lambda serving: self._searching.pages(serving, queries))

    def suggest(self, prefix: str, kinds: Sequence[str], limit: int = 10) -> list[Suggestion]:
        return self._at_built(lambda serving: self._searching.suggest(serving, prefix, kinds, limit))

    def find_many(self, kind: str, keys: Sequence[str]) -> dict[str, Entry]:
        return self._at(lambda serving: self._reader.entries(serving, kind, keys))

    def revisions(self, kind: str, after: str = "", limit: int = 1000) -> list[Held]:
        return self._at(lambda serving: self._reader.revisions(serving, kind, after, limit))

    def count(self, kind: str) -> int:
        return self._at(lambda serving: self._reader.count(serving, kind))

    prepare = staticmethod(prepare)

    @contextmanager
    def rebuild(self, since: int) -> Iterator[Rebuild]:
        lock = Lock(self._connection, "rebuild")
        with lock.held(_REBUILDING):
            new = OpenSearchRebuild(self._generations, self._reader, self._writer, lock, since)
            try:
                yield new
            finally:
                new.close()

    def health(self) -> Health:
        return self._at(self._health, fresh=True)

    def close(self) -> None:
        self._connection.close()

    def _health(self, serving: str) -> Health:
        counts = {f"{kind}_documents": count for kind, count in self._reader.counts(serving).items()}
        return Health("opensearch", {"generation": serving, "built": self._generations.is_built(serving), **counts})

    def _at(self, act: Callable[[str], T], *, fresh: bool = False) -> T:
        """Do something with the generation that serves; with the one that serves then, while it is being replaced."""
        deadline = time.monotonic() + REPLACING_SECONDS
        while True:
            try:
                return act(self._generations.serving(fresh=fresh))
            except IndexGone:
                if time.monotonic() > deadline:
                    raise
            except Refused as refused:
                raise self._generations.mapping_trouble(self._generations.serving()) or refused from None
            time.sleep(_ASK_AGAIN_SECONDS)
            fresh = True

    def _at_built(self, act: Callable[[str], T]) -> T:
        def act_if_built(serving: str) -> T:
            if not self._generations.is_built(serving):
                serving = self._generations.serving(fresh=True)
                if not self._generations.is_built(serving):
                    raise IndexUnavailable(NOT_BUILT)
            return act(serving)

        return self._at(act_if_built)
