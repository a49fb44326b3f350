"""What a browser is sent: the built files, the page at every path that is not one, and what it may load."""

import gzip
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from web_servers import page_of

PAGE = "<!doctype html><title>Fram</title>"
SCRIPT = "console.log('größer');" * 50


@pytest.fixture
def built(tmp_path: Path) -> Path:
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(PAGE)
    (folder / "favicon.svg").write_text("<svg/>")
    (folder / "assets" / "index-abc.js").write_text(SCRIPT)
    (tmp_path / "secret.txt").write_text("no")
    return folder


@pytest.fixture
def client(built: Path) -> FlaskClient:
    return page_of(built)


@pytest.mark.parametrize("path", ["/", "/table/hive:%2F%2Fgold.core%2Forders", "/table/hive://gold.core/x", "/nothing"])
def test_every_path_that_is_no_file_is_the_page(client: FlaskClient, path: str):
    reply = client.get(path)
    assert (reply.status_code, reply.text) == (200, PAGE)
    assert reply.headers["Cache-Control"] == "no-cache"


def test_asset_is_kept_for_good_and_compressed_for_who_can_read_it(client: FlaskClient):
    plain = client.get("/assets/index-abc.js")
    assert plain.text == SCRIPT
    assert plain.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert "immutable" in plain.headers["Cache-Control"]
    small = client.get("/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(small.data).decode() == SCRIPT
    assert small.headers["Content-Encoding"] == "gzip"
    assert small.headers["ETag"] != plain.headers["ETag"]


def test_page_that_did_not_change_is_not_sent_again(client: FlaskClient):
    tag = client.get("/").headers["ETag"]
    again = client.get("/", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_asset_of_an_older_build_is_missing_rather_than_a_page(client: FlaskClient):
    reply = client.get("/assets/index-old.js")
    assert (reply.status_code, reply.json["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path", ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/assets/..%2f..%2fsecret.txt"]
)
def test_nothing_but_what_was_built_is_sent(client: FlaskClient, path: str):
    reply = client.get(path)
    assert reply.text == PAGE or reply.json["code"] == "not_found"


@pytest.mark.parametrize("path", ["/", "/assets/index-abc.js", "/api/x/y", "/assets/none.js", "/healthcheck"])
def test_every_reply_says_what_may_be_loaded(client: FlaskClient, path: str):
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Request-ID"]


def test_checkout_without_a_build_names_the_command(tmp_path: Path):
    reply = page_of(tmp_path / "none").get("/table/x")
    assert reply.status_code == 503
    assert "make ui" in reply.text


def test_wrong_method_is_refused_in_our_words(client: FlaskClient):
    reply = client.post("/table/x")
    assert (reply.status_code, reply.json["code"]) == (405, "method_not_allowed")


def test_health_and_metrics_are_told(client: FlaskClient):
    assert client.get("/healthcheck").json["status"] == "ok"
    assert b"fram_requests_total" in client.get("/metrics").data
