"""Every page: it is drawn without complaint, fits a phone and a wall, and axe finds nothing serious."""

from pathlib import Path

import pytest
from addresses import ALL
from conftest import DESK, LARGE, PHONE, SHOTS
from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "ui" / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = ("serious", "critical")


def settle(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    page.locator(".loading").first.wait_for(state="detached")


@pytest.mark.parametrize("name", ALL)
def test_page_is_drawn_and_accessible(page: Page, name: str):
    page.goto(ALL[name])
    settle(page)
    assert page.locator("main").inner_text().strip()
    assert page.get_by_role("heading", level=1).count() + page.get_by_role("alert").count() >= 1
    for scheme, size in (("light", DESK), ("dark", PHONE)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        look_at(page, f"{name}-{scheme}-{size[0]}")


def look_at(page: Page, name: str) -> None:
    """Take a picture for a person to look at, and hold the page to its width and to axe."""
    too_wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert too_wide == 0
    SHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    assert [(item["id"], item["nodes"][0]["html"][:200]) for item in found if item["impact"] in SERIOUS] == []


@pytest.mark.parametrize("name", ["home", "search", "table"])
def test_page_fills_a_wall(page: Page, name: str):
    page.set_viewport_size({"width": LARGE[0], "height": LARGE[1]})
    page.goto(ALL[name])
    settle(page)
    page.screenshot(path=SHOTS / f"{name}-light-{LARGE[0]}.png")
    assert page.locator("main").bounding_box()["width"] > 1800


def test_nothing_of_an_older_build_is_asked_for(page: Page):
    failed: list[str] = []
    page.on("response", lambda reply: reply.status >= 400 and failed.append(reply.url))
    page.goto("/")
    settle(page)
    assert failed == []
