"""Open the stores that the settings name, for every command alike."""

from pathlib import Path

from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore
from schemas.settings import Settings
from search_service.index.factory import open_index
from search_service.index.port import SearchIndex


def open_configured(settings: Settings) -> GraphStore:
    """Open the graph; the folder of an embedded one is made. Raises InvalidSetting for a bad URL."""
    if not settings.graph_url:
        Path(settings.data).mkdir(parents=True, exist_ok=True)
    return open_store(settings.store_url)


def open_configured_index(settings: Settings) -> SearchIndex:
    """Open the search index; nothing is made. Raises InvalidSetting for a bad URL."""
    return open_index(
        settings.index_url,
        shards=settings.search_shards,
        replicas=settings.search_replicas,
        ca_file=settings.search_ca_file,
        timeout_seconds=settings.search_timeout_seconds,
    )


def shared_url(settings: Settings) -> str:
    """Return the URL by which another process finds the same graph; empty for one that lives in this process alone."""
    return "" if settings.store_url.startswith("memory:") else settings.store_url
