"""Whatever text databuilder stages comes out of the graph as it went in."""

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.job import FolderIngestion, open_amundsen_csv
from ingest.report import Report
from metadata_service.store.factory import open_store

texts = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=40)
names = texts.filter(lambda text: text.strip() != "")
rows = st.dictionaries(names, st.tuples(texts, st.booleans(), st.integers(-(2**63) + 1, 2**63 - 1)), max_size=20)


@given(rows, st.sampled_from(["\r\n", "\n"]), st.booleans())
@settings(max_examples=150, deadline=None)
def test_text_survives_the_round_trip(given: dict[str, tuple[str, bool, int]], line_end: str, mark: bool):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "nodes.csv"
        with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC, lineterminator=line_end)
            writer.writerow(["LABEL", "KEY", "name", "is_view:UNQUOTED", "rank:UNQUOTED"])
            writer.writerows(["Table", key, *values] for key, values in given.items())
        store = open_store("memory:")
        report = Report()
        FolderIngestion(open_amundsen_csv(Path(folder)), store, report).run()

    assert report.refusals == []
    assert {node.ref.key: dict(node.props) for node in store.list_nodes("Table")} == {
        key: {"is_view": view, "rank": rank} | ({"name": name} if name else {})
        for key, (name, view, rank) in given.items()
    }
