"""What a table is made from, as facets say it: the tables, and column by column with the kinds of transformation. Pure.

A row is (column, table, column of that, how); its first column is empty where all of the target depends on the other
one: a filter, a join, a sort.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson

from ingest.extract.openlineage.merge import given
from ingest.extract.openlineage.naming import Names, is_fit
from schemas.wire.openlineage_facets import LINEAGE_OF_JOB

Row = tuple[str, str, str, str]

MAX_ROWS = 20_000  # of one table
_MAX_HOW = 200
REMEMBERED, REMEMBERED_BYTES = 512, 32_000  # facets, each of at most so many bytes


@dataclass(slots=True)
class Flow:
    """What a table is made from. `inputs` is None where the facets leave it to the run."""

    inputs: list[str] | None = None
    rows: list[Row] = field(default_factory=list)


def flow_of(target: str, facets: Mapping[str, Any], names: Names) -> Flow:
    """Read the facets of a dataset that say where it comes from."""
    flow = Flow()
    if columns := given(facets, "columnLineage"):
        said = orjson.dumps(columns)
        small = len(said) <= REMEMBERED_BYTES
        flow.rows += _remembered(target, said, names) if small else _column_lineage(target, columns, names)
    lineage = given(facets, "lineage")
    if lineage and "entries" not in lineage:
        _add(flow, target, lineage, names)
    return flow


@lru_cache(maxsize=REMEMBERED)  # a job says the same lineage of columns in every run
def _remembered(target: str, said: bytes, names: Names) -> tuple[Row, ...]:
    return tuple(_column_lineage(target, orjson.loads(said), names))


def flows_of(facets: Mapping[str, Any], names: Names) -> Iterator[tuple[str, Flow]]:
    """Read the facet of a job that says lineage outright: by table, "" for what the job itself reads."""
    said = given(facets, "lineage")
    for entry in said["entries"] if LINEAGE_OF_JOB(said) is None else ():
        flow = Flow()
        if entry["type"] == "DATASET":
            target = names.key(entry["namespace"], entry["name"])
            _add(flow, target, entry, names)
            if target:
                yield target, flow
        elif "name" not in entry:
            _add(flow, "", entry, names)
            yield "", flow


def _add(flow: Flow, target: str, said: Mapping[str, Any], names: Names) -> None:
    if "inputs" in said:
        flow.inputs = list(dict.fromkeys(key for key, _ in _datasets(said["inputs"], names)))
    for column, sources in ("", said.get("inputs", ())), *_fields(said):
        for key, one in _datasets(sources, names):
            if is_fit(one.get("field", "")) and (not column or is_fit(column)):
                flow.rows.append(_row(target, column, key, one["field"], _how(one), names))


def _fields(said: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for column, entry in said.get("fields", {}).items():
        yield column, entry["inputs"]


def _datasets(sources: Iterable[Mapping[str, Any]], names: Names) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for one in sources:
        if one["type"] == "DATASET" and (key := names.key(one["namespace"], one["name"])):
            yield key, one


def _column_lineage(target: str, facet: Mapping[str, Any], names: Names) -> Iterator[Row]:
    fold = names.folding(target)
    for name, entry in facet["fields"].items():
        column = fold(name)
        plain = ": ".join(filter(None, (entry.get("transformationType"), entry.get("transformationDescription"))))
        for one in entry["inputFields"]:
            key = names.key(one["namespace"], one["name"])
            if key and is_fit(name) and is_fit(one["field"]):
                yield column, key, names.folding(key)(one["field"]), _how(one) or plain[:_MAX_HOW]
    for one in facet.get("dataset", ()):
        if (key := names.key(one["namespace"], one["name"])) and is_fit(one["field"]):
            yield _row(target, "", key, one["field"], _how(one), names)


def _row(target: str, column: str, source: str, source_column: str, how: str, names: Names) -> Row:
    return names.column(target, column), source, names.column(source, source_column), how


def _how(said: Mapping[str, Any]) -> str:
    """Say the transformations of a source in a line: DIRECT/IDENTITY, INDIRECT/JOIN: a.id = b.id."""
    told = []
    for one in said.get("transformations", ()):
        kind = "/".join(filter(None, (one["type"], one.get("subtype"))))
        masked = ", masked" if one.get("masking") else ""
        about = f": {one['description']}" if one.get("description") else ""
        told.append(f"{kind}{masked}{about}")
    return "; ".join(dict.fromkeys(told))[:_MAX_HOW]
