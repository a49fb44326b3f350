"""Pass requests on to the services, so that a browser knows one origin only."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import ClassVar
from urllib.parse import quote

import urllib3
from flask import Response, g, request
from urllib3.exceptions import HTTPError

from schemas.errors import Forbidden, NotFound, ServiceUnavailable

CONNECT_SECONDS = 2.0
READ_SECONDS = 60.0  # of silence; a long reply may take longer as long as it flows
CHUNK_BYTES = 65_536
CONNECTIONS = 16

ASKED = ("Accept", "Content-Type", "If-Match", "If-None-Match")  # what a service is told of the caller
ANSWERED = (
    "Allow",
    "Content-Disposition",
    "Content-Length",
    "Content-Security-Policy",  # a service's own page has its own
    "Content-Type",
    "ETag",
    "Location",
    "Retry-After",
    "X-Request-ID",
)

log = logging.getLogger(__name__)


class Forwarder:
    """Forwards `/api/<service>/<path>` to the service of that name, and nothing anywhere else."""

    METHODS: ClassVar[list[str]] = ["GET", "PUT", "POST", "DELETE"]

    def __init__(self, services: Mapping[str, str], headers: Sequence[str] = ()) -> None:
        """Take the URL of each service, and the names of further request headers that services are to see."""
        self._services = services
        self._asked = (*ASKED, *headers)
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._pool = urllib3.PoolManager(CONNECTIONS, maxsize=CONNECTIONS, timeout=timeout, retries=False)

    def forward(self, service: str, path: str) -> Response:
        """Answer as the service does. Raises NotFound, Forbidden or ServiceUnavailable."""
        if service not in self._services:
            raise NotFound(f"There is no service {service!r}; there are {', '.join(sorted(self._services))}.")
        _refuse_other_sites()
        answer = self._ask(service, path)
        headers = [(name, text) for name in ANSWERED for text in answer.headers.getlist(name)]
        headers += [(name, text) for name, text in answer.headers.items() if name.startswith("X-Fram-")]
        return Response(_chunks(answer), answer.status, headers)

    def _ask(self, service: str, path: str) -> urllib3.BaseHTTPResponse:
        query = request.query_string.decode("latin-1")
        url = f"{self._services[service]}/{quote(path, safe='/:@')}{f'?{query}' if query else ''}"
        headers = {name: request.headers[name] for name in self._asked if name in request.headers}
        headers["X-Request-ID"] = g.request_id
        try:
            return self._pool.request(
                request.method,
                url,
                body=request.get_data() or None,
                headers=headers,
                preload_content=False,
                redirect=False,
            )
        except HTTPError as error:
            log.warning("request %s: the %s service does not answer: %s", g.request_id, service, error)
            raise ServiceUnavailable(f"The {service} service does not answer; trying again may help.") from error


def _refuse_other_sites() -> None:
    """Let no other web site write in the name of who happens to have this page open. Raises Forbidden."""
    if request.method != "GET" and request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Forbidden("Another web site may not write here.")


def _chunks(answer: urllib3.BaseHTTPResponse) -> Iterator[bytes]:
    try:
        if answer.status != HTTPStatus.NO_CONTENT:
            yield from answer.stream(CHUNK_BYTES)
    finally:
        answer.release_conn()
