"""Files of statements: read in order, bad lines named, and what cannot be read at all."""

from pathlib import Path

import pytest
from job_files import table, write

from ingest.extract.source import Refused
from ingest.extract.statements_file import MAX_LINE_BYTES, StatementsFile
from schemas.errors import InvalidSource
from schemas.statements import Table


def source(path: Path) -> StatementsFile:
    return StatementsFile(**StatementsFile.settings().load({"path": str(path)}))


def test_files_of_a_folder_are_read_in_order_and_bad_lines_are_named(tmp_path: Path):
    write(tmp_path / "b.ndjson", [table("three")])
    write(tmp_path / "a.jsonl", [table("one"), "", "[]", table('Größe \U0001f600 "x"', description="a\nb")])
    (tmp_path / "notes.txt").write_text("no statements")
    items = list(source(tmp_path).extract())
    assert [item.name for item in items if isinstance(item, Table)] == ["one", 'Größe \U0001f600 "x"', "three"]
    assert [item for item in items if isinstance(item, Refused)] == [
        Refused("a.jsonl, line 3", "A statement: it must be a JSON object.")
    ]
    assert source(tmp_path).check().startswith("2 files of ")


@pytest.mark.parametrize("line", [b"{", b"\xff\xfe", b'{"type":"table","name":"\\ud800"}', b"NaN"])
def test_line_that_is_no_statement_is_refused(tmp_path: Path, line: bytes):
    path = tmp_path / "a.ndjson"
    path.write_bytes(line + b"\n")
    [refused] = source(path).extract()
    assert isinstance(refused, Refused)
    assert refused.where == "a.ndjson, line 1"


def test_line_without_an_end_is_not_read_into_memory(tmp_path: Path):
    path = tmp_path / "a.ndjson"
    path.write_bytes(b" " * (MAX_LINE_BYTES + 5))
    with pytest.raises(InvalidSource, match="line 1 is longer than"):
        list(source(path).extract())


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_nothing_to_read_is_an_error(tmp_path: Path, name: str):
    with pytest.raises(InvalidSource):
        source(tmp_path / name).check()
    with pytest.raises(InvalidSource):
        list(source(tmp_path / name).extract())
