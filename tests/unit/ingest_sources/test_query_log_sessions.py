"""What `USE` and `SET search_path` of a session say for its later statements."""

import pytest

from ingest.extract.query_log.records import Entry
from ingest.extract.query_log.sessions import MAX_SESSIONS, Sessions
from ingest.extract.source import Refused


@pytest.mark.parametrize(
    ("dialect", "sql", "database", "schema"),
    [
        ("snowflake", "USE DATABASE sales;", "sales", "s"),
        ("snowflake", "use schema core", "d", "core"),
        ("snowflake", 'use "My-Db"."Core"', "My-Db", "Core"),
        ("snowflake", "use sales", "sales", "s"),
        ("snowflake", "use warehouse big", "d", "s"),
        ("tsql", "USE [Sales Data]", "Sales Data", "s"),
        ("trino", "use hive.web", "hive", "web"),
        ("trino", "use web", "d", "web"),
        ("databricks", "USE CATALOG main", "main", "s"),
        ("databricks", "use database web", "d", "web"),
        ("postgres", "SET search_path TO 'core', public", "d", "core"),
        ("redshift", "set search_path = core", "d", "core"),
    ],
)
def test_later_statements_of_the_session_are_completed(dialect: str, sql: str, database: str, schema: str):
    log = [
        Entry("1", "select 1", session="a", database="d", schema="s"),
        Entry("2", sql, session="a", database="d", schema="s"),
        Entry("3", "select 2", session="a", database="d", schema="s"),
        Entry("4", "select 3", session="b", database="d", schema="s"),
    ]
    told = [
        (one.where, one.database, one.schema) for one in Sessions(dialect, "x").completed(log) if isinstance(one, Entry)
    ]
    assert told == [("1", "d", "s"), ("3", database, schema), ("4", "d", "s")]


@pytest.mark.parametrize("dialect", ["mysql", "hive", "clickhouse"])
def test_database_is_a_schema_where_there_are_but_two_levels(dialect: str):
    log = [Entry("1", "select 1", database="web"), Entry("2", "use shop"), Entry("3", "select 1", database="web")]
    told = [(one.database, one.schema) for one in Sessions(dialect, "x").completed(log) if isinstance(one, Entry)]
    assert told == [("", "web"), ("", "shop")]


def test_statement_without_a_schema_has_the_default_one():
    [entry] = Sessions("postgres", "public").completed([Entry("1", "select 1", database="d")])
    assert entry == Entry("1", "select 1", database="d", schema="public")


def test_what_is_refused_passes():
    assert list(Sessions("postgres", "public").completed([Refused("1", "bad")])) == [Refused("1", "bad")]


def test_sessions_that_were_quiet_longest_are_forgotten():
    log = [Entry("", "use core", session=str(number)) for number in range(MAX_SESSIONS + 1)]
    log += [Entry("first", "select 1", session="0"), Entry("last", "select 1", session=str(MAX_SESSIONS))]
    told = [(one.where, one.schema) for one in Sessions("trino", "x").completed(log) if isinstance(one, Entry)]
    assert told == [("first", "x"), ("last", "core")]
