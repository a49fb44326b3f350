"""What the page is measured with: the real services over a made-up catalogue, and a real browser before them."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote

from playwright.sync_api import Browser, sync_playwright

from benchmarks import warehouse
from benchmarks.stores import batches
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, EdgeRef, Mutation, NodeRef, PutEdge, PutNode

TABLES = 2_000  # to search among
LAYERS, WIDTH, NEAR = 12, 420, 10  # of tables in a lineage of about as many
PATIENCE_SECONDS = 300.0
NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True, slots=True)
class Site:
    """A browser, and where the page is."""

    browser: Browser
    url: str


def missing(built: Path) -> str:
    """Say what is missing for measuring the page; nothing when all is there."""
    if _chromium() is None:
        return "there is no chromium; tests/browser/chromium installs one"
    return "" if (built / "index.html").exists() else "it is not built; `make ui` builds it"


@contextmanager
def site() -> Iterator[Site]:
    """Load the catalogue, serve it, and open a browser."""
    with (
        tempfile.TemporaryDirectory(prefix="fram-bench-") as folder,
        _served(Path(folder)) as url,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=_chromium(), args=["--no-sandbox"])  # needed as root
        yield Site(browser, url)
        browser.close()


def lineage_address(nodes: int) -> str:
    """Return the address of the explorer with so many nodes open, or a few more; it draws no more than 600."""
    seen, opened = {0}, []
    waiting = deque([0])
    children = _children()
    while len(seen) < nodes:
        at = waiting.popleft()
        opened.append(at)
        fresh = [child for child in children.get(at, ()) if child not in seen]
        seen.update(fresh)
        waiting.extend(fresh)
    opening = "&".join(f"open={quote(f'd table:{_key(at)}' if at else 'd .')}" for at in opened)
    return f"/lineage/table/{quote(_key(0), safe=':')}?most=600&{opening}"


def a_table() -> str:
    """Return the address of a table's page."""
    first = next(iter(warehouse.documents(1)))
    return f"/table/{quote(str(first['key']), safe=':')}"


def _chromium() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def _key(number: int) -> str:
    return f"bench://gold.lineage/{warehouse.SUBJECTS[number % 160]}_{number}"


def _edges() -> Iterator[tuple[int, int]]:
    """Yield a layered lineage: each table is made from one to three that stand near it in the layer before."""
    chance = random.Random(11)  # noqa: S311  # repeatable, not secret
    for number in range(WIDTH, LAYERS * WIDTH):
        layer, place = divmod(number, WIDTH)
        for step in chance.sample(range(-NEAR, NEAR + 1), chance.randint(1, 3)):
            yield (layer - 1) * WIDTH + (place + step) % WIDTH, number


def _children() -> Mapping[int, Sequence[int]]:
    found: dict[int, list[int]] = {}
    for source, target in _edges():
        found.setdefault(source, []).append(target)
    return found


def _lineage() -> Iterator[Mutation]:
    schema = NodeRef("Schema", "bench://gold.lineage")
    yield PutNode(schema, {"name": "lineage"})
    yield PutEdge(EdgeRef("SCHEMA", NodeRef("Cluster", "bench://gold"), schema))
    for number in range(LAYERS * WIDTH):
        table = NodeRef("Table", _key(number))
        yield PutNode(table, {"name": table.key.rpartition("/")[2], "is_view": False})
        yield PutEdge(EdgeRef("TABLE", schema, table))
    for source, target in _edges():
        yield PutEdge(EdgeRef("HAS_DOWNSTREAM", NodeRef("Table", _key(source)), NodeRef("Table", _key(target))))


@contextmanager
def _served(folder: Path) -> Iterator[str]:
    """Run `fram serve` over the catalogue; yield the address of its page once all of it can be searched."""
    store = open_store(f"sqlite:///{folder / 'graph.db'}")
    store.ensure_schema()
    for mutations in (warehouse.graph(TABLES), _lineage()):
        for batch in batches(mutations):
            store.apply(Batch(batch, Authority.SOURCE, source="benchmark"))
    store.close()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FRAM_")}
    fram = Path(sys.executable).with_name("fram")
    process = subprocess.Popen(  # noqa: S603  # our own program
        [fram, "serve", "--data", folder, "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    try:
        assert process.stdout is not None
        *_, page = [process.stdout.readline().split()[-1] for _ in range(3)]
        _wait_for_index(page)
        yield page
    finally:
        process.terminate()
        process.wait()


def _wait_for_index(page: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if _in_step(page):
            return
        time.sleep(0.5)
    raise TimeoutError(f"the catalogue was not searchable within {PATIENCE_SECONDS:.0f} s")


def _in_step(page: str) -> bool:
    try:
        with urllib.request.urlopen(f"{page}/api/metadata/sync/status", timeout=10) as reply:  # noqa: S310  # our own
            return b'"in_step"' in reply.read()
    except URLError:
        return False
