"""Descriptions of anything that has one: read with an entity tag, written whole."""

import hashlib
from functools import cache

from metadata_service.catalog import writes
from metadata_service.catalog.selections import DESCRIPTION, description
from metadata_service.store.mutations import EdgeRef, Expect, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Shape
from schemas import entities
from schemas.errors import EditConflict, NotFound
from schemas.keys import DescriptionKey

MISSING = {
    "Table": "table_uri {key} does not exist",
    "Column": "table_uri {table} with column {column} does not exist",
    "Type_Metadata": "type_metadata_key {key} does not exist",
    "Dashboard": "dashboard_id {key} does not exist",
    "Feature": "feature_uri {key} does not exist",
    "MLModel": "model {key} does not exist",
    "MLExperiment": "experiment {key} does not exist",
}


def missing(ref: NodeRef) -> str:
    """Say that a resource does not exist, in Amundsen's words."""
    table, _, column = ref.key.rpartition("/")
    return MISSING[ref.label].format(key=ref.key, table=table, column=column)


@cache
def _described(label: str) -> Shape:
    return Shape(label, (), {"description": DESCRIPTION})


def etag(text: str | None) -> str:
    """Return the entity tag of a description: the same for the same text, and for none a tag of its own."""
    return "none" if text is None else hashlib.sha256(text.encode()).hexdigest()[:32]


def find_description(store: GraphStore, ref: NodeRef) -> entities.Description:
    """Return a description; no text for what has none and, as in Amundsen, for what does not exist."""
    record = store.fetch(ref.key, _described(ref.label))
    text = description(record) if record else None
    return entities.Description(text, etag(text))


def put_description(
    store: GraphStore, ref: NodeRef, text: str | None, author: writes.Author, if_match: tuple[str, ...] = ()
) -> entities.Description:
    """Replace a description (None removes it) and return it as it is now.

    With entity tags in `if_match`, the text must still have one of them, else EditConflict and nothing is written;
    without, the last write wins and both are in the record of changes. Raises NotFound for an unknown resource.
    """
    node = NodeRef("Description", str(DescriptionKey(ref.key)))
    expect = [_expected(store, ref, node, if_match)] if if_match else []
    link = PutEdge(EdgeRef("DESCRIPTION", ref, node))
    properties = {"description": text, "description_source": "description"}
    try:
        writes.apply(store, [PutNode(node, properties), link], author, expect)
    except NotFound as error:  # the one end that the batch does not put
        raise NotFound(missing(ref)) from error
    return entities.Description(text, etag(text))


def _expected(store: GraphStore, ref: NodeRef, node: NodeRef, if_match: tuple[str, ...]) -> Expect:
    """Return what must still hold: that the text is the one that the reader's entity tag stands for."""
    record = store.fetch(ref.key, _described(ref.label))
    if record is None:
        raise NotFound(missing(ref))
    held = description(record)
    if etag(held) not in if_match:
        raise EditConflict(f"The description of {ref.key} was changed by somebody else since it was read.")
    return Expect(node, "description", held)
