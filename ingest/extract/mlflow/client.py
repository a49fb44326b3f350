"""MLflow's REST interface: pages of JSON, tried again when the server is busy. Secrets stand in headers alone."""

import json
import time
from collections.abc import Collection, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
import urllib3
from urllib3.exceptions import HTTPError

from schemas.errors import InvalidSource, SourceUnavailable

ATTEMPTS = 4
MOST_WAIT_SECONDS = 20.0
MAX_REPLY_BYTES = 256_000_000
_PREFIX = "/api/2.0/mlflow/"
_OK, _MISSING = 200, (404, 405, 501)  # what a server answers that is older, or has no registry
_REFUSED = (401, 403)
BROKEN = 500  # of a whole answer, a reason to ask again; of a file in some store, what there is to say
_BUSY = frozenset((408, 425, 429, BROKEN, 502, 503, 504))


class Missing(Exception):
    """The server has no such route, or no such thing."""


class Client:
    """Asks one server; may be used by several threads."""

    def __init__(
        self, url: str, headers: Mapping[str, str], *, ca_file: str | None = None, timeout: float = 60
    ) -> None:
        """Take the URL of the server. Touches nothing outside."""
        self.url = url.rstrip("/")
        self._headers = {"Accept": "application/json", **headers}
        limits = urllib3.Timeout(connect=min(timeout, 10), read=timeout)
        self._pool = urllib3.PoolManager(maxsize=8, timeout=limits, retries=False, ca_certs=ca_file)

    def get(self, route: str, **query: Any) -> dict[str, Any]:
        """Return what a route answers. Raises Missing, InvalidSource, SourceUnavailable."""
        return self._json(route, self.fetch("GET", f"{_PREFIX}{route}", query=query))

    def post(self, route: str, **body: Any) -> dict[str, Any]:
        """Return what a route answers to a body. Raises likewise."""
        return self._json(route, self.fetch("POST", f"{_PREFIX}{route}", body=body))

    def pages(self, method: str, route: str, items: str, **asked: Any) -> Iterator[dict[str, Any]]:
        """Yield the items of every page. Raises InvalidSource, too, where pages go round in a circle."""
        ask = self.get if method == "GET" else self.post
        seen: set[str] = set()
        while True:
            page = ask(route, **asked)
            found = page.get(items) or []
            if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
                raise InvalidSource(f"{self.url}: {route} answers with {items} that are no list of objects.")
            yield from found
            token = page.get("next_page_token")
            if not token:
                return
            if not isinstance(token, str) or token in seen:
                raise InvalidSource(f"{self.url}: the pages of {route} go round in a circle.")
            seen.add(token)
            asked["page_token"] = token

    def fetch(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        most: int = MAX_REPLY_BYTES,
        final: Collection[int] = (),
    ) -> bytes:
        """Return what a path answers, of at most this size; not asked again after what is `final`. Raises likewise."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                status, data, wait = self._ask(method, path, query, body, most)
            except HTTPError as error:
                status, wait, why = 0, None, type(error).__name__
            else:
                if status == _OK:
                    return data
                why = f"HTTP {status}{_message(data)}"
            if status and (status in final or status not in _BUSY):
                raise self._refusal(status, path, why)
            if attempt < ATTEMPTS:
                time.sleep(min(MOST_WAIT_SECONDS, 0.5 * 2**attempt if wait is None else wait))
        raise SourceUnavailable(f"{self.url} does not answer {path}: {why}.")

    def _ask(
        self, method: str, path: str, query: Mapping[str, Any] | None, body: Any, most: int
    ) -> tuple[int, bytes, float | None]:
        url = f"{self.url}{path}{f'?{urlencode(query, doseq=True)}' if query else ''}"
        headers, data = dict(self._headers), None
        if body is not None:
            headers["Content-Type"], data = "application/json", orjson.dumps(body)
        reply = self._pool.request(method, url, body=data, headers=headers, preload_content=False, redirect=False)
        content = reply.read(most + 1, decode_content=True)
        if len(content) > most:
            reply.close()
            raise InvalidSource(f"{self.url}: {path} answers with more than {most:,} bytes.")
        reply.release_conn()
        wait = reply.headers.get("Retry-After", "")
        return reply.status, content, float(wait) if wait.isdecimal() else None

    def _refusal(self, status: int, path: str, why: str) -> Exception:
        if status in _MISSING:
            return Missing(why)
        if status in _REFUSED:
            return InvalidSource(
                f"{self.url} refuses to answer {path}: {why}. Look at the username, password or token."
            )
        return InvalidSource(f"{self.url} cannot answer {path}: {why}.")

    def _json(self, route: str, data: bytes) -> dict[str, Any]:
        try:
            found = _parsed(data)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise InvalidSource(f"{self.url}: {route} answers with what is no JSON object. Is it the URL of MLflow?")
        return found


def _parsed(data: bytes) -> Any:
    """Parse JSON, also with the NaN and Infinity that gateways and older servers write. Raises ValueError."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def _message(data: bytes) -> str:
    """Return what a server says of its refusal, cut to a sentence."""
    try:
        found = orjson.loads(data)
        return f" ({str(found['message'])[:300]})"
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""
