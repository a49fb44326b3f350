"""`fram ingest amundsen-graph`: take over the graph of a running Amundsen."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from fram.commands.ingest.exit_codes import FAILED, ended

if TYPE_CHECKING:
    from ingest.amundsen_graph import Taken


@click.command()
@click.argument("url", metavar="URL")
@click.option("--graph", "graph_url", metavar="URL", help="The graph to write to, in place of the embedded one.")
@click.option("--data", metavar="DIR", help="Folder of the embedded graph.  [default: fram-data]")
@click.option(
    "--show", type=click.IntRange(0), default=20, show_default=True, metavar="N", help="Refused items to print."
)
def amundsen_graph(url: str, *, show: int, **options: str | None) -> None:
    """Take over the graph that an Amundsen keeps in the Neo4j (4.4 or newer) at URL, which is only read.

    What databuilder published goes in as a source's word; descriptions, tags, badges, owners and bookmarks that people
    made at Amundsen's page are theirs here as well, and no source overwrites them. Running it again adds what is new
    and leaves alone what people have changed in Fram since.

    Exits with 0 when everything went in, with 1 when some was refused, with 2 when it could not begin or go on.
    """
    from ingest.amundsen_graph import Taken

    taken = Taken()
    code = ended(partial(_take_over, url, options, taken), lambda: taken.refused)
    if code != FAILED or taken.verdicts:
        _print(taken, show)
    raise SystemExit(code)


def _take_over(url: str, options: Mapping[str, str | None], taken: "Taken") -> None:
    from fram.stores import open_configured
    from ingest.amundsen_graph import take_over
    from metadata_service.store.amundsen_neo4j import AmundsenGraph
    from schemas.settings import Settings

    settings = Settings.from_environment(os.environ).with_options(**options)
    graph, store = AmundsenGraph(url), open_configured(settings)
    try:
        store.ensure_schema()
        with _progress() as notice:
            take_over(graph, store, taken, notice)
    finally:
        graph.close()
        store.close()


@contextmanager
def _progress() -> Iterator[Callable[[str, int], None]]:
    """Yield what shows how far it is: a bar on a terminal, nothing otherwise."""
    from rich.console import Console
    from rich.progress import Progress

    from ingest.amundsen_graph import PARTS

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _name, _number: None
        return
    with Progress(console=console) as bar:
        task = bar.add_task("", total=len(PARTS))
        yield lambda name, number: bar.update(task, description=name, completed=number)


def _print(taken: "Taken", show: int) -> None:
    from ingest.report import Verdict

    for refusal in taken.refused[:show]:
        click.echo(f"Refused {refusal.what}: {refusal.reason}")
    if len(taken.refused) > show:
        click.echo(f"… and {len(taken.refused) - show:,} more.")
    each = ", ".join(f"{taken.verdicts[verdict]:,} {verdict.value}" for verdict in Verdict if taken.verdicts[verdict])
    click.echo(f"Nodes and relations: {taken.verdicts.total():,} read: {each or 'none'}.")
    click.echo(f"Newly claimed for the people who made them: {taken.claimed:,}.")
