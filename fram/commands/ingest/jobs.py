"""`fram ingest list`, `check` and `run`: what can be read, what is read, and reading it."""

from typing import TYPE_CHECKING, Any

import click

from fram.commands.ingest.exit_codes import FAILED, INTERRUPTED, SOME_REFUSED, failing
from fram.commands.ingest.opened import job_options, jobs_of, opened, settings_of
from fram.commands.ingest.progress import print_run, progress
from schemas.errors import InvalidSetting

if TYPE_CHECKING:
    from marshmallow import Schema

    from ingest.ledger.writer import Judged
    from schemas.ingest_runs import Run


@click.command("list")
@job_options
def list_all(**options: str | None) -> None:
    """List the sources there are, with what each can be told, and the jobs of the jobs file."""
    from ingest.sources import find_sources, load_source

    click.echo("Sources:")
    for name in find_sources():
        try:
            source = load_source(name)
        except InvalidSetting as error:
            click.echo(f"  {name}: {error.message}")
            continue
        click.echo(f"  {name}: {source.about}")
        for line in _settings_of(source.settings()):
            click.echo(f"    {line}")
    jobs = jobs_of(settings_of(options)).jobs.values()
    click.echo("Jobs:" if jobs else "There are no jobs; docs/ingestion.md says how they are written.")
    for job in jobs:
        click.echo(f"  {job.name}: reads {job.source}, {job.schedule or 'when told to'}")


def _settings_of(schema: "Schema") -> list[str]:
    from marshmallow import missing

    lines = []
    for attribute, field in schema.fields.items():
        name = field.data_key or attribute
        default = field.load_default
        value = default() if callable(default) else default
        shown = "required" if field.required else f"default: {'nothing' if value in (missing, None, '') else value}"
        lines.append(f"{name}: {field.metadata.get('description', '')} [{shown}]")
    return lines


@click.command()
@click.argument("name", metavar="JOB")
@job_options
def check(name: str, **options: str | None) -> None:
    """Try the source of a job, and say what it would read. Nothing is written.

    Exits with 2 when it cannot be read.
    """
    with failing():
        job = jobs_of(settings_of(options)).get(name)
        click.echo(f"{name}: {job.check()}")


@click.command()
@click.argument("name", metavar="JOB")
@click.option("--dry-run", is_flag=True, help="Print the difference it would make, and make none.")
@click.option("--accept-removal", is_flag=True, help="Mark what is no longer there, however much that is.")
@click.option("--show", type=click.IntRange(0), default=20, show_default=True, metavar="N", help="Changes to print.")
@job_options
def run(name: str, *, dry_run: bool, accept_removal: bool, show: int, **options: str | None) -> None:
    """Read the source of a job now, and write what differs. Running it again changes nothing.

    Exits with 0 when all went in, with 1 when something was refused, with 2 when it could not begin or go on.
    """
    changes = _Changes(show if dry_run else 0)
    with failing(), opened(settings_of(options)) as runner:
        job = runner.jobs.get(name)
        with progress(name, runner.expected(job)) as runner.notice:
            done = runner.run(job, dry=dry_run, accept_removal=accept_removal, on_change=changes)
    if dry_run:
        changes.print()
    print_run(done, dry=dry_run)
    raise SystemExit(_exit_code(done))


class _Changes:
    """Keeps the first of what a dry run would change."""

    def __init__(self, show: int) -> None:
        self._show = show
        self._kept: list[tuple[str, Judged]] = []
        self._more = 0

    def __call__(self, name: str, judged: "Judged") -> None:
        if len(self._kept) < self._show:
            self._kept.append((name, judged))
        else:
            self._more += 1

    def print(self) -> None:
        for name, judged in self._kept:
            click.echo(f"{name}: {judged.reason or judged.verdict.value}")
            for line in judged.difference:
                click.echo(f"  {line}")
        if self._more:
            click.echo(f"… and {self._more:,} more; --show N prints as many.")


def _exit_code(done: "Run") -> int:
    from schemas import ingest_runs

    codes: dict[str, Any] = {
        ingest_runs.FAILED: FAILED,
        ingest_runs.INTERRUPTED: INTERRUPTED,
        ingest_runs.REFUSED_REMOVAL: SOME_REFUSED,
    }
    return int(codes.get(done.status, SOME_REFUSED if done.refused else 0))
