"""How long changes had waited when they became searchable."""

from collections import deque
from collections.abc import Iterable

REMEMBERED = 10_000


class Lags:
    """The lags of the last changes that were published, in seconds."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, lags: Iterable[float]) -> None:
        """Remember some more, over the oldest."""
        self._seen.extend(lags)

    def facts(self) -> dict[str, float | int | None]:
        """Return how many there are; half of them, and 99 in 100, were no longer than told."""
        ordered = sorted(self._seen)
        return {
            "changes": len(ordered),
            **{
                f"lag_{name}_seconds": ordered[(len(ordered) - 1) * share // 100] if ordered else None
                for name, share in (("p50", 50), ("p99", 99))
            },
        }
