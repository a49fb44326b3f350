"""Rows of query logs, however their fields are called."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from ingest.extract.query_log.records import Entry, entries, log_files
from ingest.extract.source import Refused
from schemas.errors import InvalidSource

SYSTEMS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "snowflake": (
        {
            "QUERY_TEXT": "select 1",
            "USER_NAME": "JANE",
            "SESSION_ID": 17,
            "DATABASE_NAME": "SHOP",
            "SCHEMA_NAME": "CORE",
            "EXECUTION_STATUS": "SUCCESS",
            "ERROR_CODE": None,
        },
        ("select 1", "JANE", "17", "SHOP", "CORE"),
    ),
    "bigquery": (
        {
            "query": "select 1",
            "user_email": "jane@x.org",
            "project_id": "p-1",
            "session_info": {"session_id": "s"},
            "state": "DONE",
        },
        ("select 1", "jane@x.org", "s", "p-1", ""),
    ),
    "databricks": (
        {"statement_text": "select 1", "executed_by": "jane@x.org", "session_id": "s", "execution_status": "FINISHED"},
        ("select 1", "jane@x.org", "s", "", ""),
    ),
    "postgres": (
        {
            "message": "duration: 3.2 ms  execute <unnamed>: select 1",
            "user": "jane",
            "dbname": "shop",
            "pid": 7,
        },
        ("select 1", "jane", "7", "shop", ""),
    ),
    "clickhouse": (
        {"query": "select 1", "user": "jane", "current_database": "shop", "type": "QueryFinish"},
        ("select 1", "jane", "jane", "", "shop"),
    ),
    "trino": (
        {"query": "select 1", "user": "jane", "catalog": "hive", "schema": "web", "state": "FINISHED"},
        ("select 1", "jane", "jane", "hive", "web"),
    ),
}


def write(folder: Path, *rows: object, name: str = "log.ndjson") -> Path:
    path = folder / name
    text = "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("system", SYSTEMS)
def test_fields_of_known_systems_are_found(tmp_path: Path, system: str):
    row, expected = SYSTEMS[system]
    assert list(entries(write(tmp_path, row), {})) == [Entry("log.ndjson line 1", *expected)]


@pytest.mark.parametrize(
    "row",
    [
        {"query": "select 1", "status": "FAILED_WITH_ERROR"},
        {"query": "select 1", "execution_status": "Canceled"},
        {"query": "select 1", "type": "QueryStart"},
        {"query": "select 1", "error_result": {"reason": "invalidQuery"}},
        {"query": "select 1", "error_code": "000904"},
        {"query": ""},
        {"query": None},
        {"message": "connection authorized: user=jane"},
    ],
)
def test_what_failed_or_is_no_statement_is_left_out(tmp_path: Path, row: dict[str, Any]):
    assert list(entries(write(tmp_path, row), {})) == []


def test_fields_can_be_named(tmp_path: Path):
    row = {"stmt": "select 1", "query": "no", "who": "jane", "n": "12"}
    called = {"statement": "stmt", "user": "who", "count": "n"}
    assert list(entries(write(tmp_path, row), called)) == [
        Entry("log.ndjson line 1", "select 1", "jane", "jane", times=12)
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "The line is no JSON"),
        ("[1]", "one object a line is wanted"),
        ('{"text_of_it": "select 1"}', "has no field statement (one of query_text"),
    ],
)
def test_bad_line_is_refused_by_its_number_and_the_rest_is_read(tmp_path: Path, line: str, reason: str):
    refused, read = entries(write(tmp_path, "", line, {"query": "select 1"}), {})
    assert isinstance(refused, Refused)
    assert refused.where == "log.ndjson line 2"
    assert reason in refused.reason
    assert read == Entry("log.ndjson line 3", "select 1")


def test_very_long_line_is_refused_and_the_rest_is_read(tmp_path: Path):
    path = write(tmp_path, json.dumps({"query": "x" * 9_000_000}), {"query": "select 1"})
    refused, read = entries(path, {})
    assert refused == Refused("log.ndjson line 1", "The line is longer than 4,000,000 characters.")
    assert read == Entry("log.ndjson line 2", "select 1")


def test_csv_says_the_same_as_json(tmp_path: Path):
    path = write(tmp_path, 'QUERY_TEXT,USER_NAME\n"select ""a"",\n1",주인\n', name="log.csv")
    assert list(entries(path, {})) == [Entry("log.csv line 2", 'select "a",\n1', "주인", "주인")]


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("log.csv", "Query Text;User Name;Session Id"),
        ("log.csv", "query-text|user|sessionID"),
        ("log.tsv", "queryText\tuserName\tsession_id"),
        ("log.csv", '"QUERY_TEXT",USER_NAME,"SESSION_ID"'),
    ],
)
def test_header_says_what_separates_cells_and_may_write_names_in_its_way(tmp_path: Path, name: str, header: str):
    between = next(one for one in ";|\t," if one in header)
    path = write(tmp_path, "\ufeff" + header, between.join(['"select a; b,\tc|d"', "jane", "7"]), name=name)
    assert list(entries(path, {})) == [Entry(f"{name} line 2", "select a; b,\tc|d", "jane", "7")]


@pytest.mark.parametrize("name", ["log.json", "log.json.gz"])
def test_list_of_rows_is_read_as_lines_are(tmp_path: Path, name: str):
    text = '[\n  {\n    "query": "select 1",\n    "user": "jane"\n  },\n  {"query": "select 2"}, 3\n]\n'
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    assert list(entries(path, {})) == [
        Entry(f"{name} line 2", "select 1", "jane", "jane"),
        Entry(f"{name} line 6", "select 2"),
        Refused(f"{name} line 6", "The item is no JSON object."),
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [('[{"query": "select 1"},\n {"query": oops}, {"query": "select 2"}]', 2), ('[{"query": "select 1"}', 1)],
)
def test_list_that_breaks_off_is_refused_where_it_does(tmp_path: Path, text: str, line: int):
    read, refused = entries(write(tmp_path, text, name="log.json"), {})
    assert read == Entry("log.json line 1", "select 1")
    assert isinstance(refused, Refused)
    assert refused.where == f"log.json line {line}"
    assert "nothing behind it was read" in refused.reason


def test_long_list_is_read_piece_by_piece(tmp_path: Path):
    rows = [{"query": f"select {number}", "more": "x" * 1_000} for number in range(300)]
    found = list(entries(write(tmp_path, json.dumps(rows), name="log.json"), {}))
    assert [one.sql for one in found if isinstance(one, Entry)] == [row["query"] for row in rows]


def test_csv_without_a_header_has_its_columns_named(tmp_path: Path):
    path = write(tmp_path, '2026-01-01,jane,"statement: select 1"\n', name="postgresql.csv")
    assert list(entries(path, {}, ["log_time", "user_name", "message"])) == [
        Entry("postgresql.csv line 1", "select 1", "jane", "jane")
    ]


def test_csvlog_of_postgres_is_read_by_its_message(tmp_path: Path):
    columns = ["user_name", "database_name", "process_id", "error_severity", "message", "query"]
    path = write(
        tmp_path,
        'jane,shop,7,LOG,"duration: 1.5 ms  statement: select 1",',
        'jane,shop,7,ERROR,"column ""b"" does not exist",select b',
        'jane,shop,7,LOG,"checkpoint starting: time",',
        name="postgresql.csv",
    )
    assert list(entries(path, {}, columns)) == [Entry("postgresql.csv line 1", "select 1", "jane", "7", "shop")]


def test_row_with_too_many_cells_is_refused(tmp_path: Path):
    path = write(tmp_path, "query,user\nselect 1,2,3\n", name="log.csv")
    assert list(entries(path, {})) == [Refused("log.csv line 2", "The row has 3 cells, the header 2 columns.")]


def test_gzipped_log_is_read(tmp_path: Path):
    path = tmp_path / "log.ndjson.gz"
    path.write_bytes(gzip.compress(b'{"query": "select 1"}\n'))
    assert list(entries(path, {})) == [Entry("log.ndjson.gz line 1", "select 1")]


@pytest.mark.parametrize(
    "content",
    [b"no gzip", gzip.compress(b'{"query": "select 1"}\n' * 9_000, mtime=0)[:-20]],
    ids=["no gzip", "cut off"],
)
def test_broken_gzip_is_an_error_that_names_the_file(tmp_path: Path, content: bytes):
    path = tmp_path / "log.ndjson.gz"
    path.write_bytes(content)
    with pytest.raises(InvalidSource, match=r"log\.ndjson\.gz cannot be read"):
        list(entries(path, {}))


def test_files_of_a_folder_and_of_a_pattern_are_read_in_order(tmp_path: Path):
    names = ["b.csv", "a.ndjson", "c.jsonl.gz", "notes.txt"]
    for name in names:
        (tmp_path / name).touch()
    assert [path.name for path in log_files(str(tmp_path))] == ["a.ndjson", "b.csv", "c.jsonl.gz"]
    assert [path.name for path in log_files(f"{tmp_path}/*.csv")] == ["b.csv"]
    with pytest.raises(InvalidSource, match=r"path: .*names no file"):
        log_files(f"{tmp_path}/*.parquet")
