"""`fram ingest`: put metadata from outside into the graph."""

import click

from fram.commands.ingest.amundsen_csv import amundsen_csv
from fram.commands.ingest.amundsen_graph import amundsen_graph
from fram.commands.ingest.jobs import check, list_all, run
from fram.commands.ingest.runs import restore, runs


@click.group()
def ingest() -> None:
    """Put metadata from outside into the graph."""


for command in (amundsen_csv, amundsen_graph, check, list_all, restore, run, runs):
    ingest.add_command(command)
