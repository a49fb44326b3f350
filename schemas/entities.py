"""What the catalogue returns: frozen values whose fields are, name for name, the keys of Amundsen's replies.

Serialised as they stand (orjson writes dataclasses directly), so a field added here is a key added to a reply:
strict Amundsen clients refuse unknown keys in table, column and feature replies. schemas/wire/ describes the same
objects to clients and to /openapi.json; a test holds the two together. Timestamps are epoch seconds.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def entity(cls: type[T]) -> type[T]:
    """Make a dataclass that type checkers hold frozen. At run time it is a plain one: made and written 5-10x faster."""
    return dataclass(cls)


@entity
class Badge:
    badge_name: str
    category: str


@entity
class Tag:
    tag_type: str
    tag_name: str


@entity
class TagUsage:
    tag_name: str
    tag_count: int


@entity
class User:
    user_id: str | None = None
    email: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    full_name: str | None = None
    display_name: str | None = None
    is_active: bool = True
    github_username: str | None = None
    team_name: str | None = None
    slack_id: str | None = None
    employee_type: str | None = None
    manager_fullname: str | None = None
    manager_email: str | None = None
    manager_id: str | None = None
    role_name: str | None = None
    profile_url: str | None = None
    other_key_values: Mapping[str, str] = field(default_factory=dict)


@entity
class Reader:
    user: User
    read_count: int


@entity
class Stat:
    stat_type: str
    stat_val: str | None
    start_epoch: int | None
    end_epoch: int | None
    is_metric: bool | None


@entity
class TypeMetadata:
    kind: str
    name: str
    key: str
    description: str | None
    data_type: str
    sort_order: int
    badges: Sequence[Badge]
    children: Sequence["TypeMetadata"]


@entity
class Column:
    name: str
    key: str
    description: str | None
    col_type: str
    sort_order: int
    stats: Sequence[Stat]
    badges: Sequence[Badge]
    type_metadata: TypeMetadata | None


@entity
class Watermark:
    watermark_type: str | None
    partition_key: str | None
    partition_value: str | None
    create_time: str | None


@entity
class Application:
    application_url: str | None
    description: str | None
    id: str
    name: str | None
    kind: str | None


@entity
class Source:
    source_type: str
    source: str


@entity
class ResourceReport:
    name: str
    url: str


@entity
class ProgrammaticDescription:
    source: str
    text: str


@entity
class TableSummary:
    database: str
    cluster: str
    schema: str
    name: str
    description: str | None = None
    schema_description: str | None = None


@entity
class PopularTable:
    database: str
    cluster: str
    schema: str
    name: str
    description: str | None = None


@entity
class SqlJoin:
    column: str
    joined_on_table: TableSummary
    joined_on_column: str
    join_type: str
    join_sql: str


@entity
class SqlWhere:
    where_clause: str


@entity
class Table:
    database: str
    cluster: str
    schema: str
    name: str
    key: str
    tags: Sequence[Tag]
    badges: Sequence[Badge]
    table_readers: Sequence[Reader]
    description: str | None
    columns: Sequence[Column]
    owners: Sequence[User]
    watermarks: Sequence[Watermark]
    table_writer: Application | None
    table_apps: Sequence[Application]
    resource_reports: Sequence[ResourceReport]
    last_updated_timestamp: int | None
    source: Source | None
    is_view: bool
    programmatic_descriptions: Sequence[ProgrammaticDescription]
    common_joins: Sequence[SqlJoin]
    common_filters: Sequence[SqlWhere]


@entity
class DashboardSummary:
    uri: str
    cluster: str
    group_name: str
    group_url: str
    product: str
    name: str
    url: str
    description: str | None
    last_successful_run_timestamp: float | None
    chart_names: Sequence[str] = ()


@entity
class DashboardQuery:
    name: str | None
    url: str | None
    query_text: str | None


@entity
class Dashboard:
    uri: str
    cluster: str
    group_name: str
    group_url: str
    product: str
    name: str
    url: str
    description: str | None
    created_timestamp: int | None
    updated_timestamp: int | None
    last_successful_run_timestamp: int | None
    last_run_timestamp: int | None
    last_run_state: str | None
    owners: Sequence[User]
    frequent_users: Sequence[User]
    chart_names: Sequence[str]
    query_names: Sequence[str]
    queries: Sequence[DashboardQuery]
    tables: Sequence[PopularTable]
    tags: Sequence[Tag]
    badges: Sequence[Badge]
    recent_view_count: int


@entity
class FeatureSummary:
    key: str
    name: str
    version: str
    feature_group: str
    entity: str | None
    status: str | None
    description: str | None


@entity
class FeatureWatermark:
    key: str | None
    watermark_type: str | None
    time: str


@entity
class Feature:
    key: str
    name: str
    version: str
    status: str | None
    feature_group: str
    entity: str | None
    data_type: str | None
    availability: Sequence[str]
    description: str | None
    owners: Sequence[User]
    badges: Sequence[Badge]
    tags: Sequence[Tag]
    programmatic_descriptions: Sequence[ProgrammaticDescription]
    watermarks: Sequence[FeatureWatermark]
    last_updated_timestamp: int | None
    created_timestamp: int | None


@entity
class GenerationCode:
    key: str | None
    text: str
    source: str | None


@entity
class DataSample:
    columns: Sequence[Mapping[str, str]]
    data: Sequence[Mapping[str, str]]
    error_text: str


@entity
class LineageItem:
    key: str
    level: int
    source: str
    badges: Sequence[Badge]
    usage: int
    parent: str
    link: str | None = None
    in_amundsen: bool | None = None


@entity
class Lineage:
    key: str
    direction: str
    depth: int
    upstream_entities: Sequence[LineageItem]
    downstream_entities: Sequence[LineageItem]
    upstream_count: int | None = None
    downstream_count: int | None = None


@entity
class Statistics:
    number_of_tables: int
    number_of_documented_tables: int
    number_of_documented_cols: int
    number_of_owners: int
    number_of_tables_with_owners: int
    number_of_documented_and_owned_tables: int


@entity
class Description:
    """A description and the entity tag to send back in If-Match when editing it."""

    text: str | None
    etag: str


@entity
class HistoryEntry:
    """One thing a person changed; `at` is microseconds since the epoch."""

    revision: int
    at: int
    actor: str
    action: str
    label: str
    key: str
    property: str | None
    relation: str | None
    other: str | None
    before: str | None
    after: str | None
    reason: str | None


@entity
class RecentEntry(HistoryEntry):
    """What a change belongs to: a table, dashboard, feature or user, else the node itself; no name once it is gone."""

    kind: str
    entity: str
    name: str | None
