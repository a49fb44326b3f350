"""The sample catalogue: a coffee roaster that does not exist, in Amundsen's CSV formats; its models as statements."""

from pathlib import Path

import orjson

from ingest.job import FolderIngestion, open_amundsen_csv
from ingest.jobs import Jobs
from ingest.push import push
from ingest.report import Report
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Shape

_MODELS = Path(__file__).parent / "models.ndjson"
_ONE_TABLE = "snowflake://warehouse.marts/fct_orders"


def catalogue_dir() -> Path:
    """Return the folder of the CSV files."""
    return Path(__file__).parent / "catalogue"


def wants_loading(store: GraphStore) -> bool:
    """Say whether a store is empty, or holds this catalogue already (perhaps in part) and no other."""
    return not store.list_nodes("Table", limit=1) or store.fetch(_ONE_TABLE, Shape("Table")) is not None


def load(store: GraphStore) -> Report:
    """Load the sample catalogue. Idempotent."""
    report = Report()
    FolderIngestion(open_amundsen_csv(catalogue_dir()), store, report).run()
    statements = [orjson.loads(line) for line in _MODELS.read_bytes().splitlines()]
    push(store, Jobs(), "mlflow", statements, dry=False)
    return report
