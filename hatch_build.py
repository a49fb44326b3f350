"""Refuse to make a release without the built web page in it."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebPage(BuildHookInterface[Any]):
    """Looks for the page before a wheel or an sdist is made; an editable installation serves what is there."""

    PLUGIN_NAME = "web-page"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # the interface's
        """Raise when the page was not built; build it before, since pip is not the place to run npm."""
        if version != "editable" and not (Path(self.root) / "web" / "dist" / "index.html").exists():
            raise RuntimeError("web/dist is missing: build the web page with `make ui` first.")
