"""Write rows of mutations to a graph in batches of bounded size, and say of each row what became of it."""

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ingest.extract.amundsen.folder import SourceRow
from ingest.extract.csv_records import Fault
from ingest.records import Put, catalogue_updated
from ingest.report import Verdict
from metadata_service.catalog.writes import absent
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, Outcome, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from schemas.errors import Invalid, TooLarge
from schemas.graph import GONE, ROOTS

MAX_MUTATIONS = 5_000
MAX_CHARACTERS = 2_000_000  # of the rows as they were read: 8 MB at most

Account = Callable[[int, Verdict, str], None]  # of the line of a row, what became of it, and why it was refused

_CHANGES = {Outcome.CREATED, Outcome.UPDATED}
_VANISHED = "What this row refers to was removed while the row was being written."


class Loader:
    """Writes on a source's word. A row goes in whole or not at all, and takes no other down with it."""

    def __init__(
        self,
        store: GraphStore,
        source: str,
        *,
        epoch: Callable[[], int] = lambda: int(time.time()),
        max_mutations: int = MAX_MUTATIONS,
    ) -> None:
        """Each loader is a run of its source; `epoch` tells the time in seconds."""
        run = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}"
        self._store = store
        self._frame = Batch((), Authority.SOURCE, source=source, run=run, lenient=True)
        self._epoch = epoch
        self._changed = False
        self._max_mutations = max_mutations

    def load(self, rows: Iterable[SourceRow | Fault], account: Account) -> None:
        """Write rows in order. What was accounted for is in the graph."""
        for pending in self._batches(rows):
            lacking = self._absent_ends(pending)
            reasons = [_reason_against(row, lacking) for row in pending]
            accused = list(zip(pending, reasons, strict=True))
            sound = [row for row, reason in accused if isinstance(row, SourceRow) and not reason]
            judged = iter(self._apply(sound))
            for row, reason in accused:
                verdict, why = (Verdict.REFUSED, reason) if reason else next(judged)
                account(row.line, verdict, why)

    def finish(self) -> None:
        """Say in the graph when it was last changed, if it was."""
        if self._changed:
            self._stamp()

    def _batches(self, rows: Iterable[SourceRow | Fault]) -> Iterator[list[SourceRow | Fault]]:
        pending: list[SourceRow | Fault] = []
        mutations = characters = 0
        for row in rows:
            pending.append(row)
            if isinstance(row, SourceRow):
                mutations += len(row.mutations)
                characters += row.size
            if max(mutations, len(pending)) >= self._max_mutations or characters >= MAX_CHARACTERS:
                yield pending
                pending = []
                mutations = characters = 0
        if pending:
            yield pending

    def _absent_ends(self, pending: Sequence[SourceRow | Fault]) -> set[NodeRef]:
        """Return what the rows relate to, though it is neither in the graph nor among them."""
        puts = [put for row in pending if isinstance(row, SourceRow) for put in row.mutations]
        edges = [put.ref for put in puts if isinstance(put, PutEdge)]
        ends = {end for edge in edges for end in (edge.source, edge.target)}
        ends.difference_update(put.ref for put in puts if isinstance(put, PutNode))
        return absent(self._store, ends)

    def _apply(self, rows: Sequence[SourceRow]) -> list[tuple[Verdict, str]]:
        """Write rows in one transaction; where the store refuses them, find by halving the ones that are to blame."""
        mutations, places = _merge(rows)
        try:
            told = tuple(map(_said_again, mutations))
            outcomes = self._store.apply(replace(self._frame, mutations=told)).outcomes
        except (Invalid, TooLarge) as error:
            if len(rows) == 1:
                return [(Verdict.REFUSED, error.message)]
            middle = len(rows) // 2
            return [*self._apply(rows[:middle]), *self._apply(rows[middle:])]
        if not self._changed and not _CHANGES.isdisjoint(outcomes):
            self._changed = True
            self._stamp()  # at once, for a run that is killed before its end
        return [_judge({outcomes[place] for place in taken}) for taken in places]

    def _stamp(self) -> None:
        self._store.apply(replace(self._frame, mutations=(catalogue_updated(self._epoch()),)))


def _said_again(put: Put) -> Put:
    """Lift the mark of a root that had gone; somebody whose address alone is given is but mentioned."""
    if isinstance(put, PutNode) and put.ref.label in ROOTS and put.props.keys() != {"email"}:
        return replace(put, props={**put.props, GONE: None})
    return put


def _reason_against(row: SourceRow | Fault, lacking: Collection[NodeRef]) -> str:
    if isinstance(row, Fault):
        return row.reason
    if lacking:
        for put in row.mutations:
            for end in put.ref[1:] if isinstance(put, PutEdge) else ():
                if end in lacking:
                    return f"There is no {end.label} with key {end.key}."
    return ""


def _merge(rows: Sequence[SourceRow]) -> tuple[tuple[Put, ...], list[list[int]]]:
    """Put what rows say of one node or relation into one mutation; also say which mutations each row takes part in."""
    merged: list[Put] = []
    place_of: dict[NodeRef | EdgeRef, int] = {}
    places: list[list[int]] = []
    for row in rows:
        taken = []
        for put in row.mutations:
            place = place_of.setdefault(put.ref, len(merged))
            taken.append(place)
            if place == len(merged):
                merged.append(put)
            elif (held := merged[place]) is not put and held.props != put.props:
                merged[place] = replace(held, props={**held.props, **put.props})
        places.append(taken)
    return tuple(merged), places


def _judge(outcomes: Collection[Outcome]) -> tuple[Verdict, str]:
    if Outcome.MISSING_END in outcomes:
        return Verdict.REFUSED, _VANISHED
    if not _CHANGES.isdisjoint(outcomes):
        return Verdict.WRITTEN, ""
    return (Verdict.KEPT if Outcome.KEPT in outcomes else Verdict.UNCHANGED), ""
