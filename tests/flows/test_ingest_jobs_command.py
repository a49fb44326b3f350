"""`fram ingest list`, `check`, `run`, `runs` and `restore` as they are used: exit codes and what is printed."""

import json
import os
import pty
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from fram.cli import main
from metadata_service.store.factory import open_store
from schemas.graph import GONE

JOBS = """
[jobs.warehouse]
source = "file"
every = "15m"
settings = { path = "${FILE}" }

[jobs.other]
source = "nowhere"
"""

Fram = Callable[..., Result]


def table(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "table", "database": "hive", "cluster": "gold", "schema": "core", "name": name, **more}


TEN = [table(f"t{number}") for number in range(10)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "s3cret.ndjson"


@pytest.fixture
def write(file: Path) -> Callable[..., None]:
    def write(*statements: Any) -> None:
        file.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in statements))

    return write


@pytest.fixture
def fram(tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch) -> Fram:
    (tmp_path / "fram-jobs.toml").write_text(JOBS)
    monkeypatch.setenv("FRAM_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("FILE", str(file))

    def fram(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["ingest", *arguments], catch_exceptions=False)

    return fram


def run_id(result: Result) -> str:
    found = re.search(r"Run (\S+) ", result.stdout)
    assert found is not None, result.output
    return found[1]


def test_sources_and_jobs_are_listed_with_what_they_are_told(fram: Fram, file: Path):
    result = fram("list")
    lines = result.stdout.splitlines()
    assert result.exit_code == 0
    assert "  file: Files of statements, one JSON object a line." in lines
    assert any(line.startswith("    path: A file, or a folder") and line.endswith("[required]") for line in lines)
    assert lines[-3:] == ["Jobs:", "  warehouse: reads file, every 15m", "  other: reads nowhere, when told to"]
    assert "s3cret" not in result.output


def test_check_tries_the_source_and_shows_no_secret(fram: Fram, write: Callable[..., None]):
    missing = fram("check", "warehouse")
    assert (missing.exit_code, missing.stderr) == (2, "Error: *** is neither a file nor a folder.\n")
    write(*TEN)
    assert fram("check", "warehouse").stdout.startswith("warehouse: 1 files of ")


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ("none", "Error: There is no job 'none'; there are: warehouse, other"),
        ("other", "Error: fram-jobs.toml: job other: source: 'nowhere' is none of "),
    ],
)
def test_what_cannot_begin_says_why(fram: Fram, job: str, message: str):
    for command in ("check", "run"):
        result = fram(command, job)
        assert result.exit_code == 2
        assert result.stderr.startswith(message)


def test_run_and_run_again(fram: Fram, write: Callable[..., None]):
    write(*TEN)
    first, second = fram("run", "warehouse"), fram("run", "warehouse")
    assert first.exit_code == 0
    assert first.stdout.endswith("succeeded. 10 read: 10 written, 0 unchanged, 0 refused; 0 removed.\n")
    assert second.stdout.splitlines()[1:] == ["Nothing changed."]
    shown = fram("runs").stdout.splitlines()
    assert [line.split("  ")[0] for line in shown] == [run_id(second), run_id(first)]
    assert fram("runs", "another").stdout == "There are no runs.\n"


def test_refusals_are_printed_and_exit_with_1(fram: Fram, write: Callable[..., None]):
    write(*TEN, table("bad", colums=[]), *["{"] * 30)
    result = fram("run", "warehouse")
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert lines[0] == "Refused s3cret.ndjson, line 11: colums: Unknown field."
    assert lines[20] == "… and 11 more."
    assert result.stderr == "The source refused something, so that nothing could be told to be gone.\n"


def test_dry_run_prints_the_difference_first(fram: Fram, write: Callable[..., None]):
    write(*TEN)
    fram("run", "warehouse")
    write(table("t0", tags=["x"]), *TEN[2:])
    result = fram("run", "warehouse", "--dry-run", "--show", "1")
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "table/hive://gold.core/t0: written",
        "  + Tag x",
        "  + hive://gold.core/t0 TAGGED_BY x",
        "… and 1 more; --show N prints as many.",
        "Dry run succeeded. 9 read: 1 written, 8 unchanged, 0 refused; 1 removed.",
    ]
    assert "9 read" not in fram("runs").stdout


def test_too_much_silence_is_refused_until_it_is_accepted(fram: Fram, write: Callable[..., None], tmp_path: Path):
    write(*TEN)
    fram("run", "warehouse")
    write(*TEN[5:])
    refused = fram("run", "warehouse")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("5 of 10 statements were not made again, more than 20%")
    assert "refused-removal" in fram("runs").stdout.splitlines()[0]
    accepted = fram("run", "warehouse", "--accept-removal")
    assert (accepted.exit_code, "5 removed" in accepted.stdout) == (0, True)

    restored = fram("restore", run_id(accepted))
    assert restored.exit_code == 0
    store = open_store(f"sqlite:///{tmp_path / 'data' / 'graph.db'}")
    assert [node.props.get(GONE) for node in store.list_nodes("Table")] == [None] * 10
    store.close()
    assert f"undoes {run_id(accepted)}" in fram("runs", "warehouse", "--limit", "1").stdout


def test_restoring_an_unknown_run_says_so(fram: Fram):
    result = fram("restore", "yesterday")
    assert (result.exit_code, result.stderr) == (2, "Error: There is no run 'yesterday'.\n")


def test_terminal_shows_how_far_a_run_is(fram: Fram, write: Callable[..., None], tmp_path: Path):
    write(*TEN)
    fram("run", "warehouse")
    master, terminal = pty.openpty()
    command = [str(Path(sys.executable).with_name("fram")), "ingest", "run", "warehouse"]
    command += ["--jobs", str(tmp_path / "fram-jobs.toml")]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=terminal, text=True, check=True, timeout=60)
    os.close(terminal)
    shown = os.read(master, 100_000).decode()
    os.close(master)
    assert done.stdout.endswith("Nothing changed.\n")
    assert "warehouse" in shown
    assert "100%" in shown


def test_settings_are_listed_as_a_jobs_file_names_them(fram: Fram):
    lines = [line.strip() for line in fram("list").output.splitlines()]
    assert any(line.startswith("fields: What columns or attributes are called") for line in lines)
    assert not any(line.startswith("fields_") for line in lines)


def test_server_that_takes_requests_and_never_answers_ends_with_the_time_limit(fram: Fram, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (tmp_path / "fram-jobs.toml").write_text(
            '[jobs.models]\nsource = "mlflow"\ntime_limit = "1s"\n'
            f'settings = {{ url = "http://127.0.0.1:{silent.getsockname()[1]}", timeout = 60, instance = "lab" }}\n'
        )
        command = [str(Path(sys.executable).with_name("fram")), "ingest", "run", "models"]
        program = subprocess.run(command, capture_output=True, text=True, timeout=45, check=False)
    assert program.returncode == 2
    assert "took longer than its time limit of 1s" in program.stdout + program.stderr
    assert "failed" in fram("runs").stdout
