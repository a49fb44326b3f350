"""What people changed, on the first page and on that of a table; and the pages of people themselves."""

import re

from addresses import FEATURE
from demo_process import IN_BROWSER, Demo
from looking import find_until
from playwright.sync_api import Locator, Page, expect

pytestmark = IN_BROWSER

KEY = "kafka://events.web/checkoutStarted"
ADDRESS = "/table/kafka:%2F%2Fevents.web%2FcheckoutStarted"
HANA = "hana.kim@merrowfield.example"
PAGE = 50  # entries of history that are read at once


def section(page: Page, heading: str) -> Locator:
    return page.locator("section", has=page.get_by_role("heading", name=heading, exact=True))


def test_first_page_tells_what_was_changed_last_and_by_whom(page: Page, site: Demo):
    site.ask(f"/table/{KEY}/tag/funnel", "PUT", actor=HANA)
    site.ask(f"/table/{KEY}/column/lines/description", "PUT", {"description": "In the basket."}, actor=HANA)
    page.goto("/")
    latest = section(page, "Recently changed").locator(".resource").first
    expect(latest.get_by_role("link", name="checkoutStarted")).to_be_visible()
    expect(latest.locator(".line")).to_contain_text(f"{HANA} set the description of lines, added tag funnel")
    expect(latest.locator("time")).to_be_visible()
    latest.get_by_role("link", name=HANA).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Hana Kim")


def test_history_is_newest_first_and_goes_on(page: Page, site: Demo):
    for number in range(PAGE + 5):
        site.ask(f"/table/{KEY}/description", "PUT", {"description": f"Version {number}."})
    page.goto(f"{ADDRESS}?tab=history")
    entries = page.locator(".history > li")
    expect(entries.first.locator(".after")).to_have_text(f"After: Version {PAGE + 4}.")
    expect(entries.first.locator(".before")).to_have_text(f"Before: Version {PAGE + 3}.")
    while page.get_by_role("button", name="Show more").count():
        before = entries.count()
        page.get_by_role("button", name="Show more").click()
        expect(entries.nth(before)).to_be_visible()
    texts = page.locator(".history .after").all_inner_texts()
    numbers = [int(found.group(1)) for text in texts if (found := re.search(r"Version (\d+)", text))]
    assert numbers == list(range(PAGE + 4, -1, -1))


def test_person_is_found_and_shows_every_kind_of_thing_they_own(page: Page, site: Demo):
    site.ask("/feature/subscription_health/late_deliveries_60d/1.2/owner/minjun.choi@merrowfield.example", "PUT")
    page.goto("/search?q=minjun&kind=user")
    page.locator("[data-result]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("최민준")
    rows = page.get_by_role("tabpanel").locator(".resource")
    expect(rows.filter(has_text="late_deliveries_60d")).to_contain_text("version 1.2")
    owns = page.get_by_role("tab", name="Owns")
    expect(owns).to_have_text(f"Owns{rows.count()}")
    rows.get_by_role("link", name="late_deliveries_60d").click()
    expect(page.get_by_role("complementary", name="Facts").get_by_role("link", name="최민준")).to_be_visible()


def test_feature_can_be_kept_at_hand(page: Page):
    page.goto(f"/person/{HANA}")
    page.get_by_role("button", name="This is me").click()
    page.goto(FEATURE)
    page.get_by_role("button", name="Bookmark").click()
    expect(page.get_by_role("button", name="Bookmarked")).to_have_attribute("aria-pressed", "true")
    page.goto("/")
    kept = section(page, "Your bookmarks")
    expect(kept.get_by_role("link", name="late_deliveries_60d")).to_be_visible()
    page.goto(f"/person/{HANA}?tab=bookmarks")
    expect(page.get_by_role("tabpanel").get_by_role("link", name="late_deliveries_60d")).to_be_visible()


def test_person_whose_address_is_not_their_key_is_reached_from_a_search(page: Page, site: Demo):
    site.ask("/user", "PUT", {"user_id": "u-4711", "email": "quill@example.com", "full_name": "Quillon Vasquez"})
    find_until(page, "/search?q=quillon&kind=user", "Quillon Vasquez")
    page.locator("[data-result]").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Quillon Vasquez")
    expect(page.locator(".key code").first).to_have_text("u-4711")
