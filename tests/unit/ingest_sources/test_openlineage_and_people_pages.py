"""The pages of the sources openlineage and people say what their settings say, and their jobs can be copied."""

import re
import tomllib
from pathlib import Path

import pytest

from ingest.extract.openlineage.source import OpenLineageSettings
from ingest.extract.people.source import PeopleSettings
from ingest.sources import load_source

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {"openlineage": OpenLineageSettings, "people": PeopleSettings}


@pytest.mark.parametrize("source", PAGES)
def test_every_setting_stands_on_the_page_as_it_describes_itself(source: str):
    lines = (DOCS / f"source-{source}.md").read_text().splitlines()
    for name, field in PAGES[source]().fields.items():
        assert f"| `{field.data_key or name}` | {field.metadata['description']} |" in lines


@pytest.mark.parametrize("source", PAGES)
def test_jobs_of_the_page_are_jobs(source: str):
    blocks = re.findall(r"```toml\n(.*?)```", (DOCS / f"source-{source}.md").read_text(), re.DOTALL)
    (job,) = tomllib.loads("".join(blocks))["jobs"].values()
    assert job["source"] == source
    made = load_source(source)
    made(**made.settings().load(job["settings"]))
