"""What an extractor is: a class with settings that tries its system and yields what it says, statement by statement.

An extractor knows nothing of graphs, runs or other sources. It is one small file, found by an entry point in the group
`fram.sources`; reading is kept apart from the pure code that makes statements of what was read.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

from marshmallow import Schema

from schemas.statements import Statement


class Refused(NamedTuple):
    """Something that makes no statement: where it stands in the source, and why, in a sentence naming the field."""

    where: str
    reason: str


class Source(ABC):
    """A system that statements are read from.

    `settings` validates and describes what it is told (each field's metadata has a `description`; `"secret": True`
    marks what is never shown). `complete` says that what is no longer extracted is gone; events are not complete. A
    source may know only when it is told its settings.
    """

    about: ClassVar[str]
    settings: ClassVar[type[Schema]]
    complete: bool = True

    def __init__(self, **settings: Any) -> None:
        """Take settings that `settings` has loaded. Touches nothing outside."""
        self.told = settings

    @abstractmethod
    def check(self) -> str:
        """Try the system; say in a sentence what would be read. Raises InvalidSource, or SourceUnavailable."""

    @abstractmethod
    def extract(self) -> Iterator[Statement | Refused]:
        """Read everything, in bounded memory; one bad item is Refused and the rest is read.

        Raises InvalidSource for what cannot be read at all, SourceUnavailable for what may answer later.
        """
