"""The key grammar of every kind of node: the only place where a key is built or split.

A key is a path of segments in Amundsen's formats, declared below as one template a kind. In a template a plain field
is one segment, percent-encoded: `/` and `%` always; `.` too in a cluster or instance; the `_` of a database called
`…_dashboard`, whose tables would otherwise share keys with a product's dashboards. A field ending in `_key` is the
whole key of another entity, as it stands. Ordinary names come out byte for byte as Amundsen writes them. Tags, badges
and people have no grammar: their key is their name.

Promises (tests/unit/schemas/test_keys.py): `K.parse(str(k)) == k`, and two keys of a kind are equal only if all
their fields are. `parse` also takes unencoded keys of an older Amundsen where they are not ambiguous; a key that was
stored is therefore looked up as it stands, never parsed and formatted again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from schemas.key_types import DASHBOARD
from schemas.key_types import Key as Key  # noqa: PLC0414  # everybody asks for it here

UPDATED_TIMESTAMP = "amundsen_updated_timestamp"  # the one key of an Updatedtimestamp


@dataclass(frozen=True)
class DatabaseKey(Key):
    label = "Database"
    template = "database://{name}"
    name: str


@dataclass(frozen=True)
class ClusterKey(Key):
    label = "Cluster"
    template = "{database}://{cluster}"
    database: str
    cluster: str


@dataclass(frozen=True)
class SchemaKey(Key):
    label = "Schema"
    template = "{database}://{cluster}.{schema}"
    database: str
    cluster: str
    schema: str


@dataclass(frozen=True)
class TableKey(Key):
    label = "Table"
    template = "{database}://{cluster}.{schema}/{table}"
    database: str
    cluster: str
    schema: str
    table: str


@dataclass(frozen=True)
class ColumnKey(Key):
    label = "Column"
    template = "{table_key}/{column}"
    table_key: str
    column: str


@dataclass(frozen=True)
class TypeMetadataKey(Key):
    """A nested type. `path`: the column, then field names, `_inner_` (of an array), `_map_key` and `_map_value`."""

    label = "Type_Metadata"
    template = "{column_key}/type/{path}"
    column_key: str
    path: tuple[str, ...]


@dataclass(frozen=True)
class DescriptionKey(Key):
    label = "Description"
    template = "{resource_key}/_description"
    resource_key: str


@dataclass(frozen=True)
class ProgrammaticDescriptionKey(Key):
    label = "Programmatic_Description"
    template = "{resource_key}/_{source}_description"
    resource_key: str
    source: str


@dataclass(frozen=True)
class WatermarkKey(Key):
    label = "Watermark"
    template = "{table_key}/{part_type}/"
    table_key: str
    part_type: str


@dataclass(frozen=True)
class StatKey(Key):
    """A statistic of a table, a column or a feature."""

    label = "Stat"
    template = "{measured_key}/{stat}/"
    measured_key: str
    stat: str


@dataclass(frozen=True)
class TableTimestampKey(Key):
    label = "Timestamp"
    template = "{table_key}/timestamp"
    table_key: str


@dataclass(frozen=True)
class DashboardTimestampKey(Key):
    label = "Timestamp"
    template = "{dashboard_key}/_last_modified_timestamp"
    dashboard_key: str


@dataclass(frozen=True)
class SourceKey(Key):
    label = "Source"
    template = "{table_key}/_source"
    table_key: str


@dataclass(frozen=True)
class ApplicationKey(Key):
    label = "Application"
    template = "application://{kind}/{id}"
    kind: str
    id: str


@dataclass(frozen=True)
class AirflowTaskKey(Key):
    label = "Application"
    template = "application://{cluster}.airflow/{dag}/{task}"
    cluster: str
    dag: str
    task: str


@dataclass(frozen=True)
class ReportKey(Key):
    label = "Report"
    template = "{resource_key}/_report/{name}"
    resource_key: str
    name: str


@dataclass(frozen=True)
class DashboardClusterKey(Key):
    label = "Cluster"
    template = "{product}_dashboard://{cluster}"
    product: str
    cluster: str


@dataclass(frozen=True)
class DashboardGroupKey(Key):
    label = "Dashboardgroup"
    template = "{product}_dashboard://{cluster}.{group}"
    product: str
    cluster: str
    group: str


@dataclass(frozen=True)
class DashboardKey(Key):
    label = "Dashboard"
    template = "{product}_dashboard://{cluster}.{group}/{dashboard}"
    product: str
    cluster: str
    group: str
    dashboard: str


@dataclass(frozen=True)
class DashboardQueryKey(Key):
    label = "Query"
    template = "{dashboard_key}/query/{query}"
    dashboard_key: str
    query: str


@dataclass(frozen=True)
class ChartKey(Key):
    label = "Chart"
    template = "{dashboard_key}/query/{query}/chart/{chart}"
    dashboard_key: str
    query: str
    chart: str


@dataclass(frozen=True)
class DashboardExecutionKey(Key):
    label = "Execution"
    template = "{dashboard_key}/execution/{execution}"
    dashboard_key: str
    execution: str


@dataclass(frozen=True)
class QueryExecutionKey(Key):
    """An execution of a statement from a query log; the statement's key is a hash of its text."""

    label = "Execution"
    template = "{query_hash}-{start_time}"
    query_hash: str
    start_time: str


@dataclass(frozen=True)
class FeatureGroupKey(Key):
    label = "Feature_Group"
    template = "{group}"
    group: str


@dataclass(frozen=True)
class FeatureKey(Key):
    label = "Feature"
    template = "{group}/{name}/{version}"
    group: str
    name: str
    version: str


@dataclass(frozen=True)
class FeatureWatermarkKey(Key):
    label = "Feature_Watermark"
    template = "{feature_key}/{watermark_type}"
    feature_key: str
    watermark_type: str


@dataclass(frozen=True)
class FeatureGenerationCodeKey(Key):
    label = "Feature_Generation_Code"
    template = "{feature_key}/_generation_code"
    feature_key: str


@dataclass(frozen=True)
class ExperimentKey(Key):
    label = "MLExperiment"
    template = "mlflow://{instance}/experiment/{experiment}"
    instance: str
    experiment: str


@dataclass(frozen=True)
class RunKey(Key):
    label = "MLRun"
    template = "mlflow://{instance}/run/{run}"
    instance: str
    run: str


@dataclass(frozen=True)
class ModelKey(Key):
    label = "MLModel"
    template = "mlflow://{instance}/model/{model}"
    instance: str
    model: str


@dataclass(frozen=True)
class ModelVersionKey(Key):
    label = "MLModelVersion"
    template = "{model_key}/version/{version}"
    model_key: str
    version: str


@dataclass(frozen=True)
class DatasetKey(Key):
    """What a run has read, at one digest of its content."""

    label = "MLDataset"
    template = "mlflow://{instance}/dataset/{name}/{digest}"
    instance: str
    name: str
    digest: str


@dataclass(frozen=True)
class ModelChangeKey(Key):
    """What became of a stage or an alias (`kind`) of a version or name (`subject`), by the run that saw it."""

    label = "MLChange"
    template = "{model_key}/change/{kind}/{subject}/{run}"
    model_key: str
    kind: str
    subject: str
    run: str


KINDS: tuple[type[Key], ...] = tuple(Key.__subclasses__())

# How many segments of its key a node adds to the key of what it hangs under (a trailing slash ends in an empty one).
_OWN_SEGMENTS = {
    "Column": 1,
    "Type_Metadata": 2,
    "Description": 1,
    "Programmatic_Description": 1,
    "Watermark": 2,
    "Stat": 2,
    "Timestamp": 1,
    "Source": 1,
    "Report": 2,
    "Query": 2,
    "Chart": 4,
    "Execution": 2,
    "Feature_Watermark": 1,
    "Feature_Generation_Code": 1,
    "MLModelVersion": 2,
    "MLChange": 4,
}
_OWNER = re.compile(
    r"mlflow://[^/.]+/(?P<learning>experiment|run|model)/[^/]+"
    r"|(?P<scheme>[^/]+)://[^/]+(?P<entity>/[^/]+)?|(?P<feature>[^/]+/[^/]+/[^/]+)",
    re.DOTALL,
)
_LEARNING = {"experiment": "MLExperiment", "run": "MLRun", "model": "MLModel"}


def owner_of(label: str, key: str) -> tuple[str, str] | None:
    """Return (label, key) of the entity a node's key hangs under, or None for what hangs under no single one.

    The entity is a Table, Dashboard, Feature, MLModel, MLExperiment or MLRun; for the description of a schema or
    dashboard group, that.
    """
    own = _OWN_SEGMENTS.get(label)
    return None if own is None else _owner(key.rsplit("/", own)[0])


@lru_cache(maxsize=256)  # of one owner come many nodes, one behind the other
def _owner(key: str) -> tuple[str, str] | None:
    found = _OWNER.match(key)
    if found is None:
        return None
    if found["learning"]:
        return _LEARNING[found["learning"]], found[0]
    if found["feature"]:
        return "Feature", found[0]
    kinds = ("Dashboard", "Dashboardgroup") if found["scheme"].endswith(DASHBOARD) else ("Table", "Schema")
    return kinds[0 if found["entity"] else 1], found[0]


def column_keys(table_key: str, names: Sequence[str]) -> list[str]:
    """Return the keys of columns of one table. Raises InvalidKey for an empty name or what is no key of a table."""
    key_of = ColumnKey.texts(table_key)
    text = "".join(names)
    if all(names) and "%" not in text and "/" not in text:  # nothing to encode, as nearly always
        return [f"{table_key}/{name}" for name in names]
    return [*map(key_of, names)]


def type_metadata_root(column_key: str) -> str:
    """Return the key of a column's own type, which its nested types hang under."""
    return str(TypeMetadataKey(column_key, (ColumnKey.parse(column_key).column,)))
