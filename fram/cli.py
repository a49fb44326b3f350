"""The `fram` command: one group a file in fram/commands/, put together here."""

import click

from fram.commands.graph import graph
from fram.commands.ingest import ingest
from fram.commands.search import search
from fram.commands.serve import demo, serve
from fram.memory import tune_malloc
from schemas.errors import FramError


class _Fram(click.Group):
    """Shows an error made for people as its sentence."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except FramError as error:
            raise click.ClickException(error.message) from error


@click.group(cls=_Fram, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fram")
def main() -> None:
    """Keep what an organisation knows about its data as one graph, and serve it."""
    tune_malloc()


main.add_command(serve)
main.add_command(demo)
main.add_command(graph)
main.add_command(ingest)
main.add_command(search)
