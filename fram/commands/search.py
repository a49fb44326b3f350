"""`fram search`: keep the search index in step by hand, and see how far it is.

Only one process publishes at a time. Where one does already, it is asked to do the work, and the command waits for it.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from fram.commands.serve import store_options
from schemas.settings import Settings

if TYPE_CHECKING:
    from metadata_service.store.port import GraphStore
    from schemas.sync_status import Failure, SyncStatus


@click.group()
def search() -> None:
    """Keep the search index in step with the graph, and see how far it is."""


@search.command()
@store_options
def sync(**options: Any) -> None:
    """Publish every change that waits."""
    done = _carry_out("sync", options)
    click.echo(f"{done['depth']} changes wait." if done["depth"] else "Every change is searchable.")


@search.command()
@store_options
def rebuild(**options: Any) -> None:
    """Build the index anew from the graph, beside the one that serves, and swap it in if it is whole."""
    done = _carry_out("rebuild", options)
    counts = ", ".join(f"{count:,} {kind} documents" for kind, count in done["documents"].items() if count)
    click.echo(f"Built in {done['seconds']:.1f} s: {counts or 'no documents'}; {done['refused']} refused.")


@search.command()
@store_options
def reconcile(**options: Any) -> None:
    """Compare the whole index with the graph and have what differs published again."""
    done = _carry_out("reconcile", options)
    parts = ", ".join(f"{done[name]} {name}" for name in ("missing", "extra", "stale"))
    click.echo(f"Compared {done['compared']:,} keys: drift {done['drift']} ({parts}).")


@search.command()
@store_options
@click.argument("keys", nargs=-1)
@click.option("--kind", default="table", show_default=True, help="Kind of the documents named.")
def retry(keys: tuple[str, ...], kind: str, **options: Any) -> None:
    """Try documents that could not be published again: those named, or all."""
    from metadata_service.catalog.sync_status import retry as try_again

    with _graph(options) as (_, store):
        count = try_again(store, [(kind, key) for key in keys] or None)
    click.echo(f"{count} documents are tried again with the next pass.")


@search.command()
@store_options
@click.option("--json", "as_json", is_flag=True, help="Print what GET /sync/status answers.")
def status(*, as_json: bool, **options: Any) -> None:
    """Say how far the index is behind the graph. Exits with 1 unless changes are being published."""
    import orjson

    from metadata_service.catalog.sync_status import sync_status

    with _graph(options) as (_, store):
        found = sync_status(store)
    click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2) if as_json else "\n".join(_lines(found)))
    if found.state in ("failing", "unattended"):
        raise click.exceptions.Exit(1)


def _carry_out(action: str, options: dict[str, Any]) -> dict[str, Any]:
    from fram.stores import open_configured_index, shared_url
    from ingest.publish.publisher import Publisher
    from ingest.publish.request import carry_out

    with _graph(options) as (settings, store), ExitStack() as closing:
        index = open_configured_index(settings)
        closing.callback(index.close)
        publisher = Publisher(store, index, url=shared_url(settings))
        closing.callback(publisher.stop)
        return carry_out(store, publisher, action)


@contextmanager
def _graph(options: dict[str, Any]) -> Iterator[tuple[Settings, "GraphStore"]]:
    from fram.stores import open_configured

    settings = Settings.from_environment(os.environ).with_options(**options)
    store = open_configured(settings)
    try:
        store.ensure_schema()
        yield settings, store
    finally:
        store.close()


def _lines(status: "SyncStatus") -> Iterator[str]:
    yield f"{status.state}: {status.message}"
    yield f"waiting    {status.depth} changes, the oldest for {status.oldest_age_seconds:.1f} s"
    if status.lag_p50_seconds is not None and status.lag_p99_seconds is not None:
        yield f"lag        p50 {status.lag_p50_seconds:.2f} s, p99 {status.lag_p99_seconds:.2f} s"
    if status.last_sync:
        yield f"publisher  {status.last_sync.publisher}, heard of {_time(status.last_sync.at)}"
    rebuilt = status.last_rebuild
    yield from _step(
        "rebuild",
        f"{_time(rebuilt.at)}: {sum(rebuilt.documents.values()):,} documents, {rebuilt.refused} refused"
        if rebuilt
        else "never",
        status.rebuild_failure,
    )
    compared = status.last_reconcile
    yield from _step(
        "reconcile",
        f"{_time(compared.at)}: drift {compared.drift} of {compared.compared:,} keys" if compared else "never",
        status.reconcile_failure,
    )
    yield f"parked     {status.parked} documents"
    for item in status.postponed:
        again = "on demand: fram search retry" if item.retry_at is None else f"again {_time(item.retry_at)}"
        yield f"  {item.kind} {item.key}: {item.reason} ({item.failures} failures; {again})"


def _step(name: str, last: str, failure: "Failure | None") -> Iterator[str]:
    yield f"{name:<10} {last}"
    if failure:
        yield f"{'':<10} failed {_time(failure.at)}: {failure.reason}"


def _time(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(" ", "seconds")
