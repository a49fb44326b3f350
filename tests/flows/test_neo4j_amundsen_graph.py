"""A graph that Amundsen's databuilder wrote is used as it stands: read right, counted at once, written to."""

from collections.abc import Iterator

import neo4j
import pytest
from amundsen_published import DASHBOARD, OTHER, PUBLISHED, RELATIONS, TABLE, publish, relate
from neo4j_server import ON_NEO4J, empty_database, server_url

from metadata_service.catalog.dashboards import get_dashboard
from metadata_service.catalog.tables import get_table
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, Edge, EdgeRef, NodeRef, Outcome, PutNode, RemoveNode
from metadata_service.store.port import GraphStore, Related
from metadata_service.store.shapes import Select, Shape
from schemas.graph import POPULARITY, READERS, READS, Direction
from schemas.graph import RELATIONS as MODEL

pytestmark = ON_NEO4J


@pytest.fixture
def driver() -> Iterator[neo4j.Driver]:
    """A bare driver on a graph as databuilder publishes it: every relation both ways, its properties on both."""
    with empty_database() as found:
        publish(found)
        yield found


@pytest.fixture
def store(driver: neo4j.Driver) -> Iterator[GraphStore]:
    """Fram on that graph, which it meets for the first time."""
    found = open_store(server_url())
    found.ensure_schema()
    yield found
    found.close()


def tally(store: GraphStore, label: str, key: str) -> tuple[object, object]:
    record = store.fetch(key, Shape(label, (READERS, READS)))
    assert record is not None
    return record.props.get(READERS), record.props.get(READS)


def test_a_table_of_amundsen_is_read_whole(store: GraphStore):
    table = get_table(store, TABLE)
    assert (table.database, table.cluster, table.schema, table.name) == ("hive", "gold", "core", "orders")
    assert (table.description, table.is_view) == ("All orders", False)
    assert [column.name for column in table.columns] == ["total", "id"]
    assert [(stat.stat_val, stat.start_epoch) for stat in table.columns[1].stats] == [("9", 1)]
    assert [tag.tag_name for tag in table.tags] == ["sales"]
    assert [badge.badge_name for badge in table.badges] == ["golden"]
    assert [owner.email for owner in table.owners] == ["ann@example.com"]
    assert [(reader.user.email, reader.read_count) for reader in table.table_readers] == [
        ("ann@example.com", 40),
        ("bob@example.com", 2),
    ]
    assert [mark.partition_value for mark in table.watermarks] == ["2024-01-01"]


def test_a_dashboard_tagged_the_other_way_round_shows_its_tags(store: GraphStore):
    assert [tag.tag_name for tag in get_dashboard(store, DASHBOARD).tags] == ["finance"]
    assert store.degrees("Tag", ["TAGGED_BY", "TAG"], Direction.IN) == [
        ((NodeRef("Tag", key), {"tag_type": kind} | PUBLISHED), 1)
        for key, kind in (("finance", "dashboard"), ("sales", "default"))
    ]


def test_readers_are_counted_when_fram_first_meets_a_graph(store: GraphStore):
    assert tally(store, "Table", TABLE) == (2, 42)
    assert tally(store, "Table", OTHER) == (1, 7)
    assert tally(store, "Dashboard", DASHBOARD) == (1, 3)
    assert [node.ref.key for node in store.rank("Table", POPULARITY, 5)] == [TABLE, OTHER]
    assert store.recount("Table") == 0


def test_readers_are_not_counted_again_at_each_start(store: GraphStore, driver: neo4j.Driver):
    relate(driver, OTHER, "READ_BY", "ann@example.com", {"read_count": 5})
    store.ensure_schema()
    assert tally(store, "Table", OTHER) == (1, 7)
    assert store.recount("Table") == 1
    assert tally(store, "Table", OTHER) == (2, 12)


def test_reverse_relations_are_nowhere_to_be_seen(store: GraphStore):
    ends = [(relation.type, *pair) for relation in MODEL.values() for pair in relation.ends]
    assert sum(len(store.list_edges(*of)) for of in ends) == len(RELATIONS)
    table, tag = NodeRef("Table", TABLE), NodeRef("Tag", "sales")
    upstream = EdgeRef("HAS_DOWNSTREAM", NodeRef("Table", OTHER), table)
    assert store.neighbourhood([table], ["HAS_DOWNSTREAM"], Direction.IN, 9) == [upstream]
    assert store.neighbourhood([table], ["HAS_DOWNSTREAM"], Direction.OUT, 9) == []
    # TAG is a relation of dashboards, and the reverse of what tables are tagged by; likewise WATERMARK.
    assert store.neighbourhood([tag], ["TAG"], Direction.OUT, 9) == []
    assert store.list_edges("WATERMARK", "Table", "Watermark") == []
    shape = Shape("Table", children={"marks": Select(("WATERMARK",), "Watermark")})
    record = store.fetch(TABLE, shape)
    assert record is not None
    assert record.children == {"marks": []}
    assert store.count("Tag", [Related(("TAG",), ("Table",))]) == 0


def test_a_removed_table_takes_its_reverse_relations_along(store: GraphStore, driver: neo4j.Driver):
    receipt = store.apply(Batch((RemoveNode(NodeRef("Table", TABLE)), RemoveNode(NodeRef("User", "bob@example.com")))))
    assert receipt.outcomes == (Outcome.REMOVED, Outcome.REMOVED)
    assert {NodeRef("Dashboard", DASHBOARD), NodeRef("Table", OTHER)} < receipt.changed
    assert tally(store, "Table", OTHER) == (None, None)
    left = driver.execute_query("MATCH (n)-[r]-() WHERE n.key IN $keys RETURN count(r)", keys=[TABLE])
    assert left.records[0][0] == 0


def test_a_source_writes_into_it_as_databuilder_did(store: GraphStore):
    ref = NodeRef("Table", TABLE)
    again = Batch((PutNode(ref, {"name": "orders", "is_view": False}),), Authority.SOURCE)
    assert store.apply(again).outcomes == (Outcome.UNCHANGED,)
    assert store.apply(Batch((PutNode(ref, {"name": "Orders"}),), Authority.SOURCE)).outcomes == (Outcome.UPDATED,)
    assert [change.ref for change in store.changes()] == [ref]
    assert store.list_nodes("Table", prefix=TABLE)[0].props["published_tag"] == "run-1"


def test_values_of_foreign_types_are_read_as_text(store: GraphStore, driver: neo4j.Driver):
    driver.execute_query(
        "MATCH (t:Table {key: $key}) SET t.created = datetime('2024-01-02T03:04:05Z'), t.day = date('2024-01-02'), "
        "t.place = point({x: 1.0, y: 2.0}), t.numbers = [1, 2], t.took = duration('P1D'), t.size = 2.5",
        key=TABLE,
    )
    expected = {
        "created": "2024-01-02T03:04:05.000000000+00:00",
        "day": "2024-01-02",
        "numbers": ["1", "2"],
        "took": "P1D",
        "size": 2.5,
    }
    names = (*expected, "place")
    whole = store.list_nodes("Table", prefix=TABLE)[0].props
    record = store.fetch(TABLE, Shape("Table", names))
    assert record is not None
    for props in (whole, record.props):
        assert {name: props[name] for name in expected} == expected
        assert isinstance(props["place"], str)


def test_keys_that_databuilder_made_numbers_are_read_as_text(store: GraphStore, driver: neo4j.Driver):
    driver.execute_query("CREATE (:Badge {key: 2020, category: 'year'}), (:Badge {category: 'none'})")
    for condition in ("b.key = 2020", "b.key IS NULL"):
        driver.execute_query(
            f"MATCH (t:Table {{key: $key}}), (b:Badge) WHERE {condition} CREATE (t)-[:HAS_BADGE]->(b)", key=TABLE
        )
    assert [badge.badge_name for badge in get_table(store, TABLE).badges] == ["2020", "golden"]
    assert [node.ref.key for node, _ in store.degrees("Badge", ["HAS_BADGE"], Direction.IN)] == ["golden"]
    assert [node.ref.key for node in store.list_nodes("Badge")] == ["golden"]


def test_what_is_not_in_the_graph_model_is_passed_over(store: GraphStore, driver: neo4j.Driver):
    driver.execute_query(
        "MATCH (t:Table {key: $key}) SET t:Hidden CREATE (t)-[:SNAPSHOT]->(:Snapshot {key: 's'}) "
        "CREATE (t)-[:COLUMN]->(:Snapshot {key: 'not a column'}) CREATE (:Snapshot)-[:HAS_DOWNSTREAM]->(t)",
        key=TABLE,
    )
    assert len(get_table(store, TABLE).columns) == 2
    assert len(store.neighbourhood([NodeRef("Table", TABLE)], ["HAS_DOWNSTREAM", "COLUMN"], Direction.IN, 9)) == 1
    receipt = store.apply(Batch((RemoveNode(NodeRef("Table", TABLE)),), Authority.SOURCE))
    assert receipt.outcomes == (Outcome.REMOVED,)
    assert store.fetch(TABLE, Shape("Table")) is None


def test_a_relation_that_is_there_twice_counts_once(store: GraphStore, driver: neo4j.Driver):
    """Databuilder merges both directions as one pattern, and so doubles a relation whose reverse is missing."""
    relate(driver, TABLE, "READ_BY", "ann@example.com", {"read_count": 40})
    relate(driver, TABLE, "OWNER", "ann@example.com", {})
    assert [owner.email for owner in get_table(store, TABLE).owners] == ["ann@example.com"]
    assert len(get_table(store, TABLE).table_readers) == 2
    assert store.recount("Table") == 0
    pages: list[Edge] = []
    while page := store.list_edges("READ_BY", "Table", "User", after=after(pages), limit=2):
        pages += page
    assert [edge.ref.target.key for edge in pages] == ["bob@example.com", "ann@example.com", "bob@example.com"]


def after(pages: list[Edge]) -> tuple[str, str]:
    return (pages[-1].ref.source.key, pages[-1].ref.target.key) if pages else ("", "")
