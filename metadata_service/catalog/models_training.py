"""Runs of experiments, and what they read, as pages show them."""

from collections.abc import Mapping
from typing import Any

import orjson

from metadata_service.catalog import people, selections
from metadata_service.catalog.selections import PRESENT, children, only, optional_int, optional_text, text
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Props, Record, Select, Shape
from schemas import model_entities as entities
from schemas.errors import InvalidKey, NotFound
from schemas.graph import Direction
from schemas.keys import ExperimentKey

ROW = ("name", "status", "started_at", "ended_at", "user", "git_commit", "parameters", "metrics")
DATASETS = Select(
    ("CONSUMED",),
    "MLDataset",
    props=("name", "digest", "source_type", "source", "schema"),
    edge_props=("context",),
    children={"tables": Select(("SNAPSHOT_OF",), "Table")},
)
MAX_CHILDREN = 1_000
_DETAILS = ("url", "source_name", "source_type", "git_branch", "git_repository", "entry_point", "artifact_uri")
_RUN = Shape(
    "MLRun",
    (*ROW, *_DETAILS, "properties"),
    children(
        description=selections.DESCRIPTION,
        datasets=DATASETS,
        ran_by=Select(("RAN_BY",), "User"),
        experiment=Select(("HAS_RUN",), "MLExperiment", Direction.IN, props=("name",)),
        parent=Select(("CHILD_OF",), "MLRun", props=("name",)),
        children=Select(("CHILD_OF",), "MLRun", Direction.IN, props=("name",), where=PRESENT, limit=MAX_CHILDREN),
        versions=Select(("PRODUCED",), "MLModelVersion", props=("name", "stage", "aliases"), where=PRESENT),
    ),
)
_EXPERIMENT = Shape(
    "MLExperiment",
    (
        *("name", "url", "properties", "artifact_location", "created_at", "updated_at"),
        *("run_count", "parameters", "metrics", "datasets", "users"),
    ),
    children(description=selections.DESCRIPTION, owners=people.OWNERS, tags=selections.TAGS, badges=selections.BADGES),
)


def get_experiment(store: GraphStore, key: str) -> entities.Experiment:
    """Return an experiment. Raises NotFound."""
    record = store.fetch(key, _EXPERIMENT)
    if record is None:
        raise NotFound(f"experiment {key} does not exist")
    props = record.props
    return entities.Experiment(
        key=key,
        name=text(props, "name"),
        instance=_instance(key),
        url=optional_text(props, "url"),
        description=selections.description(record),
        owners=people.owners(record),
        tags=selections.tags(record),
        badges=selections.badges(record),
        properties=texts(props, "properties"),
        artifact_location=optional_text(props, "artifact_location"),
        created_at=optional_int(props, "created_at"),
        updated_at=optional_int(props, "updated_at"),
        run_count=optional_int(props, "run_count"),
        parameters=texts(props, "parameters"),
        metrics=texts(props, "metrics"),
        datasets=texts(props, "datasets"),
        users=texts(props, "users"),
    )


def get_run(store: GraphStore, key: str) -> entities.Run:
    """Return a run. Raises NotFound."""
    record = store.fetch(key, _RUN)
    if record is None:
        raise NotFound(f"run {key} does not exist")
    ran_by = only(record, "ran_by")
    details: dict[str, Any] = {name: optional_text(record.props, name) for name in _DETAILS}
    return entities.Run(
        **vars(summary(record)),
        **details,
        experiment=_named(only(record, "experiment")),
        description=selections.description(record),
        ran_by=ran_by.key if ran_by else None,
        properties=texts(record.props, "properties"),
        parent=_named(only(record, "parent")),
        children=[entities.Named(each.key, text(each.props, "name")) for each in record.children["children"]],
        datasets=[dataset(each) for each in record.children["datasets"]],
        versions=[
            entities.MadeVersion(
                each.key, text(each.props, "name"), optional_text(each.props, "stage"), texts(each.props, "aliases")
            )
            for each in record.children["versions"]
        ],
    )


def summary(record: Record) -> entities.RunSummary:
    """Read a run as a row."""
    props = record.props
    return entities.RunSummary(
        key=record.key,
        name=text(props, "name") or record.key.rpartition("/")[2],
        status=optional_text(props, "status"),
        started_at=optional_int(props, "started_at"),
        ended_at=optional_int(props, "ended_at"),
        user=optional_text(props, "user"),
        git_commit=optional_text(props, "git_commit"),
        parameters={name: str(value) for name, value in named(props, "parameters").items()},
        metrics={
            name: float(value)
            for name, value in named(props, "metrics").items()
            if isinstance(value, int | float) and not isinstance(value, bool)
        },
    )


def dataset(record: Record) -> entities.DatasetRead:
    """Read a dataset that a run has read."""
    return entities.DatasetRead(
        key=record.key,
        name=text(record.props, "name"),
        digest=text(record.props, "digest"),
        source_type=optional_text(record.props, "source_type"),
        source=optional_text(record.props, "source"),
        context=optional_text(record.edge, "context"),
        columns=[
            str(each["name"])
            for each in _listed(named(record.props, "schema").get("mlflow_colspec"))
            if isinstance(each, dict) and each.get("name")
        ],
        tables=[table.key for table in record.children["tables"]],
    )


def texts(props: Props, name: str) -> list[str]:
    """Read a list of texts."""
    return [str(each) for each in _listed(props.get(name))]


def named(props: Props, name: str) -> Mapping[str, Any]:
    """Read a property that is a JSON object; one that is none is empty."""
    found = json_of(props, name)
    return found if isinstance(found, dict) else {}


def json_of(props: Props, name: str) -> Any:
    """Read a property that is JSON; one that is none is nothing."""
    try:
        return orjson.loads(text(props, name) or "null")
    except orjson.JSONDecodeError:
        return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _named(record: Record | None) -> entities.Named | None:
    return None if record is None else entities.Named(record.key, text(record.props, "name"))


def _instance(key: str) -> str:
    try:
        return ExperimentKey.parse(key).instance
    except InvalidKey:
        return ""
