"""The stores that are measured: Fram's adapter, and a bare driver on the same database that does the same by hand."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, Mutation

BATCH = 4_000


def batches(mutations: Iterable[Mutation]) -> Iterator[tuple[Mutation, ...]]:
    """Cut a stream of mutations into the batches that both sides write."""
    waiting = iter(mutations)
    while batch := tuple(islice(waiting, BATCH)):
        yield batch


class Bench(ABC):
    """A store under measurement. What is abstract here is the bare way, written by hand for each database."""

    name: str

    def __init__(self, url: str) -> None:
        self._trace: list[tuple[str, Any]] | None = None
        self.store = open_store(url, tracer=self._note)
        self.store.ensure_schema()

    def _note(self, statement: str, parameters: object) -> None:
        if self._trace is not None:
            self._trace.append((statement, parameters))

    @contextmanager
    def traced(self) -> Iterator[list[tuple[str, Any]]]:
        """Collect the statements that the store runs meanwhile."""
        found: list[tuple[str, Any]] = []
        self._trace = found
        yield found
        self._trace = None

    def load(self, mutations: Iterable[Mutation]) -> None:
        """Write as a source does."""
        for batch in batches(mutations):
            self.store.apply(Batch(batch, Authority.SOURCE, source="benchmark"))

    @abstractmethod
    def bare(self, statement: str, parameters: Any) -> Sequence[Any]:
        """Run a statement and take every row."""

    @abstractmethod
    def bare_load(self, mutations: Iterable[Mutation]) -> None:
        """Write the same nodes and relations, in the same batches and transactions."""

    @abstractmethod
    def empty(self) -> None:
        """Remove everything."""

    @abstractmethod
    def count_all_reads(self) -> Sequence[Any]:
        """Find the popular tables the naive way."""

    @abstractmethod
    def upstream(self, key: str) -> list[str]:
        """Find every table upstream by the fastest query there is."""

    @abstractmethod
    def paths(self, key: str, depth: int) -> int:
        """Count the paths upstream, as Amundsen enumerates them."""

    def close(self) -> None:
        self.store.close()
