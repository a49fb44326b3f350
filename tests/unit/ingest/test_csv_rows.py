"""The typed ways to read a cell, and the reasons given when it does not fit."""

import pytest

from ingest.extract.amundsen.rows import MAX_NAMES, Refused, Row, decimal, number, to_row, truth, whole
from ingest.extract.csv_records import Record
from metadata_service.store.model_check import MAX_KEY_BYTES, MAX_VALUE_CHARACTERS


@pytest.mark.parametrize(
    ("text", "value"), [("1592333799", 1592333799), ("1592333799.0", 1592333799), ("-3", -3), ("+7", 7), ("007", 7)]
)
def test_whole_reads_a_number_also_through_a_float(text: str, value: int):
    assert whole("n", text) == value


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1.5", "1.00", "1e3", "1_000", "0x1", "\u0661", "NaN", "inf", "9" * 20]
)
def test_whole_refuses_whatever_else(text: str):
    with pytest.raises(Refused, match=r"Column 'n' is .* not a whole number"):
        whole("n", text)


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("1.0", 1.0), ("-2.5", -2.5), ("1e-3", 0.001), (".5", 0.5)])
def test_number_keeps_whole_and_decimal_apart(text: str, value: float):
    found = number("n", text)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize("text", ["", "nan", "inf", "1,5", "1.5.0", "one"])
def test_decimal_refuses_what_is_no_number(text: str):
    with pytest.raises(Refused, match="Column 'n'"):
        decimal("n", text)


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("True", True), ("FALSE", False), ("false", False), ("1", True), ("0", False)]
)
def test_truth_reads_what_it_says(text: str, value: bool):
    assert truth("t", text) is value


@pytest.mark.parametrize("text", ["yes", "", "t", "2", "none"])
def test_truth_refuses_anything_else(text: str):
    with pytest.raises(Refused, match="neither true nor false"):
        truth("t", text)


@pytest.mark.parametrize("value", ["", " ", "\t\n"])
def test_text_that_is_blank_is_refused_by_column(value: str):
    with pytest.raises(Refused, match="Column 'a' is empty"):
        Row(a=value).text("a")


def test_name_that_no_key_can_hold_is_refused():
    assert Row(a="n" * MAX_KEY_BYTES).name("a")
    with pytest.raises(Refused, match="longer than 4,000"):
        Row(a="n" * (MAX_KEY_BYTES + 1)).name("a")


def test_names_are_stripped_and_empty_ones_dropped():
    assert Row(a=" One, two ,,\n").names("a") == ["One", "two"]
    assert Row(a=" One, two ,,\n").lower_names("a") == ["one", "two"]
    assert Row().names("a") == []
    with pytest.raises(Refused, match="more than 1,000 names"):
        Row(a="n," * (MAX_NAMES + 1)).names("a")


def test_optional_cells_read_as_none_when_empty():
    row = Row(empty="", n="4", t="false")

    assert (row.find_whole("empty"), row.find_whole("gone"), row.find_whole("n")) == (None, None, 4)
    assert (row.find_truth("empty"), row.find_truth("gone"), row.find_truth("t")) == (None, None, False)


def test_short_row_reads_as_empty_at_its_end():
    row = to_row(("a", "b"), Record(2, 1, ["1"]))

    assert (row["a"], row["b"]) == ("1", "")


def test_long_row_is_refused():
    with pytest.raises(Refused, match=r"has 3 cells, but the header names 2 columns"):
        to_row(("a", "b"), Record(2, 5, ["1", "2", "3"]))


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("caf\udce9", "not UTF-8"), ("a\x00", "NUL"), ("x" * (MAX_VALUE_CHARACTERS + 1), "longer than 1,000,000")],
)
def test_cell_that_no_store_can_hold_is_refused_by_column(cell: str, reason: str):
    with pytest.raises(Refused, match=f"Column 'b' .*{reason}"):
        to_row(("a", "b"), Record(2, len(cell), ["1", cell], suspect=True))
