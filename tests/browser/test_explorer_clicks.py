"""Clicks in the lineage explorer: what is pointed at is asked for beforehand, and the list leads to the picture."""

import re

import pytest
from addresses import LINEAGE
from demo_process import IN_BROWSER
from explorer_page import around, at_rest, card, explore, listed
from looking import DESK, look_at
from playwright.sync_api import Locator, Page, Route, expect

pytestmark = IN_BROWSER

COUNT_DRAWINGS = """() => {
  window.drawings = 0
  const observer = new MutationObserver(() => window.drawings++)
  observer.observe(document.querySelector('.picture'), { subtree: true, childList: true, attributes: true })
}"""


@pytest.fixture
def explorer(page: Page) -> Page:
    return explore(page, LINEAGE)


@pytest.fixture
def asked(page: Page) -> list[str]:
    """Collect what the page asks of lineage."""
    found: list[str] = []
    page.on("request", lambda request: "/lineage/" in request.url and found.append(request.url))
    return found


@pytest.mark.parametrize("how", ["pointer", "keyboard"])
def test_what_somebody_is_about_to_show_is_there_when_they_do(explorer: Page, asked: list[str], how: str):
    more = explorer.get_by_role("button", name="Show 2 upstream of dim_customer")
    asked.clear()
    with explorer.expect_response("**/lineage/among"):  # the last that is asked for
        more.hover() if how == "pointer" else more.focus()
    assert "direction=upstream" in asked[0]
    expect(card(explorer, "stg_customers")).to_have_count(0)
    explorer.wait_for_timeout(200)  # its path is lit
    explorer.evaluate(COUNT_DRAWINGS)
    asked.clear()
    explorer.keyboard.press("Enter") if how == "keyboard" else more.click()
    expect(card(explorer, "stg_customers")).to_be_visible()
    assert explorer.evaluate("window.drawings") == 1
    less = explorer.get_by_role("button", name="Hide upstream of dim_customer")
    less.click()
    expect(card(explorer, "stg_customers")).to_have_count(0)
    assert asked == []


def test_click_on_arrival_lights_nothing_until_the_pointer_moves_on(explorer: Page):
    more = explorer.get_by_role("button", name="Show 2 upstream of dim_customer")
    at = _middle(more)
    explorer.mouse.move(5, 5)
    explorer.evaluate(COUNT_DRAWINGS)
    explorer.mouse.click(*at)
    expect(card(explorer, "stg_customers")).to_be_visible()
    at_rest(explorer)
    explorer.wait_for_timeout(200)  # longer than a pointer rests before its path is lit
    assert explorer.evaluate("window.drawings") <= 2  # what came, and the relations of it to what was there
    expect(explorer.locator(".react-flow.pointing")).to_have_count(0)
    explorer.mouse.move(at[0] + 10, at[1])  # farther than a hand trembles
    expect(around(explorer, "dim_customer").and_(explorer.locator(".lit"))).to_have_count(1)


def test_what_takes_long_is_told_of_and_can_be_hidden_once_it_is_there(explorer: Page):
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    explorer.route(re.compile(r"/lineage/.*direction=upstream"), hold)
    explorer.get_by_role("button", name="Show 2 upstream of dim_customer").click()
    expect(explorer.locator(".told")).to_contain_text("Loading more")
    less = explorer.get_by_role("button", name="Hide upstream of dim_customer")
    expect(less).to_have_count(0)
    for route in held:
        route.continue_()
    expect(less).to_be_visible()
    expect(card(explorer, "stg_customers")).to_be_visible()
    expect(explorer.locator(".told")).not_to_contain_text("Loading more")


def test_what_cannot_be_had_can_be_hidden_again(explorer: Page):
    explorer.route(re.compile(r"/lineage/.*direction=upstream"), lambda route: route.fulfill(status=500))
    explorer.get_by_role("button", name="Show 2 upstream of dim_customer").click()
    expect(explorer.get_by_role("alert")).to_be_visible()
    explorer.get_by_role("button", name="Hide upstream of dim_customer").click()
    expect(explorer.get_by_role("alert")).to_have_count(0)


def test_what_could_not_be_asked_for_beforehand_is_asked_for_by_the_click(explorer: Page):
    around = re.compile(r"/lineage/.*direction=upstream")
    more = explorer.get_by_role("button", name="Show 2 upstream of dim_customer")
    explorer.route(around, lambda route: route.abort())
    with explorer.expect_event("requestfailed"):
        more.hover()
    expect(explorer.get_by_role("alert")).to_have_count(0)
    explorer.unroute(around)
    more.click()
    expect(card(explorer, "stg_customers")).to_be_visible()


def test_start_stays_when_all_around_it_is_hidden_and_shows_it_again(explorer: Page):
    for side in ("upstream", "downstream"):
        explorer.get_by_role("button", name=f"Hide {side} of fct_orders").click()
    expect(explorer.locator(".card")).to_have_count(1)
    expect(explorer.locator(".card.start")).to_contain_text("fct_orders")
    explorer.reload()
    expect(explorer.locator(".card")).to_have_count(1)
    explorer.locator(".toggles.upstream button[aria-label^=Show]").click()
    expect(card(explorer, "dim_customer")).to_be_visible()


@pytest.mark.parametrize("how", ["pointer", "keyboard"])
def test_row_of_the_list_brings_its_card_into_view(explorer: Page, how: str):
    for _ in range(5):
        explorer.get_by_role("button", name="Zoom In").click()
        explorer.wait_for_timeout(300)  # it glides
    row = listed(explorer, "cohort_retention")
    far = card(explorer, "cohort_retention")
    assert not _in_sight(explorer, far)
    size = _size(explorer)
    row.click() if how == "pointer" else row.press("Enter")
    explorer.wait_for_function("document.querySelector('.explorer-list li.selected')")
    explorer.wait_for_timeout(500)  # it glides
    assert _in_sight(explorer, far)
    assert _size(explorer) == pytest.approx(size, rel=0.01)
    expect(row).to_have_attribute("aria-pressed", "true")
    look_at(explorer, f"lineage-row-{DESK[0]}")
    place = _place(explorer)
    row.press("Enter")  # let go of: it stays where it is
    expect(row).to_have_attribute("aria-pressed", "false")
    explorer.wait_for_timeout(500)
    assert _place(explorer) == place


def test_row_whose_card_is_in_sight_leaves_the_picture_where_it_is(explorer: Page):
    place = _place(explorer)
    listed(explorer, "fct_orders").click()
    expect(explorer.locator(".chosen")).to_contain_text("fct_orders")
    explorer.wait_for_timeout(500)
    assert _place(explorer) == place


def _middle(found: Locator) -> tuple[float, float]:
    box = found.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _in_sight(page: Page, found: Locator) -> bool:
    """Say whether the middle of a card is within the picture."""
    if found.count() == 0:
        return False
    box, frame = found.bounding_box(), page.locator(".picture").bounding_box()
    assert box is not None
    assert frame is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    return frame["x"] < x < frame["x"] + frame["width"] and frame["y"] < y < frame["y"] + frame["height"]


def _place(page: Page) -> str:
    return page.locator(".react-flow__viewport").get_attribute("style") or ""


def _size(page: Page) -> float:
    """Return the zoom of the picture."""
    found = re.search(r"scale\(([\d.]+)\)", _place(page))
    assert found is not None
    return float(found[1])
