"""Facets are put together name by name: of each the one that was said last stands, whatever order they come in."""

from collections.abc import Mapping
from typing import Any

import orjson

from ingest.extract.openlineage.known import Dataset, Facets

_NOTHING: Mapping[str, Any] = {}


def given(facets: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return a facet of an event, an empty one where there is none or it is taken back."""
    facet: Mapping[str, Any] = facets.get(name, _NOTHING)
    return _NOTHING if facet.get("_deleted") is True else facet


def merge(into: Facets, facets: Mapping[str, Any], at: int) -> list[str]:
    """Take in the facets of an event; return the names of those that are other ones now."""
    return merge_said(into, {name: [at, given(facets, name) or None] for name in facets})


def merge_said(into: Facets, more: Facets) -> list[str]:
    """Take in facets with their moments; return the names of those that are other ones now."""
    changed = []
    for name, said in more.items():
        held = into.get(name)
        if held is None or _is_later(said, held):
            into[name] = said
            if held is None or held[1] != said[1]:
                changed.append(name)
    return changed


def drop(dataset: Dataset, at: int) -> bool:
    """Note that a dataset is gone under this name; say whether that is new."""
    gone = {"lifecycleStateChange": [at, {"lifecycleStateChange": "DROP"}]}
    return bool(merge_said(dataset.facets, gone))


def _is_later(said: list[Any], held: list[Any]) -> bool:
    if said[0] != held[0]:
        return bool(said[0] > held[0])
    return said[1] != held[1] and _canonical(said[1]) > _canonical(held[1])  # any rule does, if only it is one


def _canonical(facet: Any) -> bytes:
    return orjson.dumps(facet, option=orjson.OPT_SORT_KEYS)
