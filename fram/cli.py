"""The `fram` command: one group a file in fram/commands/, put together here."""

import click


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="fram")
def main() -> None:
    """Keep what an organisation knows about its data as one graph, and serve it."""
