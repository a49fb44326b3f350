"""Amundsen's own sample data through the whole path: files, ingestion, store, every route, on both stores."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from marshmallow import RAISE
from neo4j_server import ON_NEO4J, empty_database, server_url

from ingest.job import FolderIngestion, open_amundsen_csv
from ingest.report import Report
from metadata_service.app import create_app
from metadata_service.store.factory import open_store
from schemas.settings import Settings
from schemas.wire import replies

SAMPLE = Path(__file__).parents[2].parent / "shared" / "data" / "amundsen_sample"
T1, T2, T3 = (
    "hive://gold.test_schema/test_table1",
    "dynamo://gold.test_schema/test_table2",
    "hive://gold.test_schema/test_table3",
)
VIEW = "hive://gold.test_schema/test_view1"
BOARD = "mode_dashboard://gold.test_group_id_1/test_dashboard_id_1"
ROALD, CHRIS, BOSS = "roald.amundsen@example.org", "chrisc@example.org", "phboss@example.org"

pytestmark = pytest.mark.skipif(not SAMPLE.is_dir(), reason="Amundsen's sample data is not beside the repository")


@pytest.fixture(params=["sqlite", pytest.param("neo4j", marks=ON_NEO4J)], scope="module")
def client(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('graph') / 'graph.db'}"
    else:
        url = server_url()
        with empty_database():
            pass
    store = open_store(url)
    store.ensure_schema()
    report = Report()
    FolderIngestion(open_amundsen_csv(SAMPLE), store, report).run()
    assert (report.total.read, report.total.refused) == (94, 0)
    yield create_app(Settings(), store).test_client()
    store.close()


def test_first_table_is_as_the_files_say(client: FlaskClient):
    table = client.get(f"/table/{T1}").json
    assert replies.Table(unknown=RAISE).validate(table) == {}
    assert table["description"] == "1st test table"
    assert [column["name"] for column in table["columns"]] == ["col1", "col2", "col3", "col4", "col5"]
    assert [(badge["badge_name"], badge["category"]) for badge in table["columns"][2]["badges"]] == [
        ("fk", "column"),
        ("pii", "column"),
    ]
    assert {
        "stat_type": "min",
        "stat_val": '"aardvark"',
        "start_epoch": 1432300762,
        "end_epoch": 1562300762,
        "is_metric": None,
    } in table["columns"][0]["stats"]
    first = table["table_readers"][0]
    assert (first["user"]["email"], first["read_count"]) == (ROALD, 500)
    assert len(table["table_readers"]) == 5
    assert [owner["email"] for owner in table["owners"]] == [CHRIS, ROALD]
    assert table["badges"] == [{"badge_name": "beta", "category": "table_status"}]
    assert {tag["tag_name"] for tag in table["tags"]} >= {"tag1", "tag2"}
    assert table["watermarks"][0] == {
        "watermark_type": "high_watermark",
        "partition_key": "col3",
        "partition_value": "2019-09-30/col4=11",
        "create_time": "2019-10-01T12:13:14",
    }
    assert table["table_writer"] == {
        "application_url": "https://airflow_host.net/admin/airflow/tree?dag_id=event_test",
        "description": "Airflow with id event_test/hive.test_schema.test_table1",
        "id": "event_test/hive.test_schema.test_table1",
        "name": "Airflow",
        "kind": "Producing",
    }
    assert table["last_updated_timestamp"] == 1570230473
    assert table["source"] == {"source_type": "github", "source": "https://github.com/amundsen-io/amundsen/"}
    assert [report["name"] for report in table["resource_reports"]] == ["Advanced Profile"]
    assert "s3_crawler" in [item["source"] for item in table["programmatic_descriptions"]]


def test_views_quotes_and_short_rows_are_kept_as_they_are(client: FlaskClient):
    assert client.get(f"/table/{VIEW}").json["is_view"] is True
    assert client.get(f"/table/{T1}").json["is_view"] is False
    assert client.get("/table/hive://gold.test_schema/test's_table4").json["description"] == "4th test"
    assert client.get("/table/hive://gold.test_schema/test%27s_table4").json["columns"] == []
    nested = client.get("/table/delta://gold.test_schema/delta_test_table").json["columns"][1]
    assert (nested["col_type"], nested["type_metadata"]) == ("struct<col3:string,col4:bigint>", None)


def test_people_have_names_and_managers(client: FlaskClient):
    roald = client.get(f"/user/{ROALD}").json
    assert (roald["full_name"], roald["manager_fullname"], roald["role_name"]) == ("Roald Amundsen", "ph Boss", "swe")
    assert client.get(f"/user/{BOSS}").json["manager_fullname"] == ""
    assert len(client.get("/user").json) == 4
    owned = client.get(f"/user/{ROALD}/own/").json
    assert ([table["name"] for table in owned["table"]], len(owned["dashboard"])) == (["test_table1"], 1)
    assert [table["name"] for table in client.get(f"/user/{CHRIS}/read/").json["table"]] == ["test_table2"]


def test_popular_needs_ten_readers(client: FlaskClient):
    popular = client.get("/popular_resources/?types=table,dashboard").json
    assert [table["name"] for table in popular["Table"]] == ["test_table1"]
    assert popular["Dashboard"] == []
    assert client.get("/popular_tables/").json["popular_tables"][0]["description"] == "1st test table"


def test_lineage_has_levels_and_parents(client: FlaskClient):
    down = client.get(f"/table/{T1}/lineage?direction=downstream&depth=3").json["downstream_entities"]
    assert {(item["key"], item["level"], item["parent"]) for item in down} >= {(T2, 1, T1), (VIEW, 1, T1), (T3, 2, T2)}
    assert next(item["usage"] for item in down if item["key"] == T2) == 520
    columns = client.get(f"/table/{T1}/column/col1/lineage?direction=downstream&depth=2").json
    assert {item["key"] for item in columns["downstream_entities"]} == {f"{T2}/col1", f"{VIEW}/col1"}


def test_dashboard_is_as_the_files_say(client: FlaskClient):
    board = client.get(f"/dashboard/{BOARD}").json
    assert replies.Dashboard(unknown=RAISE).validate(board) == {}
    assert (board["product"], board["group_name"], board["name"]) == ("mode", "test group1", "test dashboard")
    assert (board["last_successful_run_timestamp"], board["last_run_timestamp"], board["last_run_state"]) == (
        1592351193,
        1593351193,
        "failed",
    )
    assert (board["updated_timestamp"], board["created_timestamp"]) == (1592351454, 1592333799)
    assert (board["recent_view_count"], board["query_names"]) == (100, ["first query"])
    assert [table["name"] for table in board["tables"]] == ["test_table1"]
    assert client.get(f"/table/{T1}/dashboard/").json["dashboards"][0]["uri"] == BOARD


def test_catalogue_counts_itself(client: FlaskClient):
    numbers = client.get("/system/statistics").json["Statistics"]
    assert (numbers["number_of_tables"], numbers["number_of_documented_tables"]) == (6, 6)
    assert (numbers["number_of_documented_cols"], numbers["number_of_owners"]) == (13, 3)
    assert (numbers["number_of_tables_with_owners"], numbers["number_of_documented_and_owned_tables"]) == (1, 1)
    assert {"tag_name": "tag1", "tag_count": 2} in client.get("/tags/").json["tag_usages"]
    assert {"badge_name": "npi", "category": "table_status"} in client.get("/badges/").json["badges"]
    assert client.get("/latest_updated_ts").json["neo4j_latest_timestamp"] > 1_700_000_000
