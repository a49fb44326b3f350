"""How the ingest service and the publisher in it fare: as the metadata service tells it."""

from ingest.api.endpoint import IngestEndpoint
from metadata_service.api import sync, system


class HealthCheck(IngestEndpoint, system.HealthCheck):
    pass


class SyncStatus(IngestEndpoint, sync.SyncStatus):
    pass


class SyncRetry(IngestEndpoint, sync.SyncRetry):
    pass
