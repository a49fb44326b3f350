"""The pages of the sources dbt and query-log say what their settings say, and their jobs can be copied."""

import re
import tomllib
from pathlib import Path

import pytest
from marshmallow import Schema

from ingest.extract.dbt.source import DbtSettings
from ingest.extract.query_log.source import QueryLogSettings

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {"source-dbt.md": DbtSettings, "source-query-log.md": QueryLogSettings}


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_stands_on_the_page_as_it_describes_itself(page: str):
    lines = (DOCS / page).read_text().splitlines()
    for name, field in PAGES[page]().fields.items():
        assert f"| `{name}` | {field.metadata['description']} |" in lines


@pytest.mark.parametrize("page", PAGES)
def test_jobs_of_the_page_are_jobs(page: str):
    blocks = re.findall(r"```toml\n(.*?)```", (DOCS / page).read_text(), re.DOTALL)
    assert blocks
    settings: type[Schema] = PAGES[page]
    for block in blocks:
        for job in tomllib.loads(block)["jobs"].values():
            assert job["source"] == page.removeprefix("source-").removesuffix(".md")
            settings().load(job["settings"])
