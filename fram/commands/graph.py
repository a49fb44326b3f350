"""`fram graph`: look after the graph as a whole."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from metadata_service.store.copy import Step


@click.group()
def graph() -> None:
    """Look after the graph as a whole."""


@graph.command()
@click.argument("from_url")
@click.argument("to_url")
@click.option("--into-existing", is_flag=True, help="Copy into a store that holds other data, which stays.")
def copy(from_url: str, to_url: str, *, into_existing: bool) -> None:
    """Copy a whole catalogue from one store to another and verify it.

    A store is sqlite:///PATH, neo4j://HOST or bolt://HOST. A copy that was interrupted goes on where it stood when it
    is started again. FROM_URL is only read.
    """
    from metadata_service.store.copy import copy_graph
    from metadata_service.store.factory import open_store

    name = _identity(from_url)
    if name == _identity(to_url):
        raise click.UsageError("The two URLs name the same store.")
    source, target = open_store(from_url), open_store(to_url)
    try:
        target.ensure_schema()
        with _progress() as notice:
            summary = copy_graph(source, target, name, into_existing=into_existing, notice=notice)
    finally:
        source.close()
        target.close()
    click.echo(f"Copied and verified {summary.nodes:,} nodes and {summary.relations:,} relations.")


def _identity(url: str) -> str:
    """Return what tells one store from another, without credentials."""
    from metadata_service.store.factory import safe_url

    scheme, _, path = url.partition(":///")
    return f"{scheme}:///{Path(path).resolve()}" if scheme == "sqlite" else safe_url(url)


@contextmanager
def _progress() -> Iterator[Callable[["Step"], None]]:
    """Yield what shows each step: a bar on a terminal, plain lines otherwise."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines()
        return
    with Progress(console=console) as bar:
        task = bar.add_task("", total=None)

        def show(step: "Step") -> None:
            if step.phase == "Resuming":
                bar.print(_sentence(step))
            before = step.parts if step.phase == "Verifying" else 0
            bar.update(task, description=_sentence(step), completed=before + step.number, total=2 * step.parts)

        yield show


class _Lines:
    """A line for each part copied, again every hundred thousand items, and one for each other phase."""

    def __init__(self) -> None:
        self._shown = ""

    def __call__(self, step: "Step") -> None:
        subject = step.part if step.phase == "Copying" else step.phase
        if subject != self._shown or (step.done and step.done % 100_000 == 0):
            click.echo(step.phase if step.phase == "Verifying" else _sentence(step), err=True)
        self._shown = subject


def _sentence(step: "Step") -> str:
    if step.phase == "Resuming":
        return f"Resuming an unfinished copy at {step.part}"
    return f"{step.phase} {step.part}" + (f": {step.done:,}" if step.done else "")
