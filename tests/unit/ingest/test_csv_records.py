"""What the reader makes of bytes: physical lines, quotes, encodings, limits."""

from pathlib import Path

import pytest

from ingest.extract.csv_records import MAX_RECORD_CHARACTERS, Fault, Record, open_records
from schemas.errors import InvalidSource


def read(tmp_path: Path, content: bytes) -> list[Record | Fault]:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with open_records(path, "a.csv") as records:
        return list(records)


def lines_and_cells(found: list[Record | Fault]) -> list[tuple[int, list[str]]]:
    return [(record.line, record.cells) for record in found if isinstance(record, Record)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"a,b\n1,2\n", [(1, ["a", "b"]), (2, ["1", "2"])]),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n", [(1, ["a", "b"]), (2, ["1", "2"])]),
        (b"a,b\n1,2", [(1, ["a", "b"]), (2, ["1", "2"])]),
        (b"a\n\n  \n1\n", [(1, ["a"]), (4, ["1"])]),
        (b'a,b\n"one\n\ntwo",2\n3,4\n', [(1, ["a", "b"]), (2, ["one\n\ntwo", "2"]), (5, ["3", "4"])]),
        (b'a\r\n"one\r\ntwo"\r\nb\r\n', [(1, ["a"]), (2, ["one\r\ntwo"]), (4, ["b"])]),
        (b'a\n"say ""yes"""\nit\'s\n5" wide\n', [(1, ["a"]), (2, ['say "yes"']), (3, ["it's"]), (4, ['5" wide'])]),
        (b"a,b\n1\n1,2,3\n", [(1, ["a", "b"]), (2, ["1"]), (3, ["1", "2", "3"])]),
        ("é,日本\u2028\n".encode(), [(1, ["é", "日本\u2028"])]),
        (b"", []),
    ],
)
def test_reader_gives_cells_and_the_line_they_begin_in(
    tmp_path: Path, content: bytes, expected: list[tuple[int, list[str]]]
):
    assert lines_and_cells(read(tmp_path, content)) == expected


def test_reader_goes_on_behind_a_row_with_wrong_quotes(tmp_path: Path):
    found = read(tmp_path, b'a\n"one"two\n3\n')

    assert [record.line for record in found] == [1, 2, 3]
    assert isinstance(found[1], Fault)
    assert "Not valid CSV" in found[1].reason


def test_reader_names_the_line_of_a_quote_that_is_never_closed(tmp_path: Path):
    found = read(tmp_path, b'a,b\n1,2\n3,"four\n5,6\n7,8\n')

    assert found[:-1] == [Record(1, 4, ["a", "b"]), Record(2, 4, ["1", "2"])]
    assert found[-1].line == 3
    assert isinstance(found[-1], Fault)
    assert "never closed" in found[-1].reason


def test_reader_stops_at_a_row_longer_than_the_limit(tmp_path: Path):
    for rest in (b'"' + b"x\n" * (MAX_RECORD_CHARACTERS // 2) + b"1\n", b"x" * MAX_RECORD_CHARACTERS):
        found = read(tmp_path, b"a\n1\n" + rest)

        assert [record.line for record in found] == [1, 2, 3]
        assert isinstance(found[-1], Fault)
        assert "longer than 4,000,000 characters" in found[-1].reason


@pytest.mark.parametrize("line", [b"caf\xe9,1", b"a\x00b,1", b"\xff\xfe,1", b'"one\n\xe9",1'])
def test_reader_marks_a_row_that_no_store_can_hold_and_goes_on(tmp_path: Path, line: bytes):
    found = read(tmp_path, b"a,b\n" + line + b"\n2,\xc3\xa9\n")

    assert [record.suspect for record in found if isinstance(record, Record)] == [False, True, False]


@pytest.mark.parametrize("content", [b"", b"\n\n", b'"a', b"caf\xe9,b\n", "a,b\n".encode("utf-16")])
def test_header_that_cannot_be_read_is_an_invalid_source(tmp_path: Path, content: bytes):
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    with open_records(path, "below/a.csv") as records, pytest.raises(InvalidSource, match=r"below/a\.csv"):
        records.header()


def test_file_that_is_not_there_is_an_invalid_source(tmp_path: Path):
    with pytest.raises(InvalidSource, match=r"a\.csv cannot be read"), open_records(tmp_path / "a.csv", "a.csv"):
        pass
