"""What clients of OpenLineage send: JSON, which may be compressed, larger than other requests and of a bounded size."""

import zlib
from typing import Any

import orjson
from flask import Request

from schemas.errors import InvalidBody, TooLarge

MAX_BYTES = 20_000_000  # of a body, also when it is unpacked
MAX_EVENTS = 5_000  # of one body

_GZIP = 16 + zlib.MAX_WBITS


def read_body(request: Request) -> Any:
    """Return the JSON of a body. Raises InvalidBody for what is none, TooLarge."""
    request.max_content_length = MAX_BYTES
    data = request.get_data()
    encoding = request.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in ("gzip", "x-gzip"):
        data = _unpacked(data)
    elif encoding not in ("", "identity"):
        raise InvalidBody(f"Content-Encoding: {encoding[:40]!r} is not read; gzip is.")
    if not data:
        raise InvalidBody("The request needs a body: an event, a JSON object.")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise InvalidBody(f"The body is not JSON: {error}.") from None


def _unpacked(data: bytes) -> bytes:
    reader = zlib.decompressobj(_GZIP)
    try:
        unpacked = reader.decompress(data, MAX_BYTES)
    except zlib.error as error:
        raise InvalidBody(f"The body is not gzip, as its Content-Encoding says: {error}.") from None
    if reader.unconsumed_tail:
        raise TooLarge(f"The body is larger than {MAX_BYTES:,} bytes when it is unpacked.")
    if not reader.eof:
        raise InvalidBody("The body is cut off: its gzip has no end.")
    return unpacked
