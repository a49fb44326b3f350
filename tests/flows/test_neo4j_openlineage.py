"""Events of OpenLineage on a real Neo4j: kept, told, and not lost between intakes in each other's way."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from neo4j_server import ON_NEO4J, empty_database, server_url
from openlineage_events import columns, dataset, fields, key, run_event

from ingest.extract.openlineage.events import kind_of
from ingest.extract.openlineage.naming import Names
from ingest.openlineage.intake import Intake
from ingest.openlineage.telling import Telling
from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore

pytestmark = ON_NEO4J


@pytest.fixture
def store() -> Iterator[GraphStore]:
    with empty_database():
        opened = open_store(server_url())
        opened.ensure_schema()
        yield opened
        opened.close()


def send(intake: Intake, event: dict[str, Any]) -> None:
    intake.take([(kind_of(event), event)])


def tell(store: GraphStore) -> int:
    telling = Telling(store, Names(), lambda source: (0, source))
    said = telling.work()
    telling.stop()
    return said


def lineage(store: GraphStore, label: str) -> set[tuple[str, str]]:
    edges = store.list_edges("HAS_DOWNSTREAM", label, label)
    return {(edge.ref.source.key, edge.ref.target.key) for edge in edges}


def test_what_was_taken_in_is_told_once_with_its_columns(store: GraphStore):
    intake = Intake(store, Names())
    send(intake, run_event("START", 0, [dataset("a", schema=fields("y"))]))
    output = dataset("b", schema=fields("x"), columnLineage=columns(x=[("a", "y")]))
    for _ in range(2):
        send(intake, run_event("COMPLETE", 1, [], [output]))
    assert tell(store) == 2
    assert lineage(store, "Table") == {(key("a"), key("b"))}
    assert lineage(store, "Column") == {(f"{key('a')}/y", f"{key('b')}/x")}
    assert tell(store) == 0


def test_intakes_of_several_processes_lose_nothing_of_each_other(store: GraphStore):
    intakes = [Intake(store, Names()) for _ in range(4)]
    sources = [f"s{n}" for n in range(16)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: send(intakes[n % 4], run_event("RUNNING", 1, [dataset(sources[n])])), range(16)))
    send(intakes[0], run_event("COMPLETE", 2, [], [dataset("o")]))
    tell(store)
    assert lineage(store, "Table") == {(key(source), key("o")) for source in sources}


def test_a_file_that_turns_out_to_be_a_table_is_gone_under_its_own_name(store: GraphStore):
    intake = Intake(store, Names())
    lies_at = {"identifiers": [{"namespace": "hive://m:1", "name": "db.t", "type": "TABLE"}]}
    send(intake, run_event("COMPLETE", 1, [dataset("p", "s3://b")], [dataset("o")], run=1))
    tell(store)
    send(intake, run_event("COMPLETE", 2, [dataset("p", "s3://b", symlinks=lies_at)], [dataset("q")], run=2))
    tell(store)
    live = {node.ref.key for node in store.list_nodes("Table") if "fram_gone_since" not in node.props}
    assert live == {"hive://default.db/t", key("o"), key("q")}
