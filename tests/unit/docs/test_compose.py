"""The containers find what they are given: the folder of jobs lies where the service looks for a jobs file."""

from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from ingest.jobs import DEFAULT_FILE, configured_jobs
from schemas.settings import Settings

COMPOSE = Path(__file__).parents[3] / "docker" / "compose.yml"


@pytest.fixture
def ingest() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())
    assert found["volumes"].keys() >= {"jobs"}  # what is mounted where no folder is named
    service: dict[str, Any] = found["services"]["ingest"]
    return service


def test_folder_of_jobs_is_mounted_beside_the_data(ingest: dict[str, Any]):
    (mounted,) = ingest["volumes"]
    assert mounted.startswith("${FRAM_JOBS_DIR:-jobs}:")
    assert mounted.endswith(":ro")
    place = mounted.removesuffix(":ro").rpartition(":")[2]
    assert PurePosixPath(ingest["environment"]["FRAM_DATA"]).parent == PurePosixPath(place)
    assert "FRAM_JOBS" not in ingest["environment"]  # a file that is named must be there


def test_jobs_are_optional_there(ingest: dict[str, Any], tmp_path: Path):
    settings = Settings(data=str(tmp_path / PurePosixPath(ingest["environment"]["FRAM_DATA"]).name))
    assert not configured_jobs(settings, {}).jobs
    (tmp_path / DEFAULT_FILE).write_text('[jobs.a]\nsource = "file"\nsettings = { path = "x" }\n')
    assert list(configured_jobs(settings, {}).jobs) == ["a"]
    assert ingest["env_file"] == [{"path": "jobs.env", "required": False}]
