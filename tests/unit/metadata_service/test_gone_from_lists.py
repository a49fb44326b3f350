"""What no source says any more is on no list, and is back on all of them once it is said again."""

import pytest

from ingest.publish.project import project
from metadata_service.catalog import people, popular, related, system, tables
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Authority, Batch, EdgeRef, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from schemas.graph import GONE

A, B = NodeRef("Table", "hive://gold.core/a"), NodeRef("Table", "hive://gold.core/b")
ANN, BOB = NodeRef("User", "ann@x.org"), NodeRef("User", "bob@x.org")
PAGE = NodeRef("Dashboard", "mode_dashboard://gold.sales/page")
COLUMNS = [NodeRef("Column", f"{A.key}/{name}") for name in ("x", "y")]
RESOURCES = (A, B, PAGE)


def say(store: GraphStore, *mutations: PutNode | PutEdge) -> None:
    store.apply(Batch(mutations, Authority.SOURCE))


def link(source: NodeRef, relation: str, target: NodeRef, **props: int) -> PutEdge:
    return PutEdge(EdgeRef(relation, source, target), props)


def mark(*refs: NodeRef, since: int | None = 5) -> list[PutNode]:
    return [PutNode(ref, {GONE: since}) for ref in refs]


@pytest.fixture
def store() -> GraphStore:
    store = MemoryGraphStore()
    say(
        store,
        *(PutNode(ref, {"name": ref.key[-1]}) for ref in (*RESOURCES, *COLUMNS)),
        *(PutNode(ref, {"email": ref.key, "is_active": True}) for ref in (ANN, BOB)),
        *(link(A, "COLUMN", column) for column in COLUMNS),
        *(link(ref, "READ_BY", person, read_count=9) for ref in RESOURCES for person in (ANN, BOB)),
        *(link(ref, relation, ANN) for ref in RESOURCES for relation in ("OWNER", "FOLLOWED_BY")),
        link(PAGE, "DASHBOARD_WITH_TABLE", B),
        link(PAGE, "DASHBOARD_WITH_TABLE", A),
    )
    return store


def shown(store: GraphStore) -> dict[str, object]:
    """Return what every list shows."""
    document = project(store, "User", {ANN.key: 1})[0].document
    return {
        "popular": [record.key for record in popular.list_popular(store, "Table", 10, 1)],
        "popular among peers": [record.key for record in popular.list_popular(store, "Table", 10, 1, ANN.key)],
        "columns": [column.name for column in tables.get_table(store, A.key).columns],
        "dashboards of b": [found.uri for found in tables.list_dashboards(store, B.key)],
        "owned": [table.name for table in related.list_resources(store, ANN.key, related.OWN, ["table"])["table"]],
        "read": sorted(table.name for table in related.list_read(store, ANN.key, ["table"])["table"]),
        "people": [person.email for person in people.list_users(store)],
        "statistics": system.count_statistics(store).number_of_tables,
        "totals": document and (document["total_read"], document["total_own"], document["total_follow"]),
        "documents": [entry.document is not None for entry in project(store, "Table", {A.key: 1, B.key: 1})],
        "column names": [
            entry.document and entry.document.get("columns") for entry in project(store, "Table", {A.key: 1})
        ],
    }


def test_marked_resources_leave_every_list_and_come_back(store: GraphStore):
    before = shown(store)
    assert before["popular"] == [A.key, B.key]
    assert before["totals"] == (27, 3, 3)

    say(store, *mark(A, PAGE, BOB))
    assert shown(store) == {
        "popular": [B.key],
        "popular among peers": [B.key],
        "columns": ["x", "y"],
        "dashboards of b": [],
        "owned": ["b"],
        "read": ["b"],
        "people": [ANN.key],
        "statistics": 1,
        "totals": (9, 1, 1),
        "documents": [False, True],
        "column names": [None],
    }

    say(store, *mark(A, PAGE, BOB, since=None))
    assert shown(store) == before


def test_marked_column_leaves_its_table_and_the_document(store: GraphStore):
    say(store, *mark(COLUMNS[0]))
    assert shown(store)["columns"] == ["y"]
    assert shown(store)["column names"] == [["y"]]
