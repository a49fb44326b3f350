"""`fram serve` and `fram demo`: the long-running commands."""

import logging
import os
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from schemas.errors import StoreUnavailable
from schemas.settings import Settings

if TYPE_CHECKING:
    from metadata_service.store.port import GraphStore

RETRY_SECONDS = 2.0

log = logging.getLogger(__name__)

_OPTIONS = (
    click.option("--data", help="Folder of the embedded stores.  [default: fram-data]"),
    click.option("--graph", "graph_url", help="URL of the graph, in place of the embedded one."),
    click.option("--host", help="Address to listen on.  [default: 127.0.0.1]"),
    click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 takes any that is free.  [default: 5002]"),
    click.option("--expose", is_flag=True, default=None, help="Allow an address that other machines reach."),
)


def serving_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every long-running one has."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group(invoke_without_command=True)
@serving_options
@click.pass_context
def serve(context: click.Context, /, **options: Any) -> None:
    """Serve everything in one process (today: the metadata service)."""
    if context.invoked_subcommand is None:
        _serve_metadata(Settings.from_environment(os.environ).with_options(**options))


@serve.command()
@serving_options
@click.pass_context
def metadata(context: click.Context, /, **options: Any) -> None:
    """Serve the metadata service alone."""
    given = (context.parent.params if context.parent else {}) | {k: v for k, v in options.items() if v is not None}
    _serve_metadata(Settings.from_environment(os.environ).with_options(**given))


@serve.command()
@serving_options
@click.pass_context
def search(context: click.Context, /, **options: Any) -> None:
    """Serve the search service alone, on port 5001 unless told otherwise."""
    given = (context.parent.params if context.parent else {}) | {k: v for k, v in options.items() if v is not None}
    settings = Settings.from_environment(os.environ).with_options(**given)
    port = settings.search_port if given.get("port") is None else given["port"]
    _serve_search(settings.with_options(port=port))


@click.command()
@serving_options
def demo(**options: Any) -> None:
    """Load the sample catalogue, unless the store holds another one, and serve it."""
    from fram.demo import load, wants_loading
    from fram.stores import open_configured

    settings = Settings.from_environment(os.environ).with_options(**options)
    store = open_configured(settings)
    try:
        store.ensure_schema()
        if wants_loading(store):
            load(store)
    finally:
        store.close()
    _serve_metadata(settings)


def _serve_metadata(settings: Settings) -> None:
    from fram import serving
    from fram.stores import open_configured
    from metadata_service.app import create_app
    from metadata_service.store.factory import safe_url

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    warning = serving.check_address(settings)
    if warning:
        click.echo(warning, err=True)
    store = open_configured(settings)
    try:
        _prepare(store)
        serving.serve(
            create_app(settings, store), settings, f"Fram metadata service over {safe_url(settings.store_url)}"
        )
    finally:
        store.close()


def _serve_search(settings: Settings) -> None:
    from fram import serving
    from search_service.app import create_app
    from search_service.index.factory import open_index

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    warning = serving.check_address(settings)
    if warning:
        click.echo(warning, err=True)
    index = open_index(settings.index_url)
    try:
        serving.serve(create_app(settings, index), settings, "Fram search service")
    finally:
        index.close()


def _prepare(store: "GraphStore") -> None:
    """Ensure the schema now, or, when the graph is not up yet, as soon as it is; until then requests answer 503."""
    try:
        store.ensure_schema()
    except StoreUnavailable as error:
        log.warning("The graph is not there yet: %s Trying again until it is.", error.message)
        threading.Thread(target=_keep_preparing, args=(store, threading.Event()), daemon=True).start()


def _keep_preparing(store: "GraphStore", pause: threading.Event) -> None:
    while not pause.wait(RETRY_SECONDS):
        try:
            store.ensure_schema()
        except StoreUnavailable:
            continue
        log.info("The graph is there.")
        return
