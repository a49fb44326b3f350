"""What facets tell of a table."""

from typing import Any

import pytest
from openlineage_events import (
    BASE,
    Told,
    a_job,
    columns,
    dataset,
    dataset_event,
    epoch,
    facets,
    fields,
    job_event,
    key,
    run_event,
)

from ingest.extract.openlineage.columns import type_of
from ingest.nested_types import parse_type
from schemas.statements import Code, Column, Label, Lineage, Measure, Step, Table, Task


def _table(**said: dict[str, Any]) -> Table:
    return Told(dataset_event(5, dataset("a", **said))).tables()[key("a")]


def test_a_dataset_without_facets_is_a_stub():
    assert _table() == Table("postgres", "wh", "public", "a", columns=[], tags=[], owners=[], statistics=[])


def test_columns_stand_in_the_order_of_their_positions_each_once():
    said = [
        {"name": "b", "type": "text", "ordinal_position": 2},
        {"name": "a", "type": "int", "description": "first", "ordinal_position": 1},
        {"name": "b", "type": "other", "ordinal_position": 3},
        {"name": "", "ordinal_position": 4},
    ]
    assert _table(schema={"fields": said}).columns == [Column("a", "int", "first"), Column("b", "text")]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ({"type": "int"}, "int"),
        ({}, ""),
        ({"type": "array", "fields": [{"name": "_element", "type": "string"}]}, "array<string>"),
        ({"type": "map", "fields": [{"name": "key", "type": "a"}, {"name": "value", "type": "b"}]}, "map<a,b>"),
        (
            {"type": "struct", "fields": [{"name": "x", "type": "int"}, {"name": "Ünd so", "type": "text"}]},
            "struct<x:int,`Ünd so`:text>",
        ),
        ({"type": "struct<x:int>", "fields": [{"name": "x", "type": "int"}]}, "struct<x:int>"),
        ({"type": "union", "fields": [{"name": "_0", "type": "int"}]}, "union"),
    ],
)
def test_nested_types_are_one_text_that_can_be_taken_apart(field: dict[str, Any], expected: str):
    found = type_of({"name": "n", **field})
    assert found == expected
    if "<" in found:
        assert parse_type(found).parts


def test_what_facets_tell_stands_in_the_table():
    table = _table(
        documentation={"description": "All orders"},
        ownership={"owners": [{"name": "user:Jane@X.org"}, {"name": "team:data", "type": "OWNER"}, {"name": ""}]},
        datasetType={"datasetType": "VIEW", "subType": "MATERIALIZED"},
        schema=fields("x"),
        tags={
            "tags": [
                {"key": "Gold", "value": "true"},
                {"key": "tier", "value": "1"},
                {"key": "pii", "value": "true", "field": "x"},
            ]
        },
        storage={"storageLayer": "delta", "fileFormat": "parquet"},
        catalog={"framework": "iceberg", "type": "hive", "name": "main"},
    )
    assert (table.description, table.is_view, table.owners) == ("All orders", True, ["jane@x.org", "team:data"])
    assert table.tags == ["gold", "tier:1"]
    assert table.columns[0].badges == [Label("pii", "openlineage")]
    assert table.notes == {"openlineage": "Stored as delta parquet.\nIn the hive catalog main of iceberg."}


def test_measures_and_assertions_are_statistics():
    metrics = {
        "rowCount": 10,
        "bytes": 2048,
        "lastUpdated": "2026-01-01T00:03:00Z",
        "columnMetrics": {"x": {"nullCount": 0, "min": 1.5, "max": 2.0, "quantiles": {"0.5": 1.75}}},
    }
    asserted = [
        {"assertion": "not_null", "column": "x", "success": True},
        {"assertion": "fresh", "success": False, "severity": "warn"},
    ]
    table = _table(schema=fields("x"), dataQualityMetrics=metrics, dataQualityAssertions={"assertions": asserted})
    at = epoch(5)
    assert table.statistics == [
        Measure("row_count", "10", at, at),
        Measure("bytes", "2048", at, at),
        Measure("assertions_passed", "1 of 2", at, at),
    ]
    assert [(one.name, one.value) for one in table.columns[0].statistics] == [
        ("null_count", "0"),
        ("min", "1.5"),
        ("max", "2"),
        ("quantile_0.5", "1.75"),
    ]
    assert table.updated_at == epoch(3)
    assert table.notes["openlineage_assertions"] == "- not_null of `x`: passed\n- fresh: failed (warn)"


def test_the_job_that_makes_a_table_is_told():
    job = a_job(
        "dag.task.part",
        jobType={"processingType": "BATCH", "integration": "AIRFLOW", "jobType": "TASK"},
        sourceCodeLocation={"type": "git", "url": "https://example.org/repo"},
        documentation={"description": "Sums up"},
    )
    table = Told(run_event("COMPLETE", 7, [], [dataset("a")], job=job)).tables()[key("a")]
    assert table.code == Code("https://example.org/repo", "git")
    assert table.task == Task("scheduler", "dag", "task.part")
    assert table.updated_at == epoch(7)
    assert table.notes["openlineage"] == "- Made by the job `dag.task.part` of `scheduler`: Sums up"


def test_a_declared_job_does_not_make_a_table_look_fresh():
    assert Told(job_event(7, [], [dataset("a")])).tables()[key("a")].updated_at is None


def _input(column: str, *transformations: dict[str, Any]) -> dict[str, Any]:
    return {**dataset("a"), "field": column, "transformations": list(transformations)}


def test_columns_are_made_by_kinds_of_transformations():
    said = {
        "fields": {
            "x": {
                "inputFields": [
                    _input("p", {"type": "DIRECT", "subtype": "IDENTITY", "masking": True}),
                    _input(
                        "q", {"type": "INDIRECT", "subtype": "JOIN", "description": "a.q = b.q"}, {"type": "DIRECT"}
                    ),
                ]
            },
            "s.inner": {
                "inputFields": [_input("p")],
                "transformationType": "MASKED",
                "transformationDescription": "hash",
            },
            "unknown": {"inputFields": [_input("p")]},
        },
        "dataset": [_input("f", {"type": "INDIRECT", "subtype": "FILTER"})],
    }
    told = Told(run_event("COMPLETE", 1, [], [dataset("o", schema=fields("x", "s"), columnLineage=said)]))
    source, target = key("a"), key("o")
    assert told.lineage()[target] == Lineage(
        "table",
        target,
        [source],
        [
            Step(f"{source}/f", target, "INDIRECT/FILTER"),
            Step(f"{source}/p", f"{target}/s", "MASKED: hash"),
            Step(f"{source}/p", f"{target}/x", "DIRECT/IDENTITY, masked"),
            Step(f"{source}/q", f"{target}/x", "INDIRECT/JOIN: a.q = b.q; DIRECT"),
        ],
    )
    assert [column.name for column in told.tables()[source].columns] == ["f", "p", "q"]


def test_what_is_known_of_a_column_from_lineage_alone_gives_way_to_a_schema():
    told = Told(run_event("COMPLETE", 1, [], [dataset("o", columnLineage=columns(x=[("a", "p")]))]))
    assert [column.name for column in told.tables()[key("a")].columns] == ["p"]
    told.take(dataset_event(2, dataset("a", schema=fields("r", "p"))))
    assert [column.name for column in told.tables()[key("a")].columns] == ["r", "p"]


def test_facets_of_reading_and_writing_are_told_with_the_others():
    read = dataset("a") | {"inputFacets": facets(dataQualityMetrics={"rowCount": 3, "columnMetrics": {}})}
    written = dataset("o") | {"outputFacets": facets(outputStatistics={"rowCount": 2, "size": 9, "fileCount": 1})}
    told = Told(run_event("COMPLETE", 1, [read], [written])).tables()
    assert [(one.name, one.value) for one in told[key("a")].statistics] == [("row_count", "3")]
    assert [(one.name, one.value) for one in told[key("o")].statistics] == [
        ("rows_written", "2"),
        ("bytes_written", "9"),
        ("files_written", "1"),
    ]


def test_facets_that_nobody_reads_are_kept_as_they_came():
    told = Told(dataset_event(1, dataset("a", mine={"anything": [1, {"x": None}]})))
    assert told.known().dataset(key("a")).facets["mine"][1] == {**BASE, "anything": [1, {"x": None}]}
