"""The graph model as data: labels with typed properties, relations with their ends, what a search document shows.

Labels, property names and forward relation types are Amundsen's (docs/graph-model.md lists them), so an existing
Amundsen graph reads as it is. Relations are stored once, in the forward direction given here; reverse ones are ignored.
A `root` is an entity with a search document of its own. A relation's `touches` names the ends whose documents
it belongs to; a label's `shown_by` names the relations whose far ends show a shared node (a tag, a person) in theirs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

Value = str | int | float | bool | list[str]
PropertyType = type[str] | type[int] | type[float] | type[bool] | type[list[str]]

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


class Direction(Enum):
    """Which way a relation is followed from where one stands."""

    OUT = "out"
    IN = "in"


@dataclass(frozen=True, slots=True)
class Label:
    """One kind of node. `shown_by`: (relation type, direction) from here to the entities whose documents show it."""

    name: str
    properties: Mapping[str, PropertyType]
    root: bool = False
    shown_by: tuple[tuple[str, Direction], ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """One kind of relation between given ends; `reverse` is the type Amundsen writes the other way round."""

    type: str
    reverse: str
    ends: frozenset[tuple[str, str]]
    properties: Mapping[str, PropertyType] = field(default_factory=dict)
    touches: frozenset[str] = frozenset()


def _label(
    name: str, /, *, root: bool = False, shown_by: tuple[tuple[str, Direction], ...] = (), **props: PropertyType
) -> Label:
    return Label(name, MappingProxyType(props), root, shown_by)


_PUBLISHED: dict[str, PropertyType] = {"published_tag": str, "publisher_last_updated_epoch_ms": int}

LABELS: Mapping[str, Label] = MappingProxyType(
    {
        label.name: label
        for label in (
            _label("Database", name=str, shown_by=(("CLUSTER", Direction.OUT), ("FEATURE_AVAILABLE_IN", Direction.IN))),
            _label("Cluster", name=str, shown_by=(("SCHEMA", Direction.OUT), ("DASHBOARD_GROUP", Direction.OUT))),
            _label("Schema", name=str, shown_by=(("TABLE", Direction.OUT),)),
            _label("Table", root=True, name=str, is_view=bool),
            _label("Column", name=str, col_type=str, sort_order=int),
            _label("Type_Metadata", kind=str, name=str, data_type=str, sort_order=int),
            _label("Description", description_source=str, description=str),
            _label("Programmatic_Description", description_source=str, description=str),
            _label("Tag", tag_type=str, shown_by=(("TAGGED_BY", Direction.IN), ("TAG", Direction.IN))),
            _label("Badge", category=str, shown_by=(("HAS_BADGE", Direction.IN),)),
            _label(
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
            _label("Watermark", partition_key=str, partition_value=str, create_time=str),
            _label("Stat", stat_val=str, stat_type=str, start_epoch=int, end_epoch=int, is_metric=bool),
            _label("Timestamp", last_updated_timestamp=int, timestamp=int, name=str),
            _label("Updatedtimestamp", latest_timestamp=int),
            _label("Source", source=str, source_type=str),
            _label("Application", name=str, id=str, application_url=str, description=str),
            _label("Report", name=str, url=str),
            _label("Dashboardgroup", name=str, dashboard_group_url=str, shown_by=(("DASHBOARD_OF", Direction.IN),)),
            _label("Dashboard", root=True, name=str, created_timestamp=int, dashboard_url=str),
            # One label for a dashboard's query and a statement from a query log, as in Amundsen; likewise Execution.
            _label("Query", id=str, name=str, url=str, query_text=str, sql=str),
            _label("Chart", id=str, name=str, type=str, url=str),
            _label("Execution", timestamp=int, state=str, start_time=str, execution_count=int, window_duration=str),
            _label(
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
            _label("Where", where_clause=str, left_arg=str, right_arg=str, operator=str, alias_mapping=str),
            _label("Feature_Group", name=str, shown_by=(("GROUPED_BY", Direction.IN),)),
            _label(
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
            _label("Feature_Watermark", timestamp=int, time=str, watermark_type=str),
            _label("Feature_Generation_Code", text=str, source=str, last_executed_timestamp=int),
            # What people changed, one node an edit: the record of changes.
            _label(
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
            _label(
                "Fram_Statement",
                hash=str,
                body=str,
                run=str,
                first_run=str,
                unresolved=str,
                gone_since=int,
            ),
            _label(
                "Fram_Undo",
                statement=str,
                hash=str,
                body=str,
                run=str,
                first_run=str,
                unresolved=str,
                gone_since=int,
            ),
            _label("Fram_Source", name=str),
            _label(
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
            # Where an unfinished copy into this store stands.
            _label("Fram_Copy", cursor=str),
        )
    }
)

_RESOURCES = ("Table", "Dashboard", "Feature")
_DESCRIBED = (*_RESOURCES, "Column", "Schema", "Type_Metadata", "Dashboardgroup")
_LINEAGE = ("Table", "Column", "Dashboard", "Feature")
_SOURCE = frozenset({"source"})
_TARGET = frozenset({"target"})
_BOTH = frozenset({"source", "target"})


def _relation(
    kind: str,
    ends: str | list[tuple[str, str]],
    touches: frozenset[str] = frozenset(),
    **props: PropertyType,
) -> Relation:
    """Declare `TYPE/REVERSE` between `Source>Target` ends."""
    forward, _, reverse = kind.partition("/")
    pairs = [(pair.split(">")[0], pair.split(">")[1]) for pair in ends.split()] if isinstance(ends, str) else ends
    return Relation(forward, reverse, frozenset(pairs), MappingProxyType(props), touches)


def _each(sources: tuple[str, ...], *targets: str) -> list[tuple[str, str]]:
    return [(source, target) for source in sources for target in targets]


# Relations people make and unmake by hand. Where a person takes back what a source wrote, a RETRACTED_ relation
# of the same ends remembers it, so that the source's next run does not bring it back.
RETRACTABLE = ("TAGGED_BY", "HAS_BADGE", "OWNER", "HAS_DOWNSTREAM", "DASHBOARD_WITH_TABLE")

# Relations of which each says where it came from: SOURCE, RUN, FIRST_SEEN and LAST_SEEN (docs/adr/0011).
STAMPED = ("HAS_DOWNSTREAM", "DASHBOARD_WITH_TABLE")

_PEOPLE_MADE = (
    _relation("TAGGED_BY/TAG", _each(_RESOURCES, "Tag"), _SOURCE),
    _relation("HAS_BADGE/BADGE_FOR", _each((*_RESOURCES, "Column", "Type_Metadata"), "Badge"), _SOURCE),
    _relation("OWNER/OWNER_OF", _each(_RESOURCES, "User"), _BOTH),
    _relation("HAS_DOWNSTREAM/HAS_UPSTREAM", _each(_LINEAGE, *_LINEAGE)),
    _relation("DASHBOARD_WITH_TABLE/TABLE_OF_DASHBOARD", "Dashboard>Table", _SOURCE),
)


def retracted(relation_type: str) -> str:
    """Name the relation that remembers a person's removal of one of `relation_type`."""
    return f"RETRACTED_{relation_type}"


RELATIONS: Mapping[str, Relation] = MappingProxyType(
    {
        relation.type: relation
        for relation in (
            _relation("CLUSTER/CLUSTER_OF", "Database>Cluster", _TARGET),
            _relation("SCHEMA/SCHEMA_OF", "Cluster>Schema", _TARGET),
            _relation("TABLE/TABLE_OF", "Schema>Table", _TARGET),
            _relation("COLUMN/COLUMN_OF", "Table>Column", _SOURCE),
            _relation("TYPE_METADATA/TYPE_METADATA_OF", "Column>Type_Metadata", _SOURCE),
            _relation("SUBTYPE/SUBTYPE_OF", "Type_Metadata>Type_Metadata", _SOURCE),
            _relation(
                "DESCRIPTION/DESCRIPTION_OF", _each(_DESCRIBED, "Description", "Programmatic_Description"), _SOURCE
            ),
            *_PEOPLE_MADE,
            *(Relation(retracted(r.type), "", r.ends, r.properties) for r in _PEOPLE_MADE),
            # Amundsen's databuilder tags dashboards this way round; read beside TAGGED_BY, never written.
            _relation("TAG/TAG_OF", "Dashboard>Tag", _SOURCE),
            _relation("READ_BY/READ", _each(_RESOURCES, "User"), _BOTH, read_count=int),
            _relation("FOLLOWED_BY/FOLLOW", _each(_RESOURCES, "User"), _BOTH),
            _relation("MANAGE_BY/MANAGE", "User>User", _SOURCE),
            _relation("BELONG_TO_TABLE/WATERMARK", "Watermark>Table", _TARGET),
            _relation("WATERMARK/BELONG_TO_FEATURE", "Feature>Feature_Watermark", _SOURCE),
            _relation("STAT_OF/STAT", "Stat>Table Stat>Column Stat>Feature", _TARGET),
            _relation("LAST_UPDATED_AT/LAST_UPDATED_TIME_OF", "Table>Timestamp Dashboard>Timestamp", _SOURCE),
            _relation("SOURCE_OF/SOURCE", "Source>Table", _TARGET),
            _relation("DERIVED_FROM/GENERATES", "Table>Application", _SOURCE),
            _relation("CONSUMED_BY/CONSUMES", "Table>Application", _SOURCE),
            _relation("HAS_REPORT/REFERS_TO", _each(_RESOURCES, "Report"), _SOURCE),
            _relation("DASHBOARD_GROUP/DASHBOARD_GROUP_OF", "Cluster>Dashboardgroup", _TARGET),
            _relation("DASHBOARD_OF/DASHBOARD", "Dashboard>Dashboardgroup", _SOURCE),
            _relation("HAS_QUERY/QUERY_OF", "Dashboard>Query Table>Query", _SOURCE),
            _relation("HAS_CHART/CHART_OF", "Query>Chart", _SOURCE),
            _relation("EXECUTED/EXECUTION_OF", "Dashboard>Execution", _SOURCE),
            _relation("EXECUTED_QUERY/EXECUTED_BY", "User>Query"),
            _relation("HAS_EXECUTION/EXECUTION_OF", "Query>Execution"),
            _relation("COLUMN_JOINS_WITH/JOIN_OF_COLUMN", "Column>Join"),
            _relation("QUERY_JOINS_WITH/JOIN_OF_QUERY", "Query>Join"),
            _relation("USES_WHERE_CLAUSE/WHERE_CLAUSE_USED_ON", "Column>Where"),
            _relation("HAS_WHERE_CLAUSE/WHERE_CLAUSE_OF", "Query>Where"),
            _relation("GROUPED_BY/GROUPS", "Feature>Feature_Group", _SOURCE),
            _relation("FEATURE_AVAILABLE_IN/AVAILABLE_FEATURE", "Feature>Database", _SOURCE),
            _relation("GENERATION_CODE/GENERATION_CODE_OF", "Feature>Feature_Generation_Code", _SOURCE),
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
MARKED = frozenset((*ROOTS, "Column", "Type_Metadata"))
