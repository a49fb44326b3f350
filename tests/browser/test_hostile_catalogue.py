"""A catalogue in which every text is an attack, whoever wrote it: people, sources, programs. No page falls for one."""

from collections.abc import Iterator

import pytest
from addresses import ALL, DASHBOARD, LINEAGE, TABLE
from demo_process import IN_BROWSER, Demo, demo
from looking import settle
from playwright.sync_api import Browser, Page, expect

from fram.demo import load
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, Node, NodeRef, PutNode
from metadata_service.store.port import GraphStore
from schemas.graph import LABELS

pytestmark = IN_BROWSER

ATTACK = (
    "<script>window.hit = 1</script><img src=x onerror='window.hit = 2'><svg onload='window.hit = 3'>"
    "[a](javascript:window.hit=4) ![b](javascript:window.hit=5) <a href='javascript:window.hit=6'>c</a>"
    " \"onmouseover='window.hit=7' {{7*7}} ${window.hit=8}"
)
LINK = "javascript:window.hit=9//"
TYPE = "struct<a:int> <img src=x onerror=window.hit=10>"
MORE = {
    "dashboard-history": f"{DASHBOARD}?tab=history",
    "found-people": "/search?q=window.hit&kind=user",
    "found-dashboards": "/search?q=window.hit&kind=dashboard",
    "lineage": LINEAGE,
}


def attacks(label: str, name: str, text: object) -> str:
    if name in ("email", "state", "kind"):
        return f"{text}{ATTACK}"
    if "url" in name or (label == "Source" and name == "source"):
        return LINK
    return TYPE if name in ("col_type", "data_type") else f"{text} {ATTACK}"


def poison(store: GraphStore) -> None:
    """Put an attack behind every text of every node. Keys stay, and types of tags, of which others are not shown."""
    for label, declared in LABELS.items():
        if label.startswith("Fram_"):
            continue
        texts = [name for name, kind in declared.properties.items() if kind is str and name != "tag_type"]
        after = ""
        while page := store.list_nodes(label, after):
            after = page[-1].ref.key
            found = tuple(PutNode(NodeRef(label, node.ref.key), poisoned_texts(label, texts, node)) for node in page)
            store.apply(Batch(found, Authority.PERSON, actor=ATTACK))


def poisoned_texts(label: str, texts: list[str], node: Node) -> dict[str, str]:
    return {name: attacks(label, name, node.props.get(name) or "") for name in texts}


@pytest.fixture(scope="module")
def poisoned(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("poisoned")
    store = open_store(f"sqlite:///{data / 'graph.db'}")
    store.ensure_schema()
    load(store)
    poison(store)
    store.close()
    with demo(data, command="serve") as running:
        yield running


@pytest.fixture
def visitor(browser: Browser, poisoned: Demo) -> Iterator[Page]:
    context = browser.new_context(base_url=poisoned.page, locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(15_000)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("dialog", lambda dialog: broken.append(dialog.message))
    elsewhere: list[str] = []
    page.on("request", lambda request: request.url.startswith(poisoned.page) or elsewhere.append(request.url))
    yield page
    context.close()
    assert broken == []
    assert elsewhere == []


@pytest.mark.parametrize("name", [*ALL, *MORE])
def test_no_page_takes_a_text_for_markup(visitor: Page, name: str):
    visitor.goto({**ALL, **MORE}[name])
    visitor.locator("main > *").first.wait_for()
    settle(visitor)
    assert visitor.evaluate("window.hit") is None
    inside = visitor.locator("main, [role=listbox]")
    assert inside.locator("script, iframe, img, svg[onload], [onerror], [onmouseover]").count() == 0
    assert visitor.locator("a[href^='javascript' i], a[href^='data:']").count() == 0


def test_attacks_are_there_to_read(visitor: Page):
    visitor.goto(TABLE)
    expect(visitor.get_by_role("heading", level=1)).to_contain_text("fct_orders <script>window.hit = 1</script>")
    expect(visitor.locator(".description").first).to_contain_text("<script>window.hit = 1</script>")
    expect(visitor.locator(".type").first).to_contain_text("<img src=x")


def test_suggestions_are_text_too(visitor: Page):
    visitor.goto("/")
    visitor.get_by_role("combobox", name="Search").fill("fct_ord")
    expect(visitor.get_by_role("option").first).to_contain_text("<script>")
    assert visitor.evaluate("window.hit") is None
