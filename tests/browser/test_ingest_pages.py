"""The pages of ingestion, over runs that really went well, were refused something, failed, or still go on."""

import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from demo_process import IN_BROWSER, Demo, demo
from job_files import KEY, table, write
from looking import DESK, PHONE, look_at, settle
from playwright.sync_api import Browser, Locator, Page, expect
from web_servers import NOWHERE, listening

from ingest.app import create_app as create_ingest_app
from ingest.runs import new_run_id, save
from metadata_service.store.factory import open_store
from metadata_service.store.memory import MemoryGraphStore
from schemas.ingest_runs import Run
from schemas.settings import Settings
from web.app import create_app

pytestmark = IN_BROWSER

JOBS = """
[jobs.warehouse]
source = "file"
cron = "15 3 1 1 *"
settings.path = "{folder}/warehouse.ndjson"

[jobs.nightly]
source = "file"
settings.path = "{folder}/nightly.ndjson"
staleness.share = 1.0

[jobs.people]
source = "file"
settings.path = "{folder}/people.ndjson"
staleness.share = 1.0

[jobs.broken]
source = "file"
retries = 0
settings.path = "{folder}/missing.ndjson"
"""
KEPT_TABLE = table("kept", description="What the source wrote.")
KEPT, GOES = (quote(f"{KEY}{name}", safe=":@") for name in ("kept", "goes"))
OVER = ("succeeded", "failed", "refused-removal")
PATIENCE_SECONDS = 30.0


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ingest-pages")


@pytest.fixture(scope="module")
def site(browser: Browser, folder: Path) -> Iterator[Demo]:
    """Run a demo with jobs of its own, of which some have been run."""
    write(folder / "warehouse.ndjson", [table(f"t{n}") for n in range(30)] + ["<b>no</b> statement"] * 25)
    write(folder / "nightly.ndjson", [KEPT_TABLE, table("goes")])
    (folder / "fram-jobs.toml").write_text(JOBS.format(folder=folder))
    (folder / "data").mkdir()
    with demo(folder / "data") as running:
        for people in ([{"type": "person", "email": "left@example.com"}], []):
            write(folder / "people.ndjson", people)
            run(running, "people")
        for job in ("warehouse", "nightly", "broken"):
            run(running, job)
        write(folder / "warehouse.ndjson", [table(f"t{n}") for n in range(3)])
        write(folder / "nightly.ndjson", [KEPT_TABLE])
        for job in ("warehouse", "nightly"):
            run(running, job)
        _leave_running(running)
        yield running


def _leave_running(running: Demo) -> None:
    """Keep a run that goes on, and one whose process is gone, as their processes would have kept them."""
    store = open_store(f"sqlite:///{running.data / 'graph.db'}")
    now = int(time.time())
    save(store, Run(new_run_id(), "killed", "file", "running", now - 7_530, read=40, written=40), now - 7_000)
    save(store, Run(new_run_id(), "long", "file", "running", now - 65, read=7), now + 86_400)
    store.close()


def ask(site: Demo, path: str, method: str = "GET") -> Any:
    request = urllib.request.Request(f"{site.page}/api/ingest{path}", method=method)
    with urllib.request.urlopen(request, timeout=20) as reply:
        return json.loads(reply.read())


def last_run(site: Demo, job: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = ask(site, f"/ingest/runs?job={job}&limit=1")["items"]
    return found[0] if found else {"id": "", "status": ""}


def run(site: Demo, job: str) -> dict[str, Any]:
    """Run a job to its end."""
    before = last_run(site, job)["id"]
    ask(site, f"/ingest/jobs/{job}/run", "POST")
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        now = last_run(site, job)
        if now["id"] != before and now["status"] in OVER:
            return now
        time.sleep(0.1)
    raise TimeoutError(f"{job} did not end: {last_run(site, job)}")


def rows(page: Page) -> Locator:
    return page.get_by_role("region", name="Runs", exact=True).locator("tbody tr")


def tile(page: Page, name: str) -> Locator:
    return page.locator(".tile", has=page.get_by_role("heading", name=name, exact=True)).locator("strong")


def in_every_light(page: Page, name: str) -> None:
    for scheme in ("light", "dark"):
        for size in (DESK, PHONE):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": size[0], "height": size[1]})
            look_at(page, f"{name}-{scheme}-{size[0]}")


def test_runs_are_listed_the_latest_first_with_how_they_went(page: Page):
    page.goto("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Sources").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sources and their runs")
    expect(rows(page).first).to_be_visible()
    told = rows(page).locator("th").all_inner_texts()  # those of the demo itself come behind them
    assert told[:7] == ["long", "killed", "nightly", "warehouse", "broken", "nightly", "warehouse"]
    expect(rows(page).nth(0)).to_contain_text("Running")
    expect(rows(page).nth(0)).to_contain_text("so far")
    expect(rows(page).nth(1)).to_contain_text("Interrupted")
    expect(rows(page).nth(3)).to_contain_text("Removal refused")
    expect(rows(page).nth(4)).to_contain_text("Failed")
    # job, state, started, took, read, written, unchanged, refused, marked, source
    assert rows(page).nth(2).locator("td").all_inner_texts()[3:] == ["1", "0", "1", "0", "1", "file"]
    assert rows(page).nth(6).locator("td").all_inner_texts()[3:] == ["55", "30", "0", "25", "0", "file"]
    settle(page)
    in_every_light(page, "ingest-runs")


def test_page_of_a_table_says_who_tells_of_it_and_who_did(page: Page):
    page.goto(f"/table/{KEPT}")
    facts = page.get_by_role("complementary", name="Facts")
    expect(facts.locator(".field", has=page.get_by_role("heading", name="Known from"))).to_contain_text("nightly")
    expect(page.locator(".silence")).to_have_count(0)
    page.goto(f"/table/{GOES}")
    expect(page.locator(".silence")).to_contain_text("No source tells of this table any more")
    expect(facts).to_contain_text("until")
    settle(page)
    in_every_light(page, "table-gone")


def test_page_of_a_person_says_that_no_source_tells_of_them_any_more(page: Page):
    page.goto("/person/left@example.com")
    expect(page.locator(".silence")).to_contain_text("No source tells of this person any more")
    expect(page.get_by_role("complementary", name="Facts")).to_contain_text("people")


def test_explorer_marks_what_no_source_tells_of_any_more(page: Page):
    page.goto(f"/lineage/table/{GOES}")
    expect(page.locator(".card.gone")).to_contain_text("gone · ")
    page.locator(".explorer-list li").click()
    expect(page.locator(".chosen .silence")).to_contain_text("No source tells of this table any more")
    settle(page)
    look_at(page, f"lineage-gone-light-{DESK[0]}")


def test_another_description_than_the_one_shown_stands_with_its_source(page: Page, site: Demo):
    edit = urllib.request.Request(
        f"{site.page}/api/metadata/table/{KEPT}/description",
        json.dumps({"description": "What a person wrote."}).encode(),
        {"Content-Type": "application/json"},
        method="PUT",
    )
    urllib.request.urlopen(edit, timeout=20).close()
    page.goto(f"/table/{KEPT}")
    expect(page.get_by_role("region", name="Description")).to_contain_text("What a person wrote.")
    page.get_by_text("describes it otherwise").click()
    expect(page.get_by_role("complementary", name="Facts").locator("blockquote")).to_have_text("What the source wrote.")


def test_filter_stands_in_the_address(page: Page):
    page.goto("/ingest")
    page.get_by_label("Job", exact=True).select_option("warehouse")
    expect(rows(page)).to_have_count(2)
    page.get_by_label("State", exact=True).select_option("Removal refused")
    expect(rows(page)).to_have_count(1)
    assert page.url.endswith("/ingest?job=warehouse&state=refused-removal")
    page.reload()
    expect(rows(page)).to_have_count(1)
    expect(page.get_by_label("State", exact=True)).to_have_value("refused-removal")
    page.get_by_label("State", exact=True).select_option("Failed")
    expect(page.get_by_text("No run is like that.")).to_be_visible()
    page.get_by_label("Job", exact=True).select_option("all")
    expect(rows(page)).to_have_count(1)
    expect(rows(page)).to_contain_text("broken")


def test_run_tells_what_it_refused_and_why(page: Page):
    page.goto("/ingest?job=warehouse")
    rows(page).last.get_by_role("link", name="warehouse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("warehouse")
    expect(page.get_by_role("status").filter(has_text="Succeeded")).to_be_visible()
    expect(tile(page, "Refused")).to_have_text("25")
    expect(page.get_by_text("25 were refused; the reasons of the first 20 are kept.")).to_be_visible()
    reasons = page.locator(".refusals > li")
    expect(reasons).to_have_count(20)
    expect(reasons.first).to_contain_text("warehouse.ndjson, line 31: It is not JSON")
    expect(page.locator("main b")).to_have_count(0)
    expect(page.get_by_text("The source refused something, so that nothing could be told to be gone.")).to_be_visible()
    settle(page)
    in_every_light(page, "ingest-run")


def test_run_tells_what_it_marked_and_how_it_is_undone(page: Page, site: Demo):
    run_id = last_run(site, "nightly")["id"]
    page.goto(f"/ingest/{run_id}")
    expect(tile(page, "Marked")).to_have_text("1")
    expect(page.get_by_text(f"fram ingest restore {run_id}")).to_be_visible()
    page.get_by_role("button", name="Copy command").click()
    assert page.evaluate("navigator.clipboard.readText()") == f"fram ingest restore {run_id}"
    page.get_by_role("link", name="All runs of it").click()
    expect(rows(page)).to_have_count(2)


def test_failed_run_says_why_and_a_run_that_would_take_too_much_says_how_much(page: Page):
    page.goto("/ingest?state=failed")
    rows(page).get_by_role("link", name="broken").click()
    expect(page.get_by_text("missing.ndjson")).to_be_visible()
    look_at(page, "ingest-run-failed")
    page.goto("/ingest?state=refused-removal")
    rows(page).get_by_role("link", name="warehouse").click()
    expect(page.get_by_text("27 of 30")).to_be_visible()
    expect(tile(page, "Marked")).to_have_text("0")


def test_job_is_run_from_the_page(page: Page, site: Demo, folder: Path):
    write(folder / "warehouse.ndjson", [table(f"t{n}") for n in range(30)])
    page.goto("/ingest?job=warehouse")
    expect(rows(page)).to_have_count(2)
    job = page.get_by_role("region", name="Jobs").locator("li", has_text="warehouse")
    expect(job).to_contain_text("15 3 1 1 *")
    job.get_by_role("button", name="Run now").click()
    expect(page.get_by_text("The job warehouse is started.")).to_be_visible()
    expect(rows(page)).to_have_count(3)
    expect(rows(page).first).to_contain_text("Succeeded")
    assert last_run(site, "warehouse")["unchanged"] == 30


def test_run_that_is_not_there_leads_to_those_that_are(page: Page):
    page.goto("/ingest/no-such-run")
    expect(page.get_by_role("alert")).to_contain_text("no-such-run")
    page.get_by_role("link", name="All runs").click()
    expect(rows(page).first).to_be_visible()


def test_page_says_what_to_do_where_nothing_was_ever_read(browser: Browser, site: Demo):
    with (
        listening(create_ingest_app(Settings(), MemoryGraphStore())) as ingest,
        _elsewhere(browser, site, ingest) as page,
    ):
        page.goto("/ingest")
        expect(page.get_by_text("No source has been read yet.")).to_be_visible()
        expect(page.get_by_text("fram ingest run JOB")).to_be_visible()
        look_at(page, "ingest-nothing-yet")


def test_page_says_so_when_the_ingest_service_does_not_run(browser: Browser, site: Demo):
    with _elsewhere(browser, site, NOWHERE) as page:
        page.goto("/ingest")
        expect(page.get_by_role("alert")).to_contain_text("The ingest service does not answer")
        expect(page.get_by_text("fram serve ingest")).to_be_visible()
        look_at(page, "ingest-down")
        page.get_by_role("link", name="How Fram is doing").click()
        expect(page.locator(".services")).to_contain_text("Ingestion: does not answer")
        expect(page.locator(".services")).to_contain_text("Catalogue: answers")
        page.get_by_role("link", name="Sources and their runs").click()
        expect(page.get_by_role("alert")).to_contain_text("The ingest service does not answer")


@contextmanager
def _elsewhere(browser: Browser, site: Demo, ingest: str) -> Iterator[Page]:
    """Open a page, on a phone, of the demo's services with another one for ingestion."""
    services = {"metadata": site.metadata, "search": site.search, "ingest": ingest}
    with listening(create_app(Settings(), services)) as url:
        context = browser.new_context(base_url=url, viewport={"width": PHONE[0], "height": PHONE[1]})
        yield context.new_page()
        context.close()
