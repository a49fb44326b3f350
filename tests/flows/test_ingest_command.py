"""`fram ingest amundsen-csv` as it is used: exit codes, what is printed, and runs that are cut short."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fram.cli import main
from metadata_service.store.factory import open_store

TABLES = "database,cluster,schema,name,description,tags,is_view\n"
COMMAND = [Path(sys.executable).with_name("fram"), "ingest", "amundsen-csv"]

Run = Callable[..., Result]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "csv"
    folder.mkdir()
    (folder / "tables.csv").write_text(f"{TABLES}hive,gold,core,orders,All orders,sales,false\n")
    (folder / "users.csv").write_text("email,first_name,last_name\na@x.org,Ann,A\n")
    return folder


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'graph.db'}"


@pytest.fixture
def run(folder: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("FRAM_GRAPH_URL", url)

    def run(*options: str) -> Result:
        return CliRunner().invoke(main, ["ingest", "amundsen-csv", str(folder), *options], catch_exceptions=False)

    return run


def keys(url: str, label: str) -> list[str]:
    store = open_store(url)
    try:
        return [node.ref.key for node in store.list_nodes(label, limit=1_000_000)]
    finally:
        store.close()


def test_folder_goes_in_file_by_file_and_again_without_a_change(run: Run, url: str):
    first, second = run(), run()

    assert first.exit_code == 0
    assert first.stdout.splitlines() == [
        "users.csv (users): 1 read: 1 written, 0 unchanged, 0 kept, 0 refused",
        "tables.csv (tables): 1 read: 1 written, 0 unchanged, 0 kept, 0 refused",
        "Rows: 2 read: 2 written, 0 unchanged, 0 kept, 0 refused.",
    ]
    assert second.exit_code == 0
    assert second.stdout.splitlines()[-2:] == [
        "Rows: 2 read: 0 written, 2 unchanged, 0 kept, 0 refused.",
        "Nothing changed.",
    ]
    assert keys(url, "Table") == ["hive://gold.core/orders"]


def test_bad_rows_are_refused_and_named_and_the_rest_goes_in(run: Run, folder: Path, url: str, tmp_path: Path):
    (folder / "tables.csv").write_text(
        f"{TABLES}"
        'hive,gold,core,orders,"All\norders",,\n'
        "hive,gold,,nowhere,,,\n"
        "hive,gold,core,odd,,,perhaps\n"
        "hive,gold,core,2020\n"
    )
    (folder / "lineage.csv").write_text(
        "source_table_key,target_table_key\nhive://gold.core/orders,hive://gold.core/gone\n"
    )
    result = run("--show", "2", "--report", str(tmp_path / "refused.ndjson"))

    assert result.exit_code == 1
    assert result.stdout.splitlines()[-4:] == [
        "Refused tables.csv, line 4: Column 'schema' is empty.",
        "Refused tables.csv, line 5: Column 'is_view' is 'perhaps', which is neither true nor false.",
        "… and 1 more; --report FILE lists them all.",
        "Rows: 6 read: 3 written, 0 unchanged, 0 kept, 3 refused.",
    ]
    refusals = [json.loads(line) for line in (tmp_path / "refused.ndjson").read_text().splitlines()]
    assert [(refusal["file"], refusal["line"]) for refusal in refusals] == [
        ("tables.csv", 4),
        ("tables.csv", 5),
        ("lineage.csv", 2),
    ]
    assert refusals[2]["reason"] == "There is no Table with key hive://gold.core/gone."
    assert keys(url, "Table") == ["hive://gold.core/2020", "hive://gold.core/orders"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("odd.csv", "a,b\n", "Error: odd.csv: the header 'a,b' shares no column with any known format."),
        ("odd.csv", "name\n", "Error: odd.csv: the header is of no known format; it is nearest to tags"),
        ("odd.csv", "", "Error: odd.csv is empty"),
    ],
)
def test_unknown_file_is_an_error_before_anything_is_written(
    run: Run, folder: Path, url: str, name: str, content: str, message: str
):
    (folder / name).write_text(content)
    result = run()

    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(message)
    assert result.stderr.count("\n") == 1
    assert not Path(url.removeprefix("sqlite:///")).exists()


def test_folder_that_is_not_there_is_an_error(tmp_path: Path):
    result = CliRunner().invoke(main, ["ingest", "amundsen-csv", str(tmp_path / "gone"), "--graph", "memory:"])

    assert (result.exit_code, result.stderr) == (2, f"Error: {tmp_path / 'gone'} is not a folder.\n")


@pytest.mark.parametrize(("variable", "value"), [("FRAM_GRAPH_URL", "redis://x"), ("FRAM_GRAPHS", "memory:")])
def test_setting_that_makes_no_sense_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str):
    monkeypatch.setenv(variable, value)
    result = run()

    assert result.exit_code == 2
    assert result.stderr.startswith("Error: ")


def test_embedded_graph_is_made_in_the_data_folder(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("FRAM_GRAPH_URL", raising=False)
    data = tmp_path / "new" / "data"
    result = CliRunner().invoke(main, ["ingest", "amundsen-csv", str(folder), "--data", str(data)])

    assert result.exit_code == 0, result.output
    assert keys(f"sqlite:///{data / 'graph.db'}", "User") == ["a@x.org"]


def test_nested_types_are_taken_apart_when_asked_for(run: Run, folder: Path, url: str):
    (folder / "columns.csv").write_text(
        "name,description,col_type,sort_order,database,cluster,schema,table_name\n"
        "place,,'struct<lat:double,lon:double>',1,hive,gold,core,orders\n".replace("'", '"')
    )
    run()
    assert keys(url, "Type_Metadata") == []

    run("--nested-types")
    assert len(keys(url, "Type_Metadata")) == 3


def test_terminal_gets_a_bar(folder: Path):
    terminal, end = pty.openpty()
    with subprocess.Popen([*COMMAND, str(folder), "--graph", "memory:"], stderr=end, stdout=subprocess.PIPE) as process:
        os.close(end)
        assert process.stdout is not None
        printed = process.stdout.read().decode()
        shown = os.read(terminal, 100_000).decode()
    os.close(terminal)

    assert process.returncode == 0
    assert printed == "Rows: 2 read: 2 written, 0 unchanged, 0 kept, 0 refused.\n"
    assert "users.csv (users): 1 read: 1 written" in shown
    assert "100%" in shown


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_run_that_is_cut_short_has_kept_what_it_reported_and_is_completed_by_the_next(
    folder: Path, url: str, stop: signal.Signals, code: int
):
    for file in range(40):
        rows = (f"hive,gold,s{file},t{number},,,\n" for number in range(300))
        (folder / f"tables{file:02}.csv").write_text(TABLES + "".join(rows))
    arguments = [*COMMAND, str(folder), "--graph", url]
    heeding = ["env", "--default-signal=INT", *arguments]  # which a shell has what runs in its background ignore
    with subprocess.Popen(heeding, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        reported = [process.stdout.readline().split()[0] for _ in range(5)]
        process.send_signal(stop)
        rest = process.stdout.read()
    assert process.returncode == code
    assert "tables39.csv" not in rest

    there = set(keys(url, "Table"))
    files = [name for name in reported if name.startswith("tables0")]
    assert files
    assert {f"hive://gold.s{int(name[6:8])}/t{n}" for name in files for n in range(300)} <= there
    assert len(there) < 40 * 300

    again = subprocess.run(arguments, capture_output=True, text=True, check=True)
    assert "0 refused.\n" in again.stdout
    assert len(keys(url, "Table")) == 40 * 300 + 1
