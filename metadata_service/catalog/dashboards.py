"""A dashboard as its page shows it."""

from metadata_service.catalog import people, selections
from metadata_service.catalog.selections import children, only, optional_int, optional_text, props_of, text
from metadata_service.catalog.summaries import (
    CHARTS,
    EXECUTIONS,
    GROUP,
    LAST,
    LAST_SUCCESSFUL,
    TABLE_CHILDREN,
    chart_names,
    execution,
    popular_table,
    product_of,
)
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Order, Record, Select, Shape
from schemas import entities
from schemas.errors import NotFound

MOST_FREQUENT = 5

_READERS = Select(
    ("READ_BY",),
    "User",
    props=people.EVERYTHING,
    edge_props=("read_count",),
    order=(Order("read_count", on="edge", descending=True),),
)
DASHBOARD_DETAIL = Shape(
    "Dashboard",
    ("name", "dashboard_url", "created_timestamp"),
    children(
        group=GROUP,
        description=selections.DESCRIPTION,
        executions=EXECUTIONS,
        updated=Select(("LAST_UPDATED_AT",), "Timestamp", props=("timestamp", "last_updated_timestamp")),
        owners=people.OWNERS,
        readers=_READERS,
        tags=selections.TAGS,
        badges=selections.BADGES,
        queries=Select(("HAS_QUERY",), "Query", props=("name", "url", "query_text"), children=children(charts=CHARTS)),
        tables=Select(
            ("DASHBOARD_WITH_TABLE",), "Table", props=("name",), where=selections.PRESENT, children=TABLE_CHILDREN
        ),
    ),
)


def get_dashboard(store: GraphStore, key: str) -> entities.Dashboard:
    """Return a dashboard. Raises NotFound."""
    record = store.fetch(key, DASHBOARD_DETAIL)
    if record is None:
        raise NotFound(f"dashboard_id {key} does not exist")
    return _dashboard(record)


def _dashboard(record: Record) -> entities.Dashboard:
    group = only(record, "group")
    updated = props_of(only(record, "updated"))
    last = execution(record, LAST)
    queries = [_query(item) for item in record.children["queries"]]
    return entities.Dashboard(
        uri=record.key,
        cluster=text(props_of(only(group, "cluster") if group else None), "name"),
        group_name=text(props_of(group), "name"),
        group_url=text(props_of(group), "dashboard_group_url"),
        product=product_of(record.key),
        name=text(record.props, "name"),
        url=text(record.props, "dashboard_url"),
        description=selections.description(record),
        created_timestamp=optional_int(record.props, "created_timestamp"),
        updated_timestamp=optional_int(updated, "timestamp") or optional_int(updated, "last_updated_timestamp"),
        last_successful_run_timestamp=optional_int(execution(record, LAST_SUCCESSFUL), "timestamp"),
        last_run_timestamp=optional_int(last, "timestamp"),
        last_run_state=optional_text(last, "state"),
        owners=people.owners(record),
        frequent_users=[people.person(item.key, item.props) for item in record.children["readers"][:MOST_FREQUENT]],
        chart_names=chart_names(record),
        query_names=[query.name for query in queries if query.name],
        queries=[query for query in queries if query.name or query.url or query.query_text],
        tables=[popular_table(item) for item in record.children["tables"]],
        tags=selections.tags(record, ("default", "dashboard")),
        badges=selections.badges(record),
        recent_view_count=selections.read_count(record),
    )


def _query(record: Record) -> entities.DashboardQuery:
    return entities.DashboardQuery(
        optional_text(record.props, "name"),
        optional_text(record.props, "url"),
        optional_text(record.props, "query_text"),
    )
