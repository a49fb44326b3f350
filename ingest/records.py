"""What becomes of a table, a column, a person, … in the graph: the builders every source shares.

Each returns the mutations that put one thing into the graph as Amundsen's databuilder models it
(docs/graph-model.md): nodes first, then the relations that hang them up. Pure; a key part that is empty raises
InvalidKey. Texts that are empty leave nothing behind.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from metadata_service.store.mutations import EdgeRef, NodeRef, PutEdge, PutNode, new_edge, new_node
from schemas import keys
from schemas.errors import InvalidKey
from schemas.graph import Value

Put = PutNode | PutEdge
Props = Mapping[str, Value | None]


class Puts(NamedTuple):
    """Nodes and relations that are put together, with all their properties."""

    nodes: Mapping[NodeRef, Props]
    edges: Mapping[EdgeRef, Props]


NOTHING: Props = {}
TABLES_READY = 1_000  # more than a chunk of statements has: all of them are identified before the first is built
OWN_DESCRIPTION = "description"  # the source whose description is the entity's own

_PLACEHOLDER = re.compile(r"\{(dag_id|task_id)\}")


def link(relation: str, source: NodeRef, target: NodeRef, props: Props = NOTHING) -> PutEdge:
    """Put a relation in its forward direction."""
    return PutEdge(new_edge((relation, source, target)), props)


def present(**props: Value | None) -> Props:
    """Keep the properties that have a value; an empty text is none."""
    return {name: value for name, value in props.items() if value is not None and value != ""}


# Where things are. Rows of one table or schema come together, so a few recent ones are kept ready.


@lru_cache(maxsize=TABLES_READY)
def table_ref(database: str, cluster: str, schema: str, name: str) -> NodeRef:
    """Identify a table."""
    return NodeRef("Table", keys.TableKey.text(database, cluster, schema, name))


@lru_cache(maxsize=256)
def dashboard_ref(product: str, cluster: str, group: str, dashboard: str) -> NodeRef:
    """Identify a dashboard by the ids of its group and its own."""
    return NodeRef("Dashboard", keys.DashboardKey.text(product, cluster, group, dashboard))


@lru_cache(maxsize=256)
def column_ref(table: NodeRef, name: str) -> NodeRef:
    """Identify a column of a table."""
    return NodeRef("Column", keys.ColumnKey.text(table.key, name))


@lru_cache(maxsize=256)
def _schema(database: str, cluster: str, schema: str) -> tuple[NodeRef, tuple[Put, ...]]:
    """Return a schema and what puts it and all it stands in."""
    top = NodeRef("Database", keys.DatabaseKey.text(database))
    middle = NodeRef("Cluster", keys.ClusterKey.text(database, cluster))
    ref = NodeRef("Schema", keys.SchemaKey.text(database, cluster, schema))
    return ref, (
        PutNode(top, {"name": database}),
        PutNode(middle, {"name": cluster}),
        PutNode(ref, {"name": schema}),
        link("CLUSTER", top, middle),
        link("SCHEMA", middle, ref),
    )


# Tables and columns


def table(database: str, cluster: str, schema: str, name: str, *, is_view: bool | None = None) -> list[Put]:
    """Put a table and the database, cluster and schema it stands in."""
    schema_ref, containers = _schema(database, cluster, schema)
    ref = table_ref(database, cluster, schema, name)
    return [*containers, PutNode(ref, present(name=name, is_view=is_view)), link("TABLE", schema_ref, ref)]


def schema(key: str, name: str) -> list[Put]:
    """Put a schema by its key. Raises InvalidKey when the key is none."""
    keys.SchemaKey.parse(key)
    return [PutNode(NodeRef("Schema", key), {"name": name})]


def column(table: NodeRef, name: str, col_type: str, sort_order: int) -> list[Put]:
    """Put a column of a table."""
    ref = column_ref(table, name)
    props: Props = {"name": name, "col_type": col_type, "sort_order": sort_order}
    return [PutNode(ref, props), link("COLUMN", table, ref)]


def statistic(
    measured: NodeRef, name: str, value: str, start_epoch: int | None = None, end_epoch: int | None = None
) -> list[Put]:
    """Put a statistic of a table or a column."""
    ref = NodeRef("Stat", keys.StatKey.text(measured.key, name))
    props = present(stat_type=name, start_epoch=start_epoch, end_epoch=end_epoch)
    return [PutNode(ref, {**props, "stat_val": value}), link("STAT_OF", ref, measured)]


def watermark(table: NodeRef, part_type: str, partition: str, create_time: str) -> list[Put]:
    """Put the low or high watermark of a table; `partition` is `column=value`. Raises InvalidKey when it is not."""
    partition_key, equals, partition_value = partition.partition("=")
    if not equals:
        raise InvalidKey(f"{partition[:80]!r} is not a partition; it needs the form column=value.")
    ref = NodeRef("Watermark", keys.WatermarkKey.text(table.key, part_type.lower()))
    props = present(partition_key=partition_key, partition_value=partition_value, create_time=create_time)
    return [PutNode(ref, props), link("BELONG_TO_TABLE", ref, table)]


def table_updated(table: NodeRef, epoch: int) -> list[Put]:
    """Put when a table was last updated, in epoch seconds."""
    ref = NodeRef("Timestamp", keys.TableTimestampKey.text(table.key))
    return [_updated(ref, {"last_updated_timestamp": epoch, "timestamp": epoch}), link("LAST_UPDATED_AT", table, ref)]


def _updated(ref: NodeRef, props: Props) -> PutNode:
    return PutNode(ref, {**props, "name": "last_updated_timestamp"})


def source_code(table: NodeRef, source: str, source_type: str = "github") -> list[Put]:
    """Put where the code that makes a table is kept."""
    ref = NodeRef("Source", keys.SourceKey.text(table.key))
    return [PutNode(ref, {"source": source, "source_type": source_type}), link("SOURCE_OF", ref, table)]


def airflow_task(table: NodeRef, cluster: str, dag: str, task: str, url_template: str) -> list[Put]:
    """Put the Airflow task a table is made by; `{dag_id}` and `{task_id}` in the URL stand for the two."""
    ref = NodeRef("Application", keys.AirflowTaskKey.text(cluster, dag, task))
    names = {"dag_id": dag, "task_id": task}
    props = present(
        name="Airflow",
        id=f"{dag}/{task}",
        description=f"Airflow with id {dag}/{task}",
        application_url=_PLACEHOLDER.sub(lambda found: names[found[1]], url_template),
    )
    return [PutNode(ref, props), link("DERIVED_FROM", table, ref)]


def downstream(label: str, source_key: str, target_key: str) -> list[Put]:
    """Put one step of lineage between two entities of a label that are there already."""
    return [link("HAS_DOWNSTREAM", NodeRef(label, source_key), NodeRef(label, target_key))]


# What any resource can have


def description(resource: NodeRef, text: str, source: str = OWN_DESCRIPTION) -> list[Put]:
    """Put the description of a resource, its own or one that a program (`source`) wrote."""
    if not text:
        return []
    if source == OWN_DESCRIPTION:
        ref = new_node(("Description", keys.DescriptionKey.text(resource.key)))
    else:
        ref = NodeRef("Programmatic_Description", keys.ProgrammaticDescriptionKey.text(resource.key, source))
    props: Props = {"description_source": source, "description": text}
    return [PutNode(ref, props), link("DESCRIPTION", resource, ref)]


def tag(name: str, tag_type: str = "default") -> PutNode:
    """Put a tag, which resources share by its name."""
    return PutNode(NodeRef("Tag", name), {"tag_type": tag_type})


def tags(resource: NodeRef, names: Iterable[str]) -> list[Put]:
    """Tag a resource."""
    return [each for put in map(tag, names) for each in (put, link("TAGGED_BY", resource, put.ref))]


def badges(resource: NodeRef, names: Iterable[str], category: str) -> list[Put]:
    """Give a resource badges, which resources share by their names."""
    puts: list[Put] = []
    for name in names:
        ref = NodeRef("Badge", name)
        puts += (PutNode(ref, {"category": category}), link("HAS_BADGE", resource, ref))
    return puts


def report(resource: NodeRef, name: str, url: str) -> list[Put]:
    """Put a report about a resource."""
    ref = NodeRef("Report", keys.ReportKey.text(resource.key, name))
    return [PutNode(ref, {"name": name, "url": url}), link("HAS_REPORT", resource, ref)]


# People


def bare_user(email: str) -> PutNode:
    """Put somebody of whom no more than the address is known; what else is known stays."""
    return PutNode(NodeRef("User", email), {"email": email})


def user(email: str, props: Props) -> list[Put]:
    """Put a person, who is active unless `props` says otherwise."""
    return [PutNode(NodeRef("User", email), {"is_active": True, **props, "email": email})]


def manager(email: str, manager_email: str) -> list[Put]:
    """Put who a person is managed by."""
    above = bare_user(manager_email)
    return [above, link("MANAGE_BY", NodeRef("User", email), above.ref)]


def owners(resource: NodeRef, emails: Iterable[str]) -> list[Put]:
    """Make people owners of a resource."""
    return [each for person in map(bare_user, emails) for each in (person, link("OWNER", resource, person.ref))]


def reader(resource: NodeRef, email: str, read_count: int) -> list[Put]:
    """Put how often a person read a resource."""
    person = bare_user(email)
    return [person, link("READ_BY", resource, person.ref, {"read_count": read_count})]


# Dashboards


@lru_cache(maxsize=256)
def dashboard_group_ref(product: str, cluster: str, group: str) -> NodeRef:
    """Identify a group of dashboards by its id."""
    return NodeRef("Dashboardgroup", keys.DashboardGroupKey.text(product, cluster, group))


def dashboard_group(product: str, cluster: str, group: str, name: str, url: str = "") -> list[Put]:
    """Put a group of dashboards and the cluster it stands in."""
    top = NodeRef("Cluster", keys.DashboardClusterKey.text(product, cluster))
    ref = dashboard_group_ref(product, cluster, group)
    return [
        PutNode(top, {"name": cluster}),
        PutNode(ref, present(name=name, dashboard_group_url=url)),
        link("DASHBOARD_GROUP", top, ref),
    ]


def dashboard(
    ref: NodeRef, group: NodeRef, name: str, *, url: str = "", created_timestamp: int | None = None
) -> list[Put]:
    """Put a dashboard of a group."""
    props = present(name=name, created_timestamp=created_timestamp, dashboard_url=url)
    return [PutNode(ref, props), link("DASHBOARD_OF", ref, group)]


def dashboard_query(dashboard: NodeRef, query: str, *, name: str, url: str, text: str) -> list[Put]:
    """Put a query of a dashboard."""
    ref = NodeRef("Query", keys.DashboardQueryKey.text(dashboard.key, query))
    return [PutNode(ref, present(id=query, name=name, url=url, query_text=text)), link("HAS_QUERY", dashboard, ref)]


def dashboard_tables(dashboard: NodeRef, table_keys: Iterable[str]) -> list[Put]:
    """Put which tables, there already, a dashboard shows."""
    return [link("DASHBOARD_WITH_TABLE", dashboard, NodeRef("Table", key)) for key in table_keys]


def dashboard_execution(dashboard: NodeRef, execution: str, timestamp: int, state: str) -> list[Put]:
    """Put the last (or last successful) execution of a dashboard, in epoch seconds."""
    ref = NodeRef("Execution", keys.DashboardExecutionKey.text(dashboard.key, execution))
    return [PutNode(ref, {"timestamp": timestamp, "state": state}), link("EXECUTED", dashboard, ref)]


def dashboard_updated(dashboard: NodeRef, timestamp: int) -> list[Put]:
    """Put when a dashboard was last modified, in epoch seconds."""
    ref = NodeRef("Timestamp", keys.DashboardTimestampKey.text(dashboard.key))
    return [_updated(ref, {"timestamp": timestamp}), link("LAST_UPDATED_AT", dashboard, ref)]


def catalogue_updated(epoch: int) -> PutNode:
    """Put when anything in the graph was last changed by an ingestion, in epoch seconds."""
    return PutNode(NodeRef("Updatedtimestamp", keys.UPDATED_TIMESTAMP), {"latest_timestamp": epoch})
