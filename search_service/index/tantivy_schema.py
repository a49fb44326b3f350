"""What Tantivy stores of an entry: the fields of its index and the document made for each entry."""

from base64 import b64encode
from functools import cache
from zlib import crc32

import orjson
from tantivy import Document, Index, Schema, SchemaBuilder, TextAnalyzerBuilder, Tokenizer

from schemas.document_types import FILTERED, TEXTS
from schemas.documents import RESOURCES
from search_service.index.admission import admit
from search_service.index.port import Entry, Prepared
from search_service.index.terms import ALIKE, ANYWHERE, BEGINS, COMPOUND, EXACT, value_of

FORMAT = 1  # of what is declared here; an index of another one is rebuilt
SPACED = "spaced"

ID = "id"
LIVE = "live"  # the kind of a live document; absent from a tombstone, which has DEAD
DEAD = "dead"
REVISION = "revision"
GAIN = "gain"
BY_USAGE = "by_usage"
BY_RECENCY = "by_recency"
ENTRY = "entry"  # the whole entry, as JSON

_WHOLE = (EXACT, ALIKE, BEGINS, COMPOUND)
_MOST = 2**31
_JITTER = 1e-4  # by which alike documents differ, so that their order is the same in every segment


@cache
def facet_of(name: str) -> str:
    """Name the field that a facet's values are counted in, as they are written."""
    return f"{name}_facet"


def _schema() -> Schema:
    fields = {declared.name: declared for resource in RESOURCES.values() for declared in resource.fields}
    builder = SchemaBuilder()
    builder.add_text_field(ID, fast=True, tokenizer_name="raw", index_option="basic")
    for name in (LIVE, DEAD):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    for name, declared in fields.items():
        if declared.type in TEXTS:
            builder.add_text_field(name, tokenizer_name=SPACED)
        if declared.type in FILTERED and declared.filters:
            builder.add_text_field(value_of(name), tokenizer_name="raw", index_option="basic")
        if declared.facet:
            builder.add_text_field(facet_of(name), fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(ANYWHERE, tokenizer_name=SPACED, index_option="basic")
    for name in _WHOLE:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(REVISION, indexed=True, fast=True)
    builder.add_float_field(GAIN, fast=True)
    builder.add_unsigned_field(BY_USAGE, fast=True)
    builder.add_unsigned_field(BY_RECENCY, fast=True)
    builder.add_bytes_field(ENTRY, stored=True)
    return builder.build()


SCHEMA = _schema()


def open_folder(path: str, *, new: bool = False) -> Index:
    """Open the index in a folder, or make it there; tokenizers have to be registered on every open."""
    index = Index(SCHEMA, path=path, reuse=False) if new else Index.open(path)
    index.register_tokenizer(SPACED, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
    index.config_reader(reload_policy="manual")
    return index


def id_of(kind: str, key: str) -> str:
    return f"{kind}/{key}"


def prepare(entry: Entry) -> Prepared:
    """Return what is added for an entry, as JSON; of a tombstone, its id and revision only. Raises Invalid."""
    indexed = admit(entry)
    name = id_of(entry.kind, entry.key)
    whole = b64encode(orjson.dumps(list(entry))).decode()  # as bytes are written in JSON
    fields: dict[str, object] = {ID: name, REVISION: entry.revision, ENTRY: whole}
    if indexed is None:
        fields[DEAD] = "yes"
        return Prepared(entry.kind, entry.key, entry.revision, False, orjson.dumps(fields))
    mixed = crc32(name.encode())
    fields[LIVE] = entry.kind
    fields |= indexed.words
    fields |= indexed.wholes
    for facet, values in indexed.facets.items():
        fields[facet_of(facet)] = values
    # A weight w multiplies scores by log2(2 + w).
    fields[GAIN] = 2.0 ** (indexed.gain + _JITTER * mixed / 2**32) - 2.0
    fields[BY_USAGE] = _ordered(indexed.usage, mixed)
    fields[BY_RECENCY] = _ordered(indexed.recency, mixed)
    return Prepared(entry.kind, entry.key, entry.revision, True, orjson.dumps(fields))


def entry_of(document: Document) -> Entry:
    """Return the entry a stored document was made for."""
    return Entry(*orjson.loads(bytes(document.get_first(ENTRY) or b"")))


def _ordered(value: float, mixed: int) -> int:
    """Return a number that sorts by value, and among alike ones always in the same way."""
    return (int(min(max(value, 0), _MOST)) << 32) | mixed
