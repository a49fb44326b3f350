"""The lineage explorer: it starts small, grows by clicks, keeps its ground, and says the same as a list."""

import time

import pytest
from addresses import LINEAGE
from demo_process import IN_BROWSER
from looking import DESK, PHONE, SHOTS, look_at
from playwright.sync_api import Locator, Page, expect

pytestmark = IN_BROWSER

BUDGET_SECONDS = 2.0  # of a click on a busy machine; docs/performance.md has the figure of an idle one


@pytest.fixture
def explorer(page: Page) -> Page:
    page.goto(LINEAGE)
    page.locator(".card-text").first.wait_for()
    return page


def card(page: Page, name: str) -> Locator:
    return page.locator(".card", has=page.get_by_role("link", name=name, exact=True))


def test_it_starts_one_step_up_and_one_step_down(explorer: Page):
    expect(explorer.locator(".card")).to_have_count(19)
    expect(explorer.locator(".card.start")).to_contain_text("fct_orders")
    expect(explorer.get_by_role("button", name="Hide upstream of fct_orders")).to_be_visible()
    look_at(explorer, f"lineage-light-{DESK[0]}")


def test_click_shows_what_is_hidden_where_it_stands_and_a_click_hides_it(explorer: Page):
    more = explorer.get_by_role("button", name="Show 2 upstream of dim_customer")
    before = more.bounding_box()
    more.click()
    less = explorer.get_by_role("button", name="Hide upstream of dim_customer")
    less.wait_for()
    expect(card(explorer, "stg_customers")).to_be_visible()
    after = less.bounding_box()
    assert abs(before["x"] - after["x"]) < 4
    assert abs(before["y"] - after["y"]) < 4
    less.click()
    expect(card(explorer, "stg_customers")).to_have_count(0)
    expect(explorer.get_by_role("button", name="Show 2 upstream of dim_customer")).to_be_visible()


def test_address_holds_the_picture(explorer: Page):
    explorer.get_by_role("button", name="Show 2 upstream of dim_customer").click()
    expect(card(explorer, "stg_customers")).to_be_visible()
    explorer.get_by_role("button", name="Hide downstream of fct_orders").click()
    expect(card(explorer, "customer_ltv")).to_have_count(0)
    shown = explorer.locator(".explorer-list > ul > li").count()
    explorer.reload()
    expect(card(explorer, "stg_customers")).to_be_visible()
    expect(explorer.locator(".explorer-list > ul > li")).to_have_count(shown)


def test_pointing_lights_the_path_through_a_node(explorer: Page):
    card(explorer, "cohort_retention").hover()
    expect(card(explorer, "experiment_results")).to_have_class("card table dim")
    assert "dim" not in card(explorer, "fct_orders").get_attribute("class")
    assert explorer.locator(".react-flow__edge.lit").count() > 5
    explorer.screenshot(path=SHOTS / "lineage-path.png")
    explorer.mouse.move(5, 5)
    expect(explorer.locator(".card.dim")).to_have_count(0)


def test_list_has_the_same_nodes_and_the_file_too(explorer: Page):
    names = explorer.locator(".explorer-list > ul > li button")
    assert names.count() == explorer.locator(".card").count()
    with explorer.expect_download() as download:
        explorer.get_by_role("button", name="These as CSV").click()
    rows = download.value.path().read_text().splitlines()
    assert len(rows) == names.count() + 1
    assert rows[0].startswith("kind,key,name")
    names.filter(has_text="customer_ltv").click()
    chosen = explorer.locator(".chosen")
    expect(chosen).to_contain_text("snowflake://warehouse.marts/customer_ltv")
    chosen.get_by_role("button", name="Start from here").click()
    expect(explorer.locator(".card.start")).to_contain_text("customer_ltv")


def test_name_leads_to_its_page_with_the_keyboard(explorer: Page):
    link = explorer.locator(".card").get_by_role("link", name="customer_ltv", exact=True)
    link.focus()
    explorer.keyboard.press("Enter")
    expect(explorer.get_by_role("heading", level=1)).to_have_text("customer_ltv")


def test_filter_shows_one_kind_and_says_what_can_be_done(explorer: Page):
    explorer.get_by_role("checkbox", name="Dashboards").check()
    expect(card(explorer, "Acquisition Funnel")).to_be_visible()
    expect(card(explorer, "cohort_retention")).to_have_count(0)
    explorer.get_by_role("button", name="Show all").click()
    expect(card(explorer, "cohort_retention")).to_be_visible()


def test_it_grows_by_clicks_and_stays_quick(explorer: Page):
    slowest = 0.0
    for _ in range(12):
        explorer.get_by_role("button", name="Fit View").click()
        explorer.wait_for_timeout(300)  # the view glides
        more = explorer.locator(".toggles button", has_text="+").first
        if not more.count():
            break
        label = more.get_attribute("aria-label") or ""
        hidden = f"Hide {' '.join(label.split()[2:])}"
        started = time.monotonic()
        more.click()
        explorer.get_by_role("button", name=hidden, exact=True).wait_for()
        slowest = max(slowest, time.monotonic() - started)
    assert slowest < BUDGET_SECONDS
    explorer.get_by_role("button", name="Fit View").click()
    explorer.wait_for_timeout(300)
    explorer.screenshot(path=SHOTS / "lineage-grown.png")


def test_column_dashboard_and_nothing_known(page: Page):
    page.goto("/lineage/column/snowflake:%2F%2Fwarehouse.marts%2Ffct_orders%2Forder_date")
    expect(page.locator(".card.start")).to_contain_text("order_date")
    page.goto("/lineage/nonsense/x")
    expect(page.get_by_role("alert")).to_contain_text("nonsense")
    page.goto("/lineage/table/hive:%2F%2Fno.such%2Ftable")
    expect(page.get_by_role("alert")).to_contain_text("does not exist")


def test_it_fits_a_phone(page: Page):
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.emulate_media(color_scheme="dark")
    page.goto(LINEAGE)
    page.locator(".card").first.wait_for()
    page.wait_for_load_state("networkidle")
    look_at(page, f"lineage-dark-{PHONE[0]}")
