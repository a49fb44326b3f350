"""The lineage explorer as a reader goes about it."""

from playwright.sync_api import Locator, Page, expect

MOST_OFFERED = 8  # at one time, as in web/ui/src/lineage/Pick.tsx


def explore(page: Page, path: str) -> Page:
    """Open the explorer, and wait until everything that was asked for is drawn."""
    page.goto(path)
    page.locator(".card").first.wait_for()
    at_rest(page)
    return page


def at_rest(page: Page) -> None:
    """Wait until nothing that was asked for is still to come."""
    expect(page.locator(".told")).to_have_attribute("aria-busy", "false")


def card(page: Page, name: str) -> Locator:
    """Find the card of a node in the picture."""
    return page.locator(".card", has=page.get_by_role("link", name=name, exact=True))


def around(page: Page, name: str) -> Locator:
    """Find what the drawing library puts around a card; it is lit with it."""
    return page.locator(".react-flow__node", has=page.get_by_role("link", name=name, exact=True))


def listed(page: Page, name: str) -> Locator:
    """Find a node's button in the list beside the picture."""
    return page.locator(".explorer-list > ul > li button", has=page.get_by_text(name, exact=True))


def pick(page: Page, box: str, text: str, name: str) -> None:
    """Find something by its name, with the keyboard."""
    field = page.get_by_role("combobox", name=box)
    field.press_sequentially(text)
    exact = page.get_by_text(name, exact=True)
    page.locator(".pick [role=option]", has=exact).first.wait_for()
    chosen = page.locator(".pick [aria-selected=true]", has=exact)
    for _ in range(MOST_OFFERED):
        if chosen.count():
            break
        field.press("ArrowDown")
    expect(chosen).to_have_count(1)
    field.press("Enter")
    expect(field).to_have_value(name)
