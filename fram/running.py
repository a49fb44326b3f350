"""A process that serves for long: its stores, its services, and the publisher if it runs one."""

import logging
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from prometheus_client.registry import Collector

from fram import serving
from fram.serving import Listener
from fram.stores import open_configured, open_configured_index, shared_url
from ingest.api.endpoint import Ingestion
from ingest.app import create_app as create_ingest_app
from ingest.firings import Firings
from ingest.job_schedule import JobSchedule
from ingest.jobs import Jobs, configured_jobs
from ingest.openlineage.listening import Listening
from ingest.publish.publisher import Publisher
from ingest.runner import Runner
from ingest.schedule import Schedule
from ingest.telemetry import Published
from metadata_service.app import create_app as create_metadata_app
from metadata_service.store.factory import safe_url
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable
from schemas.settings import Settings
from search_service.app import create_app as create_search_app
from search_service.index.port import SearchIndex
from web.app import create_app as create_web_app

RETRY_SECONDS = 2.0

METADATA, SEARCH, INGEST, WEB = "metadata", "search", "ingest", "web"
EVERYTHING = (METADATA, SEARCH, WEB, INGEST)  # with the publisher and the jobs beside them

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Parts:
    """What the services of one process are made of; each is opened when the first of them needs it."""

    settings: Settings
    closing: ExitStack
    collectors: Sequence[Collector] = ()
    urls: dict[str, str] = field(default_factory=dict)  # of the services behind the web page
    ingestion: Ingestion | None = None
    _store: GraphStore | None = None
    _index: SearchIndex | None = None

    @property
    def store(self) -> GraphStore:
        if self._store is None:
            self._store = open_configured(self.settings)
            self.closing.callback(self._store.close)
            prepare(self._store)
        return self._store

    @property
    def index(self) -> SearchIndex:
        if self._index is None:
            self._index = open_configured_index(self.settings)
            self.closing.callback(self._index.close)
        return self._index


def run(
    settings: Settings,
    services: Sequence[str],
    notice: Callable[[str], None],
    *,
    publishing: bool,
    jobs: Jobs | None = None,
) -> None:
    """Serve these services until told to stop, publishing and running jobs meanwhile if asked to.

    `jobs` are those that run where no jobs file has any. Raises InvalidSetting.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    warning = serving.check_address(settings)
    if warning:
        notice(warning)
    with ExitStack() as closing:
        parts = Parts(settings, closing, urls=serving.service_urls(settings))
        if publishing:
            closing.enter_context(_publishing(parts, jobs or Jobs()))
        serving.serve([_LISTENERS[service](parts) for service in services], settings)


@contextmanager
def _publishing(parts: Parts, fallback: Jobs) -> Iterator[None]:
    settings, published, firings = parts.settings, Published(), Firings()
    configured = configured_jobs(settings, os.environ)
    runner = Runner(parts.store, configured if configured.jobs else fallback, settings.ingest_retention_days)
    publisher = Publisher(parts.store, parts.index, published.note, shared_url(settings))
    schedule, jobs = Schedule(publisher, settings, firings), JobSchedule(runner, firings)
    parts.collectors = (firings.counter, *published.metrics, *jobs.metrics)
    listening = Listening.over(parts.store, settings, runner.jobs.order)
    schedule.every("openlineage", settings.sync_seconds, listening.telling.work)
    parts.ingestion = Ingestion(runner.jobs, jobs.trigger, listening)
    schedule.start()
    jobs.start()
    try:
        yield
    finally:
        jobs.stop()
        schedule.stop()
        listening.telling.stop()


def _metadata(parts: Parts) -> Listener:
    app = create_metadata_app(parts.settings, parts.store, parts.collectors)
    name = f"Fram metadata service over {safe_url(parts.settings.store_url)}"
    return Listener(name, app, parts.settings.port, _noting(parts, METADATA))


def _search(parts: Parts) -> Listener:
    app = create_search_app(parts.settings, parts.index)
    return Listener("Fram search service", app, parts.settings.search_port, _noting(parts, SEARCH))


def _ingest(parts: Parts) -> Listener:
    app = create_ingest_app(parts.settings, parts.store, parts.collectors, parts.ingestion)
    return Listener("Fram ingest service", app, parts.settings.ingest_port, _noting(parts, INGEST))


def _web(parts: Parts) -> Listener:
    return Listener("Fram web page", create_web_app(parts.settings, parts.urls), parts.settings.web_port)


def _noting(parts: Parts, service: str) -> Callable[[str], None]:
    """Let the web page of this process find a service where it really listens, unless a setting names another."""
    return lambda url: parts.urls.update({service: getattr(parts.settings, f"{service}_service") or url})


_LISTENERS: dict[str, Callable[[Parts], Listener]] = {
    METADATA: _metadata,
    SEARCH: _search,
    INGEST: _ingest,
    WEB: _web,
}


def prepare(store: GraphStore) -> None:
    """Ensure the schema now, or, when the graph is not up yet, as soon as it is; until then requests answer 503."""
    try:
        store.ensure_schema()
    except StoreUnavailable as error:
        log.warning("The graph is not there yet: %s Trying again until it is.", error.message)
        threading.Thread(target=_keep_preparing, args=(store, threading.Event()), daemon=True).start()


def _keep_preparing(store: GraphStore, pause: threading.Event) -> None:
    while not pause.wait(RETRY_SECONDS):
        try:
            store.ensure_schema()
        except StoreUnavailable:
            continue
        log.info("The graph is there.")
        return
