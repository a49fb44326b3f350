"""The graph model as data: labels with typed properties, relations with their ends, what a search document shows.

Labels, property names and forward relation types are Amundsen's (docs/graph-model.md lists them), so an existing
Amundsen graph reads as it is. Relations are stored once, in the forward direction given here; reverse ones are ignored.
A `root` is an entity with a search document of its own. A relation's `touches` names the ends whose documents
it belongs to; a label's `shown_by` names the relations whose far ends show a shared node (a tag, a person) in theirs.
"""

from collections.abc import Mapping
from types import MappingProxyType

from schemas.graph_types import Direction as Direction  # noqa: PLC0414  # everybody asks for it here
from schemas.graph_types import Label, PropertyType, Relation, define_label, define_relation, pairs
from schemas.graph_types import Value as Value  # noqa: PLC0414

RESERVED_PREFIX = "fram_"
EDITED = "fram_edited"  # on a node: the names of the properties that people set
EDITED_BY = "fram_edited_by"  # on a relation: who made it by hand
REASON = "fram_reason"  # on a relation made by hand: why
SOURCE = "fram_source"  # on a relation of lineage: which source last confirmed it,
RUN = "fram_run"  # in which run,
FIRST_SEEN = "fram_first_seen"  # since when it is known, in epoch seconds,
LAST_SEEN = "fram_last_seen"  # and when it was last confirmed
READERS = "fram_readers"  # on a resource: how many people read it
READS = "fram_reads"  # on a resource: the sum of their read counts
POPULARITY = "fram_popularity"  # on a resource: readers * ln(reads); none on one that is gone
GONE = "fram_gone_since"  # on what no source says any more: since when, in epoch seconds


_PUBLISHED: dict[str, PropertyType] = {"published_tag": str, "publisher_last_updated_epoch_ms": int}

LABELS: Mapping[str, Label] = MappingProxyType(
    {
        label.name: label
        for label in (
            define_label(
                "Database", name=str, shown_by=(("CLUSTER", Direction.OUT), ("FEATURE_AVAILABLE_IN", Direction.IN))
            ),
            define_label("Cluster", name=str, shown_by=(("SCHEMA", Direction.OUT), ("DASHBOARD_GROUP", Direction.OUT))),
            define_label("Schema", name=str, shown_by=(("TABLE", Direction.OUT),)),
            define_label("Table", root=True, name=str, is_view=bool),
            define_label("Column", name=str, col_type=str, sort_order=int),
            define_label("Type_Metadata", kind=str, name=str, data_type=str, sort_order=int),
            define_label("Description", description_source=str, description=str),
            define_label("Programmatic_Description", description_source=str, description=str),
            define_label("Tag", tag_type=str, shown_by=(("TAGGED_BY", Direction.IN), ("TAG", Direction.IN))),
            define_label("Badge", category=str, shown_by=(("HAS_BADGE", Direction.IN),)),
            define_label(
                "User",
                root=True,
                shown_by=(("OWNER", Direction.IN), ("MANAGE_BY", Direction.IN)),
                email=str,
                is_active=bool,
                profile_url=str,
                first_name=str,
                last_name=str,
                full_name=str,
                display_name=str,
                github_username=str,
                team_name=str,
                employee_type=str,
                manager_email=str,
                slack_id=str,
                role_name=str,
                updated_at=int,
                publisher_created_epoch_ms=int,
            ),
            define_label("Watermark", partition_key=str, partition_value=str, create_time=str),
            define_label("Stat", stat_val=str, stat_type=str, start_epoch=int, end_epoch=int, is_metric=bool),
            define_label("Timestamp", last_updated_timestamp=int, timestamp=int, name=str),
            define_label("Updatedtimestamp", latest_timestamp=int),
            define_label("Source", source=str, source_type=str),
            define_label("Application", name=str, id=str, application_url=str, description=str),
            define_label("Report", name=str, url=str),
            define_label(
                "Dashboardgroup", name=str, dashboard_group_url=str, shown_by=(("DASHBOARD_OF", Direction.IN),)
            ),
            define_label("Dashboard", root=True, name=str, created_timestamp=int, dashboard_url=str),
            # One label for a dashboard's query and a statement from a query log, as in Amundsen; likewise Execution.
            define_label("Query", id=str, name=str, url=str, query_text=str, sql=str),
            define_label("Chart", id=str, name=str, type=str, url=str),
            define_label(
                "Execution", timestamp=int, state=str, start_time=str, execution_count=int, window_duration=str
            ),
            define_label(
                "Join",
                join_type=str,
                operator=str,
                join_sql=str,
                left_table_key=str,
                left_database=str,
                left_cluster=str,
                left_schema=str,
                left_table=str,
                right_table_key=str,
                right_database=str,
                right_cluster=str,
                right_schema=str,
                right_table=str,
            ),
            define_label("Where", where_clause=str, left_arg=str, right_arg=str, operator=str, alias_mapping=str),
            define_label("Feature_Group", name=str, shown_by=(("GROUPED_BY", Direction.IN),)),
            define_label(
                "Feature",
                root=True,
                name=str,
                version=str,
                status=str,
                entity=str,
                data_type=str,
                created_timestamp=int,
                last_updated_timestamp=int,
            ),
            define_label("Feature_Watermark", timestamp=int, time=str, watermark_type=str),
            define_label("Feature_Generation_Code", text=str, source=str, last_executed_timestamp=int),
            # What a registry of machine-learning models says (docs/adr/0014). Parameters, metrics and signatures are
            # JSON; `properties` are `name=value`.
            define_label(
                "MLExperiment",
                root=True,
                name=str,
                url=str,
                artifact_location=str,
                created_at=int,
                updated_at=int,
                run_count=int,
                parameters=list[str],
                metrics=list[str],
                datasets=list[str],
                users=list[str],
                properties=list[str],
            ),
            define_label(
                "MLRun",
                shown_by=(("PRODUCED", Direction.OUT),),
                name=str,
                url=str,
                status=str,
                started_at=int,
                ended_at=int,
                user=str,
                source_name=str,
                source_type=str,
                git_commit=str,
                git_branch=str,
                git_repository=str,
                entry_point=str,
                artifact_uri=str,
                parameters=str,
                metrics=str,
                properties=list[str],
            ),
            define_label("MLModel", root=True, name=str, url=str, created_at=int, updated_at=int, properties=list[str]),
            define_label(
                "MLModelVersion",
                name=str,
                version=str,
                url=str,
                stage=str,
                aliases=list[str],
                status=str,
                status_message=str,
                model_id=str,
                source_uri=str,
                flavors=list[str],
                inputs=str,
                outputs=str,
                size_bytes=int,
                created_at=int,
                updated_at=int,
                properties=list[str],
            ),
            define_label(
                "MLDataset",
                shown_by=(("CONSUMED", Direction.IN),),
                name=str,
                digest=str,
                source_type=str,
                source=str,
                schema=str,
                profile=str,
            ),
            define_label("MLChange", kind=str, subject=str, before=str, after=str, observed_at=int, run=str),
            # What people changed, one node an edit: the record of changes.
            define_label(
                "Fram_Edit",
                root_label=str,
                root_key=str,
                revision=int,
                at=int,
                actor=str,
                action=str,
                label=str,
                node=str,
                relation=str,
                other=str,
                property=str,
                before=str,
                after=str,
                reason=str,
            ),
            # What a source said, word for word (docs/adr/0012), and what it had said before a run changed that.
            define_label(
                "Fram_Statement",
                hash=str,
                body=str,
                run=str,
                first_run=str,
                unresolved=str,
                gone_since=int,
            ),
            define_label(
                "Fram_Undo",
                statement=str,
                hash=str,
                body=str,
                run=str,
                first_run=str,
                unresolved=str,
                gone_since=int,
            ),
            define_label("Fram_Source", name=str, last_run=str, precedence=list[str]),
            define_label(
                "Fram_Run",
                job=str,
                source=str,
                started=int,
                ended=int,
                alive_until=int,
                status=str,
                message=str,
                restores=str,
                read=int,
                written=int,
                unchanged=int,
                kept=int,
                refused=int,
                removed=int,
                unresolved=int,
                refusals=list[str],
            ),
            # What is remembered of events that were sent (docs/adr/0013), and of what something is to be said.
            define_label("Fram_Event", body=str, version=str, said_at=int),
            # Where an unfinished copy into this store stands.
            define_label("Fram_Copy", cursor=str),
        )
    }
)

_RESOURCES = ("Table", "Dashboard", "Feature", "MLModel", "MLExperiment")
_DESCRIBED = (*_RESOURCES, "Column", "Schema", "Type_Metadata", "Dashboardgroup", "MLRun", "MLModelVersion")
_LINEAGE = ("Table", "Column", "Dashboard", "Feature", "MLRun", "MLModelVersion", "MLModel")
_SOURCE = frozenset({"source"})
_TARGET = frozenset({"target"})
_BOTH = frozenset({"source", "target"})


# Relations people make and unmake by hand. Where a person takes back what a source wrote, a RETRACTED_ relation
# of the same ends remembers it, so that the source's next run does not bring it back.
RETRACTABLE = ("TAGGED_BY", "HAS_BADGE", "OWNER", "HAS_DOWNSTREAM", "DASHBOARD_WITH_TABLE")

# Relations of which each says where it came from: SOURCE, RUN, FIRST_SEEN and LAST_SEEN (docs/adr/0011).
STAMPED = ("HAS_DOWNSTREAM", "DASHBOARD_WITH_TABLE")

_PEOPLE_MADE = (
    define_relation("TAGGED_BY/TAG", pairs(_RESOURCES, "Tag"), _SOURCE),
    define_relation("HAS_BADGE/BADGE_FOR", pairs((*_RESOURCES, "Column", "Type_Metadata"), "Badge"), _SOURCE),
    define_relation("OWNER/OWNER_OF", pairs(_RESOURCES, "User"), _BOTH),
    define_relation("HAS_DOWNSTREAM/HAS_UPSTREAM", pairs(_LINEAGE, *_LINEAGE)),
    define_relation("DASHBOARD_WITH_TABLE/TABLE_OF_DASHBOARD", "Dashboard>Table", _SOURCE),
)


def retracted(relation_type: str) -> str:
    """Name the relation that remembers a person's removal of one of `relation_type`."""
    return f"RETRACTED_{relation_type}"


RELATIONS: Mapping[str, Relation] = MappingProxyType(
    {
        relation.type: relation
        for relation in (
            define_relation("CLUSTER/CLUSTER_OF", "Database>Cluster", _TARGET),
            define_relation("SCHEMA/SCHEMA_OF", "Cluster>Schema", _TARGET),
            define_relation("TABLE/TABLE_OF", "Schema>Table", _TARGET),
            define_relation("COLUMN/COLUMN_OF", "Table>Column", _SOURCE),
            define_relation("TYPE_METADATA/TYPE_METADATA_OF", "Column>Type_Metadata", _SOURCE),
            define_relation("SUBTYPE/SUBTYPE_OF", "Type_Metadata>Type_Metadata", _SOURCE),
            define_relation(
                "DESCRIPTION/DESCRIPTION_OF", pairs(_DESCRIBED, "Description", "Programmatic_Description"), _SOURCE
            ),
            *_PEOPLE_MADE,
            *(Relation(retracted(r.type), "", r.ends, r.properties) for r in _PEOPLE_MADE),
            # Amundsen's databuilder tags dashboards this way round; read beside TAGGED_BY, never written.
            define_relation("TAG/TAG_OF", "Dashboard>Tag", _SOURCE),
            define_relation("READ_BY/READ", pairs(_RESOURCES, "User"), _BOTH, read_count=int),
            define_relation("FOLLOWED_BY/FOLLOW", pairs(_RESOURCES, "User"), _BOTH),
            define_relation("MANAGE_BY/MANAGE", "User>User", _SOURCE),
            define_relation("BELONG_TO_TABLE/WATERMARK", "Watermark>Table", _TARGET),
            define_relation("WATERMARK/BELONG_TO_FEATURE", "Feature>Feature_Watermark", _SOURCE),
            define_relation("STAT_OF/STAT", "Stat>Table Stat>Column Stat>Feature", _TARGET),
            define_relation("LAST_UPDATED_AT/LAST_UPDATED_TIME_OF", "Table>Timestamp Dashboard>Timestamp", _SOURCE),
            define_relation("SOURCE_OF/SOURCE", "Source>Table", _TARGET),
            define_relation("DERIVED_FROM/GENERATES", "Table>Application", _SOURCE),
            define_relation("CONSUMED_BY/CONSUMES", "Table>Application", _SOURCE),
            define_relation("HAS_REPORT/REFERS_TO", pairs(_RESOURCES, "Report"), _SOURCE),
            define_relation("DASHBOARD_GROUP/DASHBOARD_GROUP_OF", "Cluster>Dashboardgroup", _TARGET),
            define_relation("DASHBOARD_OF/DASHBOARD", "Dashboard>Dashboardgroup", _SOURCE),
            define_relation("HAS_QUERY/QUERY_OF", "Dashboard>Query Table>Query", _SOURCE),
            define_relation("HAS_CHART/CHART_OF", "Query>Chart", _SOURCE),
            define_relation("EXECUTED/EXECUTION_OF", "Dashboard>Execution", _SOURCE),
            define_relation("EXECUTED_QUERY/EXECUTED_BY", "User>Query"),
            define_relation("HAS_EXECUTION/EXECUTION_OF", "Query>Execution"),
            define_relation("COLUMN_JOINS_WITH/JOIN_OF_COLUMN", "Column>Join"),
            define_relation("QUERY_JOINS_WITH/JOIN_OF_QUERY", "Query>Join"),
            define_relation("USES_WHERE_CLAUSE/WHERE_CLAUSE_USED_ON", "Column>Where"),
            define_relation("HAS_WHERE_CLAUSE/WHERE_CLAUSE_OF", "Query>Where"),
            define_relation("GROUPED_BY/GROUPS", "Feature>Feature_Group", _SOURCE),
            define_relation("FEATURE_AVAILABLE_IN/AVAILABLE_FEATURE", "Feature>Database", _SOURCE),
            define_relation("HAS_RUN/RUN_OF", "MLExperiment>MLRun"),
            define_relation("CHILD_OF/PARENT_OF", "MLRun>MLRun"),
            define_relation("RAN_BY/RAN", "MLRun>User"),
            define_relation("CONSUMED/INPUT_OF", "MLRun>MLDataset", _SOURCE, context=str),
            define_relation("SNAPSHOT_OF/HAS_SNAPSHOT", "MLDataset>Table", _SOURCE),
            define_relation("PRODUCED/PRODUCED_BY", "MLRun>MLModelVersion", _TARGET),
            define_relation("HAS_VERSION/VERSION_OF", "MLModel>MLModelVersion", _SOURCE),
            define_relation("CHANGED/CHANGE_OF", "MLModel>MLChange"),
            define_relation("GENERATION_CODE/GENERATION_CODE_OF", "Feature>Feature_Generation_Code", _SOURCE),
        )
    }
)

# Reverse types that differ by ends, over what `Relation.reverse` says (databuilder's query log and dashboard models).
_MORE_REVERSES = {("QUERY_FOR", "Query", "Table"): "HAS_QUERY", ("TAG_OF", "Tag", "Dashboard"): "TAGGED_BY"}

_FORWARD: Mapping[tuple[str, str, str], str] = MappingProxyType(
    {(r.reverse, target, source): r.type for r in RELATIONS.values() for source, target in r.ends if r.reverse}
    | _MORE_REVERSES
)

# Written the other way round by one model of databuilder than by the rest: stored as the one we read first.
_PREFERRED = {("TAG", "Dashboard", "Tag"): "TAGGED_BY"}


def is_relation(relation_type: str, source: str, target: str) -> bool:
    """Say whether the model has a forward relation of this type between these labels."""
    relation = RELATIONS.get(relation_type)
    return relation is not None and (source, target) in relation.ends


def forward(relation_type: str, source: str, target: str) -> tuple[str, bool] | None:
    """Resolve a relation as somebody wrote it to (forward type, whether its ends are to be swapped), or None."""
    preferred = _PREFERRED.get((relation_type, source, target))
    if preferred is not None:
        return preferred, False
    if is_relation(relation_type, source, target):
        return relation_type, False
    found = _FORWARD.get((relation_type, source, target))
    return None if found is None else (found, True)


def property_type(label: str, name: str) -> PropertyType | None:
    """Return the declared type of a node's property, or None where the model leaves it open."""
    return LABELS[label].properties.get(name) or _PUBLISHED.get(name)


# What the nodes of a label are ranked by, with an index for it: resources by use, edits by when they were made.
RANKED: Mapping[str, str] = MappingProxyType({**dict.fromkeys(_RESOURCES, POPULARITY), "Fram_Edit": "at"})

ROOTS = tuple(label.name for label in LABELS.values() if label.root)

# What is not removed when no source says it any more, but marked GONE, since people may have written on it.
MARKED = frozenset((*ROOTS, "Column", "Type_Metadata", "MLRun", "MLModelVersion"))
