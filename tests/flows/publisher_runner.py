"""A program that runs a real publisher over real stores and kills it between two of its steps.

Run as: publisher_runner.py GRAPH_URL SEARCH_URL. Each line read is a JSON list: an action of the publisher's and the
number of the call before which it is killed (0: none). The answer is how it ended. Calls are those of the two ports,
and inside them those that the index makes to its files or its server.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any, Self

from ingest.publish.lease import Lease
from ingest.publish.publisher import Publisher
from metadata_service.store.factory import open_store
from schemas.errors import FramError
from search_service.index.factory import open_index

DONE, FAILED, KILLED = "done", "failed", "killed"
_FAILED_CODE = 3
_LEASE_SECONDS = 0.05  # the next one need not wait long
_LOCK_SECONDS = 2  # likewise; OpenSearch tells whole seconds


class Fuse:
    """Counts calls down, and kills this process at the last."""

    def __init__(self, calls: int) -> None:
        self._left = calls

    def guard(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def guarded(*args: Any, **named: Any) -> Any:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            answer = call(*args, **named)
            return Fused(answer, self) if hasattr(answer, "__exit__") else answer

        return guarded

    def guard_inside(self, owner: type, *names: str) -> None:
        """Count calls of these methods too."""
        for name in names:
            setattr(owner, name, self.guard(getattr(owner, name)))


class Fused:
    """Passes calls on, each counted."""

    def __init__(self, inner: Any, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return self._fuse.guard(found) if callable(found) else found

    def __enter__(self) -> Self:
        return type(self)(self._inner.__enter__(), self._fuse)

    def __exit__(self, *failure: object) -> bool | None:
        return self._inner.__exit__(*failure)


def guard_adapter(search: str, fuse: Fuse) -> None:
    """Count what the adapter itself does, step by step."""
    if search.startswith("tantivy"):
        from search_service.index.tantivy_folder import Folder
        from search_service.index.tantivy_writing import GenerationWriter

        fuse.guard_inside(Folder, "new", "point_to", "drop_all_but")
        fuse.guard_inside(GenerationWriter, "add", "commit", "close")
    else:
        from search_service.index import opensearch_lock
        from search_service.index.opensearch_connection import Connection

        opensearch_lock.LEASE_SECONDS = _LOCK_SECONDS
        fuse.guard_inside(Connection, "ask")


def publish(graph: str, search: str, action: str, calls: int) -> None:
    """Do one action as the publisher, unless the fuse ends it."""
    store, index = open_store(graph), open_index(search)
    store.ensure_schema()
    lease = Lease(store, "runner", _LEASE_SECONDS)
    while not lease.hold():
        time.sleep(0.02)
    fuse = Fuse(calls)
    guard_adapter(search, fuse)
    publisher = Publisher(Fused(store, fuse), Fused(index, fuse))  # type: ignore[arg-type]
    publisher.lease = Lease(Fused(store, fuse), "runner", _LEASE_SECONDS)  # type: ignore[arg-type]
    publisher.do(action)
    publisher.stop()


def forked(work: Callable[[], None]) -> str:
    """Do something in a process of its own; say how that ended."""
    child = os.fork()
    if child == 0:  # what it did not expect ends it with a traceback, and the parent too
        try:
            work()
        except FramError as error:
            sys.stderr.write(f"{error}\n")
            os._exit(_FAILED_CODE)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return KILLED
    return {0: DONE, _FAILED_CODE: FAILED}[os.WEXITSTATUS(status)]


def main(graph: str, search: str) -> None:
    for line in sys.stdin:
        action, calls = json.loads(line)
        print(forked(lambda: publish(graph, search, action, calls)), flush=True)  # noqa: B023, T201


if __name__ == "__main__":
    main(*sys.argv[1:])
