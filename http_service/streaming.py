"""Replies that are written while they are sent, for what is too long to be held."""

import logging
from collections.abc import Iterator, Mapping

from flask import Response, g

log = logging.getLogger(__name__)


def streamed(chunks: Iterator[bytes], mimetype: str, headers: Mapping[str, str]) -> Response:
    """Send chunks as they come. What fails on the way is logged, and the reply ends without its proper end.

    That is all a caller can be told by then: the status has been sent. A chunked reply that is cut off is an error to
    every HTTP client.
    """
    return Response(_watched(chunks, str(g.request_id)), mimetype=mimetype, headers=dict(headers))


def _watched(chunks: Iterator[bytes], request_id: str) -> Iterator[bytes]:
    try:
        yield from chunks
    except Exception:
        log.exception("request %s was cut off", request_id)
        raise
