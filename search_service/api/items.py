"""How a document is shown: under Amundsen's v1 or v2 names, every name there whether or not it has a value. Pure."""

from typing import Any

from schemas.document_types import Document, Resource
from schemas.documents import resource_of
from schemas.wire.search_replies import V1_TAGS
from search_service.index.port import Hit


def v1_item(kind: str, key: str, document: Document) -> dict[str, Any]:
    """Return a document as v1 shows it."""
    resource = resource_of(kind)
    shown = {name: _value(document, resource, declared.name) for declared in resource.fields for name in declared.v1}
    tags = {name: [{"tag_name": tag} for tag in shown[name]] for name in V1_TAGS if name in shown}
    return {"id": key, **shown, **tags}


def v2_item(hit: Hit) -> dict[str, Any]:
    """Return a hit as v2 shows it."""
    resource = resource_of(hit.kind)
    shown = {
        name: _value(hit.document, resource, declared.name) for declared in resource.fields for name in declared.v2
    }
    return {**shown, "search_score": hit.score, "highlight": dict(hit.highlights)}


def _value(document: Document, resource: Resource, name: str) -> Any:
    return document.get(name, [] if resource.by_name[name].many else None)
