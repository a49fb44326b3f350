"""The lineage explorer on 5,000 connected tables: sixty expansions, each of which keeps the ground under the reader."""

import random
import re
import statistics
import time
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

import large_lineage
import pytest
from demo_process import IN_BROWSER, Demo, demo
from explorer_page import at_rest, explore
from looking import SHOTS, look_at
from playwright.sync_api import Browser, Page, expect

pytestmark = [IN_BROWSER, pytest.mark.slow]

ADDRESS = f"/lineage/table/{quote(large_lineage.key(0), safe=':')}"
CLICKS, CAP = 60, 300
PLACE = 3.0  # pixels by which what was clicked may move
LAYOUT_SECONDS = 60.0
BUDGET_SECONDS = 1.5  # of a usual click on a busy machine, the replies of the service and the browser's driver included
BUSY = 1_000.0  # milliseconds for which the page may not answer, but for one in twenty long tasks, on a busy machine
EDGE = 30  # pixels of the picture in which nothing is clicked
TOLD = re.compile(r"^300 are drawn, \d+ more are not: hide some, filter, or take all downstream as CSV. Draw 300 more$")
WATCH_TASKS = """
window.tasks = []
new PerformanceObserver(list => window.tasks.push(...list.getEntries().map(task => task.duration)))
  .observe({ type: 'longtask' })
"""


class Button(NamedTuple):
    """A button that shows more, by the card and the side it is on, how many it says, and where it is in the window."""

    node: str
    hidden: int
    side: str
    x: float
    y: float


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("large")
    large_lineage.load(data)
    with demo(data, command="serve", holds=large_lineage.START) as running:
        yield running


@pytest.fixture
def errors(page: Page) -> Iterator[list[str]]:
    """Collect what a script or the browser complains of; the test fails where there is any."""
    found: list[str] = []
    page.on("console", lambda message: message.type == "error" and found.append(message.text))
    page.on("pageerror", lambda error: found.append(str(error)))
    yield found
    assert found == []


@pytest.mark.usefixtures("errors")
def test_sixty_expansions_keep_the_place_of_what_is_clicked_and_end_at_the_cap(page: Page):
    page.add_init_script(WATCH_TASKS)
    explore(page, ADDRESS)
    chance = random.Random(7)
    times, grown = [], [shown(page)]
    for turn in range(CLICKS):
        button = choose(page, turn, chance)
        before, began = ground(page, button), time.monotonic()
        click(page, button)
        times.append(time.monotonic() - began)
        after = ground(page, button)
        assert (abs(after[0] - before[0]) <= PLACE, abs(after[1] - before[1]) <= PLACE) == (True, True), (turn, button)
        grown.append(shown(page))
    assert grown[CLICKS // 2] > 2 * grown[0]
    assert sorted(grown) == grown
    assert grown[-1] == CAP
    expect(page.locator(".told")).to_have_text(
        re.compile(
            r"^300 are drawn, \d+ more are not: hide some, filter, or take all downstream as CSV. Draw 300 more$"
        )
    )
    assert in_picture(page) == in_list(page)
    page.screenshot(path=SHOTS / "lineage-large.png")
    assert statistics.median(times) < BUDGET_SECONDS
    tasks = page.evaluate("window.tasks")  # those of 50 ms or more
    assert len(tasks) < 2 or statistics.quantiles(tasks, n=20)[-1] < BUSY

    listed = in_list(page)
    page.reload()  # the address holds all sixty
    expect(page.locator(".told")).to_contain_text("300 are drawn")
    at_rest(page)
    assert in_list(page) == listed
    page.get_by_role("button", name="Draw 300 more").click()
    expect(page.locator(".told")).to_be_empty()
    at_rest(page)
    assert listed < in_list(page)
    deadline = time.monotonic() + LAYOUT_SECONDS  # where each goes is worked out behind the list
    while in_picture(page) != in_list(page):
        assert time.monotonic() < deadline


@pytest.mark.usefixtures("errors")
def test_what_comes_outside_of_the_window_is_told_of_and_brought_into_view(page: Page):
    page.set_viewport_size({"width": 1280, "height": 560})
    explore(page, ADDRESS)
    told = page.locator(".beyond")
    expect(told).to_be_empty()
    before = set(within_window(page))
    start = large_lineage.key(0)
    (button,) = [one for one in buttons(page) if one.node.endswith(start) and one.side == "downstream"]
    place = ground(page, button)
    click(page, button)
    assert ground(page, button) == pytest.approx(place, abs=PLACE)
    expect(told).to_have_text(re.compile(r"^\d+ of what came are outside of the window. Show them$"))
    outside = int(told.inner_text().split()[0])
    assert len(set(within_window(page)) - before) == large_lineage.PAGE - outside
    look_at(page, "lineage-beyond")
    told.get_by_role("button", name="Show them").click()
    expect(told).to_be_empty()
    assert len(set(within_window(page)) - before) >= large_lineage.PAGE


def test_table_made_from_itself_does_not_say_that_it_hides_itself(page: Page):
    itself = next(source for source, target in large_lineage.edges() if source == target)
    explore(page, f"/lineage/table/{quote(large_lineage.key(itself), safe=':')}")
    assert page.locator(".card.start .toggles button", has_text="+").count() == 0


def click(page: Page, button: Button) -> None:
    """Show more, and wait until all of it is there."""
    page.mouse.click(button.x, button.y)
    at_rest(page)


def choose(page: Page, turn: int, chance: random.Random) -> Button:
    """Return a button within sight, each third time the one that hides most; look around where there is none."""
    for look in ("", "Fit View", *["Zoom In"] * 6):
        if look:
            glide(page, look)
        found = buttons(page)
        if found:
            return chance.choice(found) if turn % 3 else max(found, key=lambda button: button.hidden)
    raise AssertionError("nothing can be expanded within sight")


def glide(page: Page, name: str) -> None:
    """Move the window onto the picture, and wait until it stands still."""
    place = ""
    page.get_by_role("button", name=name, exact=True).click()
    while (now := page.locator(".react-flow__viewport").get_attribute("style") or "") != place:
        place = now
        page.wait_for_timeout(400)


def buttons(page: Page) -> list[Button]:
    """Find the buttons that show more, that lie well within the picture and under nothing else."""
    found = page.evaluate(
        """edge => {
          const frame = document.querySelector('.picture').getBoundingClientRect()
          return [...document.querySelectorAll('.toggles button')].flatMap(button => {
            const box = button.getBoundingClientRect()
            const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
            const within = (place, from, to) => place > from + edge && place < to - edge
            if (!within(x, frame.left, frame.right) || !within(y, frame.top, frame.bottom)) return []
            if (!button.innerText.startsWith('+') || document.elementFromPoint(x, y) !== button) return []
            const side = button.parentElement.classList.contains('upstream') ? 'upstream' : 'downstream'
            return [[button.closest('.react-flow__node').dataset.id, parseInt(button.innerText), side, x, y]]
          })
        }""",
        EDGE,
    )
    return [Button(*one) for one in found]


def ground(page: Page, button: Button) -> tuple[float, float]:
    """Return where the clicked side of a card is in the window."""
    box = page.locator(f'.react-flow__node[data-id="{button.node}"] .card').bounding_box()
    assert box is not None
    return box["x"] + (box["width"] if button.side == "downstream" else 0), box["y"] + box["height"] / 2


def shown(page: Page) -> int:
    return page.locator(".explorer-list > ul > li").count()


def in_list(page: Page) -> set[str]:
    links = page.locator(".explorer-list > ul > li > a")
    found: list[str] = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(found) == len(set(found))
    return set(found)


def in_picture(page: Page) -> set[str]:
    """Return the pages of all that is drawn, having zoomed out until all of it can be seen."""
    glide(page, "Fit View")
    links = page.locator(".card .card-text a")
    found: list[str] = links.evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert len(found) == len(set(found))
    return set(found)


def within_window(page: Page) -> list[str]:
    """Return the cards whose middle can be seen."""
    found: list[str] = page.evaluate(
        """() => {
          const frame = document.querySelector('.picture').getBoundingClientRect()
          return [...document.querySelectorAll('.react-flow__node')].filter(node => {
            const box = node.getBoundingClientRect()
            const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
            return x >= frame.left && x <= frame.right && y >= frame.top && y <= frame.bottom
          }).map(node => node.dataset.id)
        }"""
    )
    return found
