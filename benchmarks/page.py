"""How heavy and how quick the page is: a real Chromium before the real services over 7,000 tables."""

import gzip
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import page_explorer, warehouse
from benchmarks.measure import Figure
from benchmarks.page_site import Site, a_table, missing, site
from benchmarks.page_watch import Computing, figure, open_page, seconds_since_reply, settle, watch
from web.app import BUILT

FIRST_LOAD_KB, SEARCH_SECONDS = 200, 0.15
SEARCHES = 20


def run() -> Iterator[Figure]:
    """Measure the built files and what a browser sees; say so where there is nothing to measure with."""
    if why := missing(BUILT):
        print(f"The page is not measured: {why}.", file=sys.stderr)
        return
    yield _kilobytes("The page: first load, built files, gzipped", _built())
    with site() as served:
        for name, address in (("home", "/"), ("search", "/search?q=order"), ("a table", a_table())):
            yield _kilobytes(f"The page: first load of {name}, as transferred", _transferred(served, address))
        yield _searches(served)
        yield from page_explorer.run(served)


def _kilobytes(name: str, size: int) -> Figure:
    return Figure(name, size / 1000 / FIRST_LOAD_KB, 1, f"{size / 1000:.0f} kB", f"{FIRST_LOAD_KB} kB")


def _built() -> int:
    """Return what the page names itself, compressed."""
    index = BUILT / "index.html"
    named = re.findall(r'(?:src|href)="/([^"]+)"', index.read_text())
    assert any(name.endswith(".js") for name in named)
    return sum(len(gzip.compress(file.read_bytes())) for file in (index, *(BUILT / name for name in named)))


def _transferred(served: Site, address: str) -> int:
    """Return how many bytes of files a browser that knows nothing takes for a page, replies of the API apart."""
    page = open_page(served)
    names: dict[str, str] = {}
    sizes: dict[str, float] = {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.responseReceived", lambda event: names.update({event["requestId"]: event["response"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(served.url + address)
    page.locator("main h1").first.wait_for(state="attached")
    page.wait_for_load_state("networkidle")
    page.context.close()
    files = {name: sizes[request] for request, name in names.items() if request in sizes and "/api/" not in name}
    assert any(name.endswith(".js") for name in files)
    assert not any(Path(name).name.startswith("LineagePage") for name in files), "the explorer came along"
    return round(sum(files.values()))


def _searches(served: Site) -> Figure:
    """Measure from the last reply to the results drawn, search after search in one page."""
    page = open_page(served)
    page.goto(f"{served.url}/search?q=order")
    page.locator("[data-result]").first.wait_for()
    chance = random.Random(3)  # noqa: S311  # repeatable, not secret
    times = []
    computing = Computing(page)
    for _ in range(SEARCHES):
        watch(page, ".search-page")
        page.get_by_role("combobox", name="Search").fill(warehouse.words(chance, 2))
        computing.begin()
        page.keyboard.press("Enter")
        settle(page)
        computing.end()
        times.append(seconds_since_reply(page, "/v2/search"))
    page.context.close()
    return figure("The page: results drawn after the reply", times, computing, SEARCH_SECONDS)
