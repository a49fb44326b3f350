"""The way through to the services: what is passed on, what is not, and what is said when nobody answers."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, Response, request
from flask.testing import FlaskClient
from web_servers import NOWHERE, listening, page_of

from metadata_service.app import create_app as create_metadata_app
from metadata_service.store.factory import open_store
from schemas.settings import Settings


def seen() -> Response:
    """Tell a caller what came through, as a service would see it."""
    told = {
        "method": request.method,
        "path": request.path,
        "query": request.query_string.decode(),
        "headers": dict(request.headers),
        "body": request.get_data(as_text=True),
    }
    headers = {"ETag": '"1"', "Set-Cookie": "a=b", "X-Fram-Complete": "false", "Via": "1.1 inner"}
    return Response(json.dumps(told), 418, headers, mimetype="application/json")


@pytest.fixture(scope="module")
def mirror() -> Iterator[str]:
    app = Flask("mirror", static_folder=None)
    app.url_map.merge_slashes = False
    app.add_url_rule("/<path:path>", "all", lambda **_path: seen(), methods=["GET", "PUT", "POST", "DELETE"])
    with listening(app) as url:
        yield url


@pytest.fixture
def client(mirror: str, tmp_path: Path) -> FlaskClient:
    return page_of(tmp_path, metadata=mirror, search=NOWHERE)


def test_request_comes_through_as_it_was(client: FlaskClient):
    reply = client.put(
        "/api/metadata/table/hive:%2F%2Fgold.core%2Fa%252Fb%20%E2%82%AC/tag/%C3%BC?tag_type=a%26b&x=1",
        data="{}",
        headers={"If-Match": '"abc"', "X-Fram-Actor": "ada", "Content-Type": "application/json"},
    )
    told = reply.json
    assert reply.status_code == 418
    assert told["path"] == "/table/hive://gold.core/a%2Fb €/tag/ü"
    assert (told["method"], told["query"], told["body"]) == ("PUT", "tag_type=a%26b&x=1", "{}")
    assert told["headers"]["If-Match"] == '"abc"'
    assert told["headers"]["X-Fram-Actor"] == "ada"


def test_only_what_a_service_needs_is_passed_on(client: FlaskClient):
    headers = {"Cookie": "a=b", "Authorization": "Basic x", "TE": "trailers", "X-Forwarded-For": "1.2.3.4"}
    reply = client.get("/api/metadata/x", headers=headers)
    assert not {"Cookie", "Authorization", "Te", "X-Forwarded-For"} & set(reply.json["headers"])
    assert reply.headers["ETag"] == '"1"'
    assert reply.headers["X-Fram-Complete"] == "false"
    assert not {"Set-Cookie", "Via", "Server"} & set(reply.headers.keys())


def test_request_id_is_the_same_on_both_sides(client: FlaskClient):
    reply = client.get("/api/metadata/x", headers={"X-Request-ID": "mine"})
    assert reply.json["headers"]["X-Request-Id"] == "mine"
    assert reply.headers["X-Request-ID"] == "mine"


@pytest.mark.parametrize("path", ["/api/other/x", "/api/metadata", "/api/", "/api/http://example.com/x"])
def test_no_other_way_leads_anywhere(client: FlaskClient, path: str):
    reply = client.get(path)
    assert (reply.status_code, reply.json["code"]) == (404, "not_found")


def test_service_that_is_down_is_named(client: FlaskClient):
    reply = client.get("/api/search/v2/suggest?query_term=x")
    assert reply.status_code == 503
    assert reply.json["code"] == "service_unavailable"
    assert "search service" in reply.json["message"]
    assert "127.0.0.1" not in reply.text


def test_body_that_is_too_large_is_not_passed_on(client: FlaskClient):
    reply = client.put("/api/metadata/x", data=b"x" * 1001)
    assert (reply.status_code, reply.json["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 418), ("none", 418)]
)
def test_other_web_sites_may_not_write(client: FlaskClient, site: str, status: int):
    assert client.put("/api/metadata/x", headers={"Sec-Fetch-Site": site}).status_code == status
    assert client.get("/api/metadata/x", headers={"Sec-Fetch-Site": site}).status_code == 418


def test_long_reply_flows_as_it_is_made(tmp_path: Path):
    rest = threading.Event()

    def slow(_environ: Any, start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/csv")])
        yield b"first\n" * 20_000
        rest.wait(10)
        yield b"last\n"

    with listening(slow) as url:
        reply = page_of(tmp_path, metadata=url).get("/api/metadata/x")
        chunks = iter(reply.response)
        begun = time.monotonic()
        assert next(chunks).startswith(b"first\n")
        assert time.monotonic() - begun < 5
        rest.set()
        assert b"".join(chunks).endswith(b"last\n")


def test_real_service_is_reached_with_its_keys(tmp_path: Path):
    store = open_store("memory:")
    store.ensure_schema()
    with listening(create_metadata_app(Settings(), store)) as url:
        client = page_of(tmp_path, metadata=url)
        assert client.put("/api/metadata/user", json={"email": "ada@example.com"}).status_code == 201
        assert client.get("/api/metadata/user/ada%40example.com").json["email"] == "ada@example.com"
        missing = client.get("/api/metadata/table/hive:%2F%2Fgold.core%2Fnone")
        assert (missing.status_code, missing.json["code"]) == (404, "not_found")
        assert "Traceback" not in client.get("/api/metadata/apidocs/").text
    store.close()
