"""What every command about jobs and runs begins with: the settings, the jobs file and the graph."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from schemas.settings import Settings

if TYPE_CHECKING:
    from ingest.jobs import Jobs
    from ingest.runner import Runner

Command = Callable[..., None]


def job_options(command: Command) -> Command:
    """Give a command the options that say which graph and which jobs it is about."""
    for option in (
        click.option("--jobs", metavar="FILE", help="The jobs file.  [default: fram-jobs.toml beside the data]"),
        click.option("--data", metavar="DIR", help="Folder of the embedded graph.  [default: fram-data]"),
        click.option("--graph", "graph_url", metavar="URL", help="The graph, in place of the embedded one."),
    ):
        command = option(command)
    return command


def settings_of(options: dict[str, str | None]) -> Settings:
    """Return the settings with a command's options in their place."""
    return Settings.from_environment(os.environ).with_options(**options)


def jobs_of(settings: Settings) -> "Jobs":
    """Return the jobs that the settings name. Raises InvalidSetting."""
    from ingest.jobs import configured_jobs

    return configured_jobs(settings, os.environ)


@contextmanager
def opened(settings: Settings) -> Iterator["Runner"]:
    """Yield what runs jobs over the graph that the settings name."""
    from fram.stores import open_configured
    from ingest.runner import Runner

    store = open_configured(settings)
    try:
        store.ensure_schema()
        yield Runner(store, jobs_of(settings), settings.ingest_retention_days)
    finally:
        store.close()
