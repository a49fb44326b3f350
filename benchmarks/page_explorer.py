"""How quick the explorer of lineage is: clicks at ninety visible nodes, dragging at that and at five hundred."""

import time
from collections.abc import Iterator

from playwright.sync_api import Locator, Page

from benchmarks.measure import Figure
from benchmarks.page_site import Site, lineage_address
from benchmarks.page_watch import (
    Computing,
    count_frames,
    figure,
    frames_a_second,
    open_page,
    seconds_since_click,
    settle,
    watch,
)

CLICK_SECONDS, FRAMES = 0.15, 40
CLICKS, DRAG_SECONDS = 15, 4.0
NODES, MANY = 90, 500
READING = 0.9  # of full size
EDGE = 4  # pixels of the picture that nothing is clicked in
PICTURE, MOVED = ".picture", ".react-flow__viewport"


def run(served: Site) -> Iterator[Figure]:
    """Measure clicks, then frames a second."""
    yield from _clicks(served)
    yield _clicks_on_arrival(served)
    yield _drag(served, NODES)
    yield _drag(served, MANY)


def _clicks(served: Site) -> Iterator[Figure]:
    """Measure expanding and collapsing, from the click until the picture stands still."""
    page = _explorer(served, NODES)
    shown = _shown(page)
    expanding: list[float] = []
    collapsing: list[float] = []
    grown, shrunk = Computing(page), Computing(page)
    while len(expanding) < CLICKS:
        more = _within_sight(page, page.locator(".toggles button", has_text="+"), len(expanding))
        _, _, shows = (more.get_attribute("aria-label") or "").split(" ", 2)  # "Show 2 downstream of orders"
        expanding.append(_click(page, more, grown))
        hide = page.get_by_role("button", name=f"Hide {shows}", exact=True)
        collapsing.append(_click(page, hide, shrunk))
    page.context.close()
    yield figure(f"The page: expanding at {shown} nodes", expanding, grown, CLICK_SECONDS)
    yield figure(f"The page: collapsing at {shown} nodes", collapsing, shrunk, CLICK_SECONDS)


def _clicks_on_arrival(served: Site) -> Figure:
    """Measure expanding where the pointer comes and clicks in one: nothing was asked for beforehand, no path is lit."""
    page = _explorer(served, NODES)
    shown = _shown(page)
    times: list[float] = []
    computing = Computing(page)
    while len(times) < CLICKS:
        page.mouse.move(EDGE, EDGE)
        settle(page)
        more = _within_sight(page, page.locator(".toggles button", has_text="+"), len(times))
        _, _, shows = (more.get_attribute("aria-label") or "").split(" ", 2)
        box = more.bounding_box()
        assert box is not None
        watch(page, PICTURE)
        computing.begin()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        settle(page)
        computing.end()
        times.append(seconds_since_click(page))
        page.get_by_role("button", name=f"Hide {shows}", exact=True).click()
    page.context.close()
    return figure(f"The page: expanding at {shown} nodes, clicked on arrival", times, computing, CLICK_SECONDS)


def _click(page: Page, button: Locator, computing: Computing) -> float:
    button.hover()
    watch(page, PICTURE)
    settle(page)  # pointing at something lights its path
    watch(page, PICTURE)
    computing.begin()
    button.click()
    settle(page)
    computing.end()
    return seconds_since_click(page)


def _within_sight(page: Page, buttons: Locator, turn: int) -> Locator:
    """Return one of the buttons that lie well within the picture, another each turn."""
    frame = page.locator(PICTURE).bounding_box()
    assert frame is not None
    left, right = frame["x"] + EDGE, frame["x"] + frame["width"] - EDGE
    top, bottom = frame["y"] + EDGE, frame["y"] + frame["height"] - EDGE
    boxes = [(button, button.bounding_box()) for button in buttons.all()]
    fitting = [button for button, box in boxes if box and left < box["x"] < right and top < box["y"] < bottom]
    assert fitting, "nothing can be expanded within sight"
    return fitting[turn % len(fitting)]


def _drag(served: Site, nodes: int) -> Figure:
    """Measure frames a second while the picture is dragged about at reading size."""
    page = _explorer(served, nodes)
    shown = _shown(page)
    assert shown >= nodes
    while _zoom(page) < READING:
        page.get_by_role("button", name="Zoom In").click()
        page.wait_for_timeout(400)  # it glides
    x, y = _empty_spot(page)
    page.mouse.move(x, y)
    page.mouse.down()
    count_frames(page)
    began = time.monotonic()
    while (passed := time.monotonic() - began) < DRAG_SECONDS:
        swing = abs((passed % 2) - 1) - 0.5  # there and back
        page.mouse.move(x + 500 * swing, y + 260 * swing)
    speed = frames_a_second(page)
    page.mouse.up()
    page.context.close()
    name = f"The page: frames a second, dragging {shown} nodes at reading size"
    return Figure(name, speed / FRAMES, 1, f"{speed:.0f}", f"{FRAMES}", at_least=True)


def _shown(page: Page) -> int:
    return page.locator(".explorer-list > ul > li").count()


def _zoom(page: Page) -> float:
    matrix = str(page.evaluate(f"getComputedStyle(document.querySelector('{MOVED}')).transform"))
    return float(matrix.removeprefix("matrix(").split(",")[0])


def _empty_spot(page: Page) -> tuple[float, float]:
    """Return a place near the middle where there is no card: that is where a picture is taken hold of."""
    frame = page.locator(PICTURE).bounding_box()
    assert frame is not None
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    for step in range(0, 300, 6):
        if page.evaluate("([x, y]) => !document.elementFromPoint(x, y).closest('.card')", [x, y + step]):
            return x, y + step
    raise LookupError("there is no empty spot in the picture")


def _explorer(served: Site, nodes: int) -> Page:
    """Open the explorer with so many nodes."""
    page = open_page(served)
    page.goto(served.url + lineage_address(nodes))
    page.locator(".card").first.wait_for()
    page.wait_for_load_state("networkidle")
    watch(page, PICTURE)
    settle(page)
    return page
