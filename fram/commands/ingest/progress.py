"""How a run is shown: a bar while it goes on at a terminal, and how it ended."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from schemas.ingest_runs import Run


@contextmanager
def progress(name: str, expected: int | None) -> Iterator[Callable[["Run"], None]]:
    """Yield what shows how far a run is; `expected` is how much was read last time. Nothing where nobody looks."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(console=console) as bar:
        task = bar.add_task(name, total=expected)

        def show(run: "Run") -> None:
            total = None if expected is None else max(expected, run.read)
            bar.update(task, description=f"{name} {counts(run)}", completed=run.read, total=total)

        yield show


def counts(run: "Run") -> str:
    """Return what became of what a run read."""
    said = f"{run.read:,} read: {run.written:,} written, {run.unchanged:,} unchanged, {run.refused:,} refused"
    return f"{said}; {run.removed:,} removed"


def moment(epoch: int | None) -> str:
    """Return a moment as people read it."""
    return "-" if epoch is None else f"{datetime.fromtimestamp(epoch, UTC):%Y-%m-%d %H:%M:%S}"


def print_run(run: "Run", *, dry: bool) -> None:
    """Print how a run ended."""
    for refusal in run.refusals:
        click.echo(f"Refused {refusal}")
    more = run.refused - len(run.refusals)
    if more:
        click.echo(f"… and {more:,} more.")
    if run.message:
        click.echo(run.message, err=True)
    name = "Dry run" if dry else f"Run {run.id}"
    click.echo(f"{name} {run.status}. {counts(run)}.")
    if run.kept:
        click.echo(f"In {run.kept:,} of them what people wrote stands.")
    if run.unresolved:
        click.echo(f"In {run.unresolved:,} of them something related is not there yet; that is tried again.")
    if run.read and not (run.written or run.removed or run.refused):
        click.echo("Nothing changed.")
