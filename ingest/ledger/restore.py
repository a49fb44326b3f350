"""Undo a run: what each statement was before it is said again, by a run that can itself be undone."""

from collections.abc import Callable, Iterator
from itertools import islice

from ingest.ledger import held as kept
from ingest.ledger.change import Change
from ingest.ledger.sweep import AT_ONCE, statements
from ingest.ledger.writer import Judged, Ledger
from metadata_service.store.port import GraphStore


def restore(
    store: GraphStore, ledger: Ledger, run: str, note: Callable[[str, Judged], None], left: Callable[[str], None]
) -> None:
    """Undo a run of the ledger's source; `left` is told what a later run has changed again, which stays as it is."""
    changes = _changes(store, ledger, run, left)
    while some := list(islice(changes, AT_ONCE)):
        for name, judged in ledger.write(some).items():
            note(name, judged)


def _changes(store: GraphStore, ledger: Ledger, run: str, left: Callable[[str], None]) -> Iterator[Change]:
    prefix = f"{run}/{ledger.source}/"
    for ref, props in kept.nodes(store, kept.UNDO, prefix):
        name = ref.key.removeprefix(prefix)
        key = kept.ref_of(ledger.source, name).key
        now = kept.fetch(store, [key]).get(key)
        if now is not None and now.run != run:
            left(name)
        else:
            yield Change(name, kept.of_props(props)._replace(run=ledger.run))
    for name, held in statements(store, ledger.source):
        if held.first_run == run:
            if held.run == run:
                yield Change(name, None)
            else:
                left(name)
