"""From data to the models that depend on it, and by search: what somebody asks before they change a column."""

from urllib.parse import quote

import pytest
from addresses import SHIPMENTS
from demo_process import IN_BROWSER
from playwright.sync_api import Page, expect

pytestmark = IN_BROWSER


def shipments(query: str) -> str:
    return f"/table/{quote(SHIPMENTS, safe=':')}?{query}"


@pytest.mark.parametrize(
    ("query", "known_by"),
    [("tab=lineage", ""), ("column=is_on_time", "its signature takes this column")],
    ids=["table", "column"],
)
def test_the_models_that_depend_on_it_are_told_those_in_production_first(page: Page, query: str, known_by: str):
    page.goto(shipments(query))
    models = page.get_by_role("region", name="Models").get_by_role("listitem")
    expect(models).to_have_count(2)
    expect(models.first).to_contain_text("churn 14")
    expect(models.first).to_contain_text(known_by)
    expect(models.first.locator(".stage")).to_have_text("Production")
    models.first.get_by_role("link", name="churn 14").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("churn")


def test_a_column_no_model_uses_names_none(page: Page):
    page.goto(shipments("column=label_cost_eur"))
    expect(page.get_by_role("complementary").get_by_text("Upstream")).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("region", name="Models")).to_have_count(0)


def test_models_and_experiments_are_found_and_narrowed(page: Page):
    page.goto("/search?q=churn")
    page.get_by_role("button", name="Models").click()
    found = page.locator("[data-result]")
    expect(found).to_have_count(1)
    expect(page.locator(".hits .stage").first).to_be_visible()
    page.get_by_role("checkbox", name="Production").check()
    expect(page).to_have_url("/search?q=churn&kind=model&f.stages=Production")
    found.first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("churn")
    page.goto("/search?q=auc&kind=experiment")
    expect(found.first).to_contain_text("subscription-churn")
