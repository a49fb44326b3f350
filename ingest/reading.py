"""Read a source through once, statement by statement, and write what differs in chunks of bounded size."""

from collections.abc import Callable
from contextlib import closing

from ingest.ahead import AT_ONCE, FIRST, ahead, grown
from ingest.building.shared import shared_by
from ingest.extract.source import Refused, Source
from ingest.ledger.said import Said, identify, said
from ingest.ledger.writer import Judged, Ledger, Verdict
from ingest.runs import refuse
from ingest.seen import Seen
from schemas.errors import Invalid, TooLarge
from schemas.ingest_runs import Run
from schemas.statements import Statement

BYTES_AT_ONCE = 4_000_000  # of their JSON
TWICE = "It was said twice in one run; the first stands."


def count(run: Run, name: str, judged: Judged) -> None:
    """Count what became of a statement."""
    run.kept += judged.kept
    run.unresolved += judged.unresolved
    if judged.verdict is Verdict.REFUSED:
        refuse(run, name, judged.reason)
    elif judged.verdict is Verdict.WRITTEN:
        run.written += 1
    elif judged.verdict is Verdict.REMOVED:
        run.removed += 1
    else:
        run.unchanged += 1


class Reading:
    """One time through a source. `seen`: the names of all it said; `first`: it had said nothing before."""

    def __init__(
        self,
        ledger: Ledger,
        run: Run,
        keep: Callable[[], None],
        notice: Callable[[Run], None],
        on_change: Callable[[str, Judged], None],
        conceal: Callable[[str], str],
    ) -> None:
        """`keep` is called before each item and while there is none, to stop by raising; `notice` behind a chunk."""
        run.read = run.unchanged = run.refused = run.unresolved = 0  # what an earlier time through wrote is written
        run.refusals = []
        self.seen = Seen()
        self.first = False
        self.refused_by_source = 0
        self.keep = keep
        self._ledger = ledger
        self._run = run
        self._notice = notice
        self._on_change = on_change
        self._conceal = conceal
        self._chunk: list[Said] = []
        self._bytes = 0
        self._most = AT_ONCE

    def read(self, source: Source) -> None:
        """Read everything. Raises what the source raises, StoreUnavailable, and what `keep` does."""
        self._most = FIRST
        items = ahead(source.extract, self.keep, f"the source of {self._run.job}")
        with closing(items):  # before it is read again, or anything else is done
            for item in items:
                self.keep()
                if isinstance(item, Refused):
                    self._run.read += 1
                    self.refused_by_source += 1
                    refuse(self._run, item.where, self._conceal(item.reason))
                else:
                    self.take(item)
        self.flush()

    def take(self, statement: Statement) -> None:
        """Take a statement, and what it says of things that others share."""
        try:
            item = said(statement)
            unseen = (more for more in shared_by(statement) if "/".join(identify(more)) not in self.seen)
            shared = [said(more) for more in unseen]
        except (Invalid, TooLarge) as error:
            self._run.read += 1
            refuse(self._run, type(statement).__name__, error.message)
            return
        if item.name in self.seen:
            self._run.read += 1
            refuse(self._run, item.name, TWICE)
            return
        for each in (item, *shared):
            if self.seen.add(each.name):
                self._run.read += 1
                self._chunk.append(each)
                self._bytes += len(each.body)
        if len(self._chunk) >= self._most or self._bytes >= BYTES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what was taken."""
        chunk, self._chunk, self._bytes = self._chunk, [], 0
        self._most = grown(self._most)
        for item, judged in zip(chunk, self._ledger.say(chunk), strict=True):
            if judged.verdict is not Verdict.UNCHANGED:
                self._on_change(item.name, judged)
            count(self._run, item.name, judged)
        self._notice(self._run)
