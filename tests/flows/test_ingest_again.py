"""A second run over the same files finds nothing to change, also where they contradict themselves."""

from pathlib import Path

import pytest

from ingest.job import FolderIngestion, open_amundsen_csv
from ingest.report import Report, Verdict
from metadata_service.store.factory import open_store
from metadata_service.store.parts import PARTS, items
from metadata_service.store.port import GraphStore

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "amundsen_sample"

CONTRADICTING = {
    "tables.csv": "database,cluster,schema,name,description,tags\n"
    "hive,gold,s,t,First,'pii,a'\nhive,gold,s,u,,b\nhive,gold,s,t,Second,pii\n",
    "tables2.csv": "database,cluster,schema,name,description,tags\nhive,gold,s,t,Third,b\n",
    "tags.csv": "name,tag_type\npii,metric\nb,default\nb,owner\n",
    "usage.csv": "database,cluster,schema,table,column,user_email,read_count\n"
    + "".join(f"hive,gold,s,{'tu'[n % 2]},c{n},user{n % 3}@x.org,{n}\n" for n in range(60)),
    "nodes/tag.csv": "LABEL,KEY,tag_type\nTag,pii,dashboard\nTag,c,default\n",
    "relations/tag.csv": "START_KEY,START_LABEL,END_KEY,END_LABEL,TYPE,REVERSE_TYPE\n"
    "c,Tag,hive://gold.s/u,Table,TAG,TAGGED_BY\n",
}


def ingest(folder: Path, store: GraphStore, max_mutations: int = 5_000) -> Report:
    report = Report()
    FolderIngestion(open_amundsen_csv(folder), store, report, max_mutations=max_mutations).run()
    return report


def content(store: GraphStore) -> dict[str, list[object]]:
    return {part.name: list(items(store, part)) for part in PARTS}


@pytest.mark.parametrize("max_mutations", [1, 7, 5_000])
def test_files_that_contradict_themselves_settle_on_their_last_word(tmp_path: Path, max_mutations: int):
    for name, text in CONTRADICTING.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text.replace("'", '"'))
    store = open_store("memory:")
    first = ingest(tmp_path, store, max_mutations)
    before = content(store)

    assert first.refusals == []
    assert {node.ref.key: node.props["tag_type"] for node in store.list_nodes("Tag")} == {
        "a": "default",
        "b": "owner",
        "c": "default",
        "pii": "metric",
    }
    assert [node.props["description"] for node in store.list_nodes("Description")] == ["Third"]
    assert {edge.props["read_count"] for edge in store.list_edges("READ_BY", "Table", "User")} == set(range(54, 60))

    store.acknowledge(store.changes(100))
    second = ingest(tmp_path, store, max_mutations)
    assert second.total.by_verdict == {Verdict.UNCHANGED: first.total.read}
    assert content(store) == before
    assert store.changes() == []


@pytest.mark.skipif(not SAMPLE.is_dir(), reason="Amundsen's sample data is not here")
def test_sample_data_of_amundsen_goes_in_whole_and_again_without_a_change(tmp_path: Path):
    store = open_store(f"sqlite:///{tmp_path / 'graph.db'}")
    store.ensure_schema()
    try:
        first = ingest(SAMPLE, store)
        before = content(store)
        assert (first.total.read, first.total.written, first.refusals) == (94, 93, [])
        assert {label: store.count(label) for label in ("Table", "Column", "User", "Dashboard", "Stat", "Badge")} == {
            "Table": 6,
            "Column": 13,
            "User": 17,
            "Dashboard": 4,
            "Stat": 10,
            "Badge": 6,
        }
        assert ingest(SAMPLE, store).total.by_verdict == {Verdict.UNCHANGED: 94}
        assert content(store) == before
    finally:
        store.close()
