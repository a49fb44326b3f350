"""OpenSearch when its disk is full, its indexes are tampered with, or it is not there: told clearly, and got over."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from entries import a_table, a_tombstone, ask, build, fill, found
from opensearch_server import new_prefix, request, serving

from schemas.errors import IndexUnavailable, Invalid, InvalidSetting
from search_service.index.factory import open_index
from search_service.index.opensearch_generations import TRUST_SECONDS
from search_service.index.pages import cursor
from search_service.index.port import Outcome, SearchIndex
from search_service.query import Sort

pytestmark = [pytest.mark.opensearch, pytest.mark.xdist_group("opensearch")]

OPERATIONS: dict[str, Callable[[SearchIndex], object]] = {
    "search": lambda index: ask(index, "orders"),
    "suggest": lambda index: index.suggest("ord", ["table"]),
    "write": lambda index: index.write([a_table("more")]),
    "find": lambda index: index.find("table", "k"),
    "revisions": lambda index: index.revisions("table"),
    "count": lambda index: index.count("table"),
    "refresh": lambda index: index.refresh(),
    "health": lambda index: index.health(),
}


@pytest.fixture
def url() -> Iterator[str]:
    with new_prefix() as url:
        yield url


@pytest.fixture
def index(url: str) -> Iterator[SearchIndex]:
    """An index that serves one table."""
    opened = open_index(url)
    build(opened, a_table("orders"))
    yield opened
    opened.close()


def set_on(url: str, **settings: object) -> None:
    request("PUT", f"/{serving(url)}/_settings", {"index": settings})


def rebuild_with(index: SearchIndex, *names: str) -> None:
    with index.rebuild(since=100) as rebuild:
        rebuild.write([a_table(name, 50) for name in names])
        rebuild.swap({"table": len(names)})


@pytest.mark.parametrize(
    ("block", "told"),
    [("blocks.read_only_allow_delete", "disk is nearly full"), ("blocks.read_only", "blocked")],
)
def test_a_read_only_index_is_searched_and_takes_writes_again(url: str, index: SearchIndex, block: str, told: str):
    set_on(url, **{block: True})
    with pytest.raises(IndexUnavailable, match=told):
        index.write([a_table("more")])
    assert found(index) == {"orders"}
    set_on(url, **{block: None})
    fill(index, a_table("more"))
    assert found(index) == {"orders", "more"}


def test_writes_blocked_by_an_operator_are_said_to_be(url: str, index: SearchIndex):
    set_on(url, **{"blocks.write": True})
    with pytest.raises(IndexUnavailable, match=r"somebody set index\.blocks\.write"):
        index.write([a_table("more")])


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_closed_index_is_unavailable_until_it_is_opened(
    url: str, index: SearchIndex, operation: Callable[[SearchIndex], object]
):
    name = serving(url)
    request("POST", f"/{name}/_close")
    with pytest.raises(IndexUnavailable, match="closed"):
        operation(index)
    request("POST", f"/{name}/_open?wait_for_active_shards=1")
    operation(index)


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_deleted_index_is_unavailable_until_it_is_built_again(
    url: str, index: SearchIndex, operation: Callable[[SearchIndex], object]
):
    request("DELETE", f"/{serving(url)}")
    with pytest.raises(IndexUnavailable, match="publisher"):
        operation(index)
    assert index.ensure() is True
    with pytest.raises(IndexUnavailable, match="not built"):
        ask(index)
    rebuild_with(index, "orders")
    operation(index)


def test_an_alias_that_was_removed_is_unavailable(url: str, index: SearchIndex):
    prefix = url.rpartition("/")[2]
    request("DELETE", f"/{serving(url)}/_alias/{prefix}")
    other = open_index(url)
    with pytest.raises(IndexUnavailable, match="publisher"):
        ask(other)
    assert other.ensure() is True
    rebuild_with(other, "new")
    assert found(other) == {"new"}
    assert len(request("GET", f"/{prefix}-v*")) == 1, "the index without an alias is dropped"


def test_an_index_by_the_name_of_the_alias_is_told(url: str):
    request("PUT", f"/{url.rpartition('/')[2]}")
    with pytest.raises(IndexUnavailable, match="alias"):
        open_index(url).ensure()


def test_a_mapping_of_somebody_else_is_told_and_replaced(url: str, index: SearchIndex):
    prefix, name = url.rpartition("/")[2], serving(url)
    request("DELETE", f"/{name}")
    request("PUT", f"/{name}", {"aliases": {prefix: {}, f"{name}-writing": {}}})  # fields are made up as they come
    time.sleep(TRUST_SECONDS)
    for operation in OPERATIONS.values():
        with pytest.raises(IndexUnavailable, match="mapping of the index"):
            operation(index)
    assert index.ensure() is True
    rebuild_with(index, "new")
    assert found(index) == {"new"}


def test_a_document_that_opensearch_refuses_does_not_fail_its_batch(index: SearchIndex):
    written = index.write([a_table("before"), a_table("x", key="🦊" * 9000), a_table("after")])
    assert [item.outcome for item in written] == [Outcome.WRITTEN, Outcome.REFUSED, Outcome.WRITTEN]
    assert "32766" in written[1].reason


@pytest.mark.parametrize(
    "position",
    [
        "5",
        "[]",
        "{}",
        '["relevance",1]',
        '["relevance","1",1.0,"k"]',
        '["relevance",1,"1","k"]',
        '["relevance",1,1.0,7]',
        '["usage",1,1.0,"k"]',
        '["relevance",true,1.0,"k"]',
        '["relevance",1,null,"k"]',
    ],
)
def test_a_forged_cursor_is_refused(index: SearchIndex, position: str):
    with pytest.raises(Invalid, match="cursor"):
        ask(index, after=cursor(position))


def test_a_forged_position_is_only_a_position(index: SearchIndex):
    page = ask(index, sort=Sort.USAGE, after=cursor('["usage",-5,1e300,"\\u0000"]'))
    assert (page.total, len(page.hits), page.next) == (1, 1, None)


@contextmanager
def a_server_that_answers(status: int) -> Iterator[int]:
    """Serve as OpenSearch with its security plugin does to somebody it does not know; yield the port."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "text/plain")
            self.send_header("WWW-Authenticate", 'Basic realm="OpenSearch Security"')
            self.end_headers()
            self.wfile.write(b"Unauthorized")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_wrong_password_is_told_without_it(caplog: pytest.LogCaptureFixture):
    with a_server_that_answers(401) as port:
        index = open_index(f"opensearch://ada:s%40cret@127.0.0.1:{port}")
        with pytest.raises(IndexUnavailable, match="refuses the user or the password") as refused:
            ask(index)
    assert str(port) in refused.value.message
    for secret in ("s@cret", "s%40cret", "ada"):
        assert secret not in refused.value.message + caplog.text


def test_a_server_that_is_not_there_is_told_without_its_password(caplog: pytest.LogCaptureFixture):
    index = open_index("opensearch://ada:s%40cret@127.0.0.1:9/x")
    with pytest.raises(IndexUnavailable, match=r"127\.0\.0\.1:9 is not reached"):
        ask(index)
    with pytest.raises(IndexUnavailable):
        index.ensure()
    assert "cret" not in caplog.text


@pytest.mark.parametrize(
    "bad", ["opensearch://", "opensearch://h/UPPER", "opensearch://u:se/cret@h:x", "opensearch://h/a/b"]
)
def test_a_bad_url_is_refused_without_its_password(bad: str):
    with pytest.raises(InvalidSetting) as refused:
        open_index(bad)
    assert "cret" not in refused.value.message


def test_authorities_that_are_not_there_are_told_at_once():
    with pytest.raises(InvalidSetting, match="FRAM_SEARCH_CA_FILE"):
        open_index("opensearchs://localhost", ca_file="/nowhere.pem")


def test_what_a_killed_rebuild_left_is_mended(url: str, index: SearchIndex):
    prefix, name = url.rpartition("/")[2], serving(url)
    left = f"{prefix}-v0.1-{'0' * 32}"
    request("PUT", f"/{left}")
    request("PUT", f"/{name}/_block/write")
    dead = {"holder": "killed", "until": 2**40, "blocking": name}
    request("PUT", f"/{prefix}-lock/_doc/rebuild", dead)
    with pytest.raises(IndexUnavailable, match="being replaced"):
        index.write([a_table("more")])
    with pytest.raises(IndexUnavailable, match="under way"), index.rebuild(since=0):
        pass
    request("PUT", f"/{prefix}-lock/_doc/rebuild", dead | {"until": 1})  # its time is over
    fill(index, a_table("more"))
    rebuild_with(index, "new")
    assert found(index) == {"new"}
    assert list(request("GET", f"/{prefix}-v*")) == [serving(url)]


def test_two_processes_cannot_rebuild_at_once(url: str, index: SearchIndex):
    second = open_index(url)
    with index.rebuild(since=100) as rebuild:
        rebuild.write([a_table("new", 50)])
        with pytest.raises(IndexUnavailable, match="under way"), second.rebuild(since=0):
            pass
        rebuild.swap({"table": 1})
    assert found(second) == {"new"}
    rebuild_with(second, "newer")
    assert found(index) == {"newer"}


def test_a_writer_follows_the_swap_of_another_process(url: str, index: SearchIndex):
    writer = open_index(url)
    fill(writer, a_tombstone(a_table("gone"), 7))
    rebuild_with(index, "new")
    assert writer.write([a_table("gone", 6)])[0].outcome is Outcome.STALE
    fill(writer, a_table("late", 200))
    assert found(index) == {"new", "late"}
