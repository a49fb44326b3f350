"""Statements sent to Neo4j inside one transaction: each by itself, or several in one trip.

A trip costs both sides about a millisecond, whatever is asked. A person's edit is a dozen small statements, so those
that follow on each other go together, as subqueries of one statement that run in order. A source's batch names other
labels each time, and a statement for each mixture of them would have to be compiled: there each goes by itself.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from metadata_service.store.neo4j_connection import LostRace, Run

_MOST_TOGETHER = 12  # beyond which a statement takes long to compile


class Part(NamedTuple):
    """A statement over `$rows` that ends by returning one value."""

    text: str
    rows: Sequence[Any]


class Trips:
    """Asks at once; keeps back what writes until something is asked, or `flush`, where statements go together."""

    def __init__(self, run: Run, *, together: bool) -> None:
        """Send through `run`."""
        self._run = run
        self._at_once = _MOST_TOGETHER if together else 1
        self._waiting: list[Part] = []

    def ask(self, parts: Sequence[Part]) -> list[Any]:
        """Return the value of each, in order; what is to be written before them is."""
        if parts:
            self.flush()
        return self._send(parts)

    def write(self, text: str, rows: Sequence[Any]) -> None:
        """Write rows. Raises LostRace, now or later, when fewer are written."""
        if rows:
            self._waiting.append(Part(f"{text} RETURN count(*)", rows))
        if len(self._waiting) >= self._at_once:
            self.flush()

    def flush(self) -> None:
        """Send what waits. Raises LostRace when fewer rows are written than were to be."""
        waiting, self._waiting = self._waiting, []
        for part, written in zip(waiting, self._send(waiting), strict=True):
            if written < len(part.rows):
                raise LostRace("Another writer removed a node.")

    def _send(self, parts: Sequence[Part]) -> list[Any]:
        found: list[Any] = []
        for first in range(0, len(parts), self._at_once):
            some = parts[first : first + self._at_once]
            found += [self._run(some[0].text, rows=some[0].rows)] if len(some) == 1 else self._together(some)
        return found

    def _together(self, parts: Sequence[Part]) -> list[Any]:
        calls = [
            f"CALL () {{ {part.text.replace('$rows', f'$rows{place}')} AS value{place} }}"
            for place, part in enumerate(parts)
        ]
        values = ", ".join(f"value{place}" for place in range(len(parts)))
        rows = {f"rows{place}": part.rows for place, part in enumerate(parts)}
        return list(self._run(f"{' '.join(calls)} RETURN [{values}]", **rows))
