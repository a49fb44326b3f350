"""The page that says how far search is behind: what it tells, what Prometheus is told, and trying again."""

import pytest
from catalogue import ORDERS
from flask.testing import FlaskClient
from marshmallow import RAISE

from http_service.openapi import describe
from ingest.app import SERVICE, create_app
from ingest.publish.sync import TRIES, sync
from metadata_service.catalog.sync_status import RECONCILE, SYNC, report, report_failure
from metadata_service.store.mutations import PARKED, NodeRef, Postponed
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable
from schemas.settings import Settings
from schemas.wire import replies
from search_service.index.memory import MemorySearchIndex


@pytest.fixture(params=["metadata", "ingest"])
def either(request: pytest.FixtureRequest, store: GraphStore, client: FlaskClient) -> FlaskClient:
    """A client of either service that tells it."""
    return client if request.param == "metadata" else create_app(Settings(), store).test_client()


def park(store: GraphStore, key: str) -> None:
    (change,) = [change for change in store.changes() if change.ref == NodeRef("Table", key)]
    store.postpone([Postponed(change, "too big", PARKED)] * TRIES)


def test_status_says_what_waits_and_what_is_parked(either: FlaskClient, store: GraphStore):
    before = either.get("/sync/status").json
    assert (before["state"], before["last_sync"], before["depth"]) == ("unattended", None, len(store.changes()))
    park(store, ORDERS)
    seen = either.get("/sync/status").json
    assert (seen["depth"], seen["parked"]) == (before["depth"] - 1, 1)
    (parked,) = seen["postponed"]
    assert replies.SyncStatus(unknown=RAISE).validate(seen) == {}
    assert {name: parked[name] for name in ("kind", "key", "reason", "retry_at")} == {
        "kind": "table",
        "key": ORDERS,
        "reason": "too big",
        "retry_at": None,
    }
    assert either.get("/sync/status?limit=0").json["postponed"] == []


def test_what_is_parked_is_tried_again_on_demand(either: FlaskClient, store: GraphStore):
    park(store, ORDERS)
    other = {"documents": [{"kind": "table", "key": "hive://gold.core/other"}]}
    assert either.post("/sync/retry", json=other).json == {"retried": 0}
    this = {"documents": [{"kind": "table", "key": ORDERS}]}
    assert either.post("/sync/retry", json=this).json == {"retried": 1}
    assert either.get("/sync/status").json["parked"] == 0
    index = MemorySearchIndex()
    sync(store, index)
    assert index.find("table", ORDERS) is not None
    assert either.get("/sync/status").json["depth"] == 0


def test_metrics_tell_the_same(either: FlaskClient, store: GraphStore):
    park(store, ORDERS)
    report(store, SYNC, publisher="x", building=False, changes=3, lag_p50_seconds=0.5, lag_p99_seconds=1.5)
    report(store, RECONCILE, seconds=1.0, compared=9, missing=1, extra=2, stale=3, drift=6)
    report_failure(store, SYNC, "the index is down")
    told = either.get("/metrics").text
    for line in (
        f"fram_sync_depth {float(len(store.changes()))}",
        "fram_sync_parked 1.0",
        "fram_sync_failing 1.0",
        'fram_sync_lag_seconds{quantile="0.99"} 1.5',
        'fram_sync_drift{kind="extra"} 2.0',
        "fram_sync_readable 1.0",
    ):
        assert f"\n{line}\n" in told
    assert "fram_sync_last_reconcile_timestamp_seconds" in told
    assert "fram_sync_last_rebuild_timestamp_seconds" not in told


def test_metrics_say_when_the_graph_cannot_be_asked():
    class Down:
        def backlog(self) -> None:
            raise StoreUnavailable("The graph does not answer.")

    told = create_app(Settings(), Down()).test_client().get("/metrics").text
    assert "\nfram_sync_readable 0.0\n" in told
    assert "fram_sync_depth" not in told


def test_the_ingest_service_is_documented(store: GraphStore):
    client = create_app(Settings(), store).test_client()
    assert client.get("/openapi.json").json == describe(SERVICE)
    assert client.get("/healthcheck").json["status"] == "ok"
    assert client.get("/nowhere").json["code"] == "not_found"
