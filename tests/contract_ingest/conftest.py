"""The ingest service as a client sees it: real app, real store, Flask's testing flag off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from documented import hold
from flask.testing import FlaskClient
from job_files import a_job, some_jobs, table, write

from ingest.api.endpoint import Ingestion
from ingest.app import SERVICE, create_app
from ingest.firings import Firings
from ingest.job_schedule import JobSchedule
from ingest.runner import Runner
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.port import GraphStore
from schemas.settings import Settings


@pytest.fixture
def store() -> GraphStore:
    return MemoryGraphStore()


@pytest.fixture
def client(store: GraphStore, tmp_path: Path) -> Iterator[FlaskClient]:
    """A client of a service with the jobs `warehouse`, which reads a file of one table, and `broken`."""
    file = tmp_path / "statements.ndjson"
    write(file, [table("t", tags=["x"])])
    jobs = some_jobs(a_job(file, every=3600), a_job(file, "broken", settings={"pth": 1}))
    schedule = JobSchedule(Runner(store, jobs), Firings())
    schedule._scheduler.start(paused=False)
    app = create_app(Settings(max_body_bytes=100_000), store, ingestion=Ingestion(jobs, schedule.trigger))
    assert not app.testing
    yield hold(app, SERVICE)
    schedule.stop()
