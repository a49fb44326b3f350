"""OpenLineage's own client, over HTTP, against a service that listens."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import (
    Dataset,
    DatasetEvent,
    InputDataset,
    Job,
    JobEvent,
    OutputDataset,
    Run,
    RunEvent,
    RunState,
)
from openlineage.client.facet_v2 import (
    column_lineage_dataset,
    documentation_dataset,
    error_message_run,
    output_statistics_output_dataset,
    ownership_dataset,
    parent_run,
    schema_dataset,
    sql_job,
    symlinks_dataset,
    tags_dataset,
)
from openlineage.client.transport.http import HttpConfig, HttpTransport
from openlineage.client.uuid import generate_new_uuid
from werkzeug.serving import make_server

from metadata_service.catalog.tables import get_table
from metadata_service.store.port import GraphStore

DB = "postgres://db:5432"
WHO = "https://example.org/pipelines"


@pytest.fixture
def url(client: FlaskClient) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, client.application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(params=["plain", "gzip"])
def sender(request: pytest.FixtureRequest, url: str) -> Iterator[OpenLineageClient]:
    told = {"url": url, "auth": {"type": "api_key", "apiKey": "whatever"}}
    compression = {"compression": "gzip"} if request.param == "gzip" else {}
    made = OpenLineageClient(transport=HttpTransport(HttpConfig.from_dict({**told, **compression})))
    yield made
    made.close()


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _column(source: str, field: str) -> column_lineage_dataset.Fields:
    transformation = column_lineage_dataset.Transformation("DIRECT", "AGGREGATION", "sum(amount)", masking=False)
    return column_lineage_dataset.Fields([column_lineage_dataset.InputField(DB, source, field, [transformation])])


def test_runs_jobs_and_datasets_that_the_client_sends(sender: OpenLineageClient, store: GraphStore):
    run = Run(
        str(generate_new_uuid()),
        facets={
            "parent": parent_run.ParentRunFacet(
                parent_run.Run(str(generate_new_uuid())), parent_run.Job("airflow", "dag")
            )
        },
    )
    job = Job("airflow", "dag.task", facets={"sql": sql_job.SQLJobFacet("insert into revenue select …")})
    sender.emit(RunEvent(eventType=RunState.START, eventTime=_now(), run=run, job=job, producer=WHO))
    orders = InputDataset(DB, "wh.public.orders", facets={"schema": _schema("amount")})
    sender.emit(RunEvent(eventType=RunState.RUNNING, eventTime=_now(), run=run, job=job, producer=WHO, inputs=[orders]))
    revenue = OutputDataset(
        DB,
        "wh.public.revenue",
        facets={
            "schema": _schema("total"),
            "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet(
                {"total": _column("wh.public.orders", "amount")}
            ),
            "ownership": ownership_dataset.OwnershipDatasetFacet(
                [ownership_dataset.Owner("Jane@Example.org", "OWNER")]
            ),
            "tags": tags_dataset.TagsDatasetFacet([tags_dataset.TagsDatasetFacetFields("gold", "true", "me")]),
        },
        outputFacets={
            "outputStatistics": output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet(rowCount=7)
        },
    )
    sender.emit(
        RunEvent(eventType=RunState.COMPLETE, eventTime=_now(), run=run, job=job, producer=WHO, outputs=[revenue])
    )
    described = Dataset(
        DB, "wh.public.revenue", facets={"documentation": documentation_dataset.DocumentationDatasetFacet("by day")}
    )
    sender.emit(DatasetEvent(eventTime=_now(), producer=WHO, dataset=described))
    sender.emit(
        JobEvent(
            eventTime=_now(),
            producer=WHO,
            job=Job("cron", "export"),
            inputs=[InputDataset(DB, "wh.public.revenue")],
            outputs=[OutputDataset("s3://bucket", "exports/revenue")],
        )
    )
    table = get_table(store, "postgres://wh.public/revenue")
    assert (table.description, [tag.tag_name for tag in table.tags]) == ("by day", ["gold"])
    assert [owner.email for owner in table.owners] == ["jane@example.org"]
    assert [column.col_type for column in table.columns] == ["numeric"]
    tables = store.list_edges("HAS_DOWNSTREAM", "Table", "Table")
    assert {(edge.ref.source.key, edge.ref.target.key) for edge in tables} == {
        ("postgres://wh.public/orders", "postgres://wh.public/revenue"),
        ("postgres://wh.public/revenue", "s3://default.bucket/exports%2Frevenue"),
    }
    (step,) = store.list_edges("HAS_DOWNSTREAM", "Column", "Column")
    assert step.props["transformation"] == "DIRECT/AGGREGATION: sum(amount)"


def test_a_failed_run_that_the_client_sends_makes_nothing(sender: OpenLineageClient, store: GraphStore):
    error = error_message_run.ErrorMessageRunFacet("out of memory", "Python")
    run = Run(str(generate_new_uuid()), facets={"errorMessage": error})
    link = symlinks_dataset.SymlinksDatasetFacet([symlinks_dataset.Identifier("hive://m:9083", "db.t", "TABLE")])
    sender.emit(
        RunEvent(
            eventType=RunState.FAIL,
            eventTime=_now(),
            run=run,
            job=Job("spark", "app"),
            producer=WHO,
            inputs=[InputDataset("s3://bucket", "wh/t", facets={"symlinks": link})],
            outputs=[OutputDataset(DB, "wh.public.never")],
        )
    )
    assert [node.ref.key for node in store.list_nodes("Table")] == ["hive://default.db/t"]


def _schema(column: str) -> schema_dataset.SchemaDatasetFacet:
    return schema_dataset.SchemaDatasetFacet([schema_dataset.SchemaDatasetFacetFields(column, "numeric", "money")])
