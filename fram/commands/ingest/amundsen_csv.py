"""`fram ingest amundsen-csv`: read Amundsen's CSV files into the graph."""

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from fram.commands.ingest.exit_codes import FAILED, ended

if TYPE_CHECKING:
    from ingest.job import Step
    from ingest.report import Refusal, Report


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--graph", "graph_url", metavar="URL", help="The graph to write to, in place of the embedded one.")
@click.option("--data", metavar="DIR", help="Folder of the embedded graph.  [default: fram-data]")
@click.option("--nested-types", is_flag=True, help="Take struct, array and map types of columns apart.")
@click.option(
    "--show", type=click.IntRange(0), default=20, show_default=True, metavar="N", help="Refused rows to print."
)
@click.option(
    "--report", "report_file", type=click.File("w", encoding="utf-8"), help="Write every refused row here, as NDJSON."
)
def amundsen_csv(
    folder: Path, *, nested_types: bool, show: int, report_file: TextIO | None, **options: str | None
) -> None:
    """Read Amundsen's CSV files below DIR, recognised by their headers, into the graph.

    Takes the formats of Amundsen's sample data and those that databuilder stages for its publishers. A row that does
    not fit is refused and named, and the rest goes in. Running it again changes nothing; what people wrote stays.

    Exits with 0 when every row went in, with 1 when some were refused, with 2 when it could not begin or go on.
    """
    from ingest.report import Report

    def write(refusal: "Refusal") -> None:
        if report_file is not None:
            report_file.write(json.dumps(asdict(refusal), ensure_ascii=False) + "\n")

    report = Report(show, write)
    work = partial(_ingest, folder, options, report, nested_types=nested_types)
    code = ended(work, lambda: report.total.refused)
    if code != FAILED or report.total.read:
        _print(report)
    raise SystemExit(code)


def _ingest(folder: Path, options: Mapping[str, str | None], report: "Report", *, nested_types: bool) -> None:
    from fram.stores import open_configured
    from ingest.job import FolderIngestion, open_amundsen_csv
    from schemas.settings import Settings

    settings = Settings.from_environment(os.environ).with_options(**options)
    source = open_amundsen_csv(folder, nested_types=nested_types)
    for notice in source.notices:
        click.echo(notice, err=True)
    store = open_configured(settings)
    try:
        store.ensure_schema()
        with _progress() as show:
            FolderIngestion(source, store, report, notice=show).run()
    finally:
        store.close()


@contextmanager
def _progress() -> Iterator[Callable[["Step"], None]]:
    """Yield what shows each step: a bar on a terminal beside a line for each file, the lines alone otherwise."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step: click.echo(_sentence(step)) if step.counts else None
        return
    with Progress(console=console) as bar:
        task = bar.add_task("", total=None)

        def show(step: "Step") -> None:
            if step.counts:
                bar.console.print(_sentence(step), markup=False, highlight=False)
            description = escape(f"{step.phase} {step.file.name}")
            bar.update(task, description=description, completed=step.done, total=step.total)

        yield show


def _sentence(step: "Step") -> str:
    return f"{step.file.name} ({step.file.format.name}): {step.counts}"


def _print(report: "Report") -> None:
    for refusal in report.refusals:
        click.echo(f"Refused {refusal.file}, line {refusal.line}: {refusal.reason}")
    more = report.total.refused - len(report.refusals)
    if more:
        click.echo(f"… and {more:,} more; --report FILE lists them all.")
    click.echo(f"Rows: {report.total}.")
    if report.total.read and not report.total.written:
        click.echo("Nothing changed.")
