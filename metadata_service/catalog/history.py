"""The record of changes: who set, added or removed what on an entity."""

from metadata_service.catalog.descriptions import missing
from metadata_service.catalog.selections import optional_int, optional_text, text
from metadata_service.catalog.writes import require
from metadata_service.store.commit import edit_prefix
from metadata_service.store.mutations import Node, NodeRef
from metadata_service.store.port import GraphStore
from schemas import entities


def list_history(
    store: GraphStore, ref: NodeRef, limit: int, after: str = ""
) -> tuple[list[entities.HistoryEntry], str | None]:
    """Return what people changed on an index root, and where the next page begins. Raises NotFound."""
    require(store, ref, missing(ref))
    page = store.list_nodes("Fram_Edit", after, limit, edit_prefix(ref))
    following = page[-1].ref.key if len(page) == limit else None
    return [_entry(node) for node in page], following


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
