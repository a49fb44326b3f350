"""What the publisher has done, for Prometheus."""

from prometheus_client import Counter, Histogram
from prometheus_client.registry import Collector

from ingest.publish.sync import Synced

_BUCKETS = (0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3, 5, 10, 60, 600)


class Published:
    """Counts changes that were published or postponed by this process, and how long they had waited."""

    def __init__(self) -> None:
        self._lags = Histogram(
            "fram_publish_lag_seconds",
            "From a change to its being searchable.",
            buckets=_BUCKETS,
            registry=None,
        )
        self._postponed = Counter("fram_publish_postponed", "Changes that could not be published.", registry=None)
        self.metrics: tuple[Collector, ...] = (self._lags, self._postponed)

    def note(self, synced: Synced) -> None:
        """Count one pass."""
        for lag in synced.lags:
            self._lags.observe(lag)
        self._postponed.inc(synced.postponed)
