"""dbt and a query log as jobs read them into one graph: every relation finds its ends, a second run writes nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from dbt_project import catalog, manifest, run_results, write

from ingest.jobs import Job, Jobs
from ingest.runner import Runner
from metadata_service.catalog.tables import get_table
from metadata_service.store.factory import open_store
from metadata_service.store.port import GraphStore
from schemas.ingest_runs import SUCCEEDED, Run

DEV = "postgres://shop.dev"
LOG = [
    {
        "query": "insert into mart.totals (customer, total) select customer_name, total from dev.customers",
        "user": "etl",
    },
    *[
        {
            "query": "select t.total from mart.totals t join dev.countries c on c.name = t.customer where t.total > 9",
            "user": "Jane",
        }
    ]
    * 7,
]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[GraphStore]:
    store = open_store(f"sqlite:///{tmp_path / 'graph.db'}")
    store.ensure_schema()
    yield store
    store.close()


def run(store: GraphStore, name: str, source: str, **settings: Any) -> Run:
    return Runner(store, Jobs()).run(Job(name, source, settings, retries=0))


def dbt(store: GraphStore, folder: Path, version: int = 12, *, with_catalog: bool = True) -> Run:
    files = {"manifest": write(folder, "manifest.json", manifest(version))}
    if with_catalog:
        files["catalog"] = write(folder, "catalog.json", catalog())
        files["run_results"] = write(folder, "run_results.json", run_results())
    return run(store, "shop-dbt", "dbt", **files)


def log(store: GraphStore, folder: Path) -> Run:
    path = folder / "log.ndjson"
    path.write_text("\n".join(json.dumps({"database": "shop", **row}) for row in LOG))
    return run(store, "shop-log", "query-log", path=str(path), database="postgres", email_domain="acme.org", workers=1)


@pytest.mark.parametrize(("version", "with_catalog"), [(4, False), (12, False), (12, True)])
def test_every_relation_of_dbt_finds_its_ends(store: GraphStore, tmp_path: Path, version: int, with_catalog: bool):
    first = dbt(store, tmp_path, version, with_catalog=with_catalog)
    assert (first.status, first.refused, first.unresolved) == (SUCCEEDED, 0, 0)
    again = dbt(store, tmp_path, version, with_catalog=with_catalog)
    assert (again.status, again.written, again.unresolved) == (SUCCEEDED, 0, 0)


def test_log_stands_beside_dbt_on_one_page(store: GraphStore, tmp_path: Path):
    dbt(store, tmp_path)
    first = log(store, tmp_path)
    assert (first.status, first.refused, first.unresolved) == (SUCCEEDED, 0, 0)

    totals = get_table(store, "postgres://shop.mart/totals")
    assert [(one.user.email, one.read_count) for one in totals.table_readers] == [("jane@acme.org", 7)]
    assert [(one.column, one.joined_on_table.name, one.joined_on_column) for one in totals.common_joins] == [
        ("customer", "countries", "name")
    ]
    assert [one.where_clause for one in totals.common_filters] == ["total > 9"]

    countries = get_table(store, f"{DEV}/countries")
    assert [(one.name, one.col_type) for one in countries.columns] == [("code", "text"), ("name", "text")]
    assert log(store, tmp_path).written == 0
