"""The jobs file: what is read of it, what is refused and how the errors name it, and what is never shown."""

from pathlib import Path

import pytest

from ingest.jobs import HIDDEN, Jobs, configured_jobs, read_jobs
from schemas.errors import InvalidSetting
from schemas.settings import Settings

WHOLE = """
precedence = ["dbt"]

[jobs.warehouse]
source = "file"
cron = "15 3 * * *"
retries = 5
retry_after = "30s"
time_limit = "2h"
settings = { path = "${HOME_OF_IT}/${NAME}.ndjson", complete = false }
staleness = { share = 0.5, mark = false, despite_refusals = true }

[jobs.dbt]
source = "file"
every = "15m"
settings.path = "/data"
"""


def read(tmp_path: Path, text: str, **environment: str) -> Jobs:
    path = tmp_path / "fram-jobs.toml"
    path.write_text(text)
    return read_jobs(path, environment)


def test_whole_file_is_read(tmp_path: Path):
    jobs = read(tmp_path, WHOLE, HOME_OF_IT="/srv", NAME="s3cret")
    warehouse, dbt = jobs.jobs.values()
    assert (warehouse.name, warehouse.source, warehouse.cron, warehouse.every) == (
        "warehouse",
        "file",
        "15 3 * * *",
        None,
    )
    assert (warehouse.retries, warehouse.retry_after, warehouse.time_limit) == (5, 30, 7200)
    assert (warehouse.share, warehouse.mark, warehouse.despite_refusals) == (0.5, False, True)
    assert warehouse.settings == {"path": "/srv/s3cret.ndjson", "complete": False}
    assert (dbt.every, dbt.share, dbt.mark) == (900, 0.2, True)


def test_sources_win_in_the_order_of_the_file_unless_it_says_otherwise(tmp_path: Path):
    jobs = read(tmp_path, WHOLE, HOME_OF_IT="", NAME="")
    assert sorted(["zeta", "warehouse", "alpha", "dbt"], key=jobs.order) == ["dbt", "warehouse", "alpha", "zeta"]
    plain = read(tmp_path, WHOLE.partition("\n\n")[2], HOME_OF_IT="", NAME="")
    assert sorted(["dbt", "warehouse"], key=plain.order) == ["warehouse", "dbt"]


def test_what_came_from_the_environment_is_never_shown(tmp_path: Path):
    warehouse = read(tmp_path, WHOLE, HOME_OF_IT="/srv", NAME="s3cret").get("warehouse")
    assert warehouse.conceal("no /srv/s3cret.ndjson here") == f"no {HIDDEN}/{HIDDEN}.ndjson here"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[jobs.a", "fram-jobs.toml: Expected ']'"),
        ("job = 1", "fram-jobs.toml: job: Unknown field."),
        ("[jobs.a]", "fram-jobs.toml: job a: source: Missing data for required field."),
        ("[jobs.a]\nsource = 5", "fram-jobs.toml: job a: source: Not a valid string."),
        ('[jobs.a]\nsource = "file"\ncorn = ""', "fram-jobs.toml: job a: corn: Unknown field."),
        (
            '[jobs.a]\nsource = "file"\ncron = "61 * * * *"',
            "fram-jobs.toml: job a: cron: It must be five fields of cron",
        ),
        (
            '[jobs.a]\nsource = "file"\nevery = "15"',
            "fram-jobs.toml: job a: every: It must be a number with s, m, h or d",
        ),
        (
            '[jobs.a]\nsource = "file"\nevery = "0m"',
            "fram-jobs.toml: job a: every: It must be a number with s, m, h or d",
        ),
        ('[jobs.a]\nsource = "file"\nevery = 5', "fram-jobs.toml: job a: every: It must be a number with s, m"),
        (
            '[jobs.a]\nsource = "file"\nevery = "1h"\ncron = "* * * * *"',
            "fram-jobs.toml: job a: every: cron and every exclude one another.",
        ),
        (
            '[jobs.a]\nsource = "file"\nstaleness.share = 2',
            "fram-jobs.toml: job a: staleness.share: Must be greater than or equal to 0 and less than or equal to 1.",
        ),
        ('[jobs."a/b"]\nsource = "file"', "fram-jobs.toml: job a/b"),
        (
            '[jobs.a]\nsource = "file"\nsettings.auth = ["${NOT_THERE}"]',
            "fram-jobs.toml: job a: settings.auth[0]: the environment has no NOT_THERE.",
        ),
    ],
)
def test_errors_name_the_file_the_job_and_the_field(tmp_path: Path, text: str, message: str):
    with pytest.raises(InvalidSetting) as caught:
        read(tmp_path, text)
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[jobs.a]\nsource = "fiel"', "fram-jobs.toml: job a: source: 'fiel' is none of "),
        ('[jobs.a]\nsource = "file"', "fram-jobs.toml: job a: settings.path: Missing data for required field."),
        ('[jobs.a]\nsource = "file"\nsettings.path = 1', "fram-jobs.toml: job a: settings.path: Not a valid string."),
    ],
)
def test_source_and_its_settings_are_checked_when_it_is_opened(tmp_path: Path, text: str, message: str):
    job = read(tmp_path, text).get("a")
    with pytest.raises(InvalidSetting) as caught:
        job.open()
    assert caught.value.message.startswith(message)


def test_unknown_job_is_named_with_those_there_are(tmp_path: Path):
    with pytest.raises(InvalidSetting, match="There is no job 'b'; there are: a"):
        read(tmp_path, '[jobs.a]\nsource = "file"').get("b")


def test_file_beside_the_data_is_read_where_it_is(tmp_path: Path):
    settings = Settings(data=str(tmp_path / "fram-data"))
    assert configured_jobs(settings, {}) == Jobs()
    (tmp_path / "fram-jobs.toml").write_text('[jobs.a]\nsource = "file"')
    assert list(configured_jobs(settings, {}).jobs) == ["a"]


def test_file_that_is_named_must_be_there(tmp_path: Path):
    with pytest.raises(InvalidSetting, match=r"nowhere.toml cannot be read: No such file or directory"):
        configured_jobs(Settings(jobs=str(tmp_path / "nowhere.toml")), {})
