"""What the endpoints of the ingest service stand on: the graph, the jobs, what starts one, what takes in events."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ingest.jobs import Jobs
from ingest.openlineage.listening import Listening
from metadata_service.api.endpoint import GraphEndpoint, Kind
from metadata_service.store.port import GraphStore
from schemas.errors import Conflict
from schemas.settings import Settings


def _nobody(name: str) -> None:
    raise Conflict(f"The job {name} cannot be started here: this process runs no jobs.")


@dataclass(frozen=True, slots=True)
class Ingestion:
    """The jobs there are, what starts one of them, and what takes in events of OpenLineage."""

    jobs: Jobs = field(default_factory=Jobs)
    start: Callable[[str], None] = _nobody
    listening: Listening | None = None


class IngestEndpoint(GraphEndpoint):
    """A route's methods over the store and the jobs."""

    def __init__(self, settings: Settings, store: GraphStore, kind: Kind, ingestion: Ingestion) -> None:
        super().__init__(settings, store, kind)
        self.ingestion = ingestion
