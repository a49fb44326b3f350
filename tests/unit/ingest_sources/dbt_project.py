"""A small project of dbt, written as the manifest of any version has it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

SCHEMAS = "https://schemas.getdbt.com/dbt"

SQL = {
    "stg_orders": 'with source as (select * from "shop"."raw"."orders") '
    "select id as order_id, customer, amount / 100 as amount from source",
    "orders": 'with __dbt__cte__int_orders as (select * from "shop"."dev"."stg_orders") '
    "select o.order_id, o.amount, c.name as customer_name from __dbt__cte__int_orders as o "
    'left join "shop"."dev"."countries" as c on c.code = o.customer',
    "customers": 'select customer_name, sum(amount) as total, count(*) as n from "shop"."dev"."orders" group by 1',
    "orders_snapshot": 'select *, current_timestamp as dbt_valid_from from "shop"."dev"."orders"',
}


def manifest(version: int, **changes: Mapping[str, Any]) -> dict[str, Any]:
    """Give the manifest in a version; `changes` are laid over its nodes, by the last part of their ids."""
    nodes = [
        _model(version, "stg_orders", ["source.shop.raw.orders"], "view", tags=["staging", "Nightly"]),
        _model(version, "int_orders", ["model.shop.stg_orders"], "ephemeral"),
        _model(
            version,
            "orders",
            ["model.shop.int_orders", "seed.shop.countries"],
            "table",
            description="Every order, once.",
            meta={"owner": "@Jane@acme.org, bob@acme.org"},
            columns={
                "order_id": _column("order_id", "The order's number.", tags=["key"]),
                "AMOUNT": _column("AMOUNT", "In euros.", data_type="numeric"),
            },
        ),
        _model(version, "customers", ["model.shop.orders"], "incremental"),
        _node("seed", "countries", version, config={"enabled": True, "materialized": "seed"}),
        _node(
            "snapshot",
            "orders_snapshot",
            version,
            depends_on={"nodes": ["model.shop.orders"]},
            config={"materialized": "snapshot"},
            **{_code(version): SQL["orders_snapshot"]},
        ),
        _test(version, "not_null", "order_id"),
        _test(version, "unique", "order_id"),
        _relationship(version),
        {
            **_node("test", "assert_no_loss", version),
            "depends_on": {"nodes": ["model.shop.orders", "model.shop.customers"]},
        },
        _node("operation", "on-run-end", version),
        _node("analysis", "ad_hoc", version),
    ]
    source = {
        **_node("source", "orders", version),
        "unique_id": "source.shop.raw.orders",
        "schema": "raw",
        "source_name": "raw",
        "source_description": "What the shop writes.",
        "identifier": "orders",
        "description": "Orders as they come: 주문.",
        "columns": {"id": _column("id", "")},
    }
    sections = {
        "nodes": nodes,
        "sources": [source],
        "exposures": [_exposure(version)],
        "metrics": [_metric(version)],
    }
    whole: dict[str, Any] = {
        "metadata": {
            "dbt_schema_version": f"{SCHEMAS}/manifest/v{version}.json",
            "dbt_version": "1.x",
            "adapter_type": "postgres",
        },
        **{
            name: {node["unique_id"]: node | changes.get(node["unique_id"].split(".")[2], {}) for node in members}
            for name, members in sections.items()
        },
        "macros": {"macro.dbt.x": {"macro_sql": '{% macro x() %} "}" \\ {% endmacro %}'}},
        "docs": {},
        "disabled": {"model.shop.old": [_node("model", "old", version)]},
    }
    if version >= 9:
        whole["groups"] = {"group.shop.finance": {"name": "finance", "owner": {"email": "Finance@acme.org"}}}
        whole["nodes"]["model.shop.customers"]["group"] = "finance"
    if version >= 10:
        whole["semantic_models"] = {
            "semantic_model.shop.s": {"name": "s", "depends_on": {"nodes": ["model.shop.customers"]}}
        }
    return whole


def catalog() -> dict[str, Any]:
    """Give a catalog that knows the seed, the source and a model."""

    def table(id_: str, kind: str, schema: str, columns: Mapping[str, str], **stats: Any) -> dict[str, Any]:
        return {
            "unique_id": id_,
            "metadata": {
                "type": kind,
                "database": "shop",
                "schema": schema,
                "name": id_.rpartition(".")[2],
                "comment": None,
            },
            "columns": {
                name: {"name": name, "type": type_, "index": place, "comment": "from the warehouse"}
                for place, (name, type_) in reversed(list(enumerate(columns.items(), 1)))
            },
            "stats": {
                name: {"id": name, "label": name, "value": value, "include": name != "has_stats", "description": ""}
                for name, value in {"has_stats": bool(stats), **stats}.items()
            },
        }

    return {
        "metadata": {"dbt_schema_version": f"{SCHEMAS}/catalog/v1.json"},
        "nodes": {
            "seed.shop.countries": table("seed.shop.countries", "BASE TABLE", "dev", {"code": "text", "name": "text"}),
            "model.shop.orders": table(
                "model.shop.orders",
                "BASE TABLE",
                "dev",
                {"order_id": "bigint", "amount": "numeric(12,2)", "customer_name": "text"},
                row_count=3,
            ),
        },
        "sources": {
            "source.shop.raw.orders": table(
                "source.shop.raw.orders", "VIEW", "raw", {"id": "bigint", "customer": "text", "amount": "bigint"}
            )
        },
    }


def run_results(version: int = 6) -> dict[str, Any]:
    """Give the results of the tests and of a model."""

    def result(id_: str, status: str, **more: Any) -> dict[str, Any]:
        timing = [{"name": "execute", "started_at": "2026-01-02T03:04:04Z", "completed_at": "2026-01-02T03:04:05.6Z"}]
        return {"unique_id": id_, "status": status, "timing": timing, "message": None, **more}

    return {
        "metadata": {"dbt_schema_version": f"{SCHEMAS}/run-results/v{version}.json"},
        "results": [
            result("test.shop.not_null_orders_order_id.1", "pass", failures=0),
            result("test.shop.unique_orders_order_id.1", "fail", failures=1_200),
            result("model.shop.orders", "success"),
            result("model.shop.stg_orders", "success"),
        ],
    }


def write(folder: Path, name: str, artifact: Mapping[str, Any]) -> str:
    """Write one of dbt's files; return its path."""
    path = folder / name
    path.write_text(json.dumps(artifact, ensure_ascii=False), encoding="utf-8")
    return str(path)


def _code(version: int) -> str:
    return "compiled_code" if version >= 7 else "compiled_sql"


def _node(kind: str, name: str, version: int, **more: Any) -> dict[str, Any]:
    return {
        "unique_id": f"{kind}.shop.{name}",
        "resource_type": kind,
        "name": name,
        "alias": name,
        "package_name": "shop",
        "database": "shop",
        "schema": "dev",
        "original_file_path": f"{kind}s/{name}.sql",
        "relation_name": f'"shop"."dev"."{name}"' if kind in {"model", "seed", "snapshot"} else None,
        "description": "",
        "columns": {},
        "tags": [],
        "meta": {},
        "config": {"enabled": True},
        **({"group": None, "refs": [{"name": "x"}]} if version >= 9 else {"refs": [["x"]]}),
        **more,
    }


def _model(version: int, name: str, parents: list[str], materialized: str, **more: Any) -> dict[str, Any]:
    return _node(
        "model",
        name,
        version,
        depends_on={"nodes": parents, "macros": []},
        config={"enabled": True, "materialized": materialized},
        **({_code(version): SQL[name]} if name in SQL else {}),
        **more,
    )


def _column(name: str, description: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "description": description, "meta": {}, "data_type": None, "tags": [], **more}


def _test(version: int, name: str, column: str) -> dict[str, Any]:
    return _node(
        "test",
        f"{name}_orders_{column}",
        version,
        unique_id=f"test.shop.{name}_orders_{column}.1",
        depends_on={"nodes": ["model.shop.orders"]},
        test_metadata={"name": name, "kwargs": {"column_name": column}, "namespace": None},
        column_name=column,
        **({"attached_node": "model.shop.orders"} if version >= 11 else {}),
    )


def _relationship(version: int) -> dict[str, Any]:
    return _node(
        "test",
        "relationships",
        version,
        unique_id="test.shop.relationships_orders.2",
        depends_on={"nodes": ["seed.shop.countries", "model.shop.orders"]},
        test_metadata={
            "name": "relationships",
            "kwargs": {"column_name": "customer_name", "model": "{{ get_where_subquery(ref('orders')) }}"},
        },
        column_name="customer_name",
    )


def _exposure(version: int) -> dict[str, Any]:
    return _node(
        "exposure",
        "weekly",
        version,
        type="notebook",
        label="Weekly report",
        maturity="high",
        url="https://bi.example.org/weekly",
        description="What we look at on Mondays.",
        owner={"name": "Ann", "email": "ann@acme.org"},
        depends_on={"nodes": ["model.shop.customers", "model.shop.int_orders"]},
    )


def _metric(version: int) -> dict[str, Any]:
    old = {"calculation_method": "sum", "expression": "total"} if version >= 6 else {"type": "sum", "sql": "total"}
    new = {"type": "simple", "type_params": {"expr": "total"}}
    parent = "semantic_model.shop.s" if version >= 10 else "model.shop.customers"
    return _node(
        "metric",
        "revenue",
        version,
        label="Revenue",
        description="All that\nwas paid.",
        depends_on={"nodes": [parent]},
        **(new if version >= 10 else old),
    )
