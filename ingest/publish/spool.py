"""Changes that a rebuild will have published once its index serves, kept on disk: a first one has as many as roots."""

import pickle
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from tempfile import TemporaryFile
from typing import IO

from metadata_service.store.mutations import Change, NodeRef
from schemas.errors import IndexUnavailable


class Spool:
    """Takes revisions of index roots, page by page, and gives them back in the same way."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._pages = 0

    def add(self, label: str, revisions: Mapping[str, int]) -> None:
        """Keep the revisions of some roots of a label, by key. Raises IndexUnavailable when the disk fails."""
        if not revisions:
            return
        try:
            pickle.dump((label, dict(revisions)), self._file)
            self._file.flush()
        except OSError as error:
            raise IndexUnavailable(f"The temporary folder takes no more of the rebuild: {error}") from error
        self._pages += 1

    def pages(self) -> Iterator[list[Change]]:
        """Yield what was kept, as `acknowledge` takes it."""
        self._file.seek(0)
        for _ in range(self._pages):
            label, revisions = pickle.load(self._file)  # noqa: S301  # written by `add`, readable by nobody else
            yield [Change(NodeRef(label, key), revision, 0, "", "", "") for key, revision in revisions.items()]


@contextmanager
def spool() -> Iterator[Spool]:
    """Yield an empty spool; it is gone at the end."""
    file = TemporaryFile()  # noqa: SIM115  # closing one on a full disk raises again
    try:
        yield Spool(file)
    finally:
        with suppress(OSError):
            file.close()
