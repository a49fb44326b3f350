"""One OpenSearch behind a URL: requests out, JSON in, and every trouble as one of Fram's errors.

A request that never reached the server, as over a connection that died while it was idle, is sent once more: all that
is asked here may be repeated. Nothing else is; who calls knows better when.
"""

import logging
import re
from base64 import b64encode
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import orjson
from opensearchpy import OpenSearch
from opensearchpy.exceptions import (
    ConnectionError as NotReached,
)
from opensearchpy.exceptions import (
    ConnectionTimeout,
    OpenSearchException,
    SSLError,
    TransportError,
)
from opensearchpy.serializer import JSONSerializer

from schemas.errors import FramError, IndexUnavailable, Invalid, InvalidSetting

DEFAULT_PREFIX = "fram"
CONNECTIONS = 16  # kept open; threads beyond them open their own
WRITE_PATIENCE = 6  # how many times the timeout of a search a write may take

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,99}")
_LONGEST_REASON = 300
_WRITE_BLOCK = "/8/"  # set, or being set
_NO_SHARDS = "all shards failed"  # and none says why: they are not there (OpenSearch's issue 12371), or not yet
_BEYOND = {"too_many_clauses", "too_many_nested_clauses"}  # said to be a fault of the server

# What OpenSearch calls a trouble, by its type or in its reason -> what it means to whoever runs it.
_MEANINGS = {
    "/12/": "takes no writes because its disk is nearly full; it will again once there is room",
    "cluster_block_exception": "takes no writes, being blocked",
    "index_closed_exception": "has this index closed; open it again",
    "security_exception": "does not let this user do that",
    "circuit_breaking_exception": "is short of memory",
    "rejected_execution_exception": "is busy",
    "unavailable_shards_exception": "has shards that are not there",
    "no_shard_available_action_exception": "has shards that are not there",
}


class IndexGone(IndexUnavailable):
    """The index that was asked is not there any more; another one may serve by now."""


class WriteBlocked(IndexUnavailable):
    """The index takes no writes because it is about to be replaced, or was when a rebuild was killed."""


class Refused(Invalid):
    """OpenSearch takes what was asked for no question it can answer."""


class Address(NamedTuple):
    """Where OpenSearch is and under which prefix the names of its indexes lie."""

    host: str
    port: int
    tls: bool
    prefix: str
    authorization: str | None  # the header; never to be shown

    @property
    def shown(self) -> str:
        """The host and port, fit for a log or a message."""
        return f"{self.host}:{self.port}"


def read_url(url: str) -> Address:
    """Read opensearch[s]://USER:PASSWORD@HOST:PORT/PREFIX. Raises InvalidSetting, without showing the credentials."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port or 9200
    except ValueError:
        raise InvalidSetting("The search URL is malformed; percent-encode user and password.") from None
    prefix = parts.path.strip("/") or DEFAULT_PREFIX
    if not host or parts.query or parts.fragment or not _PREFIX.fullmatch(prefix):
        raise InvalidSetting(
            "The search URL must be opensearch://USER:PASSWORD@HOST:PORT/PREFIX, the prefix of lower-case letters, "
            "digits, '-', '_' and '.'; user and password are percent-encoded."
        )
    return Address(host, port, parts.scheme == "opensearchs", prefix, _authorization(parts.username, parts.password))


def _authorization(user: str | None, password: str | None) -> str | None:
    if not user:
        return None
    pair = f"{unquote(user)}:{unquote(password or '')}"
    return f"Basic {b64encode(pair.encode()).decode()}"


class _Orjson(JSONSerializer):
    """Reads answers several times as quickly."""

    def loads(self, text: str) -> Any:
        return orjson.loads(text)


class Connection:
    """Connects when it is first used; may be used from several threads."""

    def __init__(self, address: Address, *, ca_file: str = "", timeout_seconds: float = 10.0) -> None:
        if ca_file and not Path(ca_file).is_file():
            raise InvalidSetting(f"FRAM_SEARCH_CA_FILE is {ca_file!r}, and there is no such file.")
        self.address = address
        self.timeout_seconds = timeout_seconds
        logging.getLogger("opensearch").setLevel(
            logging.ERROR
        )  # or it tells of each request, and of each failure twice
        trust: dict[str, Any] = {"verify_certs": True} | ({"ca_certs": ca_file} if ca_file else {})
        self._client = OpenSearch(
            hosts=[{"host": address.host, "port": address.port, "use_ssl": address.tls}],
            headers={"authorization": address.authorization} if address.authorization else None,
            timeout=timeout_seconds,
            max_retries=1,
            retry_on_timeout=False,
            retry_on_status=(),
            pool_maxsize=CONNECTIONS,
            serializer=_Orjson(),
            **(trust if address.tls else {}),
        )

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        params: Mapping[str, Any] | None = None,
        ignore: Collection[int] = (),
        patience: int = 1,
    ) -> Any:
        """Send a request and return its answer. Raises IndexUnavailable, or Refused for what can never be answered.

        `ignore`: statuses whose body is an answer too. `patience`: how many times the timeout to wait.
        """
        try:
            return self._client.transport.perform_request(
                method,
                path,
                params=dict(params or {}),
                body=body if body is None or isinstance(body, bytes) else orjson.dumps(body),
                timeout=self.timeout_seconds * patience,
                ignore=ignore,
            )
        except OpenSearchException as error:
            raise self._meaning(error) from error

    def trouble(self, status: int, error: Any) -> FramError:
        """Return what an answer says that is no success."""
        kinds, reason = _described(error)
        if status == 401:
            return IndexUnavailable(f"OpenSearch at {self.address.shown} refuses the user or the password.")
        if "index_not_found_exception" in kinds:
            return IndexGone("The search index is gone from OpenSearch; start the publisher, which builds a new one.")
        if reason == _NO_SHARDS:
            return IndexGone("The search index has no shards that answer: it is being replaced, or OpenSearch starts.")
        if _WRITE_BLOCK in reason:
            return WriteBlocked("The search index is just being replaced by a rebuilt one.")
        for sign, meaning in _MEANINGS.items():
            if sign in kinds or sign in reason:
                return IndexUnavailable(f"OpenSearch {meaning}: {reason}")
        if status == 403:
            return IndexUnavailable(f"OpenSearch at {self.address.shown} does not let this user do that: {reason}")
        if status in (400, 413) or _BEYOND & kinds:
            return Refused(f"OpenSearch cannot do this: {reason}")
        return IndexUnavailable(f"OpenSearch failed ({status}): {reason}")

    def close(self) -> None:
        """Close idle connections. It may be used again."""
        self._client.close()

    def _meaning(self, error: OpenSearchException) -> FramError:
        match error:
            case ConnectionTimeout():
                return IndexUnavailable(f"OpenSearch at {self.address.shown} did not answer in time.")
            case SSLError():
                said = f"No trusted connection to OpenSearch at {self.address.shown}: {error.error}"
                return IndexUnavailable(f"{said}. Is its authority in FRAM_SEARCH_CA_FILE?")
            case NotReached():
                return IndexUnavailable(f"OpenSearch at {self.address.shown} is not reached.")
            case TransportError() if isinstance(error.status_code, int):
                info = error.info
                return self.trouble(error.status_code, info.get("error") if isinstance(info, dict) else error.error)
            case _:
                return IndexUnavailable(f"OpenSearch at {self.address.shown} gave an answer that is none.")


def lines(parts: Iterable[Mapping[str, Any]]) -> bytes:
    """Return JSON objects one a line, as bulk requests and multi-searches are written."""
    return b"".join(orjson.dumps(part, option=orjson.OPT_APPEND_NEWLINE) for part in parts)


def _described(error: Any) -> tuple[set[str], str]:
    """Return the types named in an error, and the first reason."""
    if not isinstance(error, dict):
        return set(), str(error)[:_LONGEST_REASON]
    causes = [error, *error.get("root_cause", ()), error.get("caused_by") or {}]
    causes += [item.get("reason") or {} for item in error.get("failed_shards", ())]
    kinds = {str(cause.get("type")) for cause in causes if isinstance(cause, dict)}
    roots = [str(cause["reason"]) for cause in causes[1:] if isinstance(cause, dict) and cause.get("reason")]
    return kinds, (roots[0] if roots else str(error.get("reason", "")))[:_LONGEST_REASON]
