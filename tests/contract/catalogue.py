"""A small catalogue with something of every kind, for the contract tests."""

from metadata_service.store.mutations import Authority, Batch, EdgeRef, Mutation, NodeRef, PutEdge, PutNode
from metadata_service.store.port import GraphStore
from schemas.graph import Value

ORDERS = "hive://gold.core/orders"
ITEMS = "hive://gold.core/items"
VIEW = "hive://gold.core/description"  # named after a route on purpose
BARE = "hive://gold.core/bare"  # nothing is known of it but that it exists
AMOUNT = f"{ORDERS}/amount"
ADDRESS = f"{ORDERS}/address"
ADDRESS_TYPE = f"{ADDRESS}/type/address"
STREET_TYPE = f"{ADDRESS_TYPE}/street"
BOARD = "mode_dashboard://gold.finance/revenue"
QUERY = f"{BOARD}/query/q1"
FEATURE = "customers/lifetime_value/1"
ADA, BOB, CAI = "ada@example.com", "bob@example.com", "cai@example.com"


def node(label: str, key: str, **props: Value | None) -> Mutation:
    return PutNode(NodeRef(label, key), props)


def edge(kind: str, source: tuple[str, str], target: tuple[str, str], **props: Value | None) -> Mutation:
    return PutEdge(EdgeRef(kind, NodeRef(*source), NodeRef(*target)), props)


def fill(store: GraphStore) -> None:
    """Write the catalogue as a source would."""
    everything = (*_PEOPLE, *_WAREHOUSE, *_ORDERS, *_COLUMNS, *_QUERY_LOG, *_DASHBOARD, *_FEATURE)
    receipt = store.apply(Batch(everything, Authority.SOURCE, source="test"))
    assert len(receipt.outcomes) == len(everything)


_TABLE = ("Table", ORDERS)
_PEOPLE = (
    node(
        "User",
        ADA,
        email=ADA,
        first_name="Ada",
        last_name="Lovelace",
        full_name="Ada Lovelace",
        is_active=True,
        team_name="Analytics",
        mode_user_id="ada7",
    ),
    node("User", BOB, email=BOB, full_name="Bob Gray", is_active=False),
    node("User", CAI),
    edge("MANAGE_BY", ("User", ADA), ("User", BOB)),
)
_WAREHOUSE = (
    node("Database", "database://hive", name="hive"),
    node("Cluster", "hive://gold", name="gold"),
    node("Schema", "hive://gold.core", name="core"),
    edge("CLUSTER", ("Database", "database://hive"), ("Cluster", "hive://gold")),
    edge("SCHEMA", ("Cluster", "hive://gold"), ("Schema", "hive://gold.core")),
    *(
        mutation
        for key, name in ((ORDERS, "orders"), (ITEMS, "items"), (VIEW, "description"))
        for mutation in (
            node("Table", key, name=name, is_view=key == VIEW),
            edge("TABLE", ("Schema", "hive://gold.core"), ("Table", key)),
        )
    ),
    node("Table", BARE, name="bare"),
    edge("HAS_DOWNSTREAM", ("Table", ITEMS), _TABLE),
    edge("HAS_DOWNSTREAM", _TABLE, ("Table", VIEW)),
    node("Updatedtimestamp", "amundsen_updated_timestamp", latest_timestamp=1700000000),
)
_ORDERS = (
    node("Description", f"{ORDERS}/_description", description="Every order.", description_source="description"),
    edge("DESCRIPTION", _TABLE, ("Description", f"{ORDERS}/_description")),
    node("Programmatic_Description", f"{ORDERS}/_size_description", description="9 GB", description_source="size"),
    edge("DESCRIPTION", _TABLE, ("Programmatic_Description", f"{ORDERS}/_size_description")),
    node("Tag", "money", tag_type="default"),
    edge("TAGGED_BY", _TABLE, ("Tag", "money")),
    node("Tag", "hidden", tag_type="metric"),
    edge("TAGGED_BY", _TABLE, ("Tag", "hidden")),
    node("Badge", "gold", category="table_status"),
    edge("HAS_BADGE", _TABLE, ("Badge", "gold")),
    edge("OWNER", _TABLE, ("User", ADA)),
    edge("READ_BY", _TABLE, ("User", ADA), read_count=10),
    edge("READ_BY", _TABLE, ("User", BOB), read_count=30),
    edge("READ_BY", ("Table", ITEMS), ("User", ADA), read_count=500),
    edge("READ_BY", ("Table", ITEMS), ("User", BOB), read_count=7),
    node("Watermark", f"{ORDERS}/high_watermark/", partition_key="ds", partition_value="2026-01-02", create_time="t"),
    edge("BELONG_TO_TABLE", ("Watermark", f"{ORDERS}/high_watermark/"), _TABLE),
    node(
        "Application",
        "application://x/writer",
        id="writer",
        name="Airflow",
        application_url="http://a",
        description="d",
    ),
    edge("DERIVED_FROM", _TABLE, ("Application", "application://x/writer")),
    edge("CONSUMED_BY", _TABLE, ("Application", "application://x/writer")),
    node("Application", "application://x/reader", id="reader", name="Spark", application_url="http://r"),
    edge("CONSUMED_BY", _TABLE, ("Application", "application://x/reader")),
    node("Report", f"{ORDERS}/_report/profile", name="profile", url="http://p"),
    edge("HAS_REPORT", _TABLE, ("Report", f"{ORDERS}/_report/profile")),
    node("Timestamp", f"{ORDERS}/timestamp", last_updated_timestamp=1600000000, timestamp=1600000000),
    edge("LAST_UPDATED_AT", _TABLE, ("Timestamp", f"{ORDERS}/timestamp")),
    node("Source", f"{ORDERS}/_source", source="http://git/orders.sql", source_type="github"),
    edge("SOURCE_OF", ("Source", f"{ORDERS}/_source"), _TABLE),
)
_COLUMNS = (
    node("Column", AMOUNT, name="amount", col_type="bigint", sort_order=2),
    edge("COLUMN", _TABLE, ("Column", AMOUNT)),
    node("Column", ADDRESS, name="address", col_type="struct<street:string>", sort_order=1),
    edge("COLUMN", _TABLE, ("Column", ADDRESS)),
    node("Column", f"{ITEMS}/order_amount", name="order_amount", col_type="bigint", sort_order=1),
    edge("COLUMN", ("Table", ITEMS), ("Column", f"{ITEMS}/order_amount")),
    edge("HAS_DOWNSTREAM", ("Column", f"{ITEMS}/order_amount"), ("Column", AMOUNT)),
    node("Description", f"{AMOUNT}/_description", description="In cents.", description_source="description"),
    edge("DESCRIPTION", ("Column", AMOUNT), ("Description", f"{AMOUNT}/_description")),
    node("Stat", f"{AMOUNT}/max/", stat_type="max", stat_val="9", start_epoch=1, end_epoch=2),
    edge("STAT_OF", ("Stat", f"{AMOUNT}/max/"), ("Column", AMOUNT)),
    edge("HAS_BADGE", ("Column", AMOUNT), ("Badge", "gold")),
    node("Type_Metadata", ADDRESS_TYPE, kind="struct", name="address", data_type="struct<street:string>", sort_order=0),
    node("Type_Metadata", STREET_TYPE, kind="scalar", name="street", data_type="string", sort_order=0),
    edge("TYPE_METADATA", ("Column", ADDRESS), ("Type_Metadata", ADDRESS_TYPE)),
    edge("SUBTYPE", ("Type_Metadata", ADDRESS_TYPE), ("Type_Metadata", STREET_TYPE)),
)
_SIDES = {
    "left_table_key": ORDERS,
    "left_database": "hive",
    "left_cluster": "gold",
    "left_schema": "core",
    "left_table": "orders",
    "right_table_key": ITEMS,
    "right_database": "hive",
    "right_cluster": "gold",
    "right_schema": "core",
    "right_table": "items",
}
_QUERY_LOG = (
    node("Join", "j1", join_type="inner", operator="=", join_sql="orders.amount = items.order_amount", **_SIDES),
    edge("COLUMN_JOINS_WITH", ("Column", AMOUNT), ("Join", "j1")),
    edge("COLUMN_JOINS_WITH", ("Column", f"{ITEMS}/order_amount"), ("Join", "j1")),
    node("Join", "j2", join_type="left", operator="=", **_SIDES),  # without its text: not shown
    edge("COLUMN_JOINS_WITH", ("Column", AMOUNT), ("Join", "j2")),
    edge("COLUMN_JOINS_WITH", ("Column", f"{ITEMS}/order_amount"), ("Join", "j2")),
    node("Where", "w1", where_clause="amount > 10"),
    node("Where", "w2", where_clause="amount > 99"),
    edge("USES_WHERE_CLAUSE", ("Column", AMOUNT), ("Where", "w1")),
    edge("USES_WHERE_CLAUSE", ("Column", AMOUNT), ("Where", "w2")),
    node("Query", "sql1", sql="select 1"),
    edge("QUERY_JOINS_WITH", ("Query", "sql1"), ("Join", "j1")),
    edge("HAS_WHERE_CLAUSE", ("Query", "sql1"), ("Where", "w2")),
    node("Execution", "sql1-1", execution_count=3),
    edge("HAS_EXECUTION", ("Query", "sql1"), ("Execution", "sql1-1")),
)
_BOARD = ("Dashboard", BOARD)
_DASHBOARD = (
    node("Cluster", "mode_dashboard://gold", name="gold"),
    node("Dashboardgroup", "mode_dashboard://gold.finance", name="Finance", dashboard_group_url="http://m/f"),
    edge("DASHBOARD_GROUP", ("Cluster", "mode_dashboard://gold"), ("Dashboardgroup", "mode_dashboard://gold.finance")),
    node("Dashboard", BOARD, name="Revenue", dashboard_url="http://m/r", created_timestamp=1500000000),
    edge("DASHBOARD_OF", _BOARD, ("Dashboardgroup", "mode_dashboard://gold.finance")),
    node("Description", f"{BOARD}/_description", description="By month."),
    edge("DESCRIPTION", _BOARD, ("Description", f"{BOARD}/_description")),
    node("Execution", f"{BOARD}/execution/_last_execution", timestamp=1600000002, state="failed"),
    edge("EXECUTED", _BOARD, ("Execution", f"{BOARD}/execution/_last_execution")),
    node("Execution", f"{BOARD}/execution/_last_successful_execution", timestamp=1600000001, state="succeeded"),
    edge("EXECUTED", _BOARD, ("Execution", f"{BOARD}/execution/_last_successful_execution")),
    node("Timestamp", f"{BOARD}/_last_modified_timestamp", timestamp=1600000003),
    edge("LAST_UPDATED_AT", _BOARD, ("Timestamp", f"{BOARD}/_last_modified_timestamp")),
    edge("OWNER", _BOARD, ("User", ADA)),
    edge("READ_BY", _BOARD, ("User", ADA), read_count=4),
    edge("READ_BY", _BOARD, ("User", BOB), read_count=5),
    node("Tag", "board", tag_type="dashboard"),
    edge("TAG", _BOARD, ("Tag", "board")),
    edge("HAS_BADGE", _BOARD, ("Badge", "gold")),
    node("Query", QUERY, id="q1", name="Monthly", url="http://m/q", query_text="select 1"),
    edge("HAS_QUERY", _BOARD, ("Query", QUERY)),
    node("Chart", f"{QUERY}/chart/c1", id="c1", name="Bars"),
    edge("HAS_CHART", ("Query", QUERY), ("Chart", f"{QUERY}/chart/c1")),
    edge("DASHBOARD_WITH_TABLE", _BOARD, _TABLE),
)
_LTV = ("Feature", FEATURE)
_FEATURE = (
    node("Feature_Group", "customers", name="customers"),
    node(
        "Feature",
        FEATURE,
        name="lifetime_value",
        version="1",
        status="active",
        entity="customer",
        data_type="double",
        created_timestamp=1500000000,
        last_updated_timestamp=1500000001,
    ),
    edge("GROUPED_BY", _LTV, ("Feature_Group", "customers")),
    edge("FEATURE_AVAILABLE_IN", _LTV, ("Database", "database://hive")),
    node("Description", f"{FEATURE}/_description", description="Money over a life."),
    edge("DESCRIPTION", _LTV, ("Description", f"{FEATURE}/_description")),
    node("Feature_Watermark", f"{FEATURE}/high_watermark", timestamp=1600000000, watermark_type="high_watermark"),
    edge("WATERMARK", _LTV, ("Feature_Watermark", f"{FEATURE}/high_watermark")),
    node("Feature_Generation_Code", f"{FEATURE}/_generation_code", text="select sum(amount)", source="http://git/ltv"),
    edge("GENERATION_CODE", _LTV, ("Feature_Generation_Code", f"{FEATURE}/_generation_code")),
    edge("OWNER", _LTV, ("User", BOB)),
    edge("TAGGED_BY", _LTV, ("Tag", "money")),
    edge("HAS_BADGE", _LTV, ("Badge", "gold")),
    node("Stat", f"{FEATURE}/mean/", stat_type="mean", stat_val="3.5"),
    edge("STAT_OF", ("Stat", f"{FEATURE}/mean/"), _LTV),
    node("Feature", "customers/bare/1", name="bare", version="1"),
    edge("HAS_DOWNSTREAM", _LTV, ("Feature", "customers/bare/1")),
)
