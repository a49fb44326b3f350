"""The sample catalogue: a coffee roaster that does not exist, as CSV files, a dbt project, and models as statements."""

import logging
from pathlib import Path

import orjson

from ingest.job import FolderIngestion, open_amundsen_csv
from ingest.jobs import Jobs, read_jobs
from ingest.push import push
from ingest.report import Report
from ingest.runner import Runner
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Shape
from schemas.errors import Conflict

_HERE = Path(__file__).parent
_MODELS = _HERE / "models.ndjson"
_ONE_TABLE = "snowflake://warehouse.marts/fct_orders"

log = logging.getLogger(__name__)


def catalogue_dir() -> Path:
    """Return the folder of the CSV files."""
    return _HERE / "catalogue"


def demo_jobs() -> Jobs:
    """Return the jobs that feed the sample catalogue."""
    return read_jobs(_HERE / "fram-jobs.toml", {"DEMO": str(_HERE)})


def wants_loading(store: GraphStore) -> bool:
    """Say whether a store is empty, or holds this catalogue already (perhaps in part) and no other."""
    return not store.list_nodes("Table", limit=1) or store.fetch(_ONE_TABLE, Shape("Table")) is not None


def load(store: GraphStore) -> Report:
    """Load the sample catalogue and run its jobs. Idempotent but for the runs; returns what became of the CSV files."""
    report = Report()
    FolderIngestion(open_amundsen_csv(catalogue_dir()), store, report).run()
    jobs = demo_jobs()
    for job in jobs.jobs.values():
        try:
            Runner(store, jobs).run(job)
        except Conflict as error:  # another demo over this store runs it, or did until it was killed just now
            log.warning("%s", error.message)
    statements = [orjson.loads(line) for line in _MODELS.read_bytes().splitlines()]
    push(store, jobs, "mlflow", statements, dry=False)
    return report
