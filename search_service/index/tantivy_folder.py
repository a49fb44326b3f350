"""The folder of an embedded index: generations beside each other, and a pointer to the one that serves.

current            names the generation that serves; replaced atomically
v1.1-…/            a generation: one Tantivy index, named after the versions it was written in
writer.lock        locked by the process that writes, freed by the system when it dies
rebuild.lock       likewise while a new generation is written
"""

import fcntl
import os
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.documents import VERSION
from schemas.errors import IndexUnavailable
from search_service.index.tantivy_schema import FORMAT, open_folder

_PREFIX = f"v{VERSION}.{FORMAT}-"
_UNBUILT = "unbuilt-"  # part of the name of a first generation: it is empty because nothing was read from the graph
_POLL_SECONDS = 0.05
_LONGEST_NAME = 200


def is_built(generation: str | None) -> bool:
    """Say whether a generation was swapped in by a rebuild."""
    return generation is not None and not generation.startswith(f"{_PREFIX}{_UNBUILT}")


class Lock:
    """A lock among processes, and among the users of one, that ends with its holder."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: int | None = None

    def acquire(self, wait_seconds: float, refusal: str) -> None:
        """Take the lock. Idempotent. Raises IndexUnavailable when somebody else has it for longer than one waits."""
        if self._held is not None:
            return
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    os.close(descriptor)
                    raise IndexUnavailable(refusal) from None
                time.sleep(_POLL_SECONDS)
            else:
                self._held = descriptor
                return

    def release(self) -> None:
        """Free the lock. Idempotent."""
        if self._held is not None:
            os.close(self._held)
            self._held = None


class Folder:
    """Knows which generation serves."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)
        self._root = str(self.path)
        self._pointer = str(self.path / "current")

    def lock(self, name: str) -> Lock:
        return Lock(self.path / f"{name}.lock")

    def ensure(self) -> None:
        """Make the folder and a first generation, which waits to be built, where there is none of this version."""
        self.path.mkdir(parents=True, exist_ok=True)
        with self._locked("ensure"):
            if self.current() is None:
                self.point_to(self.new(_UNBUILT))

    def current(self) -> str | None:
        """Return the generation that serves, or None when there is none that this version can read."""
        name = self._named()
        while name is not None and not os.path.exists(self._meta(name)):  # noqa: PTH110
            # One that was swapped out since is no longer named.
            before, name = name, self._named()
            if name == before:
                return None
        return name

    def new(self, mark: str = "") -> str:
        """Make an empty generation."""
        name = f"{_PREFIX}{mark}{uuid.uuid4().hex}"
        (self.path / name).mkdir()
        open_folder(str(self.path / name), new=True)
        return name

    def point_to(self, name: str) -> None:
        """Let a generation serve, atomically, and drop all others."""
        draft = self.path / "current.new"
        with draft.open("w") as file:
            file.write(name)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._pointer)
        descriptor = os.open(self.path, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        self.drop_all_but(name)

    def drop_all_but(self, kept: str) -> None:
        """Remove generations that neither serve nor are being written. Only for the holder of the rebuild lock."""
        for found in self.path.glob("v*-*"):
            if found.name != kept:
                shutil.rmtree(found, ignore_errors=True)

    def signature(self, name: str) -> tuple[int, int]:
        """Return what changes with every commit to a generation."""
        status = os.stat(self._meta(name))  # noqa: PTH116
        return status.st_ino, status.st_mtime_ns

    def _named(self) -> str | None:
        """Return what the pointer names, if it is of this version."""
        # Every search asks this, and a Path takes several times as long as the system.
        try:
            descriptor = os.open(self._pointer, os.O_RDONLY)
        except FileNotFoundError:
            return None
        name = os.read(descriptor, _LONGEST_NAME).decode()
        os.close(descriptor)
        return name if name.startswith(_PREFIX) else None

    def _meta(self, name: str) -> str:
        return f"{self._root}/{name}/meta.json"

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        lock = self.lock(name)
        lock.acquire(10, "Another process is creating the search index.")
        try:
            yield
        finally:
            lock.release()
