"""Taking over the graph of an Amundsen, from the Neo4j it runs on and from a newer one."""

from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest
from amundsen_published import DASHBOARD, NODES, OTHER, RELATIONS, TABLE, publish, relate
from click.testing import CliRunner
from neo4j_server import ON_NEO4J, empty_database, server_url
from own_servers import ON_OWN_SERVERS, kind_of, own_server

from fram.cli import main
from ingest.amundsen_graph import Refusal, Taken, take_over
from ingest.records import description, owners
from ingest.report import Verdict
from metadata_service.catalog.dashboards import get_dashboard
from metadata_service.catalog.tables import get_table
from metadata_service.store.amundsen_neo4j import AmundsenGraph
from metadata_service.store.factory import open_store
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutNode, RemoveEdge
from metadata_service.store.shapes import Shape
from schemas.errors import StoreUnavailable
from schemas.graph import READERS, READS

NOTE = f"{TABLE}/_description"
FOLLOWS = EdgeRef("FOLLOWED_BY", NodeRef("Table", OTHER), NodeRef("User", "bob@example.com"))
OLD = {
    "version": "4.4.42",  # of the series Amundsen ends with
    "java": ("--add-opens=java.base/java.lang=ALL-UNNAMED", *kind_of("neo4j").java),
    "settings": (
        "dbms.connector.bolt.enabled=true\n"
        "dbms.connector.bolt.listen_address=127.0.0.1:{port}\n"
        "dbms.connector.http.enabled=false\n"
        "dbms.memory.heap.max_size=512m\n"
        "dbms.memory.pagecache.size=64m\n"
        "dbms.security.auth_enabled=false\n"
    ),
    "greeting": bytes.fromhex("6060b017 00000404 00000000 00000000 00000000"),  # Bolt: I speak 4.4
    "reply": bytes.fromhex("00000404"),
}


@pytest.fixture(scope="module")
def old_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with own_server("neo4j", tmp_path_factory.mktemp("amundsen"), **OLD) as server:
        yield server.url


@pytest.fixture(params=[pytest.param("4.4", marks=ON_OWN_SERVERS), pytest.param("5.26", marks=ON_NEO4J)])
def url(request: pytest.FixtureRequest) -> str:
    """Where Amundsen's graph is. Bob followed a table there, Ann's description of it is her own."""
    found = str(request.getfixturevalue("old_server")) if request.param == "4.4" else server_url()
    with empty_database(found) as driver:
        publish(driver)
        edit(driver, "MATCH (d:Description {key: $key}) SET d = {key: $key, description: 'As Ann knows it'}", key=NOTE)
        relate(driver, OTHER, "FOLLOWED_BY", "bob@example.com", {})
    return found


def edit(driver: neo4j.Driver, statement: str, **parameters: object) -> None:
    driver.execute_query(statement, parameters)


@pytest.fixture
def store() -> MemoryGraphStore:
    return MemoryGraphStore()


def taken_over(url: str, store: MemoryGraphStore) -> Taken:
    graph, taken = AmundsenGraph(url), Taken()
    try:
        take_over(graph, store, taken)
    finally:
        graph.close()
    return taken


def from_source(store: MemoryGraphStore, *mutations: object) -> None:
    store.apply(Batch(tuple(mutations), Authority.SOURCE, source="warehouse"))  # type: ignore[arg-type]


def test_everything_of_the_model_goes_over(url: str, store: MemoryGraphStore):
    taken = taken_over(url, store)
    assert taken.refused == []
    assert taken.verdicts == {Verdict.WRITTEN: len(NODES) + len(RELATIONS) + 1}
    table = get_table(store, TABLE)
    assert [column.name for column in table.columns] == ["total", "id"]
    assert [(reader.user.email, reader.read_count) for reader in table.table_readers] == [
        ("ann@example.com", 40),
        ("bob@example.com", 2),
    ]
    assert [tag.tag_name for tag in get_dashboard(store, DASHBOARD).tags] == ["finance"]
    record = store.fetch(TABLE, Shape("Table", (READERS, READS)))
    assert record is not None
    assert (record.props[READERS], record.props[READS]) == (2, 42)


def test_what_people_wrote_is_safe_from_sources(url: str, store: MemoryGraphStore):
    assert taken_over(url, store).claimed == 2
    from_source(store, *description(NodeRef("Table", TABLE), "As the warehouse has it"), RemoveEdge(FOLLOWS))
    assert get_table(store, TABLE).description == "As Ann knows it"
    assert store.between([FOLLOWS.source, FOLLOWS.target], ["FOLLOWED_BY"], 9)


def test_what_databuilder_published_stays_a_source_s(url: str, store: MemoryGraphStore):
    taken_over(url, store)
    golden = EdgeRef("HAS_BADGE", NodeRef("Table", TABLE), NodeRef("Badge", "golden"))
    from_source(store, RemoveEdge(golden), PutNode(NodeRef("Table", OTHER), {"is_view": False}))
    assert get_table(store, TABLE).badges == []
    assert get_table(store, OTHER).is_view is False


def test_again_it_changes_nothing_and_leaves_people_s_edits_alone(url: str, store: MemoryGraphStore):
    taken_over(url, store)
    person = {"authority": Authority.PERSON, "actor": "cat@example.com"}
    ann = EdgeRef("OWNER", NodeRef("Table", TABLE), NodeRef("User", "ann@example.com"))
    edits = (
        PutNode(NodeRef("Description", NOTE), {"description": "As Cat knows better"}),
        *owners(NodeRef("Table", OTHER), ["cat@example.com"]),
        RemoveEdge(ann),
        RemoveEdge(FOLLOWS),
    )
    store.apply(Batch(edits, **person))  # type: ignore[arg-type]
    again = taken_over(url, store)
    assert (again.verdicts[Verdict.REFUSED], again.verdicts[Verdict.KEPT]) == (0, 2)
    table = get_table(store, TABLE)
    assert (table.description, table.owners) == ("As Cat knows better", [])
    assert [owner.email for owner in get_table(store, OTHER).owners] == ["cat@example.com"]
    third = taken_over(url, store)
    assert (third.verdicts[Verdict.WRITTEN], third.claimed) == (0, 0)


def test_what_was_taken_over_half_way_is_claimed_the_next_time(url: str, store: MemoryGraphStore):
    from_source(store, PutNode(NodeRef("Description", NOTE), {"description": "As Ann knows it"}))
    assert taken_over(url, store).claimed == 2


def test_a_node_without_a_text_as_its_key_is_told(url: str, store: MemoryGraphStore):
    with neo4j.GraphDatabase.driver(f"bolt://{url.rpartition('@')[2]}", auth=None) as driver:
        edit(driver, "CREATE (:Badge {key: 2020, category: 'year'}), (:Badge {category: 'none'})")
    taken = taken_over(url, store)
    assert taken.refused == [Refusal("Badge", "2 nodes have no text as their key.")]
    assert taken.verdicts[Verdict.REFUSED] == 2


@pytest.mark.slow
@pytest.mark.neo4j
@pytest.mark.opensearch
@pytest.mark.xdist_group("own_servers")
def test_an_old_server_is_not_served_from_and_the_message_says_what_to_do(old_server: str):
    store = open_store(old_server)
    with pytest.raises(StoreUnavailable, match=r"too old.*`fram ingest amundsen-graph` takes over"):
        store.ensure_schema()
    store.close()


def test_the_command_tells_what_became_of_it(url: str, tmp_path: Path):
    arguments = ["ingest", "amundsen-graph", url, "--data", str(tmp_path)]
    first, again = (CliRunner().invoke(main, arguments) for _ in range(2))
    count = len(NODES) + len(RELATIONS) + 1
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert f"{count} read: {count} written." in first.output
    assert "for the people who made them: 2." in first.output
    assert f"{count} read: {count} unchanged." in again.output


def test_a_server_that_is_not_there_ends_the_command(tmp_path: Path):
    arguments = ["ingest", "amundsen-graph", "bolt://127.0.0.1:1", "--data", str(tmp_path)]
    ended = CliRunner().invoke(main, arguments)
    assert ended.exit_code == 2
    assert "Neo4j does not answer" in ended.output
