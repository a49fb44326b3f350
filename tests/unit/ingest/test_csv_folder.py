"""Recognising files by their headers, in an order that can go in, and refusing what is not known."""

import os
from pathlib import Path

import pytest

from ingest.extract.amundsen.folder import Folder, SourceFile, SourceRow
from ingest.extract.csv_records import Fault
from ingest.job import open_amundsen_csv
from schemas.errors import InvalidSource

TABLES = "database,cluster,schema,name,description,tags"


def folder_of(root: Path, files: dict[str, str]) -> Folder:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, newline="")
    return open_amundsen_csv(root)


def formats(folder: Folder) -> dict[str, str]:
    return {file.name: file.format.name for file in folder.files}


def only_file(root: Path, content: str) -> SourceFile:
    (file,) = folder_of(root, {"a.csv": content}).files
    return file


def test_files_are_recognised_by_header_and_ordered_by_what_they_need(tmp_path: Path):
    folder = folder_of(
        tmp_path,
        {
            "0.csv": "END_KEY,END_LABEL,START_KEY,START_LABEL,TYPE,REVERSE_TYPE,read_count:UNQUOTED\n",
            "deep/below/1.CSV": "target_table_key,source_table_key\n",
            "2.csv": "name,description,col_type,sort_order,database,cluster,schema,table_name,badges\n",
            "3.csv": f"{TABLES},is_view\n",
            "4.csv": f"description_source,{TABLES}\n",
            "5.csv": "email,first_name,last_name,full_name\n",
            "6.csv": "KEY,LABEL,name\n",
            "7.csv": "tag_type,name\n",
        },
    )

    assert list(formats(folder).items()) == [
        ("6.csv", "databuilder nodes"),
        ("5.csv", "users"),
        ("3.csv", "tables"),
        ("4.csv", "tables"),
        ("2.csv", "columns"),
        ("7.csv", "tags"),
        ("deep/below/1.CSV", "table lineage"),
        ("0.csv", "databuilder relations"),
    ]
    assert folder.notices == ()


def test_header_may_have_a_mark_spaces_and_other_line_ends(tmp_path: Path):
    assert only_file(tmp_path, "\ufeffname , tag_type\r\n").columns == ("name", "tag_type")


def test_what_is_left_alone_is_said(tmp_path: Path):
    (tmp_path / "linked").symlink_to(tmp_path)
    folder = folder_of(
        tmp_path,
        {
            "t.csv": "name,tag_type,colour,\n",
            "README.md": "",
            "dbt/manifest.json": "{}",
            "dbt/deeper/catalog.json": "{}",
            "more/u.csv": "email,first_name,last_name,shoe_size\n",
            "more/notes.txt": "",
        },
    )

    assert folder.notices == (
        "linked is a link to a folder and is ignored.",
        "dbt is a folder without .csv files and is ignored.",
        "README.md is not a .csv file and is ignored.",
        "more/notes.txt is not a .csv file and is ignored.",
        "t.csv: column 'colour' is not one of tags and is ignored.",
        "t.csv: column '' is not one of tags and is ignored.",
    )


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("database,cluster,schema,description,tags", "nearest to tables, but lacks: name."),
        ("LABEL,name", "nearest to databuilder nodes, but lacks: KEY."),
        ("START_KEY,START_LABEL,END_KEY,END_LABEL,TYPE", "databuilder relations, but lacks: REVERSE_TYPE."),
        ("product,cluster,dashboard_group_id,dashbord_id,email", "dashboard owners, but lacks: dashboard_id."),
        ("a;b;c", "the header 'a;b;c' shares no column with any known format."),
        ("name,tag_type,name", "names a column twice"),
        ("LABEL,KEY,two words", "impossible name"),
        ("email,first_name,last_name,shoe size", "impossible name"),
        (f"{TABLES},category,table_name", "fits tables as well as badges"),
        ("", "is empty"),
    ],
)
def test_header_that_is_not_known_names_the_file_and_what_is_wrong(tmp_path: Path, header: str, message: str):
    with pytest.raises(InvalidSource) as caught:
        folder_of(tmp_path, {"ok.csv": "name,tag_type\n", "in/odd.csv": f"{header}\n"})

    assert caught.value.message.startswith("in/odd.csv")
    assert message in caught.value.message


def test_file_whose_name_is_no_unicode_is_read_and_can_be_named(tmp_path: Path):
    (tmp_path / os.fsdecode(b"caf\xe9.csv")).write_text("name,tag_type\n,default\n")

    (file,) = open_amundsen_csv(tmp_path).files
    assert file.name == "caf\ufffd.csv"
    assert len(list(file.rows())) == 1


def test_folder_without_csv_files_is_an_invalid_source(tmp_path: Path):
    with pytest.raises(InvalidSource, match=r"holds no \.csv file"):
        folder_of(tmp_path, {"a.txt": ""})
    with pytest.raises(InvalidSource, match="is not a folder"):
        open_amundsen_csv(tmp_path / "gone")
    with pytest.raises(InvalidSource, match="is not a folder"):
        open_amundsen_csv(tmp_path / "a.txt")


def test_rows_that_do_not_fit_come_as_faults_among_the_others(tmp_path: Path):
    file = only_file(
        tmp_path,
        'email,first_name,last_name\na@x.org,A\n\n,B,B\nc@x.org,C,C,C\nd@x.org,"x"y,D\ne@x.org,"E\n",E\nf@x.org,F,F',
    )

    rows = list(file.rows())

    assert [row.line for row in rows] == [2, 4, 5, 6, 7, 9]
    assert [type(row) for row in rows] == [SourceRow, Fault, Fault, Fault, SourceRow, SourceRow]
    assert [row.reason for row in rows if isinstance(row, Fault)] == [
        "Column 'email' is empty.",
        "The row has 4 cells, but the header names 3 columns.",
        "Not valid CSV: ',' expected after '\"'.",
    ]


def test_reading_tells_how_far_it_is(tmp_path: Path):
    file = only_file(tmp_path, "name,tag_type\n" + "t,default\n" * 5_000)
    told: list[int] = []

    assert len(list(file.rows(told.append))) == 5_000
    assert told == sorted(told)
    assert len(told) >= 5
    assert told[-1] <= file.size
