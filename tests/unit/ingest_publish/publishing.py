"""A graph and an index in memory, with what goes wrong between them at will."""

from collections.abc import Callable
from typing import Any, Self

from ingest.publish.project import PROJECTIONS, project
from metadata_service.store.mutations import Authority, Batch, EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from schemas.document_types import Document
from search_service.index.port import SearchIndex


class Crashed(BaseException):
    """The process was killed here: nothing may catch it."""


class FakeClock:
    """A clock in microseconds that goes on only when it is told to."""

    def __init__(self) -> None:
        self.now = 1_700_000_000_000_000

    def __call__(self) -> int:
        return self.now


class Crashing:
    """Passes calls on until the fuse burns down; then raises, before or after the call that met it."""

    def __init__(self, inner: Any, fuse: "Fuse") -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._fuse.guard(found) if callable(found) else found

    def __enter__(self) -> Self:
        return type(self)(self._inner.__enter__(), self._fuse)

    def __exit__(self, *failure: object) -> bool | None:
        return self._inner.__exit__(*failure)


class Fuse:
    """Counts calls down, and crashes at the last."""

    def __init__(self, calls: int, *, after: bool) -> None:
        self._left = calls
        self._after = after

    def guard(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise Crashed
            answer = call(*args, **named)
            if self._left == 0:
                raise Crashed
            return Crashing(answer, self) if hasattr(answer, "__exit__") else answer

        return guarded


def table(name: str) -> NodeRef:
    return NodeRef("Table", f"hive://gold.core/{name}")


def put(store: GraphStore, *mutations: Mutation) -> None:
    store.apply(Batch(mutations, Authority.SOURCE, lenient=True))


def a_table(name: str, **props: Any) -> tuple[Mutation, ...]:
    """Return a table in its schema."""
    schema = NodeRef("Schema", "hive://gold.core")
    ref = table(name)
    return (
        PutNode(schema, {"name": "core"}),
        PutNode(ref, {"name": name, **props}),
        PutEdge(EdgeRef("TABLE", schema, ref)),
    )


def documents(index: SearchIndex) -> dict[tuple[str, str], Document]:
    """Return every live document."""
    held = ((p.kind, seen.key) for p in PROJECTIONS.values() for seen in index.revisions(p.kind, limit=10_000))
    return {(kind, key): index.find(kind, key).document for kind, key in held}


def projected(store: GraphStore) -> dict[tuple[str, str], Document]:
    """Return the document of every root of the graph."""
    return {
        (entry.kind, entry.key): entry.document
        for label in PROJECTIONS
        for entry in project(store, label, {seen.key: 1 for seen in store.revisions(label, limit=10_000)})
    }
