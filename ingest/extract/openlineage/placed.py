"""Facets in places that are not their own: there nobody has checked them, and they count only if they are right."""

from collections.abc import Mapping
from typing import Any

from schemas.wire.checks import Check
from schemas.wire.openlineage_facets import DATASET, INPUT, OUTPUT

_ALL: Mapping[str, Check] = {**DATASET, **INPUT, **OUTPUT}


def of_dataset(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facets of a dataset."""
    return _right(said.get("facets", {}), DATASET)


def of_input(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facets that a dataset has as an input."""
    return _right(said.get("inputFacets", {}), INPUT)


def of_output(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facets that a dataset has as an output."""
    return _right(said.get("outputFacets", {}), OUTPUT)


def _right(facets: Mapping[str, Any], checked: Mapping[str, Check]) -> dict[str, Any]:
    return {name: one for name, one in facets.items() if name in checked or _is_right(name, one)}


def _is_right(name: str, facet: Mapping[str, Any]) -> bool:
    return name not in _ALL or facet.get("_deleted") is True or _ALL[name](facet) is None
