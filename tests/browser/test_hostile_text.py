"""Text from the graph never becomes markup, and text of any script is shown as it is."""

import urllib.parse

import pytest
from addresses import PERSON
from demo_process import IN_BROWSER, Demo
from looking import DESK, look_at
from playwright.sync_api import Page, expect

pytestmark = IN_BROWSER

ATTACKS = (
    "<script>window.hit = 1</script><img src=x onerror='window.hit = 2'><svg onload='window.hit = 3'>"
    "<iframe srcdoc='<script>parent.hit=4</script>'></iframe>"
    "[a](javascript:window.hit=5) [b](data:text/html,x) <a href='javascript:window.hit=6'>c</a>"
    ' ![d](javascript:window.hit=7) "onmouseover="window.hit=8" {{7*7}} ${window.hit=9}'
)
NAME = "<img src=x onerror=window.hit=10>"
KEY = "postgres://prod.shop/orders"
PAGE = f"/table/{urllib.parse.quote(KEY, safe=':')}"
TEXTS = ["한국어 설명: 주문 표", "订单表的说明", "注文テーブルの説明", "جدول الطلبات", "טבלת הזמנות", "größe 📦"]


def put(site: Demo, path: str, body: object = None, actor: str = "ada") -> None:
    site.ask(path, "PUT", body, actor)


def quoted(text: str) -> str:
    return urllib.parse.quote(text, safe="")


@pytest.fixture(scope="module")
def poisoned(site: Demo) -> Demo:
    """Write markup into every field that can be written."""
    for path in (f"/table/{KEY}", f"/table/{KEY}/column/id"):
        put(site, f"{path}/description", {"description": ATTACKS}, actor=NAME)
        put(site, f"{path}/badge/{quoted(NAME)}?category={quoted(NAME)}")
    put(site, f"/table/{KEY}/tag/{quoted(NAME)}")
    put(site, f"/table/{KEY}/owner/{quoted(NAME)}")
    put(site, "/user", {"email": "evil@example.com", "full_name": NAME, "profile_url": "javascript:window.hit=11"})
    put(site, f"/table/{KEY}/owner/evil@example.com")
    put(site, f"/user/evil@example.com/follow/table/{KEY}")
    for key in (
        "superset_dashboard://prod.growth/acquisition-funnel",
        "tableau_dashboard://prod.finance/monthly-close",
    ):
        put(site, f"/dashboard/{key}/description", {"description": ATTACKS})
        put(site, f"/dashboard/{key}/tag/{quoted(NAME)}")
    put(site, "/feature/customer_behaviour/orders_90d/2.1/description", {"description": ATTACKS})
    return site


@pytest.mark.parametrize(
    "path",
    [
        PAGE,
        f"{PAGE}?column=id",
        f"{PAGE}?tab=history",
        f"{PAGE}?tab=lineage",
        "/person/evil@example.com",
        f"/person/{quoted(NAME)}",
        "/dashboard/superset_dashboard:%2F%2Fprod.growth%2Facquisition-funnel",
        "/feature/customer_behaviour%2Forders_90d%2F2.1",
        "/labels",
        "/",
        f"/search?q={quoted(NAME)}",
        "/search?q=window.hit",
        f"/search?f.tags={quoted(NAME)}",
        f"/table/{quoted('hive://<script>window.hit=12</script>')}",
        f"/{quoted('<script>window.hit=13</script>')}",
        f"/lineage/{PAGE.removeprefix('/')}",
    ],
)
def test_markup_in_a_text_stays_text(page: Page, poisoned: Demo, path: str):
    page.goto(path)
    page.locator("main > *").first.wait_for()
    page.locator(".loading").first.wait_for(state="detached")
    page.mouse.move(640, 400)
    assert page.evaluate("window.hit") is None
    inside = page.locator("main, [role=listbox]")
    assert inside.locator("script, iframe, img, svg[onload], [onerror], [onmouseover]").count() == 0
    assert inside.locator("a[href^='javascript' i], a[href^='data:']").count() == 0


def test_text_of_the_attack_is_there_to_read(page: Page, poisoned: Demo):
    page.goto(PAGE)
    expect(page.locator(".description").first).to_contain_text("<script>window.hit = 1</script>")
    expect(page.get_by_role("link", name=NAME).first).to_be_visible()


@pytest.mark.parametrize("text", TEXTS)
def test_any_script_is_written_and_shown(page: Page, site: Demo, text: str):
    page.goto("/table/postgres:%2F%2Fprod.shop%2Faddresses")
    page.get_by_role("button", name="description of addresses").click()
    page.get_by_role("textbox", name="description of addresses").fill(text)
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".description").first).to_contain_text(text)
    shown = page.locator(".description .markdown").first
    right_to_left = text[0] in "جט"
    assert page.evaluate("e => getComputedStyle(e).direction", shown.element_handle()) == (
        "rtl" if right_to_left else "ltr"
    )
    look_at(page, f"script-{TEXTS.index(text)}-{DESK[0]}")


def test_korean_name_is_a_person(page: Page):
    page.goto("/person/minjun.choi@merrowfield.example")
    expect(page.get_by_role("heading", level=1)).to_have_text("최민준")
    page.goto(PERSON)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hana Kim")
