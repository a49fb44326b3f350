"""The record of changes: who set, added or removed what, on one entity or on any; the latest first."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from metadata_service.catalog.descriptions import missing
from metadata_service.catalog.selections import optional_int, optional_text, text
from metadata_service.catalog.writes import require
from metadata_service.store.commit import edit_prefix
from metadata_service.store.model_check import MAX_INTEGER
from metadata_service.store.mutations import Node, NodeRef
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Shape
from schemas import entities
from schemas.errors import InvalidParameter
from schemas.graph import LABELS, RANKED

_EDIT = "Fram_Edit"
_NAMES = ("name", "full_name", "display_name")  # what a node is called by, the first that it has


def list_history(
    store: GraphStore, ref: NodeRef, limit: int, after: str = ""
) -> tuple[list[entities.HistoryEntry], str | None]:
    """Return what people changed on an index root, and where the next page begins. Raises NotFound."""
    require(store, ref, missing(ref))
    found = store.list_nodes(_EDIT, after, limit + 1, edit_prefix(ref), descending=True)
    following = found[limit - 1].ref.key if len(found) > limit else None
    return [_entry(node) for node in found[:limit]], following


def list_recent(store: GraphStore, limit: int, cursor: str = "") -> tuple[list[entities.RecentEntry], str | None]:
    """Return what people changed on anything, and where the next page begins. Raises InvalidParameter."""
    found = store.rank(_EDIT, RANKED[_EDIT], limit + 1, after=_read_cursor(cursor) if cursor else None)
    page, following = found[:limit], None
    if len(found) > limit:
        following = f"{page[-1].props[RANKED[_EDIT]]}-{page[-1].ref.key}"
    names = _fetch_names(store, map(_root, page))
    return [_recent(node, names) for node in page], following


def _read_cursor(cursor: str) -> tuple[int, str]:
    at, _, key = cursor.partition("-")
    if not (at.isascii() and at.isdigit() and len(at) < len(str(MAX_INTEGER)) and key):
        raise InvalidParameter("cursor: it is not the `next` of a page before.")
    return int(at), key


def _root(edit: Node) -> NodeRef:
    return NodeRef(text(edit.props, "root_label"), text(edit.props, "root_key"))


def _fetch_names(store: GraphStore, refs: Iterable[NodeRef]) -> dict[NodeRef, str]:
    """Return what nodes are called, of those that exist; one call for each label among them."""
    keys: dict[str, dict[str, None]] = defaultdict(dict)
    for label, key in refs:
        if label in LABELS:
            keys[label][key] = None
    return {
        NodeRef(label, key): next(filter(None, (text(record.props, name) for name in _NAMES)), key.rpartition("/")[2])
        for label, some in keys.items()
        for key, record in store.fetch_many(list(some), _named(label)).items()
    }


@cache
def _named(label: str) -> Shape:
    return Shape(label, _NAMES)


def _recent(node: Node, names: dict[NodeRef, str]) -> entities.RecentEntry:
    root = _root(node)
    return entities.RecentEntry(**vars(_entry(node)), kind=root.label.lower(), entity=root.key, name=names.get(root))


def _entry(node: Node) -> entities.HistoryEntry:
    props = node.props
    return entities.HistoryEntry(
        revision=optional_int(props, "revision") or 0,
        at=optional_int(props, "at") or 0,
        actor=text(props, "actor"),
        action=text(props, "action"),
        label=text(props, "label"),
        key=text(props, "node"),
        property=optional_text(props, "property"),
        relation=optional_text(props, "relation"),
        other=optional_text(props, "other"),
        before=optional_text(props, "before"),
        after=optional_text(props, "after"),
        reason=optional_text(props, "reason"),
    )
