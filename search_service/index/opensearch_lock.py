"""A lock among processes that is kept in OpenSearch, by a document that its holder renews as long as it lives.

Times are those of the server, so that clocks of holders need not agree. A holder that was killed is outlived by its
lock for LEASE_SECONDS; whoever takes it over mends what was left behind: an index that takes no writes.
"""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, RLock, Thread
from typing import Any

from schemas.errors import FramError, IndexUnavailable, Invalid
from search_service.index.opensearch_connection import Connection

LEASE_SECONDS = 8  # another publisher is to take over within ten
_POLL_SECONDS = 0.2


class Lock:
    """One lock behind a prefix, to be held by one user at a time."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._index = f"{connection.address.prefix}-lock"
        self._path = f"/{self._index}/_doc/{name}"
        self._holder = uuid.uuid4().hex
        self._place: dict[str, int] = {}  # which write of the document is ours
        self._blocking = ""
        self._lost = False
        self._writing = RLock()

    @contextmanager
    def held(self, refusal: str, wait_seconds: float = 0.0) -> Iterator[None]:
        """Hold the lock. Raises IndexUnavailable when somebody else has it for longer than one waits."""
        deadline = time.monotonic() + wait_seconds
        while not self._take():
            if time.monotonic() >= deadline:
                raise IndexUnavailable(refusal)
            time.sleep(_POLL_SECONDS)
        ended = Event()
        renewing = Thread(target=self._keep, args=(ended,), daemon=True)
        renewing.start()
        try:
            yield
        finally:
            ended.set()
            renewing.join()
            with suppress(FramError):  # then it ends by itself
                if not self._lost:
                    self._write(0)

    def check(self) -> None:
        """Make sure that it is still held. Raises IndexUnavailable."""
        if self._lost or not self._write(LEASE_SECONDS):
            raise IndexUnavailable("This rebuild of the search index took too long to say that it lives.")

    @contextmanager
    def blocking(self, index: str) -> Iterator[None]:
        """Let an index take no writes for a while; those on the way are done before it begins."""
        self._blocking = index
        self.check()
        try:
            self._connection.ask("PUT", f"/{index}/_block/write")
            yield
        finally:
            self._unblock(index)
            self._blocking = ""

    def _take(self) -> bool:
        answer = self._connection.ask("GET", self._path, ignore=(404,))
        if not answer.get("found"):
            self._make_index()
            return self._write(LEASE_SECONDS, op_type="create")
        held = answer["_source"]
        self._place = {"if_seq_no": answer["_seq_no"], "if_primary_term": answer["_primary_term"]}
        if held["until"] > self._now() or not self._write(LEASE_SECONDS, **self._place):
            return False
        if held["blocking"]:
            self._unblock(held["blocking"])
        return True

    def _write(self, seconds: int, **condition: Any) -> bool:
        """Say until when it is held; return False when it is held by somebody else."""
        with self._writing:
            told = {"holder": self._holder, "until": self._now() + seconds, "blocking": self._blocking}
            answer = self._connection.ask("PUT", self._path, told, params=condition or self._place, ignore=(409,))
            if "_seq_no" not in answer:
                self._lost = True
                return False
            self._lost = False
            self._place = {"if_seq_no": answer["_seq_no"], "if_primary_term": answer["_primary_term"]}
            return True

    def _keep(self, ended: Event) -> None:
        while not ended.wait(LEASE_SECONDS / 3):
            with suppress(FramError):  # it is tried again; whoever counts on it checks
                if not self._write(LEASE_SECONDS):
                    return

    def _now(self) -> int:
        return int(self._connection.ask("GET", "/_cat/health", params={"h": "epoch", "format": "json"})[0]["epoch"])

    def _make_index(self) -> None:
        body = {"settings": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}, "mappings": {"dynamic": "false"}}
        with suppress(Invalid):  # another process was faster
            self._connection.ask("PUT", f"/{self._index}", body)

    def _unblock(self, index: str) -> None:
        settings = {"index.blocks.write": None}
        self._connection.ask("PUT", f"/{index}/_settings", settings, ignore=(404,))
