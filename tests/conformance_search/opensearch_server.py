"""The OpenSearch that tests run on, and what they do to it behind the adapter's back."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

VARIABLE = "FRAM_TEST_OPENSEARCH_URL"
OPENSEARCH = pytest.param("opensearch", marks=[pytest.mark.opensearch, pytest.mark.xdist_group("opensearch")])


def server_url() -> str:
    """Return the URL of the server; without one the test is skipped, or fails where it must not be."""
    url = os.environ.get(VARIABLE)
    if not url:
        reason = f"{VARIABLE} is not set: OpenSearch is NOT tested"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return url.rstrip("/")


@contextmanager
def new_prefix() -> Iterator[str]:
    """Yield a URL under which nothing is stored yet, and remove what was."""
    url = server_url()
    prefix = f"test-{uuid.uuid4().hex}"
    yield f"{url}/{prefix}"
    if names := ",".join(request("GET", f"/{prefix}*")):
        request("DELETE", f"/{names}")


def request(method: str, path: str, body: Any = None) -> Any:
    """Do something to the server itself."""
    answer = httpx.request(method, f"{server_url().replace('opensearch', 'http', 1)}{path}", json=body, timeout=60)
    answer.raise_for_status()
    return answer.json()


def serving(url: str) -> str:
    """Return the name of the index that serves under a URL."""
    (name,) = request("GET", f"/_alias/{url.rpartition('/')[2]}")
    return str(name)
