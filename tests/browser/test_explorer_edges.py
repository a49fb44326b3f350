"""Relations drawn and removed by hand in the explorer: with name and reason, at once, and taken back when refused."""

import json
from typing import Any

import pytest
from addresses import LINEAGE, QUIET_TABLE
from demo_process import IN_BROWSER, Demo
from explorer_page import card, explore, listed, pick
from looking import DESK, look_at
from playwright.sync_api import Page, Route, expect

pytestmark = IN_BROWSER

WHO = "hana.kim@merrowfield.example"
QUIET = f"/lineage{QUIET_TABLE}"
OTHER = "snowflake://warehouse.sandbox/dim_customer_kr"


@pytest.fixture
def reader(page: Page) -> Page:
    page.add_init_script(f"localStorage.setItem('fram.person', {json.dumps(WHO)})")
    return page


def drawn(site: Demo) -> list[dict[str, Any]]:
    edges = site.ask("/lineage/table/snowflake://warehouse.marts%2Fdim_date")["edges"]
    return [edge for edge in edges if edge["target"]["key"] == OTHER]


def begin(page: Page) -> None:
    listed(page, "dim_date").click()
    page.locator(".chosen").get_by_role("button", name="Draw a relation").click()


def test_relation_is_drawn_and_removed_with_a_reason(reader: Page, site: Demo):
    explore(reader, QUIET)
    begin(reader)
    pick(reader, "What it feeds", "dim_customer_kr", "dim_customer_kr")
    reader.get_by_label("Why", exact=True).fill("Its calendar is Korean.")
    look_at(reader, f"lineage-draw-light-{DESK[0]}")
    reader.get_by_role("button", name="Draw it").click()
    expect(card(reader, "dim_customer_kr")).to_be_visible()
    (edge,) = drawn(site)
    assert edge["origin"]["author"] == WHO
    reader.get_by_text("and where they came").click()  # those of the sample catalogue beside it
    relation = reader.locator(".chosen .relation", has_text="dim_customer_kr")
    expect(relation).to_contain_text(f"Drawn by {WHO}: Its calendar is Korean.")
    relation.get_by_role("button", name="Remove dim_date → dim_customer_kr").click()
    reader.get_by_label("Why remove dim_date → dim_customer_kr?").fill("It is not.")
    reader.keyboard.press("Enter")
    expect(relation).to_have_count(0)
    expect(reader.get_by_role("region", name="Selected: dim_date")).to_be_focused()  # where the form was
    assert drawn(site) == []
    entries = site.ask("/table/snowflake://warehouse.marts%2Fdim_date/history")["items"]
    told = {(item["actor"], item["action"], item["reason"]) for item in entries if item["other"] == OTHER}
    assert told == {(WHO, "add", "Its calendar is Korean."), (WHO, "remove", "It is not.")}


def test_what_was_chosen_stays_so_when_a_later_answer_puts_it_elsewhere_in_the_list(reader: Page):
    explore(reader, QUIET)
    begin(reader)
    box = reader.get_by_role("combobox", name="What it feeds")
    box.press_sequentially("dim_customer")
    offered = reader.locator(".pick [role=option]")
    expect(offered.nth(1)).to_contain_text("dim_customer_kr")
    waiting: list[Route] = []
    reader.route("**/v2/suggest**", lambda route: waiting.append(route))  # noqa: PLW0108  # bare, it cannot be wrapped
    with reader.expect_request(lambda request: "dim_customer_kr" in request.url):  # one is asked for each letter
        box.press_sequentially("_kr")
    box.press("ArrowDown")
    expect(reader.locator(".pick [aria-selected=true]")).to_contain_text("dim_customer_kr")
    waiting[-1].continue_()
    expect(offered).to_have_count(1)
    box.press("Enter")
    expect(reader.get_by_role("button", name="Draw it")).to_be_enabled()


def test_what_is_drawn_shows_before_the_service_answers_and_goes_when_it_refuses(reader: Page):
    explore(reader, QUIET)
    before = reader.locator(".line").count()
    waiting: list[Route] = []
    reader.route("**/lineage/edge", lambda route: waiting.append(route))  # noqa: PLW0108  # bare, it cannot be wrapped
    begin(reader)
    reader.get_by_label("It is made from").check()
    pick(reader, "What it is made from", "dim_date", "dim_date")
    reader.get_by_label("Why", exact=True).fill("x" * 10_001)  # more than the service takes
    reader.get_by_role("button", name="Draw it").click()
    expect(reader.locator(".line")).to_have_count(before + 1)
    waiting[0].continue_()
    expect(reader.get_by_text("Not changed: reason")).to_be_visible()
    expect(reader.locator(".line")).to_have_count(before)
    expect(reader.get_by_label("Why", exact=True)).not_to_be_empty()  # what was written is not lost


def test_nobody_in_particular_is_told_to_say_who_they_are(page: Page):
    explore(page, QUIET)
    begin(page)
    pick(page, "What it feeds", "dim_customer_kr", "dim_customer_kr")
    page.get_by_role("button", name="Draw it").click()
    expect(page.locator(".notice")).to_contain_text("Say who you are first")


def test_line_tells_where_it_came_from(page: Page):
    explore(page, LINEAGE)
    line = page.locator(".line-ground").first
    at = line.evaluate(
        """line => { const at = line.getPointAtLength(line.getTotalLength() / 3);
        const view = line.ownerSVGElement.getScreenCTM();
        return [at.x * view.a + view.e, at.y * view.d + view.f]; }"""
    )
    page.mouse.click(*at)
    panel = page.get_by_role("region", name="The selected relation")
    expect(panel).to_contain_text(" → ")
    expect(panel).to_contain_text("first seen")
    expect(page.locator(".line.lit")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
