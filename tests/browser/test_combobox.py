"""Boxes that find things by their names, as those use them whose letters are composed of several keys."""

import pytest
from addresses import LINEAGE
from demo_process import IN_BROWSER
from explorer_page import explore, listed
from playwright.sync_api import CDPSession, Locator, Page, expect

pytestmark = IN_BROWSER


def composing(page: Page, box: Locator, text: str) -> CDPSession:
    """Begin to compose a text with an input method, as Korean and Japanese are written."""
    box.focus()
    keyboard = page.context.new_cdp_session(page)
    keyboard.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    return keyboard


def press(keyboard: CDPSession, *keys: str) -> None:
    """Press keys that an input method takes for itself; the page is told of them all the same."""
    for key in keys:
        told = {"key": key, "code": key, "windowsVirtualKeyCode": 229}
        keyboard.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **told})
        keyboard.send("Input.dispatchKeyEvent", {"type": "keyUp", **told})


def test_keys_of_an_input_method_do_not_search(page: Page):
    page.goto("/")
    box = page.get_by_role("combobox", name="Search")
    keyboard = composing(page, box, "dim")
    option = page.locator(".search-box [role=option]").first
    option.wait_for()
    press(keyboard, "ArrowDown", "Enter")
    expect(option).to_have_attribute("aria-selected", "false")
    expect(page).to_have_url("/")
    keyboard.send("Input.insertText", {"text": "dim"})  # the input method is done
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")


def test_keys_of_an_input_method_pick_nothing(page: Page):
    explore(page, LINEAGE)
    listed(page, "fct_orders").click()
    page.get_by_role("button", name="Paths to …").click()
    box = page.get_by_role("combobox", name="The other end of the paths")
    keyboard = composing(page, box, "shop")
    page.locator(".pick [role=option]").first.wait_for()
    press(keyboard, "Enter")
    expect(box).to_have_value("shop")
    expect(page.get_by_role("button", name="Show paths")).to_be_disabled()
    keyboard.send("Input.insertText", {"text": "shop"})
    page.locator(".pick [role=option]").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Show paths")).to_be_enabled()


@pytest.mark.parametrize("steps", [1, 3])
def test_escape_closes_the_list_and_leaves_the_text(page: Page, steps: int):
    page.goto("/")
    box = page.get_by_role("combobox", name="Search")
    box.press_sequentially("ord")
    page.locator(".search-box [role=option]").nth(3).wait_for()
    for _ in range(steps):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    expect(page.locator(".search-box [role=option]")).to_have_count(0)
    expect(box).to_have_value("ord")
    page.keyboard.press("Enter")
    expect(page).to_have_url("/search?q=ord")
