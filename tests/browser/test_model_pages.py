"""A model, its versions and an experiment with its runs, as people look at them."""

from collections.abc import Iterator
from urllib.parse import quote

import learned
import pytest
from demo_process import IN_BROWSER, Demo, demo
from explorer_page import explore
from looking import PHONE, look_at, settle
from playwright.sync_api import Browser, Page, expect

from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore
from schemas.model_statements import Experiment, Model, Run

pytestmark = IN_BROWSER

TABLE = "kafka://events.web/checkoutStarted"
MODEL = f"/model/{quote(learned.model_key('m1'), safe=':')}"
EXPERIMENT = f"/experiment/{quote(learned.experiment_key('many'), safe=':')}"


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run a demo of its own, whose tags and lineage no other test looks at."""
    with demo(tmp_path_factory.mktemp("models")) as running:
        store = open_store(f"sqlite:///{running.data / 'graph.db'}")
        _fill(store)
        store.close()
        yield running


def _fill(store: GraphStore) -> None:
    learned.load(store, TABLE, store.list_nodes("Column", prefix=f"{TABLE}/", limit=1)[0].ref.key, 2)
    learned.say(store, Model("prod", "m1", aliases={"champion": "2"}), run="3")
    kinds = ("tree", "forest", "boost")
    runs = [
        Run(
            "prod",
            f"many{n}",
            "many",
            f"owl {n}",
            started_at=learned.NOW + n,
            parameters={"a_seed": "7", "depth": str(n), "kind": kinds[n % 3]},
            metrics={"auc": 0.5 + n / 100},
        )
        for n in range(12)
    ]
    learned.say(store, Experiment("prod", "many", "Many <b>runs</b> تجربة"), *runs)


def test_a_model_shows_versions_transitions_and_what_differs(page: Page):
    page.goto(MODEL)
    rows = page.locator("table.dense tbody tr")
    expect(rows).to_have_count(2)
    settle(page)
    look_at(page, "model-versions")
    page.get_by_role("link", name="Version 1").click()
    expect(page.get_by_role("heading", name="Made by run")).to_contain_text("run 1")
    look_at(page, "model-version")
    page.get_by_role("link", name="run 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("run 1")
    expect(page.get_by_text("checkoutStarted")).to_be_visible()
    look_at(page, "run")

    page.goto(f"{MODEL}?tab=changes")
    expect(page.locator(".history li").first).to_contain_text("@champion moved from Version 1 to Version 2")
    page.goto(f"{MODEL}?tab=compare")
    expect(page.locator("tr.differs").first).to_be_visible()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    look_at(page, "model-compare-phone")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_each_kind_has_a_colour_of_its_own_in_the_explorer(page: Page, scheme: str):
    page.emulate_media(color_scheme=scheme)
    model = f"model:{learned.model_key('m1')}"
    explore(page, f"/lineage/table/{quote(TABLE, safe=':')}?to={quote(model, safe='')}")
    expect(page.locator(".card.model")).to_have_count(1)

    def colour(kind: str) -> str:
        edge = "card => getComputedStyle(card).borderInlineStartColor"
        return str(page.locator(f".card.{kind}").first.evaluate(edge))

    assert len({colour(kind) for kind in ("table", "run", "model_version")}) == 3
    assert colour("model") == colour("model_version")
    page.mouse.move(5, 5)
    look_at(page, f"lineage-models-{scheme}")


def test_runs_are_sorted_filtered_and_drawn(page: Page):
    page.goto(EXPERIMENT)
    expect(page.get_by_role("heading", level=1)).to_have_text("Many <b>runs</b> تجربة")
    rows = page.locator("table.runs tbody tr")
    expect(rows).to_have_count(12)
    expect(page.get_by_label("Parameter")).to_have_value("depth")  # and not a_seed, which is the same in all of them
    expect(page.locator(".chart .dot")).to_have_count(12)
    page.get_by_role("button", name="auc").click()
    expect(rows.first).to_contain_text("owl 11")
    page.get_by_role("button", name="auc").click()
    expect(rows.first).to_contain_text("owl 0")
    expect(page.locator("th[aria-sort=ascending]")).to_contain_text("auc")

    page.get_by_role("searchbox", name="Filter").fill("parameters.kind=tree, metrics.auc>=0.53")
    page.get_by_role("button", name="Apply").click()
    expect(rows).to_have_count(3)
    expect(page.locator(".chart .dot")).to_have_count(3)
    page.get_by_label("Parameter").select_option("kind")
    expect(page.locator(".chart .grid")).to_contain_text("tree")
    look_at(page, "experiment")
    page.reload()
    expect(rows).to_have_count(3)
    page.locator(".chart .dot").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("owl")

    page.goto(f"{EXPERIMENT}?where=colour%3Dred")
    expect(page.get_by_role("alert")).to_contain_text("'colour' is none of")
