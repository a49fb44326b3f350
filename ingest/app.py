"""Put the ingest service together: what takes and tells, beside the schedules that run the publisher and the jobs."""

from collections.abc import Iterable
from dataclasses import replace

from flask import Flask
from prometheus_client.registry import Collector

from http_service.app import make_app
from http_service.service import Route, Service
from ingest.api import entities, openlineage, runs, system
from ingest.api.endpoint import IngestEndpoint, Ingestion
from ingest.openlineage.listening import Listening
from metadata_service.api.resources import TABLE
from metadata_service.api.sync_metrics import SyncMetrics
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable
from schemas.settings import Settings
from schemas.wire.statement_shapes import SHAPES


def _route(endpoint: type[IngestEndpoint], path: str) -> Route:
    return Route(endpoint.__name__, endpoint, (path,), {"kind": TABLE})


SERVICE = Service(
    title="Fram ingest service",
    about="Takes what sources say, runs the jobs that read them, and keeps the search index in step with the graph.",
    routes=(
        _route(system.HealthCheck, "/healthcheck"),
        _route(system.SyncStatus, "/sync/status"),
        _route(system.SyncRetry, "/sync/retry"),
        _route(entities.Entities, "/ingest/entities"),
        _route(runs.Statements, "/ingest/statements"),
        _route(runs.Runs, "/ingest/runs"),
        _route(runs.OneRun, "/ingest/runs/<run>"),
        _route(runs.AllJobs, "/ingest/jobs"),
        _route(runs.JobRun, "/ingest/jobs/<job>/run"),
        _route(openlineage.Lineage, "/api/v1/lineage"),
        _route(openlineage.LineageBatch, "/api/v1/lineage/batch"),
        _route(openlineage.OpenLineageRecord, "/ingest/openlineage"),
    ),
    outage=StoreUnavailable,
    examples={"default": "warehouse"},
    schemas=SHAPES,
)


def create_app(
    settings: Settings, store: GraphStore, collectors: Iterable[Collector] = (), ingestion: Ingestion | None = None
) -> Flask:
    """Return the service over a store. The caller opens and closes the store, and starts and stops the schedules."""
    told = (SyncMetrics(store), *collectors)
    ingestion = ingestion or Ingestion()
    if ingestion.listening is None:
        ingestion = replace(ingestion, listening=Listening.over(store, settings, ingestion.jobs.order))
    return make_app(SERVICE, settings, told, store=store, ingestion=ingestion)
