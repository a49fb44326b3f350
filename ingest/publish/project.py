"""What the graph says of an index root, as its search document: one shape and one pure reading a kind.

Sync, rebuild and reconcile all come here, so that a document is the same whichever way it was published.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from ingest.publish import project_models
from ingest.publish.described import DESCRIBED, Made, described, name_of
from metadata_service.catalog import people, selections
from metadata_service.catalog.selections import children, only, optional_int, optional_text, props_of, text
from metadata_service.catalog.summaries import CHARTS, EXECUTIONS, LAST_SUCCESSFUL, execution, place, product_of
from metadata_service.store.port import GraphStore
from metadata_service.store.shapes import Order, Record, Select, Shape
from schemas.document_types import Value
from schemas.errors import InvalidKey
from schemas.graph import GONE, READERS, READS, Direction
from schemas.keys import FeatureKey
from search_service.index.port import Entry

_UPDATED = Select(("LAST_UPDATED_AT",), "Timestamp", props=("last_updated_timestamp", "timestamp"))
_RESOURCES = ("Table", "Dashboard", "Feature", "MLModel", "MLExperiment")

TABLE = Shape(
    "Table",
    ("name", GONE, READERS, READS),
    {
        **DESCRIBED,
        "schema": Select(
            ("TABLE",),
            "Schema",
            Direction.IN,
            props=("name",),
            children={**selections.SCHEMA.children, "description": selections.DESCRIPTION},
        ),
        "programmatic": selections.PROGRAMMATIC,
        "updated": _UPDATED,
        "columns": Select(
            ("COLUMN",),
            "Column",
            props=("name",),
            where=selections.PRESENT,
            children=children(description=selections.DESCRIPTION),
            order=(Order("sort_order"),),
        ),
    },
)
DASHBOARD = Shape(
    "Dashboard",
    ("name", "dashboard_url", GONE, READERS, READS),
    {
        **DESCRIBED,
        "group": Select(
            ("DASHBOARD_OF",),
            "Dashboardgroup",
            props=("name", "dashboard_group_url"),
            children=children(
                cluster=Select(("DASHBOARD_GROUP",), "Cluster", Direction.IN, props=("name",)),
                description=selections.DESCRIPTION,
            ),
        ),
        "executions": EXECUTIONS,
        "updated": _UPDATED,
        "queries": Select(("HAS_QUERY",), "Query", props=("name",), children=children(charts=CHARTS)),
    },
)
FEATURE = Shape(
    "Feature",
    ("name", "version", "status", "entity", "last_updated_timestamp", GONE, READERS, READS),
    {
        **DESCRIBED,
        "group": Select(("GROUPED_BY",), "Feature_Group", props=("name",)),
        "availability": Select(("FEATURE_AVAILABLE_IN",), "Database", props=("name",)),
        "programmatic": selections.PROGRAMMATIC,
    },
)
USER = Shape(
    "User",
    people.EVERYTHING,
    {
        "manager": Select(("MANAGE_BY",), "User", props=("full_name",)),
        **{
            f"read_{label}": Select(
                ("READ_BY",), label, Direction.IN, edge_props=("read_count",), where=selections.PRESENT
            )
            for label in _RESOURCES
        },
        **{
            f"{name}_{label}": Select((relation,), label, Direction.IN, where=selections.PRESENT, counted=True)
            for name, relation in (("own", "OWNER"), ("follow", "FOLLOWED_BY"))
            for label in _RESOURCES
        },
    },
)


@dataclass(frozen=True, slots=True)
class Projection:
    """How the nodes of an index root's label become documents of a kind."""

    kind: str
    shape: Shape
    read: Callable[[Record], Made]

    def document_of(self, record: Record | None) -> dict[str, Value] | None:
        """Return the document of a record, without what has no value; none of what is not there, or gone."""
        if record is None or record.props.get(GONE) is not None:
            return None
        made: Made = {"key": record.key, "resource_type": self.kind, **self.read(record)}
        return {name: value for name, value in made.items() if value or value == 0}


def project(store: GraphStore, label: str, revisions: Mapping[str, int]) -> list[Entry]:
    """Read index roots of a label now; each becomes an entry of the revision given, a tombstone where none is left."""
    projection = PROJECTIONS[label]
    records = store.fetch_many(list(revisions), projection.shape)
    return [
        Entry(projection.kind, key, revision, projection.document_of(records.get(key)))
        for key, revision in revisions.items()
    ]


def table(record: Record) -> Made:
    """Read a table."""
    database, cluster, schema = place(record)
    name = text(record.props, "name")
    found = only(record, "schema")
    columns = record.children["columns"]
    return {
        "name": name,
        "display_name": f"{schema}.{name}",
        "database": database,
        "cluster": cluster,
        "schema": schema,
        "schema_description": selections.description(found) if found else None,
        **described(record),
        "last_updated_timestamp": _updated(record),
        "columns": [text(column.props, "name") for column in columns],
        "column_descriptions": [said for column in columns if (said := selections.description(column))],
        "programmatic_descriptions": _programmatic(record),
    }


def dashboard(record: Record) -> Made:
    """Read a dashboard."""
    group = only(record, "group")
    queries = record.children["queries"]
    last_run = optional_int(execution(record, LAST_SUCCESSFUL), "timestamp")
    return {
        "uri": record.key,
        "name": text(record.props, "name"),
        "url": text(record.props, "dashboard_url"),
        "product": product_of(record.key),
        "cluster": text(props_of(only(group, "cluster") if group else None), "name"),
        "group_name": text(props_of(group), "name"),
        "group_url": text(props_of(group), "dashboard_group_url"),
        "group_description": selections.description(group) if group else None,
        **described(record),
        "last_updated_timestamp": _updated(record) or last_run,
        "chart_names": _names(chart for query in queries for chart in query.children["charts"]),
        "query_names": _names(queries),
        "last_successful_run_timestamp": last_run,
    }


def feature(record: Record) -> Made:
    """Read a feature."""
    return {
        "name": text(record.props, "name"),
        "feature_group": text(props_of(only(record, "group")), "name") or _group_of(record.key),
        "version": text(record.props, "version"),
        "status": text(record.props, "status"),
        "entity": text(record.props, "entity"),
        "availability": _names(record.children["availability"]),
        **described(record),
        "last_updated_timestamp": optional_int(record.props, "last_updated_timestamp"),
        "programmatic_descriptions": _programmatic(record),
    }


def user(record: Record) -> Made:
    """Read a person."""
    manager = only(record, "manager")
    full_name = optional_text(props_of(manager), "full_name")
    person = people.person(record.key, record.props, manager_fullname=full_name)
    reads = [edge for label in _RESOURCES for edge in record.children[f"read_{label}"]]
    return {
        "user_id": person.user_id,
        "name": name_of(record),
        "email": person.email,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "display_name": person.display_name,
        "github_username": person.github_username,
        "slack_id": person.slack_id,
        "team_name": person.team_name,
        "role_name": person.role_name,
        "employee_type": person.employee_type,
        "manager_email": person.manager_email or (manager.key if manager else None),
        "manager_fullname": person.manager_fullname,
        "profile_url": person.profile_url,
        "is_active": person.is_active,
        "total_read": sum(optional_int(item.edge, "read_count") or 0 for item in reads),
        "total_own": sum(len(record.children[f"own_{label}"]) for label in _RESOURCES),
        "total_follow": sum(len(record.children[f"follow_{label}"]) for label in _RESOURCES),
    }


def _programmatic(record: Record) -> Value:
    return [item.text for item in selections.programmatic_descriptions(record) if item.text]


def _updated(record: Record) -> int | None:
    props = props_of(only(record, "updated"))
    return optional_int(props, "last_updated_timestamp") or optional_int(props, "timestamp")


def _names(records: Iterable[Record]) -> Value:
    return [name for record in records if (name := text(record.props, "name"))]


def _group_of(key: str) -> str:
    try:
        return FeatureKey.parse(key).group
    except InvalidKey:
        return ""


PROJECTIONS: Mapping[str, Projection] = MappingProxyType(
    {
        "Table": Projection("table", TABLE, table),
        "Dashboard": Projection("dashboard", DASHBOARD, dashboard),
        "Feature": Projection("feature", FEATURE, feature),
        "User": Projection("user", USER, user),
        "MLModel": Projection("model", project_models.MODEL, project_models.model),
        "MLExperiment": Projection("experiment", project_models.EXPERIMENT, project_models.experiment),
    }
)
