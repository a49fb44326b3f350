"""Events as Airflow, Spark, dbt and Flink send them, with what each of them does in its own way."""

from typing import Any

from openlineage_events import Told

from schemas.statements import Task

SPEC = "https://openlineage.io/spec"


def sent(producer: str, **event: Any) -> dict[str, Any]:
    return {
        "eventTime": "2026-01-02T03:04:05.678901+09:00",
        "producer": producer,
        "schemaURL": f"{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        **event,
    }


def facet(producer: str, called: str, version: str = "1-0-0", /, **said: Any) -> dict[str, Any]:
    return {"_producer": producer, "_schemaURL": f"{SPEC}/facets/{version}/{called}.json#/$defs/{called}", **said}


# Airflow

AIRFLOW = "https://github.com/apache/airflow/tree/providers-openlineage/2.3.0"
DAG_RUN = "0197a1b2-1111-7abc-8def-0123456789ab"
TASK_RUN = "0197a1b2-2222-7abc-8def-0123456789ab"


def airflow_task(state: str) -> dict[str, Any]:
    parent = {"job": {"namespace": "prod", "name": "load_orders"}, "run": {"runId": DAG_RUN}}
    job_type = {"processingType": "BATCH", "integration": "AIRFLOW", "jobType": "TASK"}
    query = "INSERT INTO mart.orders SELECT id, amount FROM raw.orders"
    return sent(
        AIRFLOW,
        eventType=state,
        run={
            "runId": TASK_RUN,
            "facets": {
                "parent": facet(AIRFLOW, "ParentRunFacet", "1-1-0", **parent, root=parent),
                "nominalTime": facet(AIRFLOW, "NominalTimeRunFacet", nominalStartTime="2026-01-02T00:00:00Z"),
                "processing_engine": facet(AIRFLOW, "ProcessingEngineRunFacet", version="2.10.5", name="Airflow"),
                "airflow": facet(AIRFLOW, "AirflowRunFacet", task={"task_id": "load", "params": {}, "pool": None}),
            },
        },
        job={
            "namespace": "prod",
            "name": "load_orders.load",
            "facets": {
                "jobType": facet(AIRFLOW, "JobTypeJobFacet", "2-0-3", **job_type),
                "ownership": facet(AIRFLOW, "OwnershipJobFacet", owners=[{"name": "data-platform"}]),
                "sql": facet(AIRFLOW, "SQLJobFacet", query=query),
                "documentation": facet(AIRFLOW, "DocumentationJobFacet", description="Loads orders."),
            },
        },
        inputs=[{"namespace": "snowflake://acme-prod", "name": "WH.RAW.ORDERS", "facets": {}}],
        outputs=[{"namespace": "snowflake://acme-prod", "name": "WH.MART.ORDERS", "facets": {}}],
    )


def test_airflow_says_its_task_and_its_tables():
    told = Told(airflow_task("START"), airflow_task("COMPLETE"))
    target = told.tables()["snowflake://wh.mart/orders"]
    assert (target.task, target.updated_at) == (Task("prod", "load_orders", "load"), 1767290645)
    assert told.lineage()["snowflake://wh.mart/orders"].upstream == ["snowflake://wh.raw/orders"]


def test_airflow_says_its_dag_without_tables_and_failures_with_what_they_were_to_write():
    dag = sent(
        AIRFLOW,
        eventType="START",
        run={"runId": DAG_RUN, "facets": {"airflowState": facet(AIRFLOW, "x", dagRunState="running", tasksState={})}},
        job={"namespace": "prod", "name": "load_orders", "facets": {}},
    )
    told = Told(dag, airflow_task("START"), airflow_task("FAIL"))
    assert list(told.tables()) == ["snowflake://wh.raw/orders"]
    assert told.lineage() == {}


# Spark

SPARK = "https://github.com/OpenLineage/OpenLineage/tree/1.38.0/integration/spark"
SPARK_RUN = "0197a1b2-3333-7abc-8def-0123456789ab"
GLUE = "arn:aws:glue:eu-west-1:123456789012"


def spark_job(state: str, identifier: dict[str, str], **how: Any) -> dict[str, Any]:
    source = {"namespace": GLUE, "name": "table/raw/orders"}
    lineage = {
        "fields": {
            "total": {
                "inputFields": [
                    {
                        **source,
                        "field": "amount",
                        "transformations": [
                            {"type": "DIRECT", "subtype": "AGGREGATION", "description": "", "masking": False}
                        ],
                    }
                ]
            }
        },
        "dataset": [
            {
                **source,
                "field": "day",
                "transformations": [{"type": "INDIRECT", "subtype": "GROUP_BY", "description": "", "masking": False}],
            }
        ],
    }
    return sent(
        SPARK,
        eventType=state,
        run={
            "runId": SPARK_RUN,
            "facets": {
                "spark.logicalPlan": facet(SPARK, "UnknownFacet", plan=[{"class": "a.b.C", "num-children": 0}]),
                "spark_properties": facet(SPARK, "SparkPropertyFacet", properties={"spark.master": "yarn"}),
                "spark_unknown": facet(SPARK, "SparkUnknownFacet", output={"description": {}, "schema": None}),
            },
        },
        job={"namespace": "emr", "name": "etl.execute_insert_into_hadoop_fs_relation_command.daily", "facets": {}},
        inputs=[
            {
                "namespace": "s3://lake",
                "name": "raw/orders",
                "facets": {
                    "symlinks": facet(SPARK, "SymlinksDatasetFacet", "1-0-1", identifiers=[{**source, "type": "TABLE"}])
                },
                "inputFacets": {"inputStatistics": facet(SPARK, "InputStatistics", rowCount=12, size=3400)},
            }
        ],
        outputs=[
            {
                "namespace": "s3://lake",
                "name": "warehouse/mart.db/daily",
                "facets": {
                    "symlinks": facet(SPARK, "SymlinksDatasetFacet", "1-0-1", identifiers=[identifier]),
                    "columnLineage": facet(SPARK, "ColumnLineageDatasetFacet", "1-2-0", **lineage),
                    "dataSource": facet(SPARK, "DatasourceDatasetFacet", name="s3://lake", uri="s3://lake"),
                    "schema": facet(
                        SPARK, "SchemaDatasetFacet", "1-1-1", fields=[{"name": "total", "type": "decimal(38,2)"}]
                    ),
                },
                "outputFacets": {"outputStatistics": facet(SPARK, "x", rowCount=3, size=900, fileCount=1)},
            }
        ],
        **how,
    )


def test_spark_calls_its_files_by_the_tables_of_glue_and_hive():
    hive = {"namespace": "hive://metastore:9083", "name": "mart.daily", "type": "TABLE"}
    told = Told(spark_job("START", hive), spark_job("RUNNING", hive), spark_job("COMPLETE", hive))
    assert set(told.tables()) == {"hive://default.mart/daily", "glue://default.raw/orders"}
    made = told.lineage()["hive://default.mart/daily"]
    assert made.upstream == ["glue://default.raw/orders"]
    assert {
        (step.source.rpartition("/")[2], step.target.rpartition("/")[2], step.transformation) for step in made.columns
    } == {
        ("amount", "total", "DIRECT/AGGREGATION"),
        ("day", "daily", "INDIRECT/GROUP_BY"),
    }


def test_spark_calls_a_table_of_iceberg_by_its_warehouse():
    iceberg = {"namespace": "s3://lake/warehouse", "name": "mart.daily", "type": "TABLE"}
    told = Told(spark_job("COMPLETE", iceberg))
    assert set(told.tables()) == {"hive://default.mart/daily", "glue://default.raw/orders"}


# dbt

DBT = "https://github.com/OpenLineage/OpenLineage/tree/1.38.0/integration/dbt"


def test_dbt_says_models_and_tests_of_what_they_read():
    def event(state: str, name: str, **flows: Any) -> dict[str, Any]:
        facets = {"jobType": facet(DBT, "x", jobType="MODEL", integration="DBT", processingType="BATCH")}
        run = {
            "runId": "0197a1b2-4444-7abc-8def-0123456789ab",
            "facets": {"dbt_version": facet(DBT, "x", version="1.10")},
        }
        return sent(DBT, eventType=state, run=run, job={"namespace": "dbt", "name": name, "facets": facets}, **flows)

    orders = {"namespace": "bigquery", "name": "acme-prod.mart.orders"}
    assertions = [{"assertion": "not_null", "success": False, "column": "id"}, {"assertion": "unique", "success": True}]
    tested = {**orders, "inputFacets": {"dataQualityAssertions": facet(DBT, "x", assertions=assertions)}}
    model = event(
        "COMPLETE", "acme.model.orders", inputs=[{**orders, "name": "acme-prod.raw.orders"}], outputs=[orders]
    )
    told = Told(event("START", "acme.model.orders"), model, event("COMPLETE", "acme.test", inputs=[tested], outputs=[]))
    table = told.tables()["bigquery://acme-prod.mart/orders"]
    assert table.notes["openlineage_assertions"] == "- not_null of `id`: failed\n- unique: passed"
    assert told.lineage()["bigquery://acme-prod.mart/orders"].upstream == ["bigquery://acme-prod.raw/orders"]


# Flink

FLINK = "https://github.com/OpenLineage/OpenLineage/tree/1.38.0/integration/flink"


def test_flink_streams_from_one_topic_to_another_while_it_runs():
    event = sent(
        FLINK,
        eventType="RUNNING",
        run={
            "runId": "0197a1b2-5555-7abc-8def-0123456789ab",
            "facets": {"checkpoints": facet(FLINK, "x", completed=7)},
        },
        job={
            "namespace": "flink",
            "name": "enrich",
            "facets": {"jobType": facet(FLINK, "x", processingType="STREAMING", integration="FLINK", jobType="JOB")},
        },
        inputs=[{"namespace": "kafka://Broker-1:9092,broker-2:9092", "name": "orders.v1"}],
        outputs=[{"namespace": "kafka://broker-1:9092,broker-2:9092/", "name": "orders.v2"}],
    )
    told = Told(event)
    place = "kafka://default.broker-1:9092,broker-2:9092"
    assert told.lineage()[f"{place}/orders.v2"].upstream == [f"{place}/orders.v1"]
