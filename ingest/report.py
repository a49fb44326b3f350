"""What became of every row of an ingestion: counts a file, and each refusal with its reason."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum


class Verdict(Enum):
    """What became of a row. KEPT: a person's word stood against everything it would have changed."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row that did not go in: its file, the line it begins in, and why."""

    file: str
    line: int
    reason: str


@dataclass(slots=True)
class Counts:
    """How many rows were read and what became of them."""

    by_verdict: Counter[Verdict] = field(default_factory=Counter)

    @property
    def read(self) -> int:
        return self.by_verdict.total()

    @property
    def written(self) -> int:
        return self.by_verdict[Verdict.WRITTEN]

    @property
    def refused(self) -> int:
        return self.by_verdict[Verdict.REFUSED]

    def __str__(self) -> str:
        each = ", ".join(f"{self.by_verdict[verdict]:,} {verdict.value}" for verdict in Verdict)
        return f"{self.read:,} read: {each}"


class Report:
    """Fills while rows go in. Only the first refusals are kept; `on_refusal` is called with each."""

    def __init__(self, keep: int = 20, on_refusal: Callable[[Refusal], None] = lambda _: None) -> None:
        self.total = Counts()
        self.refusals: list[Refusal] = []
        self._keep = keep
        self._on_refusal = on_refusal

    def count(self, counts: Counts, file: str, line: int, verdict: Verdict, reason: str) -> None:
        """Count one row of a file, in the file's counts too."""
        counts.by_verdict[verdict] += 1
        self.total.by_verdict[verdict] += 1
        if verdict is Verdict.REFUSED:
            refusal = Refusal(file, line, reason)
            if len(self.refusals) < self._keep:
                self.refusals.append(refusal)
            self._on_refusal(refusal)
