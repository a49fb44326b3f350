"""Read the whole graph for a rebuild: here, or in processes of its own beside the one that writes the index.

Reading takes longer than writing, and a process of Python uses one core; so a large graph is read by several child
processes, which also make ready what the index takes. Each reads the roots whose keys fall to it, whatever changes
meanwhile. It sends page after page and waits until each is taken, so that memory does not grow, and ends with the one
it reads for.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager, nullcontext
from itertools import starmap
from typing import IO, NamedTuple
from zlib import crc32

from ingest.publish.project import PROJECTIONS
from ingest.publish.roots import pages, read
from metadata_service.store.collector import collector_paused
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import RootRevision
from metadata_service.store.port import GraphStore
from schemas.errors import FramError, Invalid, StoreUnavailable
from search_service.index.port import Entry, Prepared

WORTH_A_PROCESS = 5_000  # roots, below which starting one takes longer than it saves
MOST_READERS = 4  # beyond which the one that writes is the slower


Prepare = Callable[[Entry], Prepared]


class Page(NamedTuple):
    """Some roots of a label in key order, the entries of those that can be read, and why (by key) the others cannot."""

    label: str
    roots: list[RootRevision]
    entries: Sequence[Entry | Prepared]
    failed: dict[str, str]


class Share(NamedTuple):
    """Which roots a process reads: those whose keys have this remainder."""

    place: int
    of: int

    def holds(self, root: RootRevision) -> bool:
        """Say whether a root falls to it."""
        return crc32(root.key.encode()) % self.of == self.place


WHOLE = Share(0, 1)


def read_all(store: GraphStore, url: str, prepare: Prepare) -> AbstractContextManager[Iterator[Page]]:
    """Read every root, label by label; `url` is where child processes find the same graph, empty if none can.

    They `prepare` what they read. The pages raise StoreUnavailable.
    """
    if url and sum(map(store.count, PROJECTIONS)) >= WORTH_A_PROCESS:
        return beside(url, prepare)
    return nullcontext(here(store))


def here(store: GraphStore, share: Share = WHOLE) -> Iterator[Page]:
    """Read in this process."""
    for label in PROJECTIONS:
        for listed in pages(store, label):
            roots = list(filter(share.holds, listed))
            with collector_paused():
                reading = read(store, label, {root.key: root.revision for root in roots})
            yield Page(label, roots, *reading)


@contextmanager
def beside(
    url: str, prepare: Prepare, readers: int = min(os.cpu_count() or 1, MOST_READERS)
) -> Iterator[Iterator[Page]]:
    """Read in child processes."""
    with ExitStack() as children:
        shares = [Share(place, readers) for place in range(readers)]
        yield _in_turn([children.enter_context(_reader(url, prepare, share)) for share in shares])


@contextmanager
def _reader(url: str, prepare: Prepare, share: Share) -> Iterator[IO[bytes]]:
    """Start a child process, and yield what it says."""
    program = f"from {__name__} import main; main()"
    child = subprocess.Popen(  # noqa: S603  # this very module
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  # pipes were asked for
    try:
        with child.stdin as told:  # and not as an argument, which others can see: the URL may hold a password
            pickle.dump((url, prepare, share), told)
        yield child.stdout
    finally:
        child.kill()
        child.wait()
        child.stdout.close()


def _in_turn(pipes: list[IO[bytes]]) -> Iterator[Page]:
    """Take a page of each process in turn, until all have ended; of each the next one is fetched meanwhile."""
    with ThreadPoolExecutor(len(pipes)) as threads:
        coming = [(pipe, threads.submit(_received, pipe)) for pipe in pipes]
        while coming:
            pipe, fetched = coming.pop(0)
            page = fetched.result()
            if page is not None:
                coming.append((pipe, threads.submit(_received, pipe)))
                yield page


def _received(pipe: IO[bytes]) -> Page | None:
    """Return the next page of a process, None when there are no more."""
    try:
        sent = pickle.load(pipe)  # noqa: S301  # from our own child
    except (EOFError, pickle.UnpicklingError):
        raise StoreUnavailable("The process that reads the graph for the rebuild ended early.") from None
    if sent is None:
        return None
    if isinstance(sent, FramError):
        raise sent
    label, roots, entries, failed = sent
    return Page(label, list(starmap(RootRevision, roots)), list(starmap(Prepared, entries)), failed)


def _send(url: str, prepare: Prepare, share: Share, pipe: int) -> None:
    """Write every page, then None; or the error that ended it."""
    try:
        with closing(open_store(url)) as store:
            for page in here(store, share):
                with collector_paused():
                    say(_plain(_prepared(page, prepare)), pipe)
        say(None, pipe)
    except FramError as error:
        say(error, pipe)


def say(message: object, pipe: int) -> None:
    """Write a message for `pickle.load` into the pipe of this descriptor.

    A write is cut short when the process is stopped in the middle of it (by a debugger, by `kill -STOP`): Python's
    buffered files then begin anew (seen with 3.11), so that what was written is no message.
    """
    left = memoryview(pickle.dumps(message))
    while left:
        left = left[os.write(pipe, left) :]


def _prepared(page: Page, prepare: Prepare) -> Page:
    """Make ready what the index takes: the dearest part, and the one that writes is busy enough."""
    prepared: list[Prepared] = []
    failed = dict(page.failed)
    for entry in page.entries:
        try:
            prepared.append(entry if isinstance(entry, Prepared) else prepare(entry))
        except Invalid as error:
            failed[entry.key] = error.message
    return Page(page.label, page.roots, prepared, failed)


def _plain(page: Page) -> tuple[object, ...]:
    """Return a page without its types: of each root and entry they would be written down, and looked up again."""
    return page.label, list(map(tuple, page.roots)), list(map(tuple, page.entries)), page.failed


def main() -> None:
    """Be a child: read a share of the graph whose URL comes in, and write its pages out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the parent as well, which ends this
    try:
        url, prepare, share = pickle.load(sys.stdin.buffer)  # noqa: S301  # from our own parent
        _send(url, prepare, share, sys.stdout.fileno())
    except BrokenPipeError:  # the parent is gone, or needs no more
        os._exit(0)  # leaving as usual would try to write what is left
