"""A small graph as Amundsen's databuilder publishes it: every relation both ways, its properties on both."""

import neo4j

TABLE = "hive://gold.core/orders"
OTHER = "hive://gold.core/customers"
DASHBOARD = "mode_dashboard://gold.sales/d1"
PUBLISHED = {"published_tag": "run-1", "publisher_last_updated_epoch_ms": 1_700_000_000_000}

NODES: list[tuple[str, str, dict[str, object]]] = [
    ("Database", "database://hive", {"name": "hive"}),
    ("Cluster", "hive://gold", {"name": "gold"}),
    ("Schema", "hive://gold.core", {"name": "core"}),
    ("Table", TABLE, {"name": "orders", "is_view": False}),
    ("Table", OTHER, {"name": "customers", "is_view": True}),
    ("Column", f"{TABLE}/id", {"name": "id", "col_type": "bigint", "sort_order": 1}),
    ("Column", f"{TABLE}/total", {"name": "total", "col_type": "double", "sort_order": 0}),
    ("Stat", f"{TABLE}/id/max/", {"stat_type": "max", "stat_val": "9", "start_epoch": "1", "end_epoch": "2"}),
    ("Description", f"{TABLE}/_description", {"description": "All orders", "description_source": "description"}),
    ("Tag", "sales", {"tag_type": "default"}),
    ("Badge", "golden", {"category": "table_status"}),
    ("User", "ann@example.com", {"email": "ann@example.com", "first_name": "Ann"}),
    ("User", "bob@example.com", {"email": "bob@example.com"}),
    ("Watermark", f"{TABLE}/high_watermark/", {"partition_key": "ds", "partition_value": "2024-01-01"}),
    ("Dashboardgroup", "mode_dashboard://gold.sales", {"name": "Sales"}),
    ("Dashboard", DASHBOARD, {"name": "Revenue"}),
    ("Tag", "finance", {"tag_type": "dashboard"}),
]
RELATIONS: list[tuple[str, str, str, str, dict[str, object]]] = [  # start, type, reverse type, end
    ("database://hive", "CLUSTER", "CLUSTER_OF", "hive://gold", {}),
    ("hive://gold", "SCHEMA", "SCHEMA_OF", "hive://gold.core", {}),
    ("hive://gold.core", "TABLE", "TABLE_OF", TABLE, {}),
    ("hive://gold.core", "TABLE", "TABLE_OF", OTHER, {}),
    (TABLE, "COLUMN", "COLUMN_OF", f"{TABLE}/id", {}),
    (TABLE, "COLUMN", "COLUMN_OF", f"{TABLE}/total", {}),
    (f"{TABLE}/id/max/", "STAT_OF", "STAT", f"{TABLE}/id", {}),
    (TABLE, "DESCRIPTION", "DESCRIPTION_OF", f"{TABLE}/_description", {}),
    (TABLE, "TAGGED_BY", "TAG", "sales", {}),
    (TABLE, "HAS_BADGE", "BADGE_FOR", "golden", {}),
    ("ann@example.com", "OWNER_OF", "OWNER", TABLE, {}),
    (TABLE, "READ_BY", "READ", "ann@example.com", {"read_count": 40}),
    ("bob@example.com", "READ", "READ_BY", TABLE, {"read_count": 2}),
    (OTHER, "READ_BY", "READ", "bob@example.com", {"read_count": 7}),
    (f"{TABLE}/high_watermark/", "BELONG_TO_TABLE", "WATERMARK", TABLE, {}),
    (OTHER, "HAS_DOWNSTREAM", "HAS_UPSTREAM", TABLE, {}),
    (DASHBOARD, "DASHBOARD_OF", "DASHBOARD", "mode_dashboard://gold.sales", {}),
    (DASHBOARD, "TAG", "TAG_OF", "finance", {}),
    (DASHBOARD, "DASHBOARD_WITH_TABLE", "TABLE_OF_DASHBOARD", TABLE, {}),
    (DASHBOARD, "READ_BY", "READ", "bob@example.com", {"read_count": 3}),
]


def publish(driver: neo4j.Driver) -> None:
    """Write it into an empty database."""
    for label, key, props in NODES:
        driver.execute_query(f"MERGE (n:{label} {{key: $key}}) SET n += $props", key=key, props=props | PUBLISHED)
    for start, kind, reverse, end, props in RELATIONS:
        relate(driver, start, kind, end, props | PUBLISHED)
        relate(driver, end, reverse, start, props | PUBLISHED)


def relate(driver: neo4j.Driver, start: str, kind: str, end: str, props: dict[str, object]) -> None:
    driver.execute_query(
        f"MATCH (a {{key: $start}}), (b {{key: $end}}) CREATE (a)-[r:{kind}]->(b) SET r += $props",
        start=start,
        end=end,
        props=props,
    )
