"""What is affected by a change, as JSON or CSV: long replies are written while they are sent."""

import csv
import io
from collections.abc import Callable, Iterator
from itertools import islice

import orjson
from flask import Response, request

from http_service.operation import Answer, Call, operation
from http_service.streaming import streamed
from metadata_service.api.endpoint import GraphEndpoint
from metadata_service.lineage.impact import Found, Tally, affected, find_impact
from metadata_service.lineage.relations import end_of
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.errors import NotFound
from schemas.lineage import Affected
from schemas.wire import replies, requests

STREAMED_FROM = 10_000  # relations, or rows; what has fewer is sent whole, so that its failures have a status

Chunks = Callable[[GraphStore, Found], Iterator[bytes]]

_AT_ONCE = 500  # items in one chunk
_LEFT_OUT = ("incomplete", "", "There is more: a search ended at its greatest number of relations.", "", "", "", "")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  # what makes a spreadsheet compute a cell, wide forms too


class Impact(GraphEndpoint):
    @operation(replies.Impact, NotFound, query=requests.ImpactParameters)
    def get(self, call: Call) -> Answer:
        """Return everything that is made from this, the nearest first, and whose it is.

        With `format=csv`, or where `text/csv` is accepted, as a table for a spreadsheet. `X-Fram-Complete` says of a
        reply that is sent whole that it is complete; a longer one says so at its end: `complete`, or a last row.
        """
        ref = self.kind.ref(call.path)
        head, chunks, mimetype = (_HEADINGS, _csv, CSV) if _wants_csv(call) else (_head(ref), _json, JSON)
        found = find_impact(self.store, ref, STREAMED_FROM)
        if found.complete:
            whole = b"".join([head, *chunks(self.store, found)])
            return Response(whole, mimetype=mimetype, headers={"X-Fram-Complete": "true"})
        return streamed(_begun(head, chunks, self.store, ref), mimetype, {})


CSV, JSON = "text/csv", "application/json"


def _wants_csv(call: Call) -> bool:
    accepted = request.accept_mimetypes.best_match(["application/json", "text/csv"])
    return (call.query["format"] or accepted) in ("csv", "text/csv")


def _begun(head: bytes, chunks: Chunks, store: GraphStore, ref: NodeRef) -> Iterator[bytes]:
    """Begin to write before all is found."""
    yield head
    yield from chunks(store, find_impact(store, ref))


def _head(ref: NodeRef) -> bytes:
    return orjson.dumps(end_of(ref))[:-1] + b',"items":['


def _json(store: GraphStore, found: Found) -> Iterator[bytes]:
    """Write what follows the head, the counts behind the items they are counted from."""
    tally, comma = Tally(), b""
    items = tally.counting(affected(store, found))
    while some := list(islice(items, _AT_ONCE)):
        yield comma + b",".join(map(orjson.dumps, some))
        comma = b","
    rest = {"counts": tally.counts, "owners": tally.owners, "complete": found.complete}
    yield b"]," + orjson.dumps(rest)[1:]


def _csv(store: GraphStore, found: Found) -> Iterator[bytes]:
    items = affected(store, found)
    while some := list(islice(items, _AT_ONCE)):
        yield _rows([_row(item) for item in some])
    if not found.complete:
        yield _rows([_LEFT_OUT])


def _row(item: Affected) -> tuple[object, ...]:
    texts = (_inert(text) for text in (item.key, item.name, "; ".join(item.owners)))
    key, name, owners = texts
    return item.kind, key, name, item.distance, owners, item.usage, item.gone_since


def _inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(rows: list[tuple[object, ...]]) -> bytes:
    page = io.StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue().encode()


_HEADINGS = _rows([("kind", "key", "name", "distance", "owners", "usage", "gone_since")])
