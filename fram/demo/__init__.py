"""The sample catalogue: a coffee roaster that does not exist, in Amundsen's CSV formats."""

from pathlib import Path

from ingest.job import FolderIngestion, open_amundsen_csv
from ingest.report import Report
from metadata_service.store.port import GraphStore


def catalogue_dir() -> Path:
    """Return the folder of the CSV files."""
    return Path(__file__).parent / "catalogue"


def load(store: GraphStore) -> Report:
    """Load the sample catalogue. Idempotent."""
    report = Report()
    FolderIngestion(open_amundsen_csv(catalogue_dir()), store, report).run()
    return report
