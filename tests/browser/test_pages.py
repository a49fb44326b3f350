"""Every page: it is drawn without complaint, fits a phone and a wall, and axe finds nothing serious."""

import pytest
from addresses import ALL
from demo_process import IN_BROWSER
from looking import DESK, LARGE, PHONE, look_at, settle
from playwright.sync_api import Page

pytestmark = IN_BROWSER


@pytest.mark.parametrize("name", ALL)
def test_page_is_drawn_and_accessible(page: Page, name: str):
    page.goto(ALL[name])
    settle(page)
    assert page.locator("main").inner_text().strip()
    assert page.get_by_role("heading", level=1).count() + page.get_by_role("alert").count() >= 1
    for scheme, size in (("light", DESK), ("dark", PHONE)):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        look_at(page, f"{name}-{scheme}-{size[0]}", colours_only=scheme == "dark")


@pytest.mark.parametrize("name", ["home", "search", "table"])
def test_page_fills_a_wall(page: Page, name: str):
    page.set_viewport_size({"width": LARGE[0], "height": LARGE[1]})
    page.goto(ALL[name])
    settle(page)
    look_at(page, f"{name}-light-{LARGE[0]}")
    assert page.locator("main").bounding_box()["width"] > 1800


def test_nothing_of_an_older_build_is_asked_for(page: Page):
    failed: list[str] = []
    page.on("response", lambda reply: reply.status >= 400 and failed.append(reply.url))
    page.goto("/")
    settle(page)
    assert failed == []
