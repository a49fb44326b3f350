"""What people wrote survives when the files come again."""

from pathlib import Path

import pytest

from ingest.job import FolderIngestion, open_amundsen_csv
from ingest.records import link
from ingest.report import Report
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Batch, EdgeRef, Mutation, NodeRef, PutNode, RemoveEdge
from metadata_service.store.port import GraphStore

TABLE = NodeRef("Table", "hive://gold.core/orders")
ANN, BOB, CAT = (NodeRef("User", f"{name}@x.org") for name in ("ann", "bob", "cat"))
PLACE = "hive,gold,core,orders"
FILES = {
    "users.csv": "email,first_name,last_name,manager_email\nann@x.org,Ann,A,bob@x.org\nbob@x.org,Bob,B,\n",
    "tables.csv": f"database,cluster,schema,name,description,tags\n{PLACE},All orders,'sales,core'\n",
    "owners.csv": "db_name,cluster,schema,table_name,owners\nhive,gold,core,orders,'ann@x.org,bob@x.org'\n",
    "badges.csv": f"database,cluster,schema,table_name,name,category\n{PLACE},gold,table_status\n",
    "usage.csv": f"database,cluster,schema,table,column,user_email,read_count\n{PLACE},,ann@x.org,5\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).write_text(content.replace("'", '"'))
    return tmp_path


@pytest.fixture
def store() -> GraphStore:
    return open_store("memory:")


def ingest(folder: Path, store: GraphStore) -> dict[str, int]:
    report = Report()
    FolderIngestion(open_amundsen_csv(folder), store, report).run()
    return {verdict.value: count for verdict, count in report.total.by_verdict.items() if count}


def edit(store: GraphStore, *mutations: Mutation) -> None:
    store.apply(Batch(mutations, actor="ann@x.org"))


def neighbours(store: GraphStore, relation: str, label: str) -> set[str]:
    return {edge.ref.target.key for edge in store.list_edges(relation, "Table", label)}


def test_description_of_a_person_stands(folder: Path, store: GraphStore):
    ingest(folder, store)
    description = NodeRef("Description", f"{TABLE.key}/_description")
    edit(store, PutNode(description, {"description": "Orders of the shop"}))

    assert ingest(folder, store) == {"unchanged": 5, "kept": 1}
    assert store.list_nodes("Description")[0].props["description"] == "Orders of the shop"


@pytest.mark.parametrize(
    ("relation", "gone", "left"),
    [
        ("TAGGED_BY", NodeRef("Tag", "sales"), {"core"}),
        ("OWNER", ANN, {"bob@x.org"}),
        ("HAS_BADGE", NodeRef("Badge", "gold"), set()),
    ],
)
def test_what_a_person_took_back_does_not_return(
    folder: Path, store: GraphStore, relation: str, gone: NodeRef, left: set[str]
):
    ingest(folder, store)
    edit(store, RemoveEdge(EdgeRef(relation, TABLE, gone)))

    assert ingest(folder, store) == {"unchanged": 5, "kept": 1}
    assert neighbours(store, relation, gone.label) == left


def test_what_people_added_stays(folder: Path, store: GraphStore):
    ingest(folder, store)
    edit(
        store,
        PutNode(CAT, {"email": CAT.key}),
        link("OWNER", TABLE, CAT),
        link("FOLLOWED_BY", TABLE, CAT),
        PutNode(NodeRef("Tag", "best"), {"tag_type": "default"}),
        link("TAGGED_BY", TABLE, NodeRef("Tag", "best")),
    )

    assert ingest(folder, store) == {"unchanged": 6}
    assert neighbours(store, "OWNER", "User") == {"ann@x.org", "bob@x.org", "cat@x.org"}
    assert neighbours(store, "FOLLOWED_BY", "User") == {"cat@x.org"}
    assert neighbours(store, "TAGGED_BY", "Tag") == {"sales", "core", "best"}


def test_profile_a_person_changed_stands_while_the_rest_is_updated(folder: Path, store: GraphStore):
    ingest(folder, store)
    edit(store, PutNode(ANN, {"first_name": "Annie"}))
    users = folder / "users.csv"
    users.write_text(users.read_text().replace("Ann,A,", "Anna,Ash,"))

    assert ingest(folder, store) == {"written": 1, "unchanged": 5}
    props = store.list_nodes("User")[0].props
    assert (props["first_name"], props["last_name"]) == ("Annie", "Ash")


def test_person_known_in_full_is_not_emptied_by_owner_and_usage_files(folder: Path, store: GraphStore):
    ingest(folder, store)
    before = store.list_nodes("User")
    (folder / "users.csv").unlink()

    assert ingest(folder, store) == {"unchanged": 4}
    assert store.list_nodes("User") == before
    assert before[0].props["first_name"] == "Ann"
