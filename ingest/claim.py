"""The right to run a job: one process has it at a time and renews it while it works, whatever it waits for."""

import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from ingest.publish.lease import Lease
from metadata_service.store.port import GraphStore
from schemas.errors import Conflict, StoreUnavailable

SECONDS = 15.0  # how long after it was killed a run shows as interrupted, and the job may run again


class Claim:
    """Held from entering to leaving. `beat` is called with each renewal; a failure of the store is waited out."""

    def __init__(
        self, store: GraphStore, job: str, beat: Callable[[], None] = lambda: None, seconds: float = SECONDS
    ) -> None:
        self._lease = Lease(store, seconds=seconds, name=f"ingest/{job}")
        self._job = job
        self._beat = beat
        self._seconds = seconds
        self._over = threading.Event()
        self._lost = False
        self._thread = threading.Thread(target=self._renew, name=f"claim of {job}", daemon=True)

    def __enter__(self) -> Self:
        """Raise Conflict while another process runs the job, StoreUnavailable."""
        if not self._lease.hold():
            raise Conflict(f"The job {self._job} is being run already.")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        with suppress(StoreUnavailable):  # it runs out by itself
            self._lease.release()

    def check(self) -> None:
        """Raise Conflict when another process has taken over."""
        if self._lost:
            raise Conflict(f"The job {self._job} was taken over by another process.")

    def _renew(self) -> None:
        while not self._over.wait(self._seconds / 5):
            try:
                fence = self._lease.fence
                if not self._lease.hold() or self._lease.fence != fence:
                    self._lost = True
                    return
                self._beat()
            except StoreUnavailable:
                continue
