"""Columns and the fields of nested types, described and given badges where they stand."""

import re
from typing import Any

import pytest
from demo_process import IN_BROWSER, Demo
from playwright.sync_api import Locator, Page, expect

pytestmark = IN_BROWSER

KEY = "kafka://events.web/pageViewed"
ADDRESS = "/table/kafka:%2F%2Fevents.web%2FpageViewed"


def column(site: Demo, name: str) -> dict[str, Any]:
    return next(found for found in site.ask(f"/table/{KEY}")["columns"] if found["name"] == name)


def field(site: Demo, name: str) -> dict[str, Any]:
    return next(found for found in column(site, "page")["type_metadata"]["children"] if found["name"] == name)


def categories(site: Demo) -> dict[str, str]:
    return {badge["badge_name"]: badge["category"] for badge in site.ask("/badges/")["badges"]}


def panel(page: Page, name: str) -> Locator:
    page.goto(f"{ADDRESS}?column={name}")
    return page.get_by_role("complementary", name=f"Column {name}")


def add_badge(within: Locator, badge: str, category: str | None = None) -> None:
    within.get_by_label("New badge").fill(badge)
    if category is not None:
        within.get_by_label("Category of the badge").fill(category)
    within.get_by_role("button", name="Add", exact=True).click()


def test_new_badge_of_a_column_has_the_category_that_was_chosen(page: Page, site: Demo):
    about = panel(page, "device")
    about.get_by_role("button", name="Edit badges").click()
    add_badge(about, "hardware", "contents")
    expect(about.get_by_role("link", name="hardware")).to_be_visible()
    expect(page.get_by_text("Set badge hardware.")).to_be_visible()
    assert {"badge_name": "hardware", "category": "contents"} in column(site, "device")["badges"]

    about.get_by_role("button", name="Remove badge hardware").click()
    expect(page.get_by_text("Removed badge hardware.")).to_be_visible()
    expect(about.get_by_role("link", name="hardware")).to_have_count(0)
    assert column(site, "device")["badges"] == []


def test_badge_that_exists_keeps_its_category(page: Page, site: Demo):
    before = categories(site)
    about = panel(page, "utm")
    about.get_by_role("button", name="Edit badges").click()
    category = about.get_by_label("Category of the badge")
    expect(category).to_have_value("status")
    category.fill("nonsense")
    about.get_by_label("New badge").fill("pii")
    expect(category).to_have_value("column")
    expect(category).not_to_be_editable()
    about.get_by_role("button", name="Add", exact=True).click()
    expect(about.get_by_role("link", name="pii")).to_be_visible()
    expect(page.get_by_text("Set badge pii.")).to_be_visible()
    assert categories(site) == before


def test_badge_of_a_column_that_is_refused_is_taken_back(page: Page, site: Demo):
    page.goto(ADDRESS)
    row = page.get_by_role("row", name=re.compile("^consent"))
    row.hover()
    row.get_by_role("button", name="badges of consent").click()
    page.route("**/badge/**", lambda route: route.abort())
    add_badge(row, "doomed")
    expect(page.get_by_text("Not changed:")).to_be_visible()
    expect(row.get_by_role("link", name="doomed")).to_have_count(0)
    assert "doomed" not in categories(site)


def test_field_of_a_nested_type_is_described_and_given_a_badge(page: Page, site: Demo):
    about = panel(page, "page")
    within = about.locator(".nested-field", has_text="referrer")
    within.hover()
    within.get_by_role("button", name="description of referrer").click()
    within.get_by_role("textbox", name="description of referrer").fill("Where the *visitor* came from.")
    page.keyboard.press("Control+Enter")
    expect(within.locator(".markdown em")).to_have_text("visitor")
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert field(site, "referrer")["description"] == "Where the *visitor* came from."

    within.get_by_role("button", name="badges of referrer").click()
    add_badge(within, "gold")
    expect(within.get_by_role("link", name="gold")).to_be_visible()
    expect(page.get_by_text("Set badge gold.")).to_be_visible()
    assert [badge["badge_name"] for badge in field(site, "referrer")["badges"]] == ["gold"]

    page.goto(f"{ADDRESS}?tab=history")
    expect(page.locator(".history li", has_text="page/referrer")).to_have_count(2)


def test_escape_leaves_the_editor_and_then_the_panel(page: Page):
    about = panel(page, "title_of_nothing")
    expect(about).to_have_count(0)
    about = panel(page, "utm")
    edit = about.get_by_role("button", name="description of utm")
    edit.click()
    about.get_by_role("textbox", name="description of utm").fill("not kept")
    page.keyboard.press("Escape")
    expect(about).to_be_visible()
    expect(edit).to_be_focused()  # whoever has no mouse goes on from there
    page.keyboard.press("Escape")
    expect(about).to_have_count(0)


def test_lost_race_over_a_column_shows_both_texts(page: Page, site: Demo):
    about = panel(page, "consent")
    about.get_by_role("button", name="description of consent").click()
    mine = about.get_by_role("textbox", name="description of consent")
    mine.fill("Mine.")
    site.ask(f"/table/{KEY}/column/consent/description", "PUT", {"description": "Theirs."})
    about.get_by_role("button", name="Save").click()
    expect(about.get_by_role("alert")).to_contain_text("Theirs.")
    expect(mine).to_have_value("Mine.")
    about.get_by_role("button", name="Take theirs").click()
    expect(about.locator(".description").first).to_contain_text("Theirs.")
    assert column(site, "consent")["description"] == "Theirs."


@pytest.mark.parametrize("status", [503, 500])
def test_text_that_is_refused_is_kept_in_the_editor(page: Page, site: Demo, status: int):
    about = panel(page, "device")
    before = column(site, "device")["description"]
    about.get_by_role("button", name="description of device").click()
    mine = about.get_by_role("textbox", name="description of device")
    mine.fill("Long thought over.")
    page.route("**/description", lambda route: route.fulfill(status=status, json={"message": "No.", "code": "no"}))
    about.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Not saved: No.")).to_be_visible()
    expect(mine).to_have_value("Long thought over.")
    assert column(site, "device")["description"] == before


def test_keys_of_an_input_method_are_its_own(page: Page):
    """Escape takes back a syllable that is being composed; once it closed the editor with all that was written."""
    about = panel(page, "utm")
    about.get_by_role("button", name="description of utm").click()
    text = about.get_by_role("textbox", name="description of utm")
    text.fill("설명: ")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "한", "selectionStart": 1, "selectionEnd": 1})
    expect(text).to_have_value("설명: 한")
    text.dispatch_event("keydown", {"key": "Escape", "isComposing": True, "bubbles": True})
    expect(text).to_be_visible()
    session.send("Input.insertText", {"text": "한국어"})
    expect(text).to_have_value("설명: 한국어")
    page.keyboard.press("Escape")
    expect(text).to_have_count(0)
