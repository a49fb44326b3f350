"""What a file format is: the header it is recognised by, and how a row of it becomes mutations."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.extract.amundsen.rows import Parse


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of CSV file. `bind` makes the function that reads the rows under a header.

    A header fits when it has all of `required`; what is beyond `optional` is ignored with a notice, unless the format
    is `open`: then every column is read.
    """

    name: str
    required: tuple[str, ...]
    bind: Callable[[Sequence[str]], Parse]
    optional: tuple[str, ...] = ()
    open: bool = False

    def missing(self, header: Sequence[str]) -> list[str]:
        """Return the required columns that a header lacks."""
        return [column for column in self.required if column not in header]

    def ignored(self, header: Sequence[str]) -> list[str]:
        """Return the columns of a header that nobody reads."""
        return [] if self.open else [c for c in header if c not in self.required and c not in self.optional]
