"""Artefacts of real projects, where they lie beside the repository; they may not be part of it."""

from pathlib import Path
from typing import Any

import pytest

from ingest.extract.dbt.source import Dbt, DbtSettings
from ingest.extract.source import Refused
from schemas.statements import Lineage, Table

DATA = Path(__file__).parents[4] / "shared/data"
PROJECTS = {
    "a package over PostgreSQL, v12": ("dbt/github_manifest.json", "dbt/github_catalog.json", 48, 34, 300),
    "a demonstration on Snowflake, v1": (
        "amundsen_sample/dbt/manifest.json",
        "amundsen_sample/dbt/catalog.json",
        11,
        6,
        25,
    ),
}


def extract(manifest: str, catalog: str | None) -> list[Any]:
    settings = {"manifest": str(DATA / manifest), **({"catalog": str(DATA / catalog)} if catalog else {})}
    return list(Dbt(**DbtSettings().load(settings)).extract())


@pytest.mark.parametrize("project", PROJECTS)
def test_real_project_is_read_whole(project: str):
    manifest, catalog, tables, lineages, steps = PROJECTS[project]
    if not (DATA / manifest).exists():
        pytest.skip("the artefacts are not here")
    said = extract(manifest, catalog)
    assert not [one for one in said if isinstance(one, Refused)]
    assert sum(isinstance(one, Table) for one in said) == tables
    found = [one for one in said if isinstance(one, Lineage)]
    assert (len(found), sum(len(one.columns) for one in found)) == (lineages, steps)


def test_lineage_of_columns_needs_no_catalog():
    manifest, catalog, *_ = PROJECTS["a package over PostgreSQL, v12"]
    if not (DATA / manifest).exists():
        pytest.skip("the artefacts are not here")

    def steps(with_catalog: str | None) -> set[tuple[str, str]]:
        found = (one for one in extract(manifest, with_catalog) if isinstance(one, Lineage))
        return {(step.source, step.target) for one in found for step in one.columns}

    assert steps(None) == steps(catalog)
