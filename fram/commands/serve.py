"""`fram serve` and `fram demo`: the long-running commands."""

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from schemas.settings import Settings

if TYPE_CHECKING:
    from ingest.jobs import Jobs

_PORT = click.IntRange(0, 65535)
_STORES = (
    click.option("--data", help="Folder of the embedded stores.  [default: fram-data]"),
    click.option("--graph", "graph_url", help="URL of the graph, in place of the embedded one."),
    click.option("--search", "search_url", help="URL of the search index, in place of the embedded one."),
)
_ADDRESS = (
    click.option("--host", help="Address to listen on.  [default: 127.0.0.1]"),
    click.option("--expose", is_flag=True, default=None, help="Allow an address that other machines reach."),
)

Command = Callable[..., None]


def _with(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Give a command these options, in this order."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def store_options(command: Command) -> Command:
    """Give a command the options that say which stores it is about."""
    return _with(*_STORES)(command)


def _port_option(default: int) -> Callable[[Command], Command]:
    return click.option("--port", type=_PORT, help=f"Port; 0 takes any that is free.  [default: {default}]")


def _serving_options(default_port: int) -> Callable[[Command], Command]:
    """Give a command the options of a service that listens on one port."""
    return _with(*_STORES, *_ADDRESS, _port_option(default_port))


_everything_options = _with(
    _serving_options(Settings.port),
    click.option("--search-port", type=_PORT, help="Port of search.  [default: 5001, or any where --port is 0]"),
    click.option("--ingest-port", type=_PORT, help="Port of ingestion.  [default: 5003, or any where --port is 0]"),
    click.option("--web-port", type=_PORT, help="Port of the web page.  [default: 5000, or any where --port is 0]"),
)


@click.group(invoke_without_command=True)
@_everything_options
@click.pass_context
def serve(context: click.Context, /, **options: Any) -> None:
    """Serve everything in one process: metadata, search, ingestion with its jobs, and the web page."""
    if context.invoked_subcommand is None:
        _serve_everything(_settings(options))


@serve.command()
@_serving_options(Settings.port)
@click.pass_context
def metadata(context: click.Context, /, **options: Any) -> None:
    """Serve the metadata service alone."""
    _serve_one("metadata", "port", context, options)


@serve.command()
@_serving_options(Settings.search_port)
@click.pass_context
def search(context: click.Context, /, **options: Any) -> None:
    """Serve the search service alone."""
    _serve_one("search", "search_port", context, options)


@serve.command()
@_serving_options(Settings.ingest_port)
@click.pass_context
def ingest(context: click.Context, /, **options: Any) -> None:
    """Run jobs, take what is pushed, and keep the search index in step."""
    _serve_one("ingest", "ingest_port", context, options, publishing=True)


@serve.command()
@_with(
    *_ADDRESS,
    _port_option(Settings.web_port),
    click.option("--metadata-service", help="URL of the metadata service.  [default: port 5002 here]"),
    click.option("--search-service", help="URL of the search service.  [default: port 5001 here]"),
    click.option("--ingest-service", help="URL of the ingest service.  [default: port 5003 here]"),
)
@click.pass_context
def web(context: click.Context, /, **options: Any) -> None:
    """Serve the web page alone, for services that run elsewhere."""
    _serve_one("web", "web_port", context, options)


@click.command()
@_everything_options
def demo(**options: Any) -> None:
    """Load the sample catalogue, unless the store holds another one, and serve everything."""
    from fram.demo import demo_jobs, load, wants_loading
    from fram.stores import open_configured

    settings, jobs = _settings(options), None
    store = open_configured(settings)
    try:
        store.ensure_schema()
        if wants_loading(store):
            load(store)
            jobs = demo_jobs()
    finally:
        store.close()
    _serve_everything(settings, jobs)


def _settings(options: Mapping[str, Any]) -> Settings:
    return Settings.from_environment(os.environ).with_options(**options)


def _serve_everything(settings: Settings, jobs: "Jobs | None" = None) -> None:
    from fram import running

    if settings.port == 0:
        others = ("search_port", "ingest_port", "web_port")
        free = {name: 0 for name in others if getattr(settings, name) == getattr(Settings, name)}
        settings = settings.with_options(**free)
    running.run(settings, running.EVERYTHING, _warn, publishing=True, jobs=jobs)


def _serve_one(
    service: str, port: str, context: click.Context, options: Mapping[str, Any], *, publishing: bool = False
) -> None:
    """Serve one service. Options may stand before its name as well as behind it; --port is its own."""
    from fram import running

    given = (context.parent.params if context.parent else {}) | {k: v for k, v in options.items() if v is not None}
    running.run(_settings({**given, "port": None, port: given["port"]}), (service,), _warn, publishing=publishing)


def _warn(warning: str) -> None:
    click.echo(warning, err=True)
