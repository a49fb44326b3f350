"""The state of publishing for Prometheus, read from the graph when it asks."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from metadata_service.catalog.sync_status import sync_status
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable
from schemas.sync_status import SyncStatus


class SyncMetrics(Collector):
    """Gauges of `sync_status`; while the graph is away, `fram_sync_readable 0` alone."""

    def __init__(self, store: GraphStore) -> None:
        self._store = store

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Name nothing, so that registering asks no graph."""
        return iter(())

    def collect(self) -> Iterator[GaugeMetricFamily]:
        try:
            status = sync_status(self._store, limit=1)
        except StoreUnavailable:
            yield _gauge("readable", "Whether the graph could be asked.", 0)
            return
        yield _gauge("readable", "Whether the graph could be asked.", 1)
        yield from _backlog(status)
        yield from _lags(status)
        yield from _last(status)


def _backlog(status: SyncStatus) -> Iterator[GaugeMetricFamily]:
    yield _gauge("depth", "Changes that wait to be published.", status.depth)
    yield _gauge("oldest_age_seconds", "How long the oldest of them has waited.", status.oldest_age_seconds)
    yield _gauge("parked", "Documents that are tried again on demand only.", status.parked)
    yield _gauge("failing", "Whether the last pass failed.", int(status.sync_failure is not None))


def _lags(status: SyncStatus) -> Iterator[GaugeMetricFamily]:
    lags = GaugeMetricFamily("fram_sync_lag_seconds", "From a change to its being searchable.", labels=["quantile"])
    for quantile, seconds in (("0.5", status.lag_p50_seconds), ("0.99", status.lag_p99_seconds)):
        if seconds is not None:
            lags.add_metric([quantile], seconds)
    yield lags


def _last(status: SyncStatus) -> Iterator[GaugeMetricFamily]:
    done = {"pass": status.last_sync, "rebuild": status.last_rebuild, "reconcile": status.last_reconcile}
    for name, last in done.items():
        if last is not None:
            yield _gauge(f"last_{name}_timestamp_seconds", f"When the last {name} was done.", last.at)
    drift = GaugeMetricFamily("fram_sync_drift", "Keys that differed at the last reconcile.", labels=["kind"])
    for name in ("missing", "extra", "stale") if status.last_reconcile else ():
        drift.add_metric([name], getattr(status.last_reconcile, name))
    yield drift


def _gauge(name: str, about: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"fram_sync_{name}", about, value)
