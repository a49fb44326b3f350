"""Neo4j reads the latest edits off an index, however long the record of changes is; also of a graph made before it."""

from contextlib import ExitStack

from neo4j_server import ON_NEO4J, empty_database, server_url

from metadata_service.catalog.history import list_history, list_recent
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Authority, Batch, NodeRef, PutNode

pytestmark = ON_NEO4J

TABLE = NodeRef("Table", "hive://gold.core/orders")


def hits(plan: dict) -> int:
    """Add up what a plan has looked at."""
    return plan.get("dbHits", 0) + sum(map(hits, plan.get("children", ())))


def test_the_latest_edits_cost_the_same_however_many_there_are():
    with empty_database() as driver, ExitStack() as closing:
        asked: list[tuple[str, object]] = []
        store = open_store(server_url(), tracer=lambda text, parameters: asked.append((text, parameters)))
        closing.callback(store.close)
        store.ensure_schema()
        driver.execute_query("DROP INDEX fram_fram_edit_at")  # as a Fram before it has left the graph
        store.ensure_schema()
        for number in range(3):
            store.apply(Batch((PutNode(TABLE, {"name": str(number)}),), Authority.PERSON, actor="ann"))
        long_ago = [[f"{number:064x}/1-1-a", number, *TABLE] for number in range(5_000)]
        fill = (
            "UNWIND $rows AS row CREATE (:Fram_Edit {key: row[0], at: row[1], root_label: 'Table', root_key: row[2]})"
        )
        driver.execute_query(fill, rows=long_ago)
        driver.execute_query("CALL db.awaitIndexes(60)")
        asked.clear()
        items, following = list_recent(store, 2)
        assert [item.after for item in items] == ["2", "1"]
        assert following is not None
        assert [item.after for item in list_recent(store, 2, following)[0]] == ["0", None]
        assert [item.after for item in list_history(store, TABLE, 2)[0]] == ["2", "1"]
        read = [(text, parameters) for text, parameters in asked if "Fram_Edit" in text]
        assert len(read) == 3
        for text, parameters in read:
            summary = driver.execute_query(f"PROFILE {text}", parameters).summary
            assert summary.profile is not None
            assert hits(summary.profile) < 100, text
