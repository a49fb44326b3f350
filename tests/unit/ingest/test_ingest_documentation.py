"""docs/ingest-amundsen-csv.md says what the formats are."""

import re
from pathlib import Path

from ingest.extract.amundsen.databuilder_publisher import NODES, RELATIONS_OF_NODES
from ingest.extract.amundsen.samples import sample_formats
from ingest.load import MAX_MUTATIONS

PAGE = (Path(__file__).parents[3] / "docs" / "ingest-amundsen-csv.md").read_text()


def test_page_lists_every_sample_format_in_order_with_its_columns():
    section = PAGE.partition("## The sample formats")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| ([a-z ]+) \| ([a-z_, \[\]]+)", section, re.MULTILINE))

    assert list(rows) == [known.name for known in sample_formats()]
    for known in sample_formats():
        written = re.findall(r"\[?\w+\]?", rows[known.name].split(", and any")[0])
        assert sorted(column for column in written if "[" not in column) == sorted(known.required)
        assert sorted(column.strip("[]") for column in written if "[" in column) == sorted(known.optional)


def test_page_gives_the_headers_of_staged_files_and_the_size_of_batches():
    for known in (NODES, RELATIONS_OF_NODES):
        assert f"`{','.join(known.required)}`" in PAGE
    assert f"at most {MAX_MUTATIONS:,} nodes and relations" in PAGE
