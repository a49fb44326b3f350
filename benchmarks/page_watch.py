"""Read inside a page when something began and when the frame after its last change was drawn."""

import time
from collections.abc import Sequence
from statistics import median
from typing import Any

from playwright.sync_api import Page

from benchmarks.measure import Figure, milliseconds, quick
from benchmarks.page_site import Site

WINDOW = {"width": 1280, "height": 900}
STILL_SECONDS = 0.4  # without a change: what was asked for is drawn
PATIENCE_SECONDS = 60.0

# Notes when something was clicked, and the frame after each change of what is watched.
_WATCH = """(where) => {
  const noted = window.noted = { clicked: null, drawn: null };
  const frame = () => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (noted.drawn = performance.now());
    port2.postMessage(null);
  });
  addEventListener("click", (event) => (noted.clicked = event.timeStamp), { capture: true, once: true });
  window.watching?.disconnect();
  window.watching = new MutationObserver(frame);
  const what = { subtree: true, childList: true, attributes: true, characterData: true };
  window.watching.observe(document.querySelector(where), what);
}"""
_LAST_REPLY = """(path) => Math.max(...performance.getEntriesByType("resource")
  .filter((entry) => entry.name.endsWith(path)).map((entry) => entry.responseEnd))"""
_COUNT = """() => {
  const counted = window.counted = { frames: 0, began: performance.now(), going: true };
  const frame = () => { if (counted.going) { counted.frames++; requestAnimationFrame(frame); } };
  requestAnimationFrame(frame);
}"""
_COUNTED = """() => {
  window.counted.going = false;
  return 1000 * window.counted.frames / (performance.now() - window.counted.began);
}"""


class Computing:
    """How long the page's own thread computes, whatever else keeps the machine busy meanwhile."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self.times: list[float] = []
        self._before = 0.0

    def begin(self) -> None:
        self._before = self._spent()

    def end(self) -> None:
        """Note how long it computed since it began."""
        self.times.append(self._spent() - self._before)

    def _spent(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return next(float(metric["value"]) for metric in metrics if metric["name"] == "TaskDuration")


def figure(name: str, times: Sequence[float], computing: Computing, target: float) -> Figure:
    """Compare the median of what somebody waits with the target, in seconds; what the page computed is told."""
    return quick(f"{name} (computing {milliseconds(median(computing.times))})", times, target)


def open_page(served: Site) -> Page:
    """Open a page of a browser that remembers nothing. Its context is to be closed."""
    page = served.browser.new_context(viewport=WINDOW, locale="en-GB").new_page()  # type: ignore[arg-type]
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    page.add_init_script("performance.setResourceTimingBufferSize(10000)")
    return page


def watch(page: Page, where: str) -> None:
    page.evaluate(_WATCH, where)


def settle(page: Page) -> None:
    """Wait until nothing that is watched has changed for a while. Raises TimeoutError."""
    until = time.monotonic() + PATIENCE_SECONDS
    page.wait_for_timeout(1000 * STILL_SECONDS)
    while page.evaluate("performance.now()") - (_noted(page)["drawn"] or 0) < 1000 * STILL_SECONDS:
        if time.monotonic() > until:
            raise TimeoutError("the page does not come to rest")
        page.wait_for_timeout(50)


def seconds_since_click(page: Page) -> float:
    """Return how long after the click the last change was drawn."""
    noted = _noted(page)
    return float(noted["drawn"] - noted["clicked"]) / 1000


def seconds_since_reply(page: Page, path: str) -> float:
    """Return how long after the last reply from a path the last change was drawn."""
    return float(_noted(page)["drawn"] - page.evaluate(_LAST_REPLY, path)) / 1000


def count_frames(page: Page) -> None:
    page.evaluate(_COUNT)


def frames_a_second(page: Page) -> float:
    """Return how many frames were drawn a second since they were counted."""
    return float(page.evaluate(_COUNTED))


def _noted(page: Page) -> dict[str, Any]:
    noted: dict[str, Any] = page.evaluate("window.noted")
    return noted
