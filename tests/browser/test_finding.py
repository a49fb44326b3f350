"""Finding something, trusting it, mending its text: as a newcomer does it, by mouse and by keyboard alone."""

import re
import urllib.parse

import pytest
from addresses import ORDERS, QUIET_TABLE, TABLE
from demo_process import IN_BROWSER, Demo
from looking import DESK, find_until, look_at
from playwright.sync_api import Browser, Page, expect

pytestmark = IN_BROWSER


def test_newcomer_finds_a_table_mends_its_text_and_finds_it_by_that(page: Page, site: Demo):
    page.goto("/")
    page.get_by_role("combobox", name="Search").fill("daily inventory")
    page.get_by_role("button", name="Search").click()
    page.locator("[data-result]").first.click()
    table = page.locator(".key code").first.inner_text()
    page.get_by_role("tab", name="Columns").wait_for()

    page.get_by_role("button", name="Edit description of").first.click()
    page.get_by_role("textbox", name="description of").fill("Counted by **quokkas** every night.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".description strong").first).to_have_text("quokkas")
    expect(page.get_by_text("Saved.")).to_be_visible()

    find_until(page, "/search?q=quokkas", "quokkas")
    expect(page.locator("[data-result]")).to_have_count(1)
    expect(page.locator(".hits mark").first).to_have_text("quokkas")
    page.locator("[data-result]").click()
    expect(page.locator(".key code").first).to_have_text(table)
    page.get_by_role("tab", name="History").click()
    expect(page.locator(".history .after").first).to_contain_text("quokkas")


def test_keyboard_alone_leads_from_home_to_a_column_and_its_lineage(page: Page):
    page.goto("/")
    page.get_by_role("heading", name="Used most").wait_for()
    page.keyboard.press("/")
    page.keyboard.type("fct_ord", delay=20)
    expect(page.get_by_role("option").first).to_contain_text("fct_orders")  # and no longer what "f" alone suggested
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("fct_orders")
    expect(page.locator("main")).to_be_focused()

    walk_to(page, "order_id")
    page.keyboard.press("Enter")
    expect(page.get_by_role("complementary", name="Column order_id")).to_be_visible()
    walk_to(page, "Columns", backwards=True)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Lineage")).to_be_focused()
    expect(page.get_by_text("Upstream: what it is made from")).to_be_visible()


def walk_to(page: Page, text: str, *, backwards: bool = False) -> None:
    """Press Tab until what has the focus reads so."""
    for _ in range(60):
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
        if page.evaluate("document.activeElement.innerText").strip().startswith(text):
            return
    pytest.fail(f"{text} is not reached with Tab")


def test_arrows_walk_the_results(page: Page):
    page.goto("/search?q=orders")
    page.locator("[data-result]").nth(3).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-result]").nth(1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.get_by_role("tab", name="Columns").wait_for()


def test_search_stands_in_the_address_and_goes_back(page: Page):
    page.goto("/search?q=orders")
    page.get_by_role("checkbox", name="marts").check()
    expect(page).to_have_url(re.compile("f.schema=marts"))
    expect(page.locator("[data-result]")).to_have_count(8)
    page.get_by_role("checkbox", name="raw").check()
    expect(page.locator("[data-result]")).to_have_count(14)
    page.go_back()
    expect(page.locator("[data-result]")).to_have_count(8)
    page.reload()
    expect(page.get_by_role("checkbox", name="marts")).to_be_checked()
    page.get_by_role("button", name="Dashboards").click()
    expect(page).to_have_url(re.compile(r"\?q=orders&kind=dashboard$"))


def test_lost_race_shows_both_texts_and_loses_neither(page: Page, site: Demo):
    page.goto(QUIET_TABLE)
    page.get_by_role("button", name="Edit description of dim_date").click()
    page.get_by_role("textbox", name="description of dim_date").fill("My text.")
    key = urllib.parse.unquote(QUIET_TABLE.removeprefix("/table/"))
    site.ask(f"/table/{key}/description", "PUT", {"description": "Their text."})
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("Their text.")
    expect(page.get_by_role("textbox", name="description of dim_date")).to_have_value("My text.")
    page.get_by_role("button", name="Save mine").click()
    expect(page.locator(".description").first).to_contain_text("My text.")  # at once
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert site.ask(f"/table/{key}/description") == {"description": "My text."}
    befores = [item["before"] for item in site.ask(f"/table/{key}/history")["items"]]
    assert "Their text." in befores


def test_edit_that_is_refused_is_taken_back_with_a_message(page: Page, site: Demo):
    page.goto(TABLE)
    page.get_by_role("button", name="Edit tags").click()
    page.route("**/tag/**", lambda route: route.abort())
    page.get_by_label("New tag").fill("doomed")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Not changed:")).to_be_visible()
    expect(page.get_by_role("link", name="doomed")).to_have_count(0)
    page.unroute("**/tag/**")
    page.get_by_label("New tag").fill("fresh")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="fresh")).to_be_visible()
    tags = [tag["tag_name"] for tag in site.ask(f"/table/{ORDERS}")["tags"]]
    assert "fresh" in tags
    assert "doomed" not in tags


def test_bookmark_belongs_to_who_reads(page: Page, site: Demo):
    page.goto("/person/hana.kim@merrowfield.example")
    page.get_by_role("button", name="This is me").click()
    page.goto(QUIET_TABLE)
    page.get_by_role("button", name="Bookmark").click()
    expect(page.get_by_role("button", name="Bookmarked")).to_have_attribute("aria-pressed", "true")
    page.goto("/")
    expect(page.locator("section", has_text="Your bookmarks").get_by_role("link", name="dim_date")).to_be_visible()
    page.goto(QUIET_TABLE)
    page.get_by_role("button", name="Edit owners").click()
    page.get_by_label("New owner").fill("ada@example.com")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="ada@example.com")).to_be_visible()
    key = urllib.parse.unquote(QUIET_TABLE.removeprefix("/table/"))
    assert {
        item["actor"] for item in site.ask(f"/table/{key}/history")["items"] if item["other"] == "ada@example.com"
    } == {"hana.kim@merrowfield.example"}


def test_key_is_copied(page: Page):
    page.goto(TABLE)
    page.get_by_role("button", name="Copy key").first.click()
    assert page.evaluate("navigator.clipboard.readText()") == ORDERS


def test_times_are_those_of_the_reader(browser: Browser, site: Demo):
    told = {}
    for zone in ("Asia/Seoul", "America/New_York"):
        context = browser.new_context(base_url=site.page, timezone_id=zone, locale="en-GB")
        page = context.new_page()
        page.goto(TABLE)
        told[zone] = page.locator("aside time").first.get_attribute("title")
        context.close()
    assert told["Asia/Seoul"] != told["America/New_York"]
    assert "GMT+9" in told["Asia/Seoul"]


@pytest.mark.parametrize("service", ["metadata", "search"])
def test_service_that_is_down_is_told_and_tried_again(page: Page, service: str):
    page.route(f"**/api/{service}/**", lambda route: route.fulfill(status=503, json=DOWN))
    page.goto("/search?q=orders" if service == "search" else TABLE)
    expect(page.get_by_role("alert").first).to_contain_text("is down")
    look_at(page, f"down-{service}-{DESK[0]}")
    page.unroute(f"**/api/{service}/**")
    page.get_by_role("button", name="Try again").first.click()
    expect(page.locator("[data-result], .entity h1").first).to_be_visible()


DOWN = {"message": "The service does not answer.", "code": "service_unavailable", "request_id": "1"}


def test_page_behind_the_last_leads_back_to_the_first(page: Page):
    page.goto("/search?q=orders&kind=table&page=99")
    expect(page.get_by_text("There is no page 99.")).to_be_visible()
    page.get_by_role("button", name="First page").click()
    page.locator("[data-result]").first.wait_for()
    expect(page).to_have_url(re.compile(r"\?q=orders&kind=table$"))


@pytest.mark.parametrize("kind", ["table", "dashboard", "feature", "user"])
@pytest.mark.parametrize("sort", ["usage", "recency"])
def test_every_kind_can_be_sorted(page: Page, kind: str, sort: str):
    page.goto(f"/search?kind={kind}&sort={sort}")
    expect(page.locator("[data-result]").nth(2)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_filter_of_columns_stands_in_the_address(page: Page):
    page.goto(TABLE)
    page.get_by_role("searchbox", name="Filter columns").fill("revenue")
    expect(page).to_have_url(re.compile(r"\?filter=revenue$"))
    rows = page.locator(".column-table tbody tr")
    shown = rows.count()
    assert shown < 12
    page.reload()
    expect(rows).to_have_count(shown)
    expect(page.get_by_role("searchbox", name="Filter columns")).to_have_value("revenue")
