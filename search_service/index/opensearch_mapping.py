"""What OpenSearch stores of an entry: the mapping of an index and the document made for each entry. Pure."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import orjson

from schemas.document_types import FILTERED, TEXTS
from schemas.documents import RESOURCES
from search_service.index.admission import admit
from search_service.index.port import Entry, Prepared
from search_service.index.terms import ALIKE, ANYWHERE, BEGINS, COMPOUND, EXACT, Indexed, value_of

FORMAT = 1  # of what is declared here; an index of another one is rebuilt

LIVE = "live"  # the kind of a live document; absent from a tombstone
KIND = "kind"
KEY = "key"
REVISION = "revision"
GAIN = "gain"
BY_USAGE = "by_usage"
BY_RECENCY = "by_recency"
ENTRY = "entry"  # the whole entry, as JSON text: it comes back as it was

REFRESH_INTERVAL = "500ms"  # with a publisher that looks every second, an edit is found within two
MAX_ID_BYTES = 512

_TERM = {"type": "keyword", "doc_values": False}
_COUNTED = {"type": "keyword", "index": False}
_SORTED = {"type": "double", "index": False}
_WORDS = {"type": "text", "analyzer": "whitespace"}


def facet_of(name: str) -> str:
    """Name the field that a facet's values are counted in, as they are written."""
    return f"{name}_facet"


def _properties() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        LIVE: {"type": "keyword"},
        KIND: {"type": "keyword"},
        KEY: {"type": "keyword"},
        REVISION: {"type": "long"},
        GAIN: _SORTED,
        BY_USAGE: _SORTED,
        BY_RECENCY: _SORTED,
        ENTRY: {"type": "object", "enabled": False},
        ANYWHERE: {**_WORDS, "index_options": "docs", "norms": False},
        **dict.fromkeys((EXACT, ALIKE, BEGINS, COMPOUND), _TERM),
    }
    for declared in (declared for resource in RESOURCES.values() for declared in resource.fields):
        if declared.type in TEXTS:
            found[declared.name] = _WORDS
        if declared.type in FILTERED and declared.filters:
            found[value_of(declared.name)] = _TERM
        if declared.facet:
            found[facet_of(declared.name)] = _COUNTED
    return found


PROPERTIES: Mapping[str, Mapping[str, Any]] = _properties()


def index_body(*, shards: int, replicas: int, similarity: str) -> dict[str, Any]:
    """Return the settings and mapping of a new index. Words are cut already; only the entry itself is kept."""
    settings = {
        "number_of_shards": shards,
        "number_of_replicas": replicas,
        "refresh_interval": "-1",
        "similarity": {"default": {"type": similarity}},
    }
    mapping = {"dynamic": "strict", "_source": {"includes": [ENTRY]}, "properties": PROPERTIES}
    return {"settings": {"index": settings}, "mappings": mapping}


def id_of(kind: str, key: str) -> str:
    """Return the id of a key's document: what it says, or its digest where that is longer than an id may be."""
    name = f"{kind}/{key}"
    return name if len(name.encode()) <= MAX_ID_BYTES else f"{kind}#{sha256(key.encode()).hexdigest()}"


def document_of(entry: Entry, indexed: Indexed | None) -> dict[str, Any]:
    """Return what is written for an entry; of a tombstone, what identifies it only."""
    told = {KIND: entry.kind, KEY: entry.key, REVISION: entry.revision, ENTRY: orjson.dumps(list(entry)).decode()}
    if indexed is None:
        return told
    return {
        **told,
        LIVE: entry.kind,
        **indexed.words,
        **indexed.wholes,
        **{facet_of(name): values for name, values in indexed.facets.items()},
        GAIN: indexed.gain,
        BY_USAGE: indexed.usage,
        BY_RECENCY: indexed.recency,
    }


def prepare(entry: Entry) -> Prepared:
    """Return the document of an entry as JSON. Raises Invalid."""
    body = orjson.dumps(document_of(entry, admit(entry)))
    return Prepared(entry.kind, entry.key, entry.revision, entry.is_live, body)


def entry_of(source: Mapping[str, Any]) -> Entry:
    """Return the entry a document was made for."""
    return Entry(*orjson.loads(source[ENTRY]))


def is_ours(properties: Mapping[str, Mapping[str, Any]]) -> bool:
    """Say whether the fields of an index are the ones declared here."""
    return all(properties.get(name, {}).get("type", "object") == its["type"] for name, its in PROPERTIES.items())
