"""Tables, dashboards and features in brief, as lists show them."""

from metadata_service.catalog import selections
from metadata_service.catalog.selections import children, only, optional_int, props_of, text
from metadata_service.store.shapes import Props, Record, Select, Shape
from schemas import entities
from schemas.errors import InvalidKey
from schemas.graph import Direction
from schemas.keys import DashboardKey, FeatureKey, TableKey

LAST_SUCCESSFUL = "/execution/_last_successful_execution"
LAST = "/execution/_last_execution"

EXECUTIONS = Select(("EXECUTED",), "Execution", props=("timestamp", "state"))
CHARTS = Select(("HAS_CHART",), "Chart", props=("name",))
_GROUP_CLUSTER = Select(("DASHBOARD_GROUP",), "Cluster", Direction.IN, props=("name",))
GROUP = Select(
    ("DASHBOARD_OF",), "Dashboardgroup", props=("name", "dashboard_group_url"), children={"cluster": _GROUP_CLUSTER}
)

TABLE_CHILDREN = children(schema=selections.SCHEMA, description=selections.DESCRIPTION)
TABLE_SUMMARY = Shape("Table", ("name",), TABLE_CHILDREN)
DASHBOARD_CHILDREN = children(
    group=GROUP,
    description=selections.DESCRIPTION,
    executions=EXECUTIONS,
    queries=Select(("HAS_QUERY",), "Query", children=children(charts=CHARTS)),
)
DASHBOARD_SUMMARY = Shape("Dashboard", ("name", "dashboard_url"), DASHBOARD_CHILDREN)
FEATURE_GROUP = Select(("GROUPED_BY",), "Feature_Group", props=("name",))
FEATURE_SUMMARY = Shape(
    "Feature",
    ("name", "version", "entity", "status"),
    children(group=FEATURE_GROUP, description=selections.DESCRIPTION),
)


def place(record: Record) -> tuple[str, str, str]:
    """Return the database, cluster and schema of a table: by the graph, or by its key where the graph lacks them."""
    schema = only(record, "schema")
    cluster = only(schema, "cluster") if schema else None
    database = only(cluster, "database") if cluster else None
    names = tuple(text(props_of(found), "name") for found in (database, cluster, schema))
    if all(names):
        return names[0], names[1], names[2]
    try:
        key = TableKey.parse(record.key)
    except InvalidKey:
        return names[0], names[1], names[2]
    return names[0] or key.database, names[1] or key.cluster, names[2] or key.schema


def popular_table(record: Record) -> entities.PopularTable:
    database, cluster, schema = place(record)
    return entities.PopularTable(database, cluster, schema, text(record.props, "name"), selections.description(record))


def table_summary(record: Record) -> entities.TableSummary:
    database, cluster, schema = place(record)
    return entities.TableSummary(database, cluster, schema, text(record.props, "name"), selections.description(record))


def product_of(key: str) -> str:
    """Return the product a dashboard belongs to, by its key."""
    try:
        return DashboardKey.parse(key).product
    except InvalidKey:
        return key.partition("_")[0]


def execution(record: Record, which: str) -> Props:
    """Return the properties of the last, or the last successful, run of a dashboard; empty when there is none."""
    found = (item.props for item in record.children["executions"] if item.key.endswith(which))
    return next(found, {})


def chart_names(record: Record) -> list[str]:
    charts = (chart for query in record.children["queries"] for chart in query.children["charts"])
    return [name for chart in charts if (name := text(chart.props, "name"))]


def dashboard_summary(record: Record) -> entities.DashboardSummary:
    group = only(record, "group")
    return entities.DashboardSummary(
        uri=record.key,
        cluster=text(props_of(only(group, "cluster") if group else None), "name"),
        group_name=text(props_of(group), "name"),
        group_url=text(props_of(group), "dashboard_group_url"),
        product=product_of(record.key),
        name=text(record.props, "name"),
        url=text(record.props, "dashboard_url"),
        description=selections.description(record),
        last_successful_run_timestamp=optional_int(execution(record, LAST_SUCCESSFUL), "timestamp"),
        chart_names=chart_names(record),
    )


def feature_summary(record: Record) -> entities.FeatureSummary:
    return entities.FeatureSummary(
        key=record.key,
        name=text(record.props, "name"),
        version=text(record.props, "version"),
        feature_group=feature_group(record),
        entity=selections.optional_text(record.props, "entity"),
        status=selections.optional_text(record.props, "status"),
        description=selections.description(record),
    )


def feature_group(record: Record) -> str:
    """Return the group of a feature: by the graph, or by its key where the graph lacks it."""
    try:
        return text(props_of(only(record, "group")), "name") or FeatureKey.parse(record.key).group
    except InvalidKey:
        return ""
