"""Who wins where several sources speak of one property. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Precedence:
    """What sources are sorted by, the winner first: the named ones in their order, then the others by name."""

    named: tuple[str, ...] = ()

    def __call__(self, source: str) -> tuple[int, str]:
        """Return the place of a source, to sort by."""
        return (self.named.index(source) if source in self.named else len(self.named), source)

    def agrees(self, other: "Precedence", sources: Iterable[str]) -> bool:
        """Say whether both sort these sources alike."""
        some = list(sources)
        return sorted(some, key=self) == sorted(some, key=other)
