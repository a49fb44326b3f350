"""How the commands of `fram ingest` end: what they exit with, beside 0, and what they say then."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from schemas.errors import FramError

SOME_REFUSED, FAILED, INTERRUPTED = 1, 2, 130


@contextmanager
def failing() -> Iterator[None]:
    """End the command where it cannot go on, saying why."""
    try:
        yield
    except FramError as error:
        _tell(error)
        raise SystemExit(FAILED) from None


def ended(work: Callable[[], None], refused: Callable[[], object]) -> int:
    """Do the work of a command that counts as it goes on; return how it ended. `refused`: whether anything was."""
    try:
        work()
    except FramError as error:
        _tell(error)
        return FAILED
    except KeyboardInterrupt:
        click.echo("Interrupted. What is counted below is in the graph; run it again for the rest.", err=True)
        return INTERRUPTED
    return SOME_REFUSED if refused() else 0


def _tell(error: FramError) -> None:
    click.echo(f"Error: {error.message}", err=True)
