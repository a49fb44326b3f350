"""A project of dbt as statements, in every version of its manifest."""

import json
from pathlib import Path
from typing import Any

import pytest
from dbt_project import catalog, manifest, run_results, write
from marshmallow import ValidationError

from ingest.extract.dbt.artifacts import VERSIONS
from ingest.extract.dbt.source import Dbt, DbtSettings
from ingest.extract.source import Refused
from schemas.errors import InvalidSource
from schemas.statements import Code, Column, Dashboard, Label, Lineage, Measure, Report, Step, Table

DEV = "postgres://shop.dev"


def extract(folder: Path, artifact: Any, **settings: Any) -> list[Any]:
    return list(Dbt(**DbtSettings().load({"manifest": write(folder, "manifest.json", artifact), **settings})).extract())


def everything(folder: Path, version: int = 12, **settings: Any) -> list[Any]:
    files = {
        "catalog": write(folder, "catalog.json", catalog()),
        "run_results": write(folder, "run_results.json", run_results()),
    }
    return extract(folder, manifest(version), **files, **settings)


def tables(said: list[Any]) -> dict[str, Table]:
    return {one.name: one for one in said if isinstance(one, Table) and one.schema != "raw"}


def lineages(said: list[Any]) -> dict[str, Lineage]:
    return {one.key: one for one in said if isinstance(one, Lineage)}


def refusals(said: list[Any]) -> list[Refused]:
    return [one for one in said if isinstance(one, Refused)]


@pytest.mark.parametrize("version", VERSIONS["manifest"])
def test_every_version_says_the_same_tables_and_lineage(tmp_path: Path, version: int):
    said = everything(tmp_path, version)
    assert refusals(said) == []
    assert {f"{one.cluster}.{one.schema}.{one.name}" for one in said if isinstance(one, Table)} == {
        "shop.dev.countries",
        "shop.raw.orders",
        "shop.dev.stg_orders",
        "shop.dev.orders",
        "shop.dev.customers",
        "shop.dev.orders_snapshot",
    }
    assert {key: list(one.upstream) for key, one in lineages(said).items()} == {
        f"{DEV}/stg_orders": ["postgres://shop.raw/orders"],
        f"{DEV}/orders": [f"{DEV}/countries", f"{DEV}/stg_orders"],
        f"{DEV}/customers": [f"{DEV}/orders"],
        f"{DEV}/orders_snapshot": [f"{DEV}/orders"],
    }


def test_table_has_what_the_manifest_the_catalog_and_the_results_say_of_it(tmp_path: Path):
    settings = {"source_url": "https://github.com/acme/shop/blob/main/", "docs_url": "https://docs.example.org"}
    at = 1767323045
    assert tables(everything(tmp_path, **settings))["orders"] == Table(
        "postgres",
        "shop",
        "dev",
        "orders",
        is_view=False,
        description="Every order, once.",
        columns=[
            Column(
                "order_id",
                "bigint",
                "The order's number.",
                [Label("key", "dbt")],
                [Measure("dbt_not_null", "pass", end=at), Measure("dbt_unique", "fail", end=at)],
            ),
            Column("amount", "numeric(12,2)", "In euros.", [], ()),
            Column("customer_name", "text", "from the warehouse", [], ()),
        ],
        tags=[],
        owners=["jane@acme.org", "bob@acme.org"],
        statistics=[
            Measure("row_count", "3"),
            Measure("dbt_tests", "4"),
            Measure("dbt_tests_fail", "1", end=at),
            Measure("dbt_tests_pass", "1", end=at),
        ],
        updated_at=at,
        code=Code("https://github.com/acme/shop/blob/main/models/orders.sql"),
        reports=[Report("dbt docs", "https://docs.example.org/#!/model/model.shop.orders")],
        notes={
            "dbt": "Table model `orders` of the dbt project `shop` (`models/orders.sql`).",
            "dbt_tests": "- `assert_no_loss`\n- `relationships` on `customer_name`\n- `not_null` on `order_id`: pass\n"
            "- `unique` on `order_id`: fail, 1,200 rows",
        },
    )


@pytest.mark.parametrize("with_catalog", [True, False])
def test_columns_are_followed_through_ephemeral_models_and_stars(tmp_path: Path, with_catalog: bool):
    said = everything(tmp_path) if with_catalog else extract(tmp_path, manifest(12))
    found = lineages(said)
    raw, staged, orders = "postgres://shop.raw/orders", f"{DEV}/stg_orders", f"{DEV}/orders"
    assert list(found[staged].columns) == [
        Step(f"{raw}/id", f"{staged}/order_id"),
        Step(f"{raw}/customer", f"{staged}/customer"),
        Step(f"{raw}/amount", f"{staged}/amount", "source.amount / 100"),
    ]
    assert list(found[orders].columns) == [
        Step(f"{staged}/order_id", f"{orders}/order_id"),
        Step(f"{staged}/amount", f"{orders}/amount"),
        Step(f"{DEV}/countries/name", f"{orders}/customer_name"),
    ]
    assert [step.target.rpartition("/")[2] for step in found[f"{DEV}/orders_snapshot"].columns] == [
        "order_id",
        "amount",
        "customer_name",
    ]
    assert list(found[f"{DEV}/customers"].columns)[1] == Step(
        f"{orders}/amount", f"{DEV}/customers/total", "SUM(orders.amount)"
    )


def test_columns_are_known_from_the_sql_where_there_is_no_catalog(tmp_path: Path):
    found = {one.name: one for one in extract(tmp_path, manifest(12)) if isinstance(one, Table) and one.schema == "dev"}
    assert [(one.name, one.type, one.description) for one in found["orders"].columns] == [
        ("order_id", "", "The order's number."),
        ("amount", "numeric", "In euros."),
        ("customer_name", "", None),
    ]
    assert [one.name for one in found["countries"].columns] == ["name"]  # as far as others read it


@pytest.mark.parametrize("version", [4, 9, 12])
def test_exposure_is_a_dashboard_of_its_tables(tmp_path: Path, version: int):
    [dashboard] = [one for one in everything(tmp_path, version, product="looker") if isinstance(one, Dashboard)]
    assert (dashboard.product, dashboard.cluster, dashboard.group.id, dashboard.id) == (
        "looker",
        "default",
        "shop",
        "weekly",
    )
    assert (dashboard.name, dashboard.url) == ("Weekly report", "https://bi.example.org/weekly")
    assert dashboard.description == "What we look at on Mondays."
    assert dashboard.owners == ["ann@acme.org"]
    assert dashboard.badges == [Label("notebook", "dbt"), Label("high maturity", "dbt")]
    assert dashboard.tables == [f"{DEV}/customers", f"{DEV}/stg_orders"]


@pytest.mark.parametrize(
    ("version", "line"),
    [
        (4, "- **Revenue** (`revenue`: sum, `total`): All that was paid."),
        (6, "- **Revenue** (`revenue`: sum, `total`): All that was paid."),
        (12, "- **Revenue** (`revenue`: simple, `total`): All that was paid."),
    ],
)
def test_metric_is_a_note_of_its_table(tmp_path: Path, version: int, line: str):
    assert tables(everything(tmp_path, version))["customers"].notes["dbt_metrics"] == line


def test_group_owns_its_models(tmp_path: Path):
    assert tables(everything(tmp_path, 12))["customers"].owners == ["finance@acme.org"]


def test_seed_source_and_view_say_what_they_are(tmp_path: Path):
    found = {(one.schema, one.name): one for one in everything(tmp_path) if isinstance(one, Table)}
    assert found["dev", "countries"].is_view is False
    assert found["dev", "stg_orders"].is_view is True
    assert found["dev", "stg_orders"].tags == ["staging", "nightly"]
    assert found["dev", "stg_orders"].updated_at is None  # a view is as new as what it reads
    raw = found["raw", "orders"]
    assert (raw.is_view, raw.description) == (True, "Orders as they come: 주문.")
    assert raw.schema_description == "What the shop writes."
    assert [column.name for column in raw.columns] == ["id", "customer", "amount"]


def test_names_of_snowflake_are_written_small_whoever_wrote_them_large(tmp_path: Path):
    artifact = manifest(
        12,
        stg_orders={
            "compiled_code": "select ID as ORDER_ID from SHOP.RAW.ORDERS",
            "relation_name": "SHOP.DEV.STG_ORDERS",
        },
    )
    artifact["metadata"]["adapter_type"] = "snowflake"
    large = catalog()
    large["sources"]["source.shop.raw.orders"]["metadata"] |= {"database": "SHOP", "schema": "RAW", "name": "ORDERS"}
    large["sources"]["source.shop.raw.orders"]["columns"] = {"ID": {"type": "NUMBER", "index": 1, "name": "ID"}}
    said = extract(tmp_path, artifact, catalog=write(tmp_path, "catalog.json", large))
    assert list(lineages(said)["snowflake://shop.dev/stg_orders"].columns) == [
        Step("snowflake://shop.raw/orders/id", "snowflake://shop.dev/stg_orders/order_id")
    ]


@pytest.mark.parametrize(
    ("case", "key"), [("upper", "POSTGRES".lower() + "://SHOP.DEV/ORDERS"), ("lower", f"{DEV}/orders")]
)
def test_case_of_names_can_be_chosen(tmp_path: Path, case: str, key: str):
    assert key in lineages(everything(tmp_path, case=case))


def test_databases_can_be_kept_as_other_clusters(tmp_path: Path):
    assert "pg://prod.dev/orders" in lineages(everything(tmp_path, database="pg", clusters={"shop": "prod"}))


def test_table_that_only_sql_names_is_a_stub(tmp_path: Path):
    artifact = manifest(12, customers={"compiled_code": "select e.id as customer_name from crm.people as e"})
    said = extract(tmp_path, artifact)
    assert tables(said)["people"] == Table("postgres", "shop", "crm", "people", columns=[Column("id")])
    assert list(lineages(said)[f"{DEV}/customers"].upstream) == [f"{DEV}/orders", "postgres://shop.crm/people"]


def test_adapter_without_databases_has_a_cluster_of_its_own(tmp_path: Path):
    artifact = manifest(12, customers={"compiled_code": "select sum(amount) as total from dev.orders"})
    artifact["metadata"]["adapter_type"] = "spark"
    for node in artifact["nodes"].values():
        node |= {"database": None, "relation_name": f"`dev`.`{node['alias']}`"}
    said = extract(tmp_path, artifact, cluster="lake")
    assert tables(said)["customers"].cluster == "lake"
    assert list(lineages(said)["spark://lake.dev/customers"].upstream) == ["spark://lake.dev/orders"]


def test_versions_of_a_model_are_tables_of_their_own(tmp_path: Path):
    artifact = manifest(12)
    for version in (1, 2):
        node = artifact["nodes"]["model.shop.customers"] | {
            "unique_id": f"model.shop.customers.v{version}",
            "version": version,
            "alias": f"customers_v{version}",
            "deprecation_date": "2027-01-31T00:00:00+00:00",
            "relation_name": f'"shop"."dev"."customers_v{version}"',
        }
        artifact["nodes"][node["unique_id"]] = node
    found = tables(extract(tmp_path, artifact))
    assert {"customers", "customers_v1", "customers_v2"} <= found.keys()
    assert "version 2" in found["customers_v2"].notes["dbt"]
    assert found["customers_v2"].notes["dbt"].endswith("Deprecated from 2027-01-31 on.")


def test_check_says_what_there_is(tmp_path: Path):
    source = Dbt(**DbtSettings().load({"manifest": write(tmp_path, "manifest.json", manifest(12))}))
    assert source.check() == "the manifest of dbt 1.x: 12 nodes, 1 sources, 1 exposures, 1 metrics, 1 semantic_models"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema": None}, "model.shop.orders: schema is missing."),
        ({"alias": None, "name": ""}, "model.shop.orders: alias (or name) is missing."),
        ({"description": 7}, "model.shop.orders: description is no text but int."),
        ({"columns": {"a": []}}, "model.shop.orders: columns.a is no object but list."),
        ({"columns": []}, "model.shop.orders: columns is no object but list."),
        ({"depends_on": {"nodes": {"a": 1}}}, "model.shop.orders: depends_on.nodes is no list of texts."),
        ({"tags": [1]}, "model.shop.orders: tags is no list of texts."),
        ({"resource_type": 1}, "model.shop.orders: resource_type is no text but int."),
        (
            {"depends_on": {"nodes": ["model.shop.old", "model.other.x"]}},
            "model.shop.orders: depends_on.nodes names model.shop.old, which is disabled.",
        ),
        (
            {"depends_on": {"nodes": ["model.other.x"]}},
            "model.shop.orders: depends_on.nodes names model.other.x, which is not in the manifest.",
        ),
        (
            {"compiled_code": "selec 1"},
            "model.shop.orders: its compiled SQL is not understood: Invalid expression / Unexpected token in line 1.",
        ),
    ],
)
def test_bad_node_is_refused_by_its_name_and_field_and_the_others_are_read(
    tmp_path: Path, change: dict[str, Any], reason: str
):
    artifact = manifest(12)
    artifact["nodes"]["model.shop.orders"] |= change
    said = extract(tmp_path, artifact)
    assert refusals(said)[0] == Refused("model.shop.orders", reason)
    assert "customers" in tables(said)


def test_node_that_is_off_is_not_said(tmp_path: Path):
    said = extract(tmp_path, manifest(12, customers={"config": {"enabled": False}}))
    assert "customers" not in tables(said)
    assert refusals(said) == []


def test_models_that_read_each_other_in_a_circle_are_said_all_the_same(tmp_path: Path):
    said = extract(tmp_path, manifest(12, stg_orders={"depends_on": {"nodes": ["model.shop.customers"]}}))
    assert {"stg_orders", "orders", "customers"} <= tables(said).keys()


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("manifest", "[]", "is no JSON object"),
        ("manifest", "", "is no JSON object"),
        ("manifest", "{}", "has no metadata.dbt_schema_version"),
        ("manifest", json.dumps(catalog()), "is dbt's catalog, where its manifest is wanted"),
        ("manifest", json.dumps(manifest(13)), "v13; v1 to v12 of the manifest are known"),
        ("manifest", '{"metadata": {"dbt_schema_version": "x/dbt/manifest/v12.json"}}', "has no nodes"),
        (
            "manifest",
            '{"metadata": {"dbt_schema_version": "x/dbt/manifest/v12.json"}, "nodes": []}',
            "nodes is no object",
        ),
        ("manifest", '{"metadata": {bad}}', "metadata is no JSON"),
        ("catalog", json.dumps(manifest(12)), "is dbt's manifest, where its catalog is wanted"),
        ("run_results", json.dumps({**run_results(), "results": 1}), "has no list of results"),
    ],
)
def test_file_that_is_not_what_it_should_be_is_an_error_that_names_it(
    tmp_path: Path, name: str, text: str, reason: str
):
    files = {"manifest": write(tmp_path, "manifest.json", manifest(12)), name: str(tmp_path / f"{name}.json")}
    (tmp_path / f"{name}.json").write_text(text)
    with pytest.raises(InvalidSource, match=f"{name}.json") as raised:
        Dbt(**DbtSettings().load(files)).check()
    assert reason in raised.value.message


def test_missing_file_is_an_error_that_names_it():
    with pytest.raises(InvalidSource, match=r"nowhere/manifest\.json cannot be read: No such file"):
        Dbt(**DbtSettings().load({"manifest": "nowhere/manifest.json"})).check()


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({}, "manifest"),
        ({"manifest": "m", "case": "small"}, "case"),
        ({"manifest": "m", "dialect": "cobol"}, "dialect"),
        ({"manifest": "m", "run_results": [1]}, "run_results"),
    ],
)
def test_settings_are_checked_by_name(settings: dict[str, Any], field: str):
    with pytest.raises(ValidationError) as raised:
        DbtSettings().load(settings)
    assert list(raised.value.normalized_messages()) == [field]


def test_every_setting_is_described():
    assert all(field.metadata.get("description") for field in DbtSettings().fields.values())


def test_nodes_that_are_one_relation_say_one_table(tmp_path: Path):
    """Packages test themselves with a seed that is their source; two packages name one source."""
    artifact = manifest(12)
    first = artifact["sources"]["source.shop.raw.orders"]
    again = {"unique_id": "source.other.raw.orders", "description": "Other words.", "tags": ["raw"]}
    artifact["sources"]["source.other.raw.orders"] = first | again | {"columns": {"id": {"description": "The number."}}}
    seed = {"unique_id": "source.shop.raw.countries", "schema": "dev", "identifier": "countries", "columns": {}}
    artifact["sources"]["source.shop.raw.countries"] = first | seed
    files = {"catalog": write(tmp_path, "catalog.json", catalog())}
    said = [one for one in extract(tmp_path, artifact, **files) if isinstance(one, Table)]
    assert len({(one.schema, one.name) for one in said}) == len(said)
    [raw] = [one for one in said if one.schema == "raw"]
    assert raw.description == "Orders as they come: 주문."
    assert raw.tags == ["raw"]
    assert raw.columns[0] == Column("id", "bigint", "from the warehouse", [], [])
    [countries] = [one for one in said if one.name == "countries"]
    assert (countries.is_view, countries.description) == (False, "Orders as they come: 주문.")
    assert [one.name for one in countries.columns] == ["code", "name"]
    assert "Seed `countries`" in countries.notes["dbt"]
    assert "Source `raw.orders`" in countries.notes["dbt"]
