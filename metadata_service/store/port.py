"""The narrow waist: everything Fram asks of a graph, in a dozen graph-shaped operations.

Contract for every adapter (tests/conformance/ checks each sentence):
- Nodes are identified by (label, key), relations by (type, source, target) in their forward direction.
- Labels and relation types outside the graph model, property names that cannot be one, and keys that no store can hold
  (a NUL character, a lone surrogate) are refused with `Invalid` (model_check.py); every value is passed to the
  database as a parameter.
- Reads see every batch acknowledged before they began, and one that is being committed whole or not at all; Neo4j alone
  may show a part of it just then. What is returned is never shared with the store.
- A database that is down, locked for too long or otherwise failing is `StoreUnavailable` (retryable).
- An adapter may be used from several threads at once, and (but for memory) from several processes.
"""

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from metadata_service.store.mutations import (
    Backlog,
    Batch,
    Change,
    Edge,
    EdgeRef,
    Node,
    NodeRef,
    Postponed,
    Receipt,
    RootRevision,
)
from metadata_service.store.shapes import Record, Shape
from metadata_service.store.ways import Ask, Degrees, Neighbour, Way, relations_of
from schemas.graph import Direction

# Called with each statement sent to the database and its parameters, before it runs.
Tracer = Callable[[str, object], None]
Clock = Callable[[], int]  # microseconds since the epoch


def wall_clock() -> int:
    """Return microseconds since the epoch."""
    return time.time_ns() // 1000


@dataclass(frozen=True, slots=True)
class Health:
    """What the store says of itself: the adapter's name and version facts to show."""

    store: str
    details: Mapping[str, str | int | bool]


@dataclass(frozen=True, slots=True)
class Related:
    """A test for `count`: the node has a relation of one of these types to a node of one of these labels.

    `non_empty` names a property of that node that must be present and not the empty string.
    """

    via: tuple[str, ...]
    to: tuple[str, ...]
    direction: Direction = Direction.OUT
    non_empty: str | None = None


class Reach(NamedTuple):
    """What is around a node. `nodes` begins with it; `steps` are (near, far) as places in `nodes`, each once."""

    nodes: list[NodeRef]
    steps: list[tuple[int, int]]


class Portrait(NamedTuple):
    """What a picture shows of a node: its record, and how many neighbours it has."""

    record: Record
    degrees: Degrees


class Picture(NamedTuple):
    """The nodes that exist, and the relations among them."""

    nodes: dict[NodeRef, Portrait]
    edges: list[Edge]


class GraphStore(ABC):
    """A graph of labelled nodes and typed relations, with the changes a search index is kept in step by.

    `keys_at_once`: how many keys `fetch_many` is best asked for at once by who reads very many and keeps none.
    """

    keys_at_once = 500  # each call is a trip

    @abstractmethod
    def ensure_schema(self) -> None:
        """Create or migrate tables, constraints and indexes. Idempotent; safe from several processes at once."""

    @abstractmethod
    def fetch_many(self, keys: Sequence[str], shape: Shape) -> dict[str, Record]:
        """Read the shape of each key that exists. Neo4j: one statement; SQLite: one a level."""

    @abstractmethod
    def list_nodes(
        self, label: str, after: str = "", limit: int = 1000, prefix: str = "", *, descending: bool = False
    ) -> list[Node]:
        """Page through a label's nodes in key order or, `descending`, against it, beginning behind `after`.

        Keys beginning with `prefix` only. Without `after`, from the first in that order.
        """

    @abstractmethod
    def list_edges(
        self, relation: str, source: str, target: str, after: tuple[str, str] = ("", ""), limit: int = 1000
    ) -> list[Edge]:
        """Page through the relations of a type between two labels, in (source key, target key) order."""

    @abstractmethod
    def neighbourhood(
        self, refs: Sequence[NodeRef], relations: Sequence[str], direction: Direction, limit: int
    ) -> list[EdgeRef]:
        """Take one breadth-first step: every relation of these types leaving (or entering) these nodes.

        At most `limit` of them, in the order of (near key, near label, far key, far label, type); refs that do not
        exist are skipped.
        """

    @abstractmethod
    def reach(self, start: NodeRef, relations: Sequence[str], direction: Direction, depth: int, limit: int) -> Reach:
        """Walk breadth-first: every step by these relations that begins less than `depth` steps from `start`.

        At most `limit` steps, nearer ones first where there are more; steps from farther away may be among them. In
        no order; of a start that does not exist, it alone.
        """

    @abstractmethod
    def neighbours(self, asked: Sequence[Ask], ways: Sequence[Way], by: str, limit: int) -> list[list[Neighbour]]:
        """Return the first `limit` neighbours for each ask, ranked by a numeric property; one without it counts as 0.

        Each neighbour once, however many relations lead there. Of a node that does not exist, none.
        """

    @abstractmethod
    def neighbour_counts(self, refs: Sequence[NodeRef], ways: Sequence[Way]) -> dict[NodeRef, Degrees]:
        """Count the neighbours of each node that exists."""

    @abstractmethod
    def between(self, refs: Sequence[NodeRef], relations: Sequence[str], limit: int) -> list[Edge]:
        """Return the relations of these types from any of these nodes to any of them: in no order, `limit` at most."""

    @abstractmethod
    def rank(
        self,
        label: str,
        by: str,
        limit: int,
        minimum: Mapping[str, float] | None = None,
        after: tuple[float, str] | None = None,
    ) -> list[Node]:
        """Return the nodes with the highest numeric property `by`, highest first, then by key.

        Only nodes where `by` is a number, and every property in `minimum` a number of that value or more; beginning
        behind `after`, the value and key of a node. An index finds them where the graph model says RANKED.
        """

    @abstractmethod
    def count(self, label: str, having: Sequence[Related] = ()) -> int:
        """Count a label's nodes, of those that pass every test where tests are given; without those that are GONE."""

    @abstractmethod
    def list_gone(self, label: str, before: int, after: str = "", limit: int = 1000) -> list[Node]:
        """Page through a label's nodes that are GONE since a moment before this one, in key order behind `after`."""

    @abstractmethod
    def degrees(self, label: str, via: Sequence[str], direction: Direction) -> list[tuple[Node, int]]:
        """Return every node of a label that has such relations, with how many distinct nodes they lead to, by key.

        Without those that are GONE at the far end, and without nodes that lead to no other.
        """

    @abstractmethod
    def apply(self, batch: Batch) -> Receipt:
        """Apply a batch atomically and record one change per index root it touches in the same transaction.

        Raises EditConflict when an expectation does not hold, NotFound when a relation's end is missing
        (unless lenient), Invalid for what the model does not have; then nothing is applied. Retries what
        the database calls transient, then raises StoreUnavailable.
        """

    @abstractmethod
    def changes(self, limit: int = 1000) -> list[Change]:
        """Return index roots with unacknowledged changes, the longest waiting first; without those postponed to later.

        All of the batches that made them is there to be read.
        """

    @abstractmethod
    def acknowledge(self, changes: Iterable[Change]) -> None:
        """Mark exactly these revisions as published; a root that changed again meanwhile stays pending."""

    @abstractmethod
    def postpone(self, postponed: Iterable[Postponed]) -> None:
        """Keep changes out of `changes` until it is time to try again, each with one failure more.

        Ends with the next change of the root; one that changed again meanwhile is left alone.
        """

    @abstractmethod
    def postponed(self, limit: int = 1000) -> list[Postponed]:
        """Return what was postponed and is not acknowledged, by label and key."""

    @abstractmethod
    def touch(self, refs: Collection[NodeRef], source: str, above: int = 0) -> None:
        """Record a change of each index root without changing it, be it gone, in one transaction.

        Its revision becomes greater than before and than `above`. Raises Invalid for what is no index root.
        """

    @abstractmethod
    def revisions(self, label: str, after: str = "", limit: int = 1000) -> list[RootRevision]:
        """Page through an index root's label in key order (by code point), beginning behind `after`.

        Without those that are GONE, which have no document.
        """

    @abstractmethod
    def backlog(self) -> Backlog:
        """Count what waits to be published."""

    @abstractmethod
    def acquire_lease(self, name: str, holder: str, seconds: float) -> int | None:
        """Take or renew the lease of this name until `seconds` from now; return its fencing number.

        None while somebody else holds it. The number grows whenever the lease changes hands.
        """

    @abstractmethod
    def release_lease(self, name: str, holder: str) -> None:
        """Give up a lease, if this holder has it. Idempotent."""

    @abstractmethod
    def note(self, name: str, text: str) -> None:
        """Keep a text of Fram's own under a name, beside the graph, over what was there."""

    @abstractmethod
    def notes(self) -> dict[str, str]:
        """Return every note by its name."""

    @abstractmethod
    def recount(self, label: str) -> int:
        """Recompute the reader counts of a label from its READ_BY relations; return how many nodes were wrong."""

    @abstractmethod
    def health(self) -> Health:
        """Ask the database a trivial question. Raises StoreUnavailable when it does not answer."""

    @abstractmethod
    def close(self) -> None:
        """Release connections. Idempotent."""

    def picture(self, refs: Sequence[NodeRef], shapes: Mapping[str, Shape], ways: Sequence[Way], limit: int) -> Picture:
        """Read of each node the shape of its label and its `neighbour_counts`, and the relations `between` them.

        An adapter that can takes one statement for it.
        """
        keys: dict[str, list[str]] = {}
        for label, key in refs:
            keys.setdefault(label, []).append(key)
        counts = self.neighbour_counts(refs, ways)
        nodes = {
            ref: Portrait(record, counts[ref])
            for label, some in keys.items()
            for key, record in self.fetch_many(some, shapes[label]).items()
            if (ref := NodeRef(label, key)) in counts
        }
        return Picture(nodes, self.between(refs, relations_of(ways), limit))

    def fetch(self, key: str, shape: Shape) -> Record | None:
        """Read the shape of one key, or None."""
        return self.fetch_many([key], shape).get(key)
