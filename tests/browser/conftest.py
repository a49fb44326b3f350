"""A real browser before the real demo. Where there is no browser the tests are skipped, and fail where CI is set."""

import os
import shutil
from collections.abc import Iterator

import pytest
from demo_process import Demo, demo
from looking import DESK
from playwright.sync_api import Browser, Page, sync_playwright

from web.app import BUILT

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    missing = "no chromium" if found is None else "" if (BUILT / "index.html").exists() else "web/dist, see `make ui`,"
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"THE PAGE IS NOT TESTED: {missing} is here.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])  # needed as root
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Run the demo; a test that leaves something behind writes it where no other test looks."""
    with demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture
def page(browser: Browser, site: Demo) -> Iterator[Page]:
    """Open a page that fails the test when a script of it does, or when it was refused something by its policy."""
    context = browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, base_url=site.page, locale="en-GB")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(15_000)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: _complain(complaints, message.text))
    elsewhere: list[str] = []
    page.on("request", lambda request: request.url.startswith(site.page) or elsewhere.append(request.url))
    yield page
    context.close()
    assert complaints == []
    assert elsewhere == []


def _complain(complaints: list[str], text: str) -> None:
    if "Content Security Policy" in text or "Warning:" in text or 'unique "key"' in text:
        complaints.append(text)
