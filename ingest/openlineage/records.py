"""What is remembered of events, in the graph: the records of openlineage_known, and of which something is to be said.

Records are written together or not at all, and only over what was read: of two processes that take in events of one
dataset at once the later one reads again. What is to be said is written with them, as nodes that sort by when it is
due; so nothing that was taken in is forgotten, whoever is killed.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from ingest.extract.openlineage.fold import READ
from ingest.extract.openlineage.known import Dataset, Job, Known, Run, name_of
from ingest.ledger.said import pack, unpack
from metadata_service.store.model_check import MAX_VALUE_CHARACTERS
from metadata_service.store.mutations import Authority, Batch, Expect, Mutation, NodeRef, PutNode, RemoveNode
from metadata_service.store.port import Clock, GraphStore
from metadata_service.store.shapes import Shape
from schemas.errors import EditConflict, TooLarge

EVENT = "Fram_Event"
SOURCE = "openlineage"
WAIT_MICROS = 60_000_000  # between two sayings of what changes with every run, rows written and the like

_DUE = "due/"
_WHOLE = Shape(EVENT, ("body", "version", "said_at"))
_MARKS = Shape(EVENT, ("version",))


@dataclass(frozen=True, slots=True)
class Due:
    """Something new is known of a dataset, by key, since `name`, its place among others."""

    name: str
    dataset: str


class Records:
    """The records of one group of events, from when they are read until they are written."""

    def __init__(self, store: GraphStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.versions: dict[str, str | None] = {}
        self._said_at: dict[str, int] = {}

    def fetch(self, names: Sequence[str]) -> dict[str, bytes]:
        """Read records. Raises StoreUnavailable."""
        found = self._store.fetch_many(names, _WHOLE)
        for name in names:
            props: Mapping[str, Any] = found[name].props if name in found else {}
            self.versions[name] = props.get("version")
            self._said_at[name] = props.get("said_at") or 0
        return {name: unpack(str(record.props["body"])) for name, record in found.items()}

    def commit(self, known: Known) -> None:
        """Write what has changed. Raises EditConflict where it was changed since it was read, TooLarge."""
        mutations: list[Mutation] = []
        version = secrets.token_hex(6)
        for name, record in known.changed.items():
            ref = NodeRef(EVENT, name)
            mutations.append(PutNode(ref, {"body": _body(record), "version": version}) if record else RemoveNode(ref))
        now = self._clock()
        for key, soon in known.due.items():
            name = name_of("dataset", key)
            at = now if soon else max(now, self._said_at.get(name, 0) + WAIT_MICROS)
            mutations.append(PutNode(NodeRef(EVENT, f"{_DUE}{at:020d}/{name}"), {"body": key}))
        expect = tuple(
            Expect(NodeRef(EVENT, name), "version", self.versions[name])
            for name in known.changed
            if name in self.versions
        )
        if mutations:
            self._store.apply(Batch(tuple(mutations), Authority.SOURCE, source=SOURCE, expect=expect))


def due(store: GraphStore, now: int, limit: int) -> list[Due]:
    """Return of what something is to be said by now, the longest waiting first."""
    found = store.list_nodes(EVENT, limit=limit, prefix=_DUE)
    latest = f"{_DUE}{now:020d}0"  # sorts behind the slash of this moment
    return [Due(node.ref.key, str(node.props["body"])) for node in found if node.ref.key < latest]


def settle(store: GraphStore, said: Collection[Due], versions: dict[str, str | None], now: int) -> None:
    """Note that something was said as it was known in these versions; what has changed since then stays due.

    Raises StoreUnavailable.
    """
    for _ in range(3):
        names = {name_of("dataset", one.dataset): one for one in said}
        current = store.fetch_many(list(names), _MARKS)
        same = {name for name, record in current.items() if record.props.get("version") == versions.get(name)}
        if _settled(store, [one for one in said if name_of("dataset", one.dataset) in same], same, versions, now):
            return


def _settled(
    store: GraphStore, said: Iterable[Due], names: Collection[str], versions: dict[str, str | None], now: int
) -> bool:
    mutations: list[Mutation] = [RemoveNode(NodeRef(EVENT, one.name)) for one in said]
    mutations += [PutNode(NodeRef(EVENT, name), {"said_at": now}) for name in names]
    expect = tuple(Expect(NodeRef(EVENT, name), "version", versions.get(name)) for name in names)
    try:
        if mutations:
            store.apply(Batch(tuple(mutations), Authority.SOURCE, source=SOURCE, expect=expect))
    except EditConflict:
        return False
    return True


def _let_go(record: Dataset | Run | Job, kept: Collection[str]) -> None:
    """Let go of all facets but these."""
    outputs = record.outputs.values() if isinstance(record, Run) else ()
    for facets in (record.facets, *(output.facets for output in outputs)):
        for name in facets.keys() - kept:
            del facets[name]


def _body(record: Dataset | Run | Job) -> str:
    """Return a record as it is kept; one that no value can hold lets go of what nobody reads, then of its oldest."""
    for kept in (None, READ, frozenset[str]()):
        if kept is not None:
            _let_go(record, kept)
        packed = pack(orjson.dumps(record))
        if len(packed) <= MAX_VALUE_CHARACTERS:
            return packed
    while len(packed := pack(orjson.dumps(record))) > MAX_VALUE_CHARACTERS:
        if not isinstance(record, Dataset) or len(record.writers) < 2:
            raise TooLarge("What is known of this run or dataset is more than can be kept.")
        del record.writers[min(record.writers, key=lambda job: record.writers[job].at)]
    return packed
