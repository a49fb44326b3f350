"""Search documents: for every kind of resource the fields of its document, each declared once.

A document is a flat JSON object; a field without a value is left out. The declaration of a field says how its text is
understood, what it weighs in relevance, whether it is counted as a facet, under which names it is filtered on
(Amundsen's v1 and v2 names and those typed before a colon lead to it alike), and under which names Amundsen's replies
show it. A change of meaning needs a new VERSION: an index of another version is rebuilt.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from schemas.document_types import Field, FieldType, Resource
from schemas.errors import Invalid

VERSION = 4

NAME, PROSE, KEYWORD = FieldType.NAME, FieldType.PROSE, FieldType.KEYWORD
NUMBER, TIME, FLAG, STORED = FieldType.NUMBER, FieldType.TIME, FieldType.FLAG, FieldType.STORED


def _field(
    name: str,
    kind: FieldType,
    weight: float = 0.0,
    filters: str = "",
    called: str = "",
    v1: str = "",
    v2: str = "",
    *,
    many: bool = False,
    facet: bool = False,
) -> Field:
    """Declare a field; several names are separated by spaces."""
    return Field(name, kind, weight, many, facet, tuple(filters.split()), called, tuple(v1.split()), tuple(v2.split()))


def _shared(v1: str = "key", v2: str = "key") -> Iterator[Field]:
    """Yield what every document has."""
    yield _field("key", KEYWORD, 0, "key", "key", v1, v2)
    yield _field("resource_type", KEYWORD, 0, "resource_type", "kind", "", "resource_type")


def _described(
    tag_filters: str,
    tag_v2: str,
    tags: str = "tags",
    badges: str = "badges",
    badges_v2: str = "badges",
    use: str = "total_usage",
    updated: str = "last_updated_timestamp",
) -> Iterator[Field]:
    """Yield what tables, dashboards and features share, by the names it is shown under; an empty one is not shown."""
    yield _field("description", PROSE, 2, "description", "description", "description", "description")
    yield _field("tags", NAME, 1.5, tag_filters, "tag", tags, tag_v2, many=True, facet=True)
    yield _field("badges", NAME, 1, "badges badge", "badge", badges, badges_v2, many=True, facet=True)
    yield _field("owners", NAME, 0, "owner owners", "owner", many=True, facet=True)
    yield _field("owner_names", NAME, 0.5, "owner owners", "owner", many=True)
    yield _field("total_usage", NUMBER, v1=use)
    yield _field("unique_usage", NUMBER)
    yield _field("last_updated_timestamp", TIME, v1=updated)


def _learned() -> Iterator[Field]:
    """Yield what models and experiments share: what runs were told, what they measured and what they read."""
    yield _field("parameters", NAME, 1, "parameter parameters", "parameter", many=True)
    yield _field("metrics", NAME, 1, "metric metrics", "metric", many=True)
    yield _field("datasets", NAME, 1, "dataset datasets", "dataset", many=True)
    yield _field("properties", NAME, 0.5, "property properties", "property", many=True)


_PROGRAMMATIC = "programmatic_descriptions"

TABLE = Resource(
    kind="table",
    label="Table",
    fields=(
        *_shared(),
        _field("name", NAME, 5, "table name", "name", "name", "table"),
        _field("display_name", STORED, v1="display_name"),
        _field("database", KEYWORD, 0, "database", "database", "database", "database", facet=True),
        _field("cluster", KEYWORD, 0, "cluster", "cluster", "cluster", "cluster", facet=True),
        _field("schema", NAME, 3, "schema", "schema", "schema", "schema", facet=True),
        _field("schema_description", PROSE, 0.5, "", "schema description", "schema_description"),
        *_described("tag tags", "tag"),
        _field("columns", NAME, 2, "column columns", "column", "column_names", "column", many=True),
        _field("column_descriptions", PROSE, 1, "", "column description", "column_descriptions", many=True),
        _field(_PROGRAMMATIC, PROSE, 0.5, "", "programmatic description", _PROGRAMMATIC, many=True),
    ),
    exact=(("name",), ("schema", "name"), ("cluster", "schema", "name"), ("key",)),
    usage="total_usage",
    readers="unique_usage",
    recency="last_updated_timestamp",
)

DASHBOARD = Resource(
    kind="dashboard",
    label="Dashboard",
    fields=(
        *_shared(v1=""),
        _field("uri", KEYWORD, 0, "uri", "key", "uri", "uri"),
        _field("name", NAME, 5, "name dashboard", "name", "name", "name"),
        _field("url", KEYWORD, 0, "url", "url", "url", "url"),
        _field("product", KEYWORD, 0, "product", "product", "product", facet=True),
        _field("cluster", KEYWORD, 0, "cluster", "cluster", "cluster", facet=True),
        _field("group_name", NAME, 3, "group_name group", "group", "group_name", "group_name", facet=True),
        _field("group_url", STORED, v1="group_url"),
        _field("group_description", PROSE, 0.5, "", "group description"),
        *_described("tag tags", "tag", tags="", badges="", badges_v2="", use="", updated=""),
        _field("chart_names", NAME, 2, "chart_names chart", "chart", "chart_names", "chart_names", many=True),
        _field("query_names", NAME, 2, "query_names query", "query", "", "query_names", many=True),
        _field("last_successful_run_timestamp", TIME, 0, "", "", *["last_successful_run_timestamp"] * 2),
    ),
    exact=(("name",), ("group_name", "name"), ("key",)),
    usage="total_usage",
    readers="unique_usage",
    recency="last_updated_timestamp",
)

FEATURE = Resource(
    kind="feature",
    label="Feature",
    fields=(
        *_shared(),
        _field("name", NAME, 5, "feature_name feature name", "name", "feature_name", "feature_name"),
        _field("feature_group", NAME, 3, "feature_group group", "feature group", *["feature_group"] * 2, facet=True),
        _field("version", KEYWORD, 0, "version", "version", "version", "version"),
        _field("status", KEYWORD, 0, "status", "status", "status", "status", facet=True),
        _field("entity", NAME, 2, "entity", "entity", "entity", "entity", facet=True),
        _field("availability", KEYWORD, 0, "availability", *["availability"] * 3, many=True, facet=True),
        *_described("tags tag", "tags"),
        _field(_PROGRAMMATIC, PROSE, 0.5, "", "programmatic description", many=True),
    ),
    exact=(("name",), ("feature_group", "name"), ("feature_group", "name", "version"), ("key",)),
    usage="total_usage",
    readers="unique_usage",
    recency="last_updated_timestamp",
)

USER = Resource(
    kind="user",
    label="User",
    fields=(
        *_shared(v1="", v2=""),
        _field("user_id", STORED, v1="user_id"),
        _field("name", NAME, 5, "full_name name", "name", "full_name", "full_name"),
        _field("email", NAME, 4, "email", "email", "email", "email"),
        _field("first_name", NAME, 3, "first_name", "first name", "first_name", "first_name"),
        _field("last_name", NAME, 3, "last_name", "last name", "last_name", "last_name"),
        _field("display_name", NAME, 3, "display_name", "display name", "display_name"),
        _field("github_username", NAME, 1, "github_username", "github username", "github_username"),
        _field("slack_id", NAME, 1, "slack_id", "slack id", "slack_id"),
        _field("team_name", NAME, 1, "team_name team", "team", "team_name", facet=True),
        _field("role_name", NAME, 1, "role_name role", "role", "role_name"),
        _field("employee_type", KEYWORD, 0, "employee_type", "employee type", "employee_type", facet=True),
        _field("manager_email", KEYWORD, 0, "manager_email manager", "manager", "manager_email"),
        _field("manager_fullname", STORED, v1="manager_fullname"),
        _field("profile_url", STORED, v1="profile_url"),
        _field("is_active", FLAG, v1="is_active"),
        _field("total_read", NUMBER),
        _field("total_own", NUMBER),
        _field("total_follow", NUMBER),
    ),
    exact=(("name",), ("first_name", "last_name"), ("display_name",), ("email",), ("github_username",), ("key",)),
    usage="total_read",
    readers="total_read",
    recency=None,
)

MODEL = Resource(
    kind="model",
    label="MLModel",
    fields=(
        *_shared(),
        _field("name", NAME, 5, "name model", "name", "name", "name"),
        _field("url", KEYWORD, 0, "url", "url", "url", "url"),
        _field("instance", KEYWORD, 0, "instance", "instance", "instance", "instance", facet=True),
        *_described("tag tags", "tags"),
        _field("stages", NAME, 1, "stage stages", "stage", *["stages"] * 2, many=True, facet=True),
        _field("aliases", NAME, 2, "alias aliases", "alias", *["aliases"] * 2, many=True, facet=True),
        _field("version", KEYWORD, 0, "version", "version", *["latest_version"] * 2),
        _field("version_count", NUMBER, v1="version_count", v2="version_count"),
        _field("flavors", NAME, 1, "flavor flavors", "flavor", *["flavors"] * 2, many=True, facet=True),
        _field("inputs", NAME, 1.5, "input inputs column columns", "input", many=True),
        *_learned(),
        _field("experiments", NAME, 1, "experiment experiments", "experiment", many=True),
        _field("tables", NAME, 1.5, "table tables", "table", many=True),
    ),
    exact=(("name",), ("key",)),
    usage="total_usage",
    readers="unique_usage",
    recency="last_updated_timestamp",
)

EXPERIMENT = Resource(
    kind="experiment",
    label="MLExperiment",
    fields=(
        *_shared(),
        _field("name", NAME, 5, "name experiment", "name", "name", "name"),
        _field("url", KEYWORD, 0, "url", "url", "url", "url"),
        _field("instance", KEYWORD, 0, "instance", "instance", "instance", "instance", facet=True),
        *_described("tag tags", "tags"),
        _field("run_count", NUMBER, v1="run_count", v2="run_count"),
        _field("users", NAME, 0.5, "user users", "user", many=True, facet=True),
        *_learned(),
    ),
    exact=(("name",), ("key",)),
    usage="total_usage",
    readers="unique_usage",
    recency="last_updated_timestamp",
)

RESOURCES: Mapping[str, Resource] = MappingProxyType(
    {item.kind: item for item in (TABLE, DASHBOARD, FEATURE, USER, MODEL, EXPERIMENT)}
)
AMUNDSENS = ("table", "dashboard", "feature", "user")  # what is searched where a request of Amundsen's names no kind
FILTER_NAMES = frozenset(name for resource in RESOURCES.values() for name in resource.by_filter)


def resource_of(kind: str) -> Resource:
    """Return the declaration of a kind. Raises Invalid for one there is not."""
    try:
        return RESOURCES[kind]
    except KeyError:
        raise Invalid(f'Search for invalid resource "{kind}" requested') from None
