"""What is affected by a change, as JSON or CSV: long replies are written while they are sent."""

import csv
import io
from collections.abc import Iterable, Iterator
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

_AT_ONCE = 500  # items in one chunk
_HEADINGS = ("kind", "key", "name", "distance", "owners", "usage")
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")  # noqa: RUF001  # what makes a spreadsheet compute a cell, wide forms too


class Impact(GraphEndpoint):
    @operation(replies.Impact, NotFound, query=requests.ImpactParameters)
    def get(self, call: Call) -> Answer:
        """Return everything that is made from this, the nearest first, and whose it is.

        With `format=csv`, or where `text/csv` is accepted, as a table for a spreadsheet, which says in the header
        `X-Fram-Complete: false` that its budget ended it.
        """
        ref = self.kind.ref(call.path)
        if _wants_csv(call):  # has no place for what is known at its end, so all is found before
            found = find_impact(self.store, ref)
            chunks = _csv(self.store, found)
            return streamed(chunks, CSV, _says(found)) if len(found) > STREAMED_FROM else _whole(chunks, CSV, found)
        found = find_impact(self.store, ref, STREAMED_FROM)
        if found.complete:
            return _whole(_json(self.store, found), JSON, found)
        return streamed(_json_of(self.store, ref), JSON, {})


CSV, JSON = "text/csv", "application/json"


def _says(found: Found) -> dict[str, str]:
    return {"X-Fram-Complete": str(found.complete).lower()}


def _whole(chunks: Iterable[bytes], mimetype: str, found: Found) -> Response:
    return Response(b"".join(chunks), mimetype=mimetype, headers=_says(found))


def _wants_csv(call: Call) -> bool:
    accepted = request.accept_mimetypes.best_match(["application/json", "text/csv"])
    return (call.query["format"] or accepted) in ("csv", "text/csv")


def _json_of(store: GraphStore, ref: NodeRef) -> Iterator[bytes]:
    """Begin to write before all is found."""
    yield _head(ref)
    yield from islice(_json(store, find_impact(store, ref)), 1, None)


def _head(ref: NodeRef) -> bytes:
    return orjson.dumps(end_of(ref))[:-1] + b',"items":['


def _json(store: GraphStore, found: Found) -> Iterator[bytes]:
    """Write the reply, its counts behind the items they are counted from."""
    tally, comma = Tally(), b""
    items = tally.counting(affected(store, found))
    yield _head(found.start)
    while some := list(islice(items, _AT_ONCE)):
        yield comma + b",".join(map(orjson.dumps, some))
        comma = b","
    rest = {"counts": tally.counts, "owners": tally.owners, "complete": found.complete}
    yield b"]," + orjson.dumps(rest)[1:]


def _csv(store: GraphStore, found: Found) -> Iterator[bytes]:
    yield _rows([_HEADINGS])
    items = affected(store, found)
    while some := list(islice(items, _AT_ONCE)):
        yield _rows([_row(item) for item in some])


def _row(item: Affected) -> tuple[object, ...]:
    texts = (_inert(text) for text in (item.key, item.name, "; ".join(item.owners)))
    key, name, owners = texts
    return item.kind, key, name, item.distance, owners, item.usage


def _inert(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _rows(rows: list[tuple[object, ...]]) -> bytes:
    page = io.StringIO()
    csv.writer(page).writerows(rows)
    return page.getvalue().encode()
