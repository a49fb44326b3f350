"""`fram ingest runs` and `restore`: what was run, and undoing it."""

import time

import click

from fram.commands.ingest.exit_codes import FAILED, failing
from fram.commands.ingest.opened import job_options, opened, settings_of
from fram.commands.ingest.progress import counts, moment, print_run


@click.command()
@click.argument("name", metavar="[JOB]", required=False, default="")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="Runs to print.")
@job_options
def runs(name: str, limit: int, **options: str | None) -> None:
    """Print the latest runs, of all jobs or of one."""
    from ingest.runs import list_runs

    with opened(settings_of(options)) as runner:
        found, _ = list_runs(runner.store, limit, int(time.time()), job=name)
    if not found:
        click.echo("There are no runs.")
    for run in found:
        undoes = f", undoes {run.restores}" if run.restores else ""
        click.echo(f"{run.id}  {moment(run.started)}  {run.job}  {run.status}{undoes}  {counts(run)}")
        if run.message:
            click.echo(f"  {run.message}")


@click.command()
@click.argument("run_id", metavar="RUN")
@job_options
def restore(run_id: str, **options: str | None) -> None:
    """Undo a run. What later runs changed again is left as it is, and named. It can itself be undone."""
    left: list[str] = []
    with failing(), opened(settings_of(options)) as runner:
        done = runner.restore(run_id, left.append)
    for name in left:
        click.echo(f"Left as it is, since a later run changed it: {name}")
    print_run(done, dry=False)
    raise SystemExit(FAILED if done.status == "failed" else 0)
