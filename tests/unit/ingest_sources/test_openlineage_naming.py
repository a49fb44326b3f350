"""Datasets are called as other sources call the same tables, by the rules of each platform."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openlineage.client.naming import dataset as official

from ingest.extract.openlineage.naming import Names
from schemas.errors import InvalidSetting
from schemas.keys import TableKey

RULES: Mapping[str, tuple[official.DatasetNaming, str]] = {
    "postgres": (official.Postgres("h", "5432", "wh", "public", "t"), "postgres://wh.public/t"),
    "snowflake": (official.Snowflake("org", "acc", "WH", "PUBLIC", "T"), "snowflake://wh.public/t"),
    "bigquery": (official.BigQuery("p", "d", "t"), "bigquery://p.d/t"),
    "redshift": (official.Redshift("c", "us-east-1", "5439", "dev", "public", "t"), "redshift://dev.public/t"),
    "athena": (official.Athena("us-east-1", "cat", "db", "t"), "athena://cat.db/t"),
    "trino": (official.Trino("h", "8080", "cat", "s", "t"), "trino://cat.s/t"),
    "hive": (official.Hive("h", "9083", "db", "t"), "hive://default.db/t"),
    "mysql": (official.MySQL("h", "3306", "shop", "t"), "mysql://default.shop/t"),
    "oracle": (official.Oracle("h", "1521", "SVC", "HR", "EMP"), "oracle://svc.hr/emp"),
    "synapse": (official.AzureSynapse("h", "1433", "dbo", "t"), "mssql://default.dbo/t"),
    "cassandra": (official.Cassandra("h", "9042", "ks", "t"), "cassandra://default.ks/t"),
    "db2": (official.DB2("h", "50000", "d", "s", "t"), "db2://d.s/t"),
    "teradata": (official.Teradata("h", "1025", "d", "t"), "teradata://default.d/t"),
    "glue": (official.AWSGlue("us-east-1", "1234", "db", "t"), "glue://default.db/t"),
    "cosmos": (official.AzureCosmosDB("h", "db", "t"), "azurecosmos://default.db/t"),
    "kusto": (official.AzureDataExplorer("h", "db", "t"), "azurekusto://default.db/t"),
    "s3": (official.S3("bucket", "a/b"), "s3://default.bucket/a%2Fb"),
    "gcs": (official.GCS("bucket", "a/b"), "gs://default.bucket/a%2Fb"),
    "hdfs": (official.HDFS("nn", "8020", "/a/b"), "hdfs://default.nn:8020/a%2Fb"),
    "file": (official.LocalFileSystem("/a/b"), "file://default.default/a%2Fb"),
    "remote file": (official.RemoteFileSystem("h", "/a"), "file://default.h/a"),
    "kafka": (official.Kafka("h", "9092", "topic"), "kafka://default.h:9092/topic"),
    "pubsub": (
        official.PubSubNaming(official.PubSubResourceType.TOPIC, "p", "t"),
        "pubsub://default.p/t",
    ),
}


@pytest.mark.parametrize("platform", RULES)
def test_platforms_are_called_by_their_rules(platform: str):
    naming, expected = RULES[platform]
    assert Names().key(naming.get_namespace(), naming.get_name()) == expected


@pytest.mark.parametrize(
    ("namespace", "name", "expected"),
    [
        ("postgres://h:1", '"we.ird"."x"', "postgres://default.we.ird/x"),
        ("postgresql://h:1", "wh.public.t", "postgres://wh.public/t"),
        ("POSTGRES://H:1/", "wh.public.t", "postgres://wh.public/t"),
        ("jdbc:postgresql://h:1", "wh.public.t", "postgres://wh.public/t"),
        ("Kafka://Broker:9092/", "Topic", "kafka://default.broker:9092/Topic"),
        ("postgres://h:1", "t", "postgres://default.public/t"),
        ("sqlserver://h:1", "db.dbo.t", "mssql://db.dbo/t"),
        ("s3a://bucket", "/a/day=2026-01-01/hour=3", "s3://default.bucket/a"),
        ("s3://bucket", "day=1", "s3://default.bucket/day=1"),
        ("abfss://c@s.dfs.core.windows.net", "x", "abfss://default.c@s.dfs.core.windows.net/x"),
        ("food", "public.x", "food://default.public/x"),
        ("strange://h:1", "a.b.c", "strange://h:1.a.b/c"),
        ("Ünï", "täble", "Ünï://default.default/täble"),
        ("x", "", ""),
        ("", "x", ""),
        ("s3://b", "/", ""),
    ],
)
def test_names_that_are_not_plain(namespace: str, name: str, expected: str):
    assert Names().key(namespace, name) == expected


def test_namespaces_may_be_told():
    names = Names({"postgres://eu:*": "postgres/eu", "postgres://eu:1": "special", "lake": "hive"})
    assert names.key("postgres://eu:5432", "wh.public.t") == "postgres://eu.public/t"
    assert names.key("postgres://eu:1", "wh.public.t") == "special://wh.public/t"
    assert names.key("lake", "db.t") == "hive://default.db/t"
    assert names.key("POSTGRES://EU:1/", "wh.public.t") == "special://wh.public/t"
    assert names.key("Postgres://EU:2", "wh.public.t") == "postgres://eu.public/t"
    assert names.key("postgres://us:1", "wh.public.t") == "postgres://wh.public/t"
    with pytest.raises(InvalidSetting, match="namespaces: x: it must be DATABASE"):
        Names({"x": "/eu"})


def test_columns_have_the_case_of_their_system():
    names = Names()
    assert names.column("snowflake://wh.public/t", "ID") == "id"
    assert names.column("snowflake://wh.public/t", "Id") == "Id"
    assert names.column("postgres://wh.public/t", "Id") == "Id"


@given(st.text(), st.text())
def test_whatever_a_dataset_is_called_it_has_a_key_or_none(namespace: str, name: str):
    key = Names().key(namespace, name)
    assert not key or str(TableKey.parse(key)) == key
