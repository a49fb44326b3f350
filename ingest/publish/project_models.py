"""Models and experiments as search documents: what their versions and runs were made of is found by it, too."""

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from ingest.publish.described import DESCRIBED, Made, described
from metadata_service.catalog.selections import PRESENT, optional_int, optional_text, text
from metadata_service.store.shapes import Order, Props, Record, Select, Shape
from schemas.errors import InvalidKey
from schemas.graph import GONE, READERS, READS, Direction
from schemas.keys import ExperimentKey, ModelKey

MAX_VERSIONS = 500  # the newest, of which a document tells
_PROPERTIES = ("name", "url", "updated_at", "created_at", "properties", GONE, READERS, READS)
_TABLES = Select(("SNAPSHOT_OF",), "Table", props=("name",))
_RUN = Select(
    ("PRODUCED",),
    "MLRun",
    Direction.IN,
    props=("parameters", "metrics"),
    children={
        "experiment": Select(("HAS_RUN",), "MLExperiment", Direction.IN, props=("name",)),
        "datasets": Select(("CONSUMED",), "MLDataset", props=("name",), children={"tables": _TABLES}),
    },
)
MODEL = Shape(
    "MLModel",
    _PROPERTIES,
    {
        **DESCRIBED,
        "versions": Select(
            ("HAS_VERSION",),
            "MLModelVersion",
            props=("version", "stage", "aliases", "flavors", "inputs", "created_at"),
            where=PRESENT,
            children={"runs": _RUN},
            order=(Order("created_at", descending=True),),
            limit=MAX_VERSIONS,
        ),
    },
)
EXPERIMENT = Shape(
    "MLExperiment",
    (*_PROPERTIES, "run_count", "parameters", "metrics", "datasets", "users"),
    DESCRIBED,
)


def model(record: Record) -> Made:
    """Read a model."""
    versions = record.children["versions"]
    runs = [run for version in versions for run in version.children["runs"]]
    datasets = [dataset for run in runs for dataset in run.children["datasets"]]
    return {
        **_named(record, ModelKey),
        "stages": _once(text(version.props, "stage") for version in versions),
        "aliases": _once(alias for version in versions for alias in _list(version.props, "aliases")),
        "version": text(versions[0].props, "version") if versions else None,
        "version_count": len(versions),
        "flavors": _once(flavor for version in versions for flavor in _list(version.props, "flavors")),
        "inputs": _once(name for version in versions for name in _input_names(version.props)),
        "parameters": _once(name for run in runs for name in _names(run.props, "parameters")),
        "metrics": _once(name for run in runs for name in _names(run.props, "metrics")),
        "datasets": _once(text(dataset.props, "name") for dataset in datasets),
        "experiments": _once(text(each.props, "name") for run in runs for each in run.children["experiment"]),
        "tables": _once(text(table.props, "name") for dataset in datasets for table in dataset.children["tables"]),
    }


def experiment(record: Record) -> Made:
    """Read an experiment."""
    names = ("parameters", "metrics", "datasets", "users")
    return {
        **_named(record, ExperimentKey),
        "run_count": optional_int(record.props, "run_count"),
        **{name: _list(record.props, name) for name in names},
    }


def _named(record: Record, grammar: type[ModelKey] | type[ExperimentKey]) -> Made:
    try:
        instance = grammar.parse(record.key).instance
    except InvalidKey:
        instance = ""
    return {
        "name": text(record.props, "name"),
        "url": optional_text(record.props, "url"),
        "instance": instance,
        **described(record),
        "properties": _list(record.props, "properties"),
        "last_updated_timestamp": optional_int(record.props, "updated_at") or optional_int(record.props, "created_at"),
    }


def _list(props: Props, name: str) -> list[str]:
    value = props.get(name)
    return [str(item) for item in value] if isinstance(value, list) else []


def _once(texts: Iterable[str]) -> list[str]:
    return sorted({each for each in texts if each})


def _json(props: Props, name: str) -> Any:
    """Read a property that is JSON; one that is none says nothing."""
    try:
        return orjson.loads(text(props, name) or "null")
    except orjson.JSONDecodeError:
        return None


def _names(props: Props, name: str) -> Iterator[str]:
    found = _json(props, name)
    yield from found if isinstance(found, dict) else ()


def _input_names(props: Props) -> Iterator[str]:
    found = _json(props, "inputs")
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            yield each["name"]
