"""The columns of a dataset: those of its schema facet, with their nested types as one text; else those others read."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.extract.openlineage.known import Dataset
from ingest.extract.openlineage.naming import Names, is_fit
from ingest.extract.openlineage.quality import column_measures
from schemas.statements import Column, Label

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_$")
_MAX_DEPTH = 30


def columns_of(dataset: Dataset, facets: Mapping[str, Any], said_at: Mapping[str, int], names: Names) -> list[Column]:
    """Return the columns, each once, in their order."""
    fields = [one for one in facets.get("schema", {}).get("fields", ()) if is_fit(one["name"])]
    if all("ordinal_position" in one for one in fields):
        fields = sorted(fields, key=lambda one: one["ordinal_position"])
    said = {names.column(dataset.key, one["name"]): one for one in reversed(fields)}
    listed = dict.fromkeys(names.column(dataset.key, one["name"]) for one in fields)
    measured = {names.column(dataset.key, name): found for name, found in column_measures(facets, said_at).items()}
    labels = _labels(dataset.key, facets, names)
    return [
        Column(
            name,
            type_of(said[name]) if name in said else "",
            said.get(name, {}).get("description") or None,
            labels.get(name, ()),
            measured.get(name, ()),
        )
        for name in listed or dict.fromkeys(_guessed(dataset))
    ]


def _guessed(dataset: Dataset) -> Iterator[str]:
    """Name the columns of a dataset without a schema: those that rows of lineage name."""
    rows = (row[0] for _, written in sorted(dataset.writers.items()) for row in written.rows)
    yield from sorted({column for column in (*dataset.seen, *rows) if column})


def _labels(key: str, facets: Mapping[str, Any], names: Names) -> dict[str, list[Label]]:
    """Return the tags of columns, which are badges of theirs."""
    found: dict[str, list[Label]] = {}
    for one in facets.get("tags", {}).get("tags", ()):
        if one.get("field") and (tag := one["key"].strip().lower()):
            found.setdefault(names.column(key, one["field"]), []).append(Label(tag, "openlineage"))
    return found


def type_of(field: Mapping[str, Any], depth: int = 0) -> str:
    """Return the type of a field, the fields within it included: struct<a:int,b:array<text>>."""
    said: str = field.get("type", "")
    inner: Sequence[Mapping[str, Any]] = field.get("fields", ())
    if not inner or depth >= _MAX_DEPTH:
        return said
    kind = said.lower()
    types = [type_of(one, depth + 1) or "unknown" for one in inner]
    if kind in ("array", "list"):
        return f"array<{types[0]}>"
    if kind == "map" and len(types) == 2:
        return f"map<{types[0]},{types[1]}>"
    if kind in ("struct", "record", "row", ""):
        parts = [f"{_quoted(one['name'])}:{of}" for one, of in zip(inner, types, strict=True)]
        return f"struct<{','.join(parts)}>"
    return said


def _quoted(name: str) -> str:
    return name if name and _PLAIN.issuperset(name.lower()) else f"`{name.replace('`', '')}`"
