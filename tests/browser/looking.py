"""How a page is looked at: its sizes, pictures for a person, and axe."""

import time
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "ui" / "node_modules" / "axe-core" / "axe.min.js"
SHOTS = ROOT / "screenshots"  # not under version control
SERIOUS = ("serious", "critical")
# Colours that are on their way have no contrast of their own; what goes on for ever is not waited for.
COME_TO_REST = """() => Promise.allSettled(document.getAnimations()
    .filter(one => one.effect?.getTiming().iterations !== Infinity).map(one => one.finished)).then(() => {})"""
PATIENCE_SECONDS = 20.0  # until what was written is found
DESK, PHONE, LARGE = (1280, 900), (360, 740), (3840, 2160)


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.locator(".loading").first.wait_for(state="detached")


def look_at(page: Page, name: str, *, colours_only: bool = False) -> None:
    """Take a picture for a person to look at, and hold the page to its width and to axe (or to its contrasts alone)."""
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide == 0
    page.evaluate(COME_TO_REST)
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    options = {"resultTypes": ["violations"], **({"runOnly": ["color-contrast"]} if colours_only else {})}
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    serious = [(item["id"], item["nodes"][0]["html"][:200]) for item in found if item["impact"] in SERIOUS]
    assert serious == [], serious


def find_until(page: Page, address: str, text: str) -> None:
    """Search again until something that was just written is found."""
    until = time.monotonic() + PATIENCE_SECONDS
    found = page.locator(".resource", has_text=text)
    while time.monotonic() < until:
        page.goto(address)
        page.locator("[data-result], .empty").first.wait_for()
        if found.count():
            return
    raise TimeoutError(f"{address} does not find {text!r}")
