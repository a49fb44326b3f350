"""What projects of dbt have that its documentation does not begin with."""

from pathlib import Path
from typing import Any

import pytest
from dbt_project import catalog, manifest, write
from test_dbt_source import extract, lineages, refusals, tables

from schemas.statements import Code, Lineage, Measure, Step, Table

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
