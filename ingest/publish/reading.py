"""Read the whole graph for a rebuild: here, or in a process of its own beside the one that writes the index.

Reading and writing each keep a core busy, and Python uses one; so a large graph is read by a child process, which also
cuts the texts. It sends page after page and waits until each is taken, so that memory does not grow, and ends with the
one it reads for.
"""

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from typing import IO, NamedTuple

from ingest.publish.project import PROJECTIONS
from ingest.publish.roots import Reading, pages, read
from metadata_service.store.collector import collector_paused
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import RootRevision
from metadata_service.store.port import GraphStore
from schemas.errors import FramError, Invalid, StoreUnavailable
from search_service.index.admission import admit
from search_service.index.port import Entry
from search_service.index.terms import Indexed

WORTH_A_PROCESS = 5_000  # roots, below which starting one takes longer than it saves


class Page(NamedTuple):
    """Some roots of a label, in key order, what was read of them, and what each entry is found by if that is known."""

    label: str
    roots: list[RootRevision]
    reading: Reading
    terms: list[Indexed | None] | None = None


def read_all(store: GraphStore, url: str) -> AbstractContextManager[Iterator[Page]]:
    """Read every root, label by label; `url` is where a child process finds the same graph, empty if none can.

    The pages raise StoreUnavailable.
    """
    if url and sum(map(store.count, PROJECTIONS)) >= WORTH_A_PROCESS:
        return beside(url)
    return nullcontext(here(store))


def here(store: GraphStore) -> Iterator[Page]:
    """Read in this process."""
    for label in PROJECTIONS:
        for roots in pages(store, label):
            with collector_paused():
                reading = read(store, label, {root.key: root.revision for root in roots})
            yield Page(label, roots, reading)


@contextmanager
def beside(url: str) -> Iterator[Iterator[Page]]:
    """Read in a child process."""
    child = subprocess.Popen(  # noqa: S603  # this very module
        [sys.executable, "-c", f"from {__name__} import main; main()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018  # pipes were asked for
    try:
        with child.stdin as told:
            told.write(url.encode())  # and not as an argument, which others can see: it may hold a password
        yield _received(child.stdout)
    finally:
        child.stdout.close()
        child.kill()
        child.wait()


def _received(pipe: IO[bytes]) -> Iterator[Page]:
    while True:
        try:
            sent = pickle.load(pipe)  # noqa: S301  # from our own child
        except (EOFError, pickle.UnpicklingError):
            raise StoreUnavailable("The process that reads the graph for the rebuild ended early.") from None
        if sent is None:
            return
        if isinstance(sent, FramError):
            raise sent
        yield sent


def _send(url: str, pipe: IO[bytes]) -> None:
    """Write every page, then None; or the error that ended it."""
    try:
        with closing(open_store(url)) as store:
            for page in here(store):
                with collector_paused():
                    pickle.dump(_admitted(page), pipe)
                pipe.flush()
        pickle.dump(None, pipe)
    except FramError as error:
        pickle.dump(error, pipe)
    pipe.flush()


def _admitted(page: Page) -> Page:
    """Say what each entry is found by; cutting texts is the dearest part, and the one that writes is busy enough."""
    entries: list[Entry] = []
    terms: list[Indexed | None] = []
    failed = dict(page.reading.failed)
    for entry in page.reading.entries:
        try:
            terms.append(admit(entry))
            entries.append(entry)
        except Invalid as error:
            failed[entry.key] = error.message
    return Page(page.label, page.roots, Reading(entries, failed), terms)


def main() -> None:
    """Be the child: read the graph whose URL comes in, and write its pages out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to the parent as well, which ends this
    try:
        _send(sys.stdin.read(), sys.stdout.buffer)
    except BrokenPipeError:  # the parent is gone, or needs no more
        os._exit(0)  # leaving as usual would try to write what is left
