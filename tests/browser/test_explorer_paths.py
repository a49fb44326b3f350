"""How one thing leads to another, and the picture as a file."""

import struct
import xml.etree.ElementTree as ET

import pytest
from addresses import LINEAGE
from demo_process import IN_BROWSER
from explorer_page import card, explore, listed, pick
from looking import DESK, PHONE, SHOTS, look_at
from playwright.sync_api import Page, expect

pytestmark = IN_BROWSER
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def explorer(page: Page) -> Page:
    return explore(page, LINEAGE)


def test_paths_between_two_things_are_listed_and_lit(explorer: Page):
    listed(explorer, "fct_orders").click()
    explorer.get_by_role("button", name="Paths to …").click()
    pick(explorer, "The other end of the paths", "checkoutStarted", "checkoutStarted")
    explorer.get_by_role("button", name="Show paths").click()
    panel = explorer.get_by_role("region", name="Paths between")
    expect(panel.get_by_role("status")).to_contain_text("Neither leads to the other.")
    panel.get_by_role("button", name="Leave these paths").click()
    expect(panel).to_have_count(0)


def test_path_upstream_is_found_from_the_other_end_and_its_stops_are_shown(explorer: Page):
    listed(explorer, "fct_orders").click()
    explorer.get_by_role("button", name="Paths to …").click()
    pick(explorer, "The other end of the paths", "shop_orders", "shop_orders")
    explorer.get_by_role("button", name="Show paths").click()
    panel = explorer.get_by_role("region", name="Paths between fct_orders and shop_orders")
    expect(panel.get_by_role("listitem").first).to_contain_text("shop_orders → stg_orders → fct_orders")
    expect(card(explorer, "shop_orders")).to_be_visible()
    expect(explorer.locator(".react-flow__node.lit").first).to_be_attached()
    look_at(explorer, f"lineage-paths-light-{DESK[0]}")
    explorer.reload()
    expect(panel.get_by_role("listitem").first).to_contain_text("shop_orders → stg_orders → fct_orders")
    panel.get_by_role("button", name="shop_orders → stg_orders → fct_orders").first.click()
    expect(explorer.locator(".react-flow__node.lit")).to_have_count(3)
    expect(explorer.locator(".line.lit")).to_have_count(2)


def test_paths_fit_a_phone(page: Page):
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    explore(page, f"{LINEAGE}?to=table:snowflake://warehouse.raw/shop_orders")
    page.get_by_role("region", name="Paths between").get_by_role("listitem").first.wait_for()
    look_at(page, f"lineage-paths-light-{PHONE[0]}")


def test_picture_is_a_file_of_what_is_drawn(explorer: Page):
    explorer.get_by_role("button", name="Columns of fct_orders", exact=True).click()
    explorer.get_by_role("button", name="Follow column").first.wait_for()
    with explorer.expect_download() as download:
        explorer.get_by_role("button", name="Picture as SVG").click()
    assert download.value.suggested_filename == "lineage.svg"
    text = download.value.path().read_text()
    (SHOTS / "lineage.svg").write_text(text)
    drawing = ET.fromstring(text)  # noqa: S314  # of our own making
    words = [element.text for element in drawing.iter(f"{SVG}text")]
    cards = explorer.locator(".explorer-list > ul > li").count()
    rows = explorer.locator(".card-columns button").count()
    assert rows > 0
    assert len(words) == 2 * cards + rows
    assert "fct_orders" in words
    assert len(list(drawing.iter(f"{SVG}path"))) == explorer.locator(".line").count()
    assert not any("url(" in value for element in drawing.iter() for value in element.attrib.values())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_picture_is_a_file_of_pixels_too(explorer: Page, scheme: str):
    explorer.emulate_media(color_scheme=scheme)
    with explorer.expect_download() as download:
        explorer.get_by_role("button", name="Picture as SVG").click()
    drawing = ET.fromstring(download.value.path().read_text())  # noqa: S314  # of our own making
    with explorer.expect_download() as download:
        explorer.get_by_role("button", name="Picture as PNG").click()
    assert download.value.suggested_filename == "lineage.png"
    pixels = download.value.path().read_bytes()
    (SHOTS / f"lineage-{scheme}.png").write_bytes(pixels)
    assert pixels.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", pixels[16:24])
    assert (width, height) == (2 * int(drawing.attrib["width"]), 2 * int(drawing.attrib["height"]))
    assert len(pixels) > 20_000  # more than one colour all over
