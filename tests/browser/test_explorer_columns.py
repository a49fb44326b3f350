"""Columns in the lineage explorer: shown on demand, connected, followed through the tables."""

import pytest
from addresses import LINEAGE, ORDERS
from demo_process import IN_BROWSER
from explorer_page import around, card, explore, listed
from looking import DESK, look_at
from playwright.sync_api import Page, expect

pytestmark = IN_BROWSER


@pytest.fixture
def explorer(page: Page) -> Page:
    return explore(page, LINEAGE)


def test_columns_open_on_demand_and_connect(explorer: Page):
    expect(explorer.locator(".card-columns")).to_have_count(0)
    explorer.get_by_role("button", name="Columns of fct_orders", exact=True).click()
    rows = card(explorer, "fct_orders").locator(".card-columns button")
    expect(rows.first).to_be_visible()
    expect(explorer.locator(".line.of-columns")).to_have_count(0)  # the other ends are not open
    explorer.get_by_role("button", name="Columns of stg_orders", exact=True).click()
    expect(explorer.locator(".line.of-columns").first).to_be_attached()
    look_at(explorer, f"lineage-columns-light-{DESK[0]}")
    explorer.reload()
    expect(explorer.locator(".card-columns")).to_have_count(2)
    explorer.get_by_role("button", name="Columns of fct_orders", exact=True).click()
    explorer.get_by_role("button", name="Columns of stg_orders", exact=True).click()
    expect(explorer.locator(".card-columns")).to_have_count(0)
    assert "columns" not in explorer.url


def test_column_is_followed_through_the_tables(explorer: Page):
    explorer.get_by_role("button", name="Columns of fct_orders", exact=True).click()
    card(explorer, "fct_orders").get_by_role("button", name="Follow column order_date").click()
    panel = explorer.get_by_role("region", name="The column that is followed")
    expect(panel).to_contain_text(f"{ORDERS}/order_date")
    explorer.mouse.move(5, 5)  # what is pointed at is lit before what is followed
    expect(explorer.locator(".line.of-columns.lit").first).to_be_attached()
    expect(around(explorer, "stg_orders")).to_have_class("react-flow__node react-flow__node-card lit")
    expect(card(explorer, "stg_orders").locator(".card-columns li.lit").first).to_be_visible()
    drawn = explorer.locator(".card").count()
    panel.get_by_role("button", name="on its way").click()
    expect(panel.get_by_role("button", name="on its way")).to_have_count(0)
    assert explorer.locator(".explorer-list > ul > li").count() > drawn
    expect(card(explorer, "shop_orders")).to_be_visible()
    look_at(explorer, f"lineage-traced-light-{DESK[0]}")
    panel.get_by_role("button", name="Follow it no longer").click()
    expect(panel).to_have_count(0)
    assert "trace" not in explorer.url


def test_pointing_at_a_column_lights_its_path_alone(explorer: Page):
    for name in ("fct_orders", "stg_orders"):
        explorer.get_by_role("button", name=f"Columns of {name}", exact=True).click()
    card(explorer, "stg_orders").locator(".card-columns button").first.wait_for()
    all_lines = explorer.locator(".line.of-columns").count()
    card(explorer, "fct_orders").get_by_role("button", name="Follow column order_date").hover()
    lit = explorer.locator(".line.of-columns.lit")
    expect(lit.first).to_be_attached()
    assert 0 < lit.count() < all_lines


def test_columns_by_the_keyboard(explorer: Page):
    toggle = explorer.get_by_role("button", name="Columns of fct_orders", exact=True)
    toggle.focus()
    explorer.keyboard.press("Enter")
    row = card(explorer, "fct_orders").locator(".card-columns button").first
    row.wait_for()
    expect(toggle).to_be_focused()
    explorer.keyboard.press("Tab")
    expect(explorer.get_by_role("button", name="Hide downstream of fct_orders")).to_be_focused()
    explorer.keyboard.press("Tab")
    expect(row).to_be_focused()
    explorer.keyboard.press("Enter")
    expect(explorer.get_by_role("region", name="The column that is followed")).to_be_visible()


def test_focus_stays_where_a_button_was_pressed(explorer: Page):
    explorer.get_by_role("button", name="Show 2 upstream of dim_customer").focus()
    explorer.keyboard.press("Enter")
    less = explorer.get_by_role("button", name="Hide upstream of dim_customer")
    expect(less).to_be_focused()
    explorer.keyboard.press("Enter")
    expect(explorer.get_by_role("button", name="Show 2 upstream of dim_customer")).to_be_focused()


def test_table_without_column_lineage_says_so(explorer: Page):
    listed(explorer, "tmp_orders_check_2026_05").click()
    explorer.locator(".chosen").get_by_role("button", name="Columns", exact=True).click()
    expect(card(explorer, "tmp_orders_check_2026_05").locator(".card-columns")).to_be_visible()
