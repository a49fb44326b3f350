"""Amundsen's routes that write search documents, over an index that is derived from the graph.

What is written here and not in the graph would be found until the next publish, and then be gone, or stay unnoticed at
a revision that says it is in step. So nothing is written: a route answers that it is done once the index holds what
was asked for, waiting as long as publishing an edit takes, and otherwise refuses and says where to edit.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from http_service.operation import Answer, Call, operation
from schemas.document_types import Document, Field, texts
from schemas.documents import resource_of
from schemas.errors import Conflict, Invalid, NotFound
from schemas.wire import search_replies, search_requests
from search_service.api.endpoint import IndexEndpoint
from search_service.api.items import v1_item
from search_service.index.port import SearchIndex

WAIT_SECONDS = 3.0
PAUSE_SECONDS = 0.1
_DERIVED = "The search index is derived from the graph: make the edit through the metadata service, which publishes it."


class FieldOfDocument(IndexEndpoint):
    @operation(search_replies.Done, Invalid, NotFound, Conflict, body=search_requests.DocumentBody)
    def post(self, call: Call) -> Answer:
        """Answer once a search document holds a value that was put into the graph.

        Nothing is written to the index, which is derived from the graph: a value that the graph does not publish
        within three seconds is refused with 409.
        """
        declared, asked = _field(call.body), _values(call.body)
        adding = call.body["operation"] == "add" and bool(asked)
        _await(self.index, call.body, lambda held: asked <= held if adding and declared.many else asked == held)
        return _done(call.body, "updated")

    @operation(search_replies.Done, Invalid, NotFound, Conflict, body=search_requests.DocumentBody)
    def delete(self, call: Call) -> Answer:
        """Answer once a search document no longer holds a value that was taken out of the graph.

        As with POST, nothing is written to the index; 409 when the graph still has it after three seconds.
        """
        _field(call.body)
        asked = _values(call.body)
        _await(self.index, call.body, lambda held: not (asked & held if asked else held))
        return _done(call.body, "deleted")


class Documents(IndexEndpoint):
    @operation(None, Conflict, body=search_requests.V1DocumentsBody)
    def post(self, call: Call) -> Answer:
        """Answer with the name of the index when it holds these documents as they are (v1)."""
        for item in call.body["data"]:
            key = str(item.get("id") or item.get("key") or item.get("user_id") or "")
            entry = self.index.find(self.kind, key) if key else None
            shown = v1_item(self.kind, key, entry.document) if entry and entry.document is not None else {}
            if not shown or any(shown.get(name) != value for name, value in item.items()):
                raise Conflict(f"The index does not hold {self.kind} {key!r} like this. {_DERIVED}")
        return f"{self.kind}_search_index"

    put = post


class DocumentByKey(IndexEndpoint):
    @operation(search_replies.Empty, Conflict)
    def delete(self, call: Call) -> Answer:
        """Answer that a document is gone when it is (v1)."""
        entry = self.index.find(self.kind, call.path["document_id"])
        if entry is not None and entry.document is not None:
            raise Conflict(f"The graph has {self.kind} {entry.key!r}, so the index has it too. {_DERIVED}")
        return {}


def _await(index: SearchIndex, body: Mapping[str, Any], holds: Callable[[frozenset[str]], bool]) -> None:
    kind, key, name = resource_of(body["resource_type"]).kind, body["resource_key"], _field(body).name
    until = time.monotonic() + WAIT_SECONDS
    while True:
        document = _document(index, kind, key)
        if document is not None and holds(frozenset(texts(document, name))):
            return
        if time.monotonic() >= until:
            break
        time.sleep(PAUSE_SECONDS)
    if document is None:
        raise NotFound(f"The index has no {kind} {key!r}.")
    raise Conflict(f"The graph has another {body['field']} of {kind} {key!r}. {_DERIVED}")


def _document(index: SearchIndex, kind: str, key: str) -> Document | None:
    entry = index.find(kind, key)
    return entry.document if entry else None


def _field(body: Mapping[str, Any]) -> Field:
    resource = resource_of(body["resource_type"])
    for declared in resource.fields:
        if body["field"] in (declared.name, *declared.v2, *declared.v1):
            return declared
    raise Invalid(f"A {resource.kind} document has no field {body['field']!r}.")


def _values(body: Mapping[str, Any]) -> frozenset[str]:
    value = body["value"]
    given = value if isinstance(value, list) else [] if value is None else [value]
    return frozenset(map(str, given))


def _done(body: Mapping[str, Any], done: str) -> Answer:
    what = f"ES document field {body['field']} for {body['resource_key']} with value {body['value']}"
    return {"msg": f"{what} was {done} successfully"}
