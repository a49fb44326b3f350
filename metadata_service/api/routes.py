"""Every route of the metadata service, in one table."""

from http_service.service import Route
from metadata_service.api import (
    dependent_models,
    details,
    facets,
    history,
    impact,
    lineage,
    models,
    sync,
    system,
    users,
)
from metadata_service.api.endpoint import GraphEndpoint, Kind
from metadata_service.api.resources import (
    COLUMN,
    DASHBOARD,
    EXPERIMENT,
    FEATURE,
    MODEL,
    MODEL_VERSION,
    RUN,
    TABLE,
    TYPE_METADATA,
    USER,
    WHOLE_COLUMN,
)


def _route(endpoint: type[GraphEndpoint], kind: Kind, paths: tuple[str, ...]) -> Route:
    return Route(f"{kind.label}.{endpoint.__name__}", endpoint, paths, {"kind": kind})


_TABLE = "/table/<table:key>"
_COLUMN = f"{_TABLE}/column/<column>"
_TYPE = "/type_metadata/<type:key>"
_DASHBOARD = "/dashboard/<dashboard:key>"
_FEATURE = "/feature/<feature:key>"
_USER = "/user/<path:user>"
_RESOURCE = "<kind>/<path:key>"
_MODEL = "/model/<model:key>"
_EXPERIMENT = "/experiment/<experiment:key>"
_OF_LINEAGE = {
    "table": TABLE,
    "column": WHOLE_COLUMN,
    "dashboard": DASHBOARD,
    "feature": FEATURE,
    "run": RUN,
    "model_version": MODEL_VERSION,
    "model": MODEL,
}

ROUTES = (
    _route(system.HealthCheck, TABLE, ("/healthcheck",)),
    _route(system.PopularTables, TABLE, ("/popular_tables/", "/popular_tables/<path:user>")),
    _route(system.PopularResources, TABLE, ("/popular_resources/", "/popular_resources/<path:user>")),
    _route(system.Tags, TABLE, ("/tags/",)),
    _route(system.Badges, TABLE, ("/badges/",)),
    _route(system.Statistics, TABLE, ("/system/statistics",)),
    _route(system.LatestTimestamp, TABLE, ("/latest_updated_ts",)),
    _route(history.RecentHistory, TABLE, ("/history",)),
    _route(sync.SyncStatus, TABLE, ("/sync/status",)),
    _route(sync.SyncRetry, TABLE, ("/sync/retry",)),
    _route(details.Table, TABLE, (_TABLE, "/table/<anything:key>")),
    _route(details.TableDashboards, TABLE, (f"{_TABLE}/dashboard/",)),
    _route(facets.Description, TABLE, (f"{_TABLE}/description",)),
    _route(facets.Tag, TABLE, (f"{_TABLE}/tag/<tag>",)),
    _route(facets.Badge, TABLE, (f"{_TABLE}/badge/<badge>",)),
    _route(facets.Owner, TABLE, (f"{_TABLE}/owner/<owner>",)),
    _route(facets.Lineage, TABLE, (f"{_TABLE}/lineage",)),
    _route(history.History, TABLE, (f"{_TABLE}/history",)),
    _route(facets.Description, COLUMN, (f"{_COLUMN}/description",)),
    _route(facets.Badge, COLUMN, (f"{_COLUMN}/badge/<badge>",)),
    _route(facets.Lineage, COLUMN, (f"{_COLUMN}/lineage",)),
    _route(facets.Description, TYPE_METADATA, (f"{_TYPE}/description",)),
    _route(facets.Badge, TYPE_METADATA, (f"{_TYPE}/badge/<badge>",)),
    _route(details.Dashboard, DASHBOARD, (_DASHBOARD, "/dashboard/<anything:key>")),
    _route(facets.Description, DASHBOARD, (f"{_DASHBOARD}/description",)),
    _route(facets.Tag, DASHBOARD, (f"{_DASHBOARD}/tag/<tag>",)),
    _route(facets.Badge, DASHBOARD, (f"{_DASHBOARD}/badge/<badge>",)),
    _route(facets.Owner, DASHBOARD, (f"{_DASHBOARD}/owner/<owner>",)),
    _route(history.History, DASHBOARD, (f"{_DASHBOARD}/history",)),
    _route(details.Feature, FEATURE, (_FEATURE, "/feature/<anything:key>")),
    _route(details.FeatureGenerationCode, FEATURE, (f"{_FEATURE}/generation_code",)),
    _route(details.FeatureStats, FEATURE, (f"{_FEATURE}/stats",)),
    _route(details.FeatureSample, FEATURE, (f"{_FEATURE}/sample_data",)),
    _route(facets.Description, FEATURE, (f"{_FEATURE}/description",)),
    _route(facets.Tag, FEATURE, (f"{_FEATURE}/tag/<tag>",)),
    _route(facets.Badge, FEATURE, (f"{_FEATURE}/badge/<badge>",)),
    _route(facets.Owner, FEATURE, (f"{_FEATURE}/owner/<owner>",)),
    _route(facets.Lineage, FEATURE, (f"{_FEATURE}/lineage",)),
    _route(history.History, FEATURE, (f"{_FEATURE}/history",)),
    _route(models.Model, MODEL, (_MODEL, "/model/<anything:key>")),
    _route(models.ModelVersion, MODEL_VERSION, ("/model_version/<model_version:key>", "/model_version/<anything:key>")),
    _route(models.Experiment, EXPERIMENT, (_EXPERIMENT, "/experiment/<anything:key>")),
    _route(models.ExperimentRuns, EXPERIMENT, (f"{_EXPERIMENT}/runs",)),
    _route(models.Run, RUN, ("/run/<run:key>", "/run/<anything:key>")),
    *(
        _route(facet, kind, (f"{path}/{rest}",))
        for kind, path in ((MODEL, _MODEL), (EXPERIMENT, _EXPERIMENT))
        for facet, rest in (
            (facets.Description, "description"),
            (facets.Tag, "tag/<tag>"),
            (facets.Badge, "badge/<badge>"),
            (facets.Owner, "owner/<owner>"),
            (history.History, "history"),
        )
    ),
    _route(users.Users, USER, ("/user",)),
    _route(users.User, USER, (_USER,)),
    _route(users.Follow, USER, (f"{_USER}/follow/",)),
    _route(users.Own, USER, (f"{_USER}/own/",)),
    _route(users.Read, USER, (f"{_USER}/read/",)),
    _route(users.FollowResource, USER, (f"{_USER}/follow/{_RESOURCE}",)),
    _route(users.OwnResource, USER, (f"{_USER}/own/{_RESOURCE}",)),
    _route(lineage.Among, TABLE, ("/lineage/among",)),
    _route(lineage.Paths, TABLE, ("/lineage/paths",)),
    _route(lineage.Edge, TABLE, ("/lineage/edge",)),
    *(
        _route(lineage.Exploration, kind, (f"/lineage/{name}/<{name}:key>", f"/lineage/{name}/<anything:key>"))
        for name, kind in _OF_LINEAGE.items()
    ),
    *(
        _route(dependent_models.DependentModels, kind, (f"/lineage/{name}/<{name}:key>/models",))
        for name, kind in _OF_LINEAGE.items()
    ),
    *(_route(impact.Impact, kind, (f"/lineage/{name}/<{name}:key>/impact",)) for name, kind in _OF_LINEAGE.items()),
)
