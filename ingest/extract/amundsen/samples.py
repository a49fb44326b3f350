"""The CSV files of Amundsen's sample data: one header and one pure function from a row to mutations each."""

from collections.abc import Sequence

from ingest import records
from ingest.extract.amundsen.formats import Format
from ingest.extract.amundsen.properties import Properties
from ingest.extract.amundsen.rows import Parse, Refused, Row
from ingest.nested_types import nested_types
from ingest.records import Put
from metadata_service.store.mutations import NodeRef
from schemas.graph import property_type

_REPORTED = ("Table", "Dashboard", "Feature")


def _table_of(row: Row, *, database: str = "database", table: str = "table_name") -> NodeRef:
    return records.table_ref(row.name(database), row.name("cluster"), row.name("schema"), row.name(table))


def _dashboard_of(row: Row) -> NodeRef:
    return records.dashboard_ref(
        row.name("product"), row.name("cluster"), row.name("dashboard_group_id"), row.name("dashboard_id")
    )


def _table(row: Row) -> list[Put]:
    names = row.name("database"), row.name("cluster"), row.name("schema"), row.name("name")
    table = records.table_ref(*names)
    return [
        *records.table(*names, is_view=row.find_truth("is_view")),
        *records.description(table, row["description"], row["description_source"] or records.OWN_DESCRIPTION),
        *records.tags(table, row.lower_names("tags")),
    ]


def _column(row: Row) -> list[Put]:
    table, name = _table_of(row), row.name("name")
    column = records.column_ref(table, name)
    return [
        *records.column(table, name, row["col_type"], row.whole("sort_order")),
        *records.description(column, row["description"]),
        *records.badges(column, row.lower_names("badges"), "column"),
    ]


def _column_and_nested_types(row: Row) -> list[Put]:
    column = records.column_ref(_table_of(row), row.name("name"))
    return [*_column(row), *nested_types(column, row["col_type"])]


def _bind_user(columns: Sequence[str]) -> Parse:
    """Every column but the manager's is a property of the person, also those that Amundsen does not know."""
    props_of = Properties([column for column in columns if column != "manager_email"]).typed(
        lambda name: property_type("User", name)
    )

    def parse(row: Row) -> list[Put]:
        email, manager_email = row.name("email").strip(), row["manager_email"].strip()
        mutations = records.user(email, props_of(row))
        return [*mutations, *records.manager(email, manager_email)] if manager_email else mutations

    return parse


def _owner(row: Row) -> list[Put]:
    return records.owners(_table_of(row, database="db_name"), row.lower_names("owners"))


def _usage(row: Row) -> list[Put]:
    return records.reader(_table_of(row, table="table"), row.address("user_email"), row.whole("read_count"))


def _table_lineage(row: Row) -> list[Put]:
    return records.downstream("Table", row.name("source_table_key"), row.name("target_table_key"))


def _column_lineage(row: Row) -> list[Put]:
    return records.downstream("Column", row.name("source_column_key"), row.name("target_column_key"))


def _badge(row: Row) -> list[Put]:
    row.text("name")
    return records.badges(_table_of(row), row.lower_names("name"), row.text("category"))


def _tag(row: Row) -> list[Put]:
    return [records.tag(row.name("name"), row.text("tag_type"))]


def _watermark(row: Row) -> list[Put]:
    partition = row.text("part_name")
    if "=" not in partition:
        raise Refused(f"Column 'part_name' is {partition[:40]!r}; it needs the form column=value.")
    return records.watermark(_table_of(row), row.name("part_type"), partition, row["create_time"])


def _column_statistic(row: Row) -> list[Put]:
    return records.statistic(
        records.column_ref(_table_of(row, database="db"), row.name("col_name")),
        row.name("stat_name"),
        row["stat_val"],
        row.find_whole("start_epoch"),
        row.find_whole("end_epoch"),
    )


def _table_updated(row: Row) -> list[Put]:
    return records.table_updated(_table_of(row, database="db"), row.whole("last_updated_time_epoch"))


def _source(row: Row) -> list[Put]:
    return records.source_code(_table_of(row, database="db_name"), row.text("source"), row["source_type"] or "github")


def _schema_description(row: Row) -> list[Put]:
    key = row.name("schema_key")
    return [
        *records.schema(key, row.text("schema")),
        *records.description(NodeRef("Schema", key), row["description"]),
    ]


def _application(row: Row) -> list[Put]:
    return records.airflow_task(
        _table_of(row, database="db_name"),
        row.name("cluster"),
        row.name("dag_id"),
        row.name("task_id"),
        row["application_url_template"],
    )


def _report(row: Row) -> list[Put]:
    label = row.text("resource_label")
    if label not in _REPORTED:
        raise Refused(f"Column 'resource_label' is {label[:40]!r}; it must be one of {', '.join(_REPORTED)}.")
    return records.report(NodeRef(label, row.name("resource_uri")), row.name("name"), row.text("url"))


def _dashboard(row: Row) -> list[Put]:
    place = row.name("product"), row.name("cluster"), row.name("dashboard_group_id")
    group, dashboard = records.dashboard_group_ref(*place), _dashboard_of(row)
    return [
        *records.dashboard_group(*place, row.text("dashboard_group"), row["dashboard_group_url"]),
        *records.description(group, row["dashboard_group_description"]),
        *records.dashboard(
            dashboard,
            group,
            row.text("dashboard_name"),
            url=row["dashboard_url"],
            created_timestamp=row.find_whole("created_timestamp"),
        ),
        *records.description(dashboard, row["description"]),
    ]


def _dashboard_query(row: Row) -> list[Put]:
    return records.dashboard_query(
        _dashboard_of(row), row.name("query_id"), name=row["query_name"], url=row["url"], text=row["query_text"]
    )


def _dashboard_tables(row: Row) -> list[Put]:
    return records.dashboard_tables(_dashboard_of(row), row.names("table_ids"))


def _dashboard_usage(row: Row) -> list[Put]:
    return records.reader(_dashboard_of(row), row.address("email"), row.whole("view_count"))


def _dashboard_owner(row: Row) -> list[Put]:
    row.text("email")
    return records.owners(_dashboard_of(row), row.lower_names("email"))


def _dashboard_execution(row: Row) -> list[Put]:
    return records.dashboard_execution(
        _dashboard_of(row), row.name("execution_id"), row.whole("execution_timestamp"), row["execution_state"]
    )


def _dashboard_updated(row: Row) -> list[Put]:
    return records.dashboard_updated(_dashboard_of(row), row.whole("last_modified_timestamp"))


def _format(name: str, columns: str, parse: Parse, *, optional: tuple[str, ...] = ()) -> Format:
    def bind(_: Sequence[str]) -> Parse:
        return parse

    return Format(name, tuple(columns.split(",")), bind, optional)


_USERS = Format("users", ("email", "first_name", "last_name"), _bind_user, open=True)
_COLUMN = "name,description,col_type,sort_order,database,cluster,schema,table_name"
_DASHBOARD = "product,cluster,dashboard_group_id,dashboard_id"


def sample_formats(*, nested: bool = False) -> tuple[Format, ...]:
    """Return the formats in the order in which their files go in; `nested` takes the types of columns apart."""
    column = _column_and_nested_types if nested else _column
    return (
        _USERS,
        _format(
            "tables",
            "database,cluster,schema,name,description,tags",
            _table,
            optional=("is_view", "description_source"),
        ),
        _format("columns", _COLUMN, column, optional=("badges",)),
        _format("schema descriptions", "schema_key,schema,description", _schema_description),
        _format(
            "dashboards",
            f"{_DASHBOARD},dashboard_group,dashboard_group_description,dashboard_group_url,"
            "dashboard_name,description,created_timestamp,dashboard_url",
            _dashboard,
        ),
        _format("tags", "name,tag_type", _tag),
        _format("badges", "name,category,database,cluster,schema,table_name", _badge),
        _format("table owners", "db_name,schema,cluster,table_name,owners", _owner),
        _format("table usage", "database,cluster,schema,table,column,user_email,read_count", _usage),
        _format("table lineage", "source_table_key,target_table_key", _table_lineage),
        _format("column lineage", "source_column_key,target_column_key", _column_lineage),
        _format("watermarks", "create_time,database,schema,table_name,part_name,part_type,cluster", _watermark),
        _format(
            "column statistics",
            "cluster,db,schema,table_name,col_name,stat_name,stat_val,start_epoch,end_epoch",
            _column_statistic,
        ),
        _format("table updates", "cluster,db,schema,table_name,last_updated_time_epoch", _table_updated),
        _format("table sources", "db_name,cluster,schema,table_name,source", _source, optional=("source_type",)),
        _format(
            "applications", "task_id,dag_id,application_url_template,db_name,schema,table_name,cluster", _application
        ),
        _format("dashboard queries", f"{_DASHBOARD},query_name,query_id,url,query_text", _dashboard_query),
        _format("dashboard tables", f"{_DASHBOARD},table_ids", _dashboard_tables),
        _format("dashboard usage", f"{_DASHBOARD},view_count,email", _dashboard_usage),
        _format("dashboard owners", f"{_DASHBOARD},email", _dashboard_owner),
        _format(
            "dashboard executions",
            f"{_DASHBOARD},execution_id,execution_timestamp,execution_state",
            _dashboard_execution,
        ),
        _format("dashboard updates", f"{_DASHBOARD},last_modified_timestamp", _dashboard_updated),
        _format("reports", "name,url,resource_uri,resource_label", _report),
    )
