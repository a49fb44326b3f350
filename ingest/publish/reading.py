"""Read the whole graph for a rebuild: here, or in processes of its own beside the one that writes the index.

Reading takes longer than writing, and a process of Python uses one core; so a large graph is read by several child
processes, which also make ready what the index takes. They are told page after page which roots to read, each the next
when it has said the one before, and somewhat ahead of who takes the pages, so that none waits and memory does not grow.
They end with the one they read for.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from itertools import islice, starmap
from typing import IO, NamedTuple

from ingest.publish.project import PROJECTIONS
from ingest.publish.roots import Reading, pages, read
from metadata_service.store.collector import collector_paused
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import RootRevision
from metadata_service.store.port import GraphStore
from schemas.errors import FramError, Invalid, StoreUnavailable
from search_service.index.port import Entry, Prepared

WORTH_A_PROCESS = 5_000  # roots, below which starting one takes longer than it saves
MOST_READERS = 4  # beyond which the one that writes is the slower
AHEAD = 8  # pages that each is told at once: enough to read on while the index commits
# How much the readers stand behind in the queue for a processor. Else the engine has less than its share, falls behind,
# and ends its work when nothing is read any more; and who searches meanwhile waits.
BEHIND = 5
# For glibc: what a page took is kept for the next one, and not given back to the system and asked for anew, which was
# two page faults a document and a twentieth of a reader's time.
KEEPING_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(32 * 2**20), "MALLOC_TRIM_THRESHOLD_": str(64 * 2**20)}

Prepare = Callable[[Entry], Prepared]


class Page(NamedTuple):
    """Some roots of a label, the entries of those that can be read, and why (by key) the others cannot."""

    label: str
    roots: list[RootRevision]
    entries: Sequence[Entry | Prepared]
    failed: dict[str, str]


def count_roots(store: GraphStore) -> dict[str, int]:
    """Count the roots of each label, the most frequent last: so the reading ends with pages that take alike long."""
    counted = {label: store.count(label) for label in PROJECTIONS}
    return {label: counted[label] for label in sorted(counted, key=counted.__getitem__)}


def read_all(
    store: GraphStore, url: str, prepare: Prepare, roots: Mapping[str, int]
) -> AbstractContextManager[Iterator[Page]]:
    """Read every root, label by label, as `roots` counts them.

    `url` is where child processes find the same graph, empty if none can; they `prepare` what they read. The pages
    raise StoreUnavailable.
    """
    if url and sum(roots.values()) >= WORTH_A_PROCESS:
        return beside(store, url, prepare, labels=roots)
    return nullcontext(here(store, roots))


def here(store: GraphStore, labels: Iterable[str] = PROJECTIONS) -> Iterator[Page]:
    """Read in this process."""
    for label, roots in _listed(store, labels):
        with collector_paused():
            reading = read(store, label, {root.key: root.revision for root in roots})
        yield Page(label, roots, *reading)


def _listed(store: GraphStore, labels: Iterable[str]) -> Iterator[tuple[str, list[RootRevision]]]:
    return ((label, roots) for label in labels for roots in pages(store, label))


@contextmanager
def beside(
    store: GraphStore,
    url: str,
    prepare: Prepare,
    readers: int = min(os.cpu_count() or 1, MOST_READERS),
    labels: Iterable[str] = PROJECTIONS,
) -> Iterator[Iterator[Page]]:
    """Read in child processes what is listed here."""
    with ExitStack() as children:
        started = [children.enter_context(_reader(url, prepare)) for _ in range(readers)]
        yield _as_they_come(started, _listed(store, labels))


@contextmanager
def _reader(url: str, prepare: Prepare) -> Iterator["_Reader"]:
    """Start a child process."""
    program = f"from {__name__} import main; main()"
    child = subprocess.Popen(  # noqa: S603  # this very module
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**KEEPING_MEMORY, **os.environ},
    )
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  # pipes were asked for
    with ThreadPoolExecutor(1) as thread:
        try:
            # And not as an argument, which others can see: the URL may hold a password.
            say((url, prepare), child.stdin.fileno())
            yield _Reader(thread, child.stdin, child.stdout)
        finally:
            child.kill()
            child.wait()
            thread.shutdown(cancel_futures=True)
            child.stdin.close()
            child.stdout.close()


class _Reader(NamedTuple):
    """A child process, and the thread that talks with it."""

    thread: ThreadPoolExecutor
    asked: IO[bytes]
    said: IO[bytes]

    def read(self, label: str, roots: list[RootRevision]) -> Future[Page]:
        """Have it read some roots when it has read what it was told before."""
        return self.thread.submit(self._read, label, roots)

    def _read(self, label: str, roots: list[RootRevision]) -> Page:
        try:
            say((label, {root.key: root.revision for root in roots}), self.asked.fileno())
            said = pickle.load(self.said)  # noqa: S301  # from our own child
        except (EOFError, BrokenPipeError, pickle.UnpicklingError):
            raise StoreUnavailable("The process that reads the graph for the rebuild ended early.") from None
        if isinstance(said, FramError):
            raise said
        entries, failed = said
        return Page(label, roots, list(starmap(Prepared, entries)), failed)


def _as_they_come(readers: list[_Reader], listed: Iterator[tuple[str, list[RootRevision]]]) -> Iterator[Page]:
    """Have pages read, by each process the next when it has read one; yield whichever is there."""
    coming = {reader.read(*page): reader for reader, page in zip(readers * AHEAD, listed, strict=False)}
    while coming:
        there, _ = wait(coming, return_when=FIRST_COMPLETED)
        for said in there:
            reader, page = coming.pop(said), said.result()
            for following in islice(listed, 1):
                coming[reader.read(*following)] = reader
            yield page


def say(message: object, pipe: int) -> None:
    """Write a message for `pickle.load` into the pipe of this descriptor.

    A write is cut short when the process is stopped in the middle of it (by a debugger, by `kill -STOP`): Python's
    buffered files then begin anew (seen with 3.11), so that what was written is no message.
    """
    left = memoryview(pickle.dumps(message))
    while left:
        left = left[os.write(pipe, left) :]


def main() -> None:
    """Be a child: read what comes in from the graph whose URL comes first, page by page, and write it out."""
    os.nice(BEHIND)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the parent as well, which ends this
    asked, pipe = sys.stdin.buffer, sys.stdout.fileno()
    try:
        url, prepare = pickle.load(asked)  # noqa: S301  # from our own parent
        try:
            with closing(open_store(url, mapped=True)) as store:
                while True:
                    label, revisions = pickle.load(asked)  # noqa: S301
                    with collector_paused():
                        say(_prepared(read(store, label, revisions), prepare), pipe)
        except FramError as error:
            say(error, pipe)
            asked.read()  # who is told ends this
    except (BrokenPipeError, EOFError):  # the parent is gone, or needs no more
        os._exit(0)  # leaving as usual would try to write what is left


def _prepared(reading: Reading, prepare: Prepare) -> tuple[list[tuple[object, ...]], dict[str, str]]:
    """Make ready what the index takes: the dearest part, and the one that writes is busy enough.

    Without its type: of each entry it would be written down, and looked up again.
    """
    prepared: list[tuple[object, ...]] = []
    failed = dict(reading.failed)
    for entry in reading.entries:
        try:
            prepared.append(tuple(prepare(entry)))
        except Invalid as error:
            failed[entry.key] = error.message
    return prepared, failed
