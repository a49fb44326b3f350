"""The sample catalogue through the real ingestion into the embedded store."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from fram.demo import catalogue_dir, demo_jobs, load
from ingest.claim import Claim
from ingest.job import FolderIngestion, open_amundsen_csv
from ingest.report import Report
from ingest.runs import list_runs
from metadata_service.store.factory import open_store
from metadata_service.store.parts import PARTS, Checksum, checksum, items
from metadata_service.store.port import GraphStore
from schemas.graph import LABELS, POPULARITY, READERS


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GraphStore]:
    store = open_store(f"sqlite:///{tmp_path / 'graph.db'}")
    store.ensure_schema()
    yield store
    store.close()


OF_RUNS = {"Updatedtimestamp", "Fram_Run", "Fram_Source"}  # each loading runs the jobs anew


def content(store: GraphStore) -> dict[str, Checksum]:
    """Return what each part of the graph holds, but for when and by which run it was last confirmed."""
    return {part.name: checksum(items(store, part)) for part in PARTS if part.name not in OF_RUNS}


def test_demo_goes_in_without_a_refusal_and_fills_every_kind_of_node(store: GraphStore):
    assert open_amundsen_csv(catalogue_dir()).notices == ()
    report = load(store)
    assert report.refusals == []
    assert report.total.read > 3000
    empty = {label for label in LABELS if not store.count(label)}
    assert empty == {"MLChange", "Fram_Edit", "Fram_Undo", "Fram_Event", "Fram_Copy"}  # nothing has happened yet


def test_loading_the_demo_again_changes_nothing(store: GraphStore):
    load(store)
    before = content(store)
    store.acknowledge(store.changes(100_000))
    report = load(store)
    assert (report.total.written, report.total.refused) == (0, 0)
    assert content(store) == before
    assert store.changes() == []


def test_demo_goes_in_while_another_one_runs_its_jobs(store: GraphStore):
    (job,) = demo_jobs().jobs
    with Claim(store, job, lambda: None):
        assert load(store).refusals == []
    assert store.count("MLModel") == 1
    assert list_runs(store, 10, int(time.time()), job=job)[0] == []
    load(store)
    (run,) = list_runs(store, 10, int(time.time()), job=job)[0]
    assert (run.status, run.refused, run.unresolved) == ("succeeded", 0, 0)


def test_nested_types_of_the_demo_are_those_the_ingestion_finds_itself(store: GraphStore):
    load(store)
    before = content(store)
    report = Report()
    FolderIngestion(open_amundsen_csv(catalogue_dir(), nested_types=True), store, report).run()
    assert content(store) == before
    assert report.total.written == 0


def test_demo_has_resources_that_count_as_popular(store: GraphStore):
    load(store)
    popular = store.rank("Table", POPULARITY, 100, {READERS: 11})
    assert len(popular) >= 12
    assert store.recount("Table") == 0
