"""After a complete run: what its source no longer says is marked, unless it is suspiciously much.

The statements of a source are gone through page by page, so that memory does not grow with what it had said.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass, field
from itertools import islice

from ingest.ledger.held import STATEMENT, Held, nodes, of_props
from ingest.ledger.writer import Judged, Ledger
from metadata_service.store.port import GraphStore

AT_ONCE = 500
FEW = 20  # statements of a kind, below which they are only counted among all


@dataclass(slots=True)
class Silence:
    """How many statements a source had made, and how many of them it did not make again, by kind.

    `silent`: how many it had stopped to make before.
    """

    known: Counter[str] = field(default_factory=Counter)
    unseen: Counter[str] = field(default_factory=Counter)
    silent: int = 0

    def too_much(self, share: float) -> str:
        """Say why so much silence is not believed; nothing where it is."""
        gone, all_of_them = self.unseen.total(), self.known.total()
        if gone > share * all_of_them:
            return _sentence(gone, all_of_them, "statements", share)
        for kind, count in self.known.items():
            if count >= FEW and self.unseen[kind] > share * count:
                return _sentence(self.unseen[kind], count, f"statements of kind {kind}", share)
        return ""


def _sentence(gone: int, known: int, what: str, share: float) -> str:
    return f"{gone:,} of {known:,} {what} were not made again, more than {share:.0%}: nothing was marked as gone."


def statements(store: GraphStore, source: str) -> Iterator[tuple[str, Held]]:
    """Go through what a source ever said, by name."""
    prefix = f"{source}/"
    for ref, props in nodes(store, STATEMENT, prefix):
        yield ref.key.removeprefix(prefix), of_props(props)


def is_new(store: GraphStore, source: str) -> bool:
    """Say whether a source never said anything."""
    return not store.list_nodes(STATEMENT, prefix=f"{source}/", limit=1)


def listen(store: GraphStore, source: str, seen: Container[str], keep: Callable[[], None]) -> Silence:
    """Count what was not said again; `seen` holds each name that was."""
    silence = Silence()
    prefix = f"{source}/"
    for number, (ref, props) in enumerate(nodes(store, STATEMENT, prefix)):
        if number % AT_ONCE == 0:
            keep()
        if props.get("gone_since") is None:
            name = ref.key.removeprefix(prefix)
            kind = name.partition("/")[0]
            silence.known[kind] += 1
            silence.unseen[kind] += name not in seen
        else:
            silence.silent += 1
    return silence


def mark(store: GraphStore, ledger: Ledger, seen: Container[str], note: Callable[[str, Judged], None]) -> None:
    """Note the silence of the ledger's source; `note` is told what became of each statement."""
    unseen = (name for name, held in statements(store, ledger.source) if held.live and name not in seen)
    while names := list(islice(unseen, AT_ONCE)):
        for name, judged in ledger.silence(names).items():
            note(name, judged)
