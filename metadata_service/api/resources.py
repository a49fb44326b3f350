"""The kinds of resources that routes are about, and what their paths hold."""

from collections.abc import Mapping

from metadata_service.api.endpoint import Kind
from metadata_service.store.mutations import NodeRef
from schemas.keys import ColumnKey


def _whole_key(label: str, key_name: str = "id", done: str = "is") -> Kind:
    return Kind(label, lambda path: NodeRef(label, path["key"]), key_name, done)


def _column(path: Mapping[str, str]) -> NodeRef:
    return NodeRef("Column", str(ColumnKey(path["key"], path["column"])))


TABLE = _whole_key("Table", "table_uri")
COLUMN = Kind("Column", _column)
WHOLE_COLUMN = _whole_key("Column")
TYPE_METADATA = _whole_key("Type_Metadata")
DASHBOARD = _whole_key("Dashboard", "dashboard_id")
FEATURE = _whole_key("Feature", "feature_uri", "was")
USER = _whole_key("User")
EXPERIMENT = _whole_key("MLExperiment")
RUN = _whole_key("MLRun")
MODEL = _whole_key("MLModel")
MODEL_VERSION = _whole_key("MLModelVersion")

FOLLOWABLE = {
    "table": TABLE,
    "dashboard": DASHBOARD,
    "feature": FEATURE,
    "model": MODEL,
    "experiment": EXPERIMENT,
}
