"""Open a search index by its URL; the only place that knows which adapters there are."""

from urllib.parse import urlsplit

from schemas.errors import InvalidSetting
from search_service.index.port import SearchIndex

OPENSEARCH_SCHEMES = ("opensearch", "opensearchs")


def open_index(
    url: str, *, shards: int = 1, replicas: int = 0, ca_file: str = "", timeout_seconds: float = 10.0
) -> SearchIndex:
    """Open `memory:`, `tantivy:///PATH` (four slashes for an absolute path) or opensearch[s]://HOST:PORT/PREFIX.

    Credentials of an OpenSearch URL are its user and password (percent-encoded); the options are for OpenSearch alone.
    Drivers are imported on demand. Raises InvalidSetting for a bad URL, never for an absent server.
    """
    scheme, _, rest = url.partition(":")
    if scheme == "memory":
        from search_service.index.memory import MemorySearchIndex

        return MemorySearchIndex()
    if scheme == "tantivy":
        if not rest.startswith("///") or rest == "///":
            raise InvalidSetting(f"The search URL {url!r} names no folder; write tantivy:///path/to/folder.")
        from search_service.index.tantivy import TantivySearchIndex

        return TantivySearchIndex(rest.removeprefix("///"))
    if scheme in OPENSEARCH_SCHEMES:
        from search_service.index.opensearch import OpenSearchIndex

        return OpenSearchIndex(url, shards=shards, replicas=replicas, ca_file=ca_file, timeout_seconds=timeout_seconds)
    raise InvalidSetting(f"The search URL {_safe(url)!r} has an unknown scheme; use tantivy:///… or opensearch://….")


def _safe(url: str) -> str:
    """Return the URL without its credentials, fit for a log or a message."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if "@" in parts.netloc else url
