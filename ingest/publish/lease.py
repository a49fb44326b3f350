"""The right to publish, or to do what has another name: one process has it until it ends or stops renewing it."""

import os
import secrets
import socket

from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable

NAME = "publisher"
SECONDS = 5.0  # how long the others wait for one that was killed


class Lease:
    """This process's claim. What a late publisher still writes can only be as new or older."""

    def __init__(self, store: GraphStore, holder: str = "", seconds: float = SECONDS, name: str = NAME) -> None:
        self.holder = holder or f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
        self._store = store
        self._seconds = seconds
        self._name = name
        self.fence: int | None = None

    def hold(self) -> bool:
        """Take or renew the lease; say whether this is the publisher now. Raises StoreUnavailable."""
        self.fence = self._store.acquire_lease(self._name, self.holder, self._seconds)
        return self.fence is not None

    def keep(self) -> None:
        """Renew the lease in the middle of long work. Raises StoreUnavailable when another has taken over."""
        before = self.fence
        if not self.hold() or (before is not None and self.fence != before):
            raise StoreUnavailable("Another publisher has taken over.")

    def release(self) -> None:
        """Let another take over at once. Idempotent."""
        self._store.release_lease(self._name, self.holder)
        self.fence = None
