"""The lineage explorer: it starts small, grows by clicks, keeps its ground, and says the same as a list."""

import time

import pytest
from addresses import LINEAGE
from demo_process import IN_BROWSER
from explorer_page import around, card, explore
from looking import DESK, LARGE, PHONE, SHOTS, look_at
from playwright.sync_api import Page, expect

pytestmark = IN_BROWSER

BUDGET_SECONDS = 2.0  # of a click on a busy machine; docs/performance.md has the figure of an idle one


@pytest.fixture
def explorer(page: Page) -> Page:
    return explore(page, LINEAGE)


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
    expect(explorer.locator(".react-flow.pointing")).to_have_count(1)
    lit = explorer.locator(".react-flow__node.lit")
    assert lit.count() > 5
    expect(around(explorer, "fct_orders").and_(lit)).to_have_count(1)
    expect(around(explorer, "experiment_results").and_(lit)).to_have_count(0)
    assert explorer.locator(".line.lit").count() > 5
    explorer.screenshot(path=SHOTS / "lineage-path.png")
    explorer.mouse.move(5, 5)
    expect(explorer.locator(".react-flow.pointing")).to_have_count(0)


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


def test_filter_by_what_a_thing_is_in_and_has(explorer: Page):
    explorer.get_by_role("button", name="More filters").click()
    explorer.get_by_label("Database", exact=True).fill("tableau")
    explorer.keyboard.press("Enter")
    expect(card(explorer, "cohort_retention")).to_have_count(0)
    names = explorer.locator(".explorer-list > ul > li")
    expect(names).not_to_have_count(19)
    assert all("tableau" in text for text in names.all_inner_texts() if "fct_orders" not in text)
    explorer.get_by_label("Database", exact=True).fill("")
    explorer.get_by_label("Badge", exact=True).fill("gold")
    explorer.get_by_role("button", name="Filter", exact=True).click()
    expect(card(explorer, "dim_customer")).to_be_visible()
    expect(card(explorer, "fx_rates")).to_have_count(0)
    assert "badge=gold" in explorer.url
    explorer.reload()
    expect(explorer.get_by_role("button", name="More filters (1)")).to_be_visible()
    expect(explorer.get_by_label("Badge", exact=True)).to_have_value("gold")
    expect(card(explorer, "dim_customer")).to_be_visible()
    look_at(explorer, "lineage-filtered")


def test_relation_between_what_two_clicks_brought_is_drawn(explorer: Page):
    """stg_orders comes with one click and shop_orders with another; fct_orders_v1 is made from the latter."""
    told = explorer.locator(".explorer-list h2", has_text="shown")
    explorer.get_by_role("button", name="Show 1 upstream of tmp_orders_check_2026_05").click()
    expect(card(explorer, "fct_orders_v1")).to_be_visible()
    explorer.locator(".toggles.upstream button[aria-label$=' of stg_orders']").click()
    expect(card(explorer, "shop_orders")).to_be_visible()
    expect(explorer.get_by_role("button", name="upstream of fct_orders_v1")).to_have_count(0)  # it is drawn already
    explorer.locator(".explorer-list > ul > li button", has_text="fct_orders_v1").click()
    explorer.get_by_text("Its 2 relations, and where they").click()
    expect(explorer.locator(".chosen .relation")).to_contain_text(["shop_orders → fct_orders_v1"])
    expect(told).to_contain_text("shown")


def test_all_is_arranged_anew_when_asked(explorer: Page):
    view = ".react-flow__viewport"
    before = explorer.locator(view).get_attribute("style")
    explorer.get_by_role("button", name="Show 2 upstream of dim_customer").click()
    expect(card(explorer, "stg_customers")).to_be_visible()
    explorer.get_by_role("button", name="Arrange anew").click()
    explorer.wait_for_function(
        "was => document.querySelector('.react-flow__viewport').style.cssText !== was", arg=before
    )
    expect(card(explorer, "stg_customers")).to_be_visible()


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


@pytest.mark.parametrize("size", [PHONE, DESK, LARGE])
def test_it_fits_any_window_in_the_dark(page: Page, size: tuple[int, int]):
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme="dark")
    explore(page, f"{LINEAGE}?columns=snowflake://warehouse.marts/fct_orders")
    page.get_by_role("button", name="Follow column").first.wait_for()
    page.wait_for_load_state("networkidle")
    look_at(page, f"lineage-dark-{size[0]}")
