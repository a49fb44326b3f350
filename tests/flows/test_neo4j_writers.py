"""Writers at once on Neo4j: who waits for whom, what is run again, and that a change is handed out whole."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import neo4j
import pytest
from neo4j_server import ON_NEO4J, empty_database, server_url

from metadata_service.store import neo4j_connection
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import (
    Authority,
    Batch,
    EdgeRef,
    Expect,
    NodeRef,
    Outcome,
    PutEdge,
    PutNode,
    RemoveNode,
)
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Shape
from schemas.errors import EditConflict, StoreUnavailable

pytestmark = ON_NEO4J

SCHEMA = NodeRef("Schema", "hive://gold.core")
A, B = (NodeRef("Table", f"hive://gold.core/{name}") for name in "ab")
TAG = NodeRef("Tag", "sales")
A_WHILE = 0.7  # seconds in which what waits would have been done
LONG = 60


@pytest.fixture
def driver() -> Iterator[neo4j.Driver]:
    with empty_database() as found:
        yield found


@pytest.fixture
def store(driver: neo4j.Driver) -> Iterator[GraphStore]:
    found = open_store(server_url())
    found.ensure_schema()
    found.apply(Batch(tuple(PutNode(ref, {"x": 0}) for ref in (SCHEMA, A, B, TAG)), Authority.SOURCE))
    found.acknowledge(found.changes())
    yield found
    found.close()


@contextmanager
def meanwhile(driver: neo4j.Driver, statement: str, **parameters: Any) -> Iterator[None]:
    """Have another writer do something, and commit it only at the end."""
    with driver.session() as session, session.begin_transaction() as transaction:
        transaction.run(statement, parameters).consume()
        yield
        transaction.commit()


class Started:
    """A call in a thread of its own."""

    def __init__(self, call: Callable[[], Any], patience: float = A_WHILE) -> None:
        self._call, self._answer = call, None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self._thread.join(patience)
        self.waits = self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._answer = self._call()
        except Exception as error:  # noqa: BLE001  # handed to the test
            self._answer = error

    def answer(self) -> Any:
        self._thread.join()
        return self._answer


def put(ref: NodeRef, value: int, **more: Any) -> Batch:
    """A batch as a loader writes it: the schema it hangs under comes along unchanged."""
    related = PutEdge(EdgeRef("TABLE", SCHEMA, ref))
    return Batch((PutNode(SCHEMA, {"x": 0}), PutNode(ref, {"x": value}), related), Authority.SOURCE, **more)


def value(store: GraphStore, ref: NodeRef) -> Any:
    record = store.fetch(ref.key, Shape(ref.label, ("x",)))
    return None if record is None else record.props["x"]


def test_writers_of_one_entity_wait_for_each_other(store: GraphStore, driver: neo4j.Driver):
    with meanwhile(driver, "MATCH (t:Table {key: $key}) SET t.x = 5", key=A.key):
        writer = Started(lambda: store.apply(Batch((PutNode(A, {"x": 6}),), expect=(Expect(A, "x", 0),))))
        assert writer.waits
    assert isinstance(writer.answer(), EditConflict)
    assert value(store, A) == 5


def test_writers_of_different_entities_do_not_wait(store: GraphStore, driver: neo4j.Driver):
    store.apply(put(A, 1))
    store.apply(put(B, 1))
    with meanwhile(driver, "MATCH (t:Table {key: $key}) SET t.x = 5", key=A.key):
        assert not Started(lambda: store.apply(put(B, 2)), LONG).waits
        tagged = Batch((PutNode(TAG, {"x": 0}), PutEdge(EdgeRef("TAGGED_BY", B, TAG))), actor="ann")
        assert not Started(lambda: store.apply(tagged), LONG).waits
    assert (value(store, A), value(store, B)) == (5, 2)


def test_what_another_writer_made_meanwhile_is_not_made_twice(store: GraphStore, driver: neo4j.Driver):
    new = NodeRef("Table", "hive://gold.core/new")
    with meanwhile(driver, "CREATE (:Table {key: $key, x: 7})", key=new.key):
        writer = Started(lambda: store.apply(put(new, 7)))
        assert writer.waits
    assert writer.answer().outcomes == (Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.CREATED)


def test_what_another_writer_removed_meanwhile_is_made_anew(store: GraphStore, driver: neo4j.Driver):
    with meanwhile(driver, "MATCH (t:Table {key: $key}) DETACH DELETE t", key=A.key):
        writer = Started(lambda: store.apply(put(A, 7)))
        assert writer.waits
    assert writer.answer().outcomes == (Outcome.UNCHANGED, Outcome.CREATED, Outcome.CREATED)


def test_a_shared_node_that_vanishes_is_found_missing(store: GraphStore, driver: neo4j.Driver):
    """The tag is read without a lock, and gone when the relation is to be written."""
    tagged = Batch((PutEdge(EdgeRef("TAGGED_BY", A, TAG)),), Authority.SOURCE, lenient=True)
    with meanwhile(driver, "MATCH (t:Tag {key: $key}) DETACH DELETE t", key=TAG.key):
        writer = Started(lambda: store.apply(tagged))
    assert writer.answer().outcomes == (Outcome.MISSING_END,)


def test_a_change_is_handed_out_when_all_of_its_batch_is_there(store: GraphStore, driver: neo4j.Driver):
    store.apply(put(A, 1))
    (change,) = store.changes()
    with meanwhile(driver, "MATCH (c:Fram_Change {key: $key}) SET c.revision = c.revision + 1", key=A.key):
        reader = Started(store.changes)
        assert reader.waits
        publisher = Started(lambda: store.acknowledge([change]))
        assert publisher.waits
    publisher.answer()
    assert [(found.ref, found.revision) for found in reader.answer()] == [(A, change.revision + 1)]
    assert [(found.ref, found.revision) for found in store.changes()] == [(A, change.revision + 1)]


def test_a_cluster_is_reached_by_routing(store: GraphStore):
    scheme, _, rest = server_url().partition("://")
    routed = open_store(f"{scheme.replace('bolt', 'neo4j')}://{rest}/neo4j")
    assert routed.apply(put(A, 9)).outcomes[1] is Outcome.UPDATED
    assert (value(routed, A), value(store, A)) == (9, 9)
    assert routed.health().store == "neo4j"
    assert routed.apply(Batch((RemoveNode(A),))).outcomes == (Outcome.REMOVED,)
    routed.close()


def test_constraints_that_others_made_are_used(driver: neo4j.Driver):
    def names() -> list[str]:
        shown = driver.execute_query("SHOW CONSTRAINTS YIELD name, labelsOrTypes WHERE labelsOrTypes = ['Table']")
        return [record["name"] for record in shown.records]

    for name in names():
        driver.execute_query(f"DROP CONSTRAINT {name}")
    driver.execute_query("CREATE CONSTRAINT amundsen FOR (n:Table) REQUIRE n.key IS UNIQUE")
    with closing(open_store(server_url())) as store:
        store.ensure_schema()
        assert names() == ["amundsen"]
        driver.execute_query("DROP CONSTRAINT amundsen")
        store.ensure_schema()
        assert names() == ["fram_table_key"]


def test_a_writer_that_hangs_gives_its_locks_up_in_time(store: GraphStore, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(neo4j_connection, "WRITE_SECONDS", 1.0)
    hangs, goes_on = threading.Event(), threading.Event()

    def hang(run: Callable[..., Any]) -> None:
        run("MATCH (t:Table {key: $key}) SET t.x = 1", key=A.key)
        hangs.set()
        goes_on.wait(LONG)

    def work() -> None:
        with closing(neo4j_connection.Connection(server_url(), None)) as connection, pytest.raises(StoreUnavailable):
            connection.write(hang)

    other = threading.Thread(target=work)
    other.start()
    assert hangs.wait(LONG)
    monkeypatch.undo()  # who waits has all the time there is
    store.apply(Batch((PutNode(A, {"x": 2}),), Authority.SOURCE))
    goes_on.set()
    other.join(LONG)
    record = store.fetch(A.key, Shape("Table", ("x",)))
    assert record is not None
    assert record.props["x"] == 2
