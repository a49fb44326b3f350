"""What projects of dbt have that its documentation does not begin with."""

from pathlib import Path
from typing import Any

import pytest
from dbt_project import catalog, manifest, run_results, write
from test_dbt_source import extract, lineages, refusals, tables

from ingest.extract.source import Refused
from schemas.statements import Code, Dashboard, Lineage, Measure, Step, Table

DEV = "postgres://shop.dev"
WEEKLY = "dbt_dashboard://default.shop/weekly"


def exposed(folder: Path, columns: Any) -> list[Any]:
    artifact = manifest(12, weekly={"config": {"enabled": True, "meta": {"columns": columns}}})
    return extract(folder, artifact)


def test_exposure_is_made_from_the_columns_that_it_names(tmp_path: Path):
    said = exposed(tmp_path, {"customers": ["customer_name", "total"]})
    assert refusals(said) == []
    assert lineages(said)[WEEKLY] == Lineage(
        "dashboard",
        WEEKLY,
        columns=[Step(f"{DEV}/customers/customer_name", WEEKLY), Step(f"{DEV}/customers/total", WEEKLY)],
    )


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"orders_snapshot": ["a"]}, "meta.columns names orders_snapshot, on which it does not depend."),
        ({"customers": "total"}, "meta.columns.customers is no list of texts."),
        ({"customers": [1]}, "meta.columns.customers is no list of texts."),
        ({"customers": [""]}, "meta.columns.customers is no list of texts."),
    ],
)
def test_columns_of_an_exposure_that_make_no_sense_are_refused(tmp_path: Path, columns: Any, reason: str):
    said = exposed(tmp_path, columns)
    assert [one.reason for one in refusals(said)] == [f"exposure.shop.weekly: {reason}"]
    assert WEEKLY not in lineages(said)


@pytest.mark.parametrize("columns", [["total"], "total", None, 3])
def test_meta_of_an_exposure_that_is_meant_for_others_is_left_alone(tmp_path: Path, columns: Any):
    said = exposed(tmp_path, columns)
    assert refusals(said) == []
    assert WEEKLY not in lineages(said)


def test_only_what_dbt_makes_has_its_code_in_dbt(tmp_path: Path):
    said = extract(tmp_path, manifest(12), source_url="https://github.com/acme/shop/blob/main")
    assert tables(said)["stg_orders"].code == Code("https://github.com/acme/shop/blob/main/models/stg_orders.sql")
    assert [one.code for one in said if isinstance(one, Table) and one.schema == "raw"] == [None]


@pytest.mark.parametrize(("value", "shown"), [(412_880.0, "412880"), (0.5, "0.5"), (7, "7"), ("a", "a")])
def test_statistics_are_written_as_people_write_numbers(tmp_path: Path, value: Any, shown: str):
    artifact = catalog()
    artifact["nodes"]["model.shop.orders"]["stats"]["row_count"]["value"] = value
    said = extract(tmp_path, manifest(12), catalog=write(tmp_path, "catalog.json", artifact))
    assert tables(said)["orders"].statistics[0] == Measure("row_count", shown)


def test_what_has_no_relation_may_be_depended_on(tmp_path: Path):
    """A function (dbt 1.11) and a saved query are in the manifest, so that depending on them refuses nothing."""
    artifact = manifest(12)
    artifact["functions"] = {"function.shop.f": {"name": "f", "resource_type": "function"}}
    artifact["saved_queries"] = {"saved_query.shop.q": {"name": "q", "depends_on": {"nodes": ["metric.shop.revenue"]}}}
    artifact["nodes"]["model.shop.orders"]["depends_on"]["nodes"].append("function.shop.f")
    artifact["exposures"]["exposure.shop.weekly"]["depends_on"] = {"nodes": ["saved_query.shop.q"]}
    said = extract(tmp_path, artifact)
    assert refusals(said) == []
    assert [one.tables for one in said if isinstance(one, Dashboard)] == [[f"{DEV}/customers"]]


def test_errors_of_the_catalog_are_passed_on(tmp_path: Path):
    artifact = {**catalog(), "errors": ["Database Error\n  permission denied for schema dev"]}
    said = extract(tmp_path, manifest(12), catalog=write(tmp_path, "catalog.json", artifact))
    assert refusals(said) == [
        Refused("errors[0]", "catalog.json: errors[0]: Database Error permission denied for schema dev")
    ]


@pytest.mark.parametrize("command", ["compile", "generate"])
def test_results_of_a_command_that_runs_nothing_are_none(tmp_path: Path, command: str):
    results = {**run_results(), "args": {"which": command}}
    table = tables(extract(tmp_path, manifest(12), run_results=write(tmp_path, "run_results.json", results)))["orders"]
    assert (table.updated_at, [one.name for one in table.statistics]) == (None, ["dbt_tests"])


def test_of_several_files_of_results_the_latest_result_counts(tmp_path: Path):
    def results(name: str, at: str, **statuses: str) -> str:
        timing = [{"name": "execute", "completed_at": at}]
        found = [{"unique_id": f"model.shop.{id_}", "status": how, "timing": timing} for id_, how in statuses.items()]
        return write(tmp_path, name, {**run_results(), "results": found, "args": {"which": "run"}})

    late = results("late.json", "2026-03-01T00:00:00Z", orders="success")
    early = results("early.json", "2026-02-01T00:00:00Z", orders="error", customers="success")
    said = tables(extract(tmp_path, manifest(12), run_results=[late, early]))
    assert (said["orders"].updated_at, said["customers"].updated_at) == (1772323200, 1769904000)


def test_columns_that_a_query_does_not_name_are_none(tmp_path: Path):
    sql = 'select customer_name, count(*), max(amount), 1, sum(amount) as total from "shop"."dev"."orders" group by 1'
    said = tables(extract(tmp_path, manifest(12, customers={"compiled_code": sql})))
    assert [column.name for column in said["customers"].columns] == ["customer_name", "total"]


def test_columns_of_a_stage_have_places_and_no_names(tmp_path: Path):
    """`t.$1` ended the whole run: a key cannot have an empty part."""
    sql = 'select t.$1 as first, t."v":a.b::string as b from "RAW"."IN"."FILES" as t'
    artifact = manifest(12, customers={"compiled_code": sql})
    artifact["metadata"]["adapter_type"] = "snowflake"
    said = extract(tmp_path, artifact)
    assert refusals(said) == []
    assert [(step.source, step.target) for step in lineages(said)["snowflake://shop.dev/customers"].columns] == [
        ("snowflake://raw.in/files/v", "snowflake://shop.dev/customers/b")
    ]
