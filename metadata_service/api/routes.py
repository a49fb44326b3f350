"""Every route of the metadata service, in one table."""

from typing import NamedTuple

from metadata_service.api import details, facets, system, users
from metadata_service.api.operation import Endpoint, Kind
from metadata_service.api.resources import COLUMN, DASHBOARD, FEATURE, TABLE, TYPE_METADATA, USER


class Route(NamedTuple):
    """Paths that an endpoint answers at, for a kind of resource."""

    endpoint: type[Endpoint]
    kind: Kind
    paths: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.kind.label}.{self.endpoint.__name__}"


_TABLE = "/table/<table:key>"
_COLUMN = f"{_TABLE}/column/<column>"
_TYPE = "/type_metadata/<type:key>"
_DASHBOARD = "/dashboard/<dashboard:key>"
_FEATURE = "/feature/<feature:key>"
_USER = "/user/<path:user>"
_RESOURCE = "<kind>/<path:key>"

ROUTES = (
    Route(system.HealthCheck, TABLE, ("/healthcheck",)),
    Route(system.PopularTables, TABLE, ("/popular_tables/", "/popular_tables/<path:user>")),
    Route(system.PopularResources, TABLE, ("/popular_resources/", "/popular_resources/<path:user>")),
    Route(system.Tags, TABLE, ("/tags/",)),
    Route(system.Badges, TABLE, ("/badges/",)),
    Route(system.Statistics, TABLE, ("/system/statistics",)),
    Route(system.LatestTimestamp, TABLE, ("/latest_updated_ts",)),
    Route(details.Table, TABLE, (_TABLE, "/table/<anything:key>")),
    Route(details.TableDashboards, TABLE, (f"{_TABLE}/dashboard/",)),
    Route(facets.Description, TABLE, (f"{_TABLE}/description",)),
    Route(facets.Tag, TABLE, (f"{_TABLE}/tag/<tag>",)),
    Route(facets.Badge, TABLE, (f"{_TABLE}/badge/<badge>",)),
    Route(facets.Owner, TABLE, (f"{_TABLE}/owner/<owner>",)),
    Route(facets.Lineage, TABLE, (f"{_TABLE}/lineage",)),
    Route(facets.History, TABLE, (f"{_TABLE}/history",)),
    Route(facets.Description, COLUMN, (f"{_COLUMN}/description",)),
    Route(facets.Badge, COLUMN, (f"{_COLUMN}/badge/<badge>",)),
    Route(facets.Lineage, COLUMN, (f"{_COLUMN}/lineage",)),
    Route(facets.Description, TYPE_METADATA, (f"{_TYPE}/description",)),
    Route(facets.Badge, TYPE_METADATA, (f"{_TYPE}/badge/<badge>",)),
    Route(details.Dashboard, DASHBOARD, (_DASHBOARD, "/dashboard/<anything:key>")),
    Route(facets.Description, DASHBOARD, (f"{_DASHBOARD}/description",)),
    Route(facets.Tag, DASHBOARD, (f"{_DASHBOARD}/tag/<tag>",)),
    Route(facets.Badge, DASHBOARD, (f"{_DASHBOARD}/badge/<badge>",)),
    Route(facets.Owner, DASHBOARD, (f"{_DASHBOARD}/owner/<owner>",)),
    Route(facets.History, DASHBOARD, (f"{_DASHBOARD}/history",)),
    Route(details.Feature, FEATURE, (_FEATURE, "/feature/<anything:key>")),
    Route(details.FeatureGenerationCode, FEATURE, (f"{_FEATURE}/generation_code",)),
    Route(details.FeatureStats, FEATURE, (f"{_FEATURE}/stats",)),
    Route(details.FeatureSample, FEATURE, (f"{_FEATURE}/sample_data",)),
    Route(facets.Description, FEATURE, (f"{_FEATURE}/description",)),
    Route(facets.Tag, FEATURE, (f"{_FEATURE}/tag/<tag>",)),
    Route(facets.Badge, FEATURE, (f"{_FEATURE}/badge/<badge>",)),
    Route(facets.Owner, FEATURE, (f"{_FEATURE}/owner/<owner>",)),
    Route(facets.Lineage, FEATURE, (f"{_FEATURE}/lineage",)),
    Route(facets.History, FEATURE, (f"{_FEATURE}/history",)),
    Route(users.Users, USER, ("/user",)),
    Route(users.User, USER, (_USER,)),
    Route(users.Follow, USER, (f"{_USER}/follow/",)),
    Route(users.Own, USER, (f"{_USER}/own/",)),
    Route(users.Read, USER, (f"{_USER}/read/",)),
    Route(users.FollowResource, USER, (f"{_USER}/follow/{_RESOURCE}",)),
    Route(users.OwnResource, USER, (f"{_USER}/own/{_RESOURCE}",)),
)
