"""What a run would change, in words: one line for each node and relation, with the properties that differ. Pure."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from ingest.building.built import SHARED, Built
from ingest.records import Props
from metadata_service.store.mutations import EdgeRef, NodeRef
from schemas.graph import RESERVED_PREFIX, ROOTS

_LASTING = SHARED - set(ROOTS)  # stay when one of those who speak of them falls silent
MAX_VALUE = 60  # characters of a value that are shown


def describe(before: Built, after: Built) -> Iterator[str]:
    """Yield what differs between two states: `+` what comes, `-` what goes, `~` what changes."""
    own = {ref for ref in before.nodes.keys() ^ after.nodes.keys() if ref.label not in SHARED}
    yield from _compared(before.nodes, after.nodes)
    yield from _compared(_without(before.edges, own), _without(after.edges, own))


def _without(edges: Mapping[EdgeRef, Props], own: Collection[NodeRef]) -> dict[EdgeRef, Props]:
    """Leave out the relations by which a node that comes or goes hangs where it does."""
    return {ref: props for ref, props in edges.items() if ref.source not in own and ref.target not in own}


def _compared(before: Mapping[Any, Mapping[str, Any]], after: Mapping[Any, Mapping[str, Any]]) -> Iterator[str]:
    for ref, props in after.items():
        held = before.get(ref)
        if held is None:
            yield f"+ {_name(ref)}"
        elif held != props:
            yield f"~ {_name(ref)}: {', '.join(_changed(held, props))}"
    for ref in before:
        if ref not in after and not (isinstance(ref, NodeRef) and ref.label in _LASTING):
            yield f"- {_name(ref)}"


def _name(ref: NodeRef | EdgeRef) -> str:
    if isinstance(ref, EdgeRef):
        return f"{ref.source.key} {ref.type} {ref.target.key}"
    return f"{ref.label} {ref.key}"


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name) and not name.startswith(RESERVED_PREFIX):
            yield f"{name} {_shown(before.get(name))} → {_shown(after.get(name))}"


def _shown(value: Any) -> str:
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= MAX_VALUE else f"{text[:MAX_VALUE]}…"
