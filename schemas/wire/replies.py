"""Every reply of the metadata service, as a schema: entities as they are, and the envelopes around them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from marshmallow import Schema, fields

from schemas import entities, lineage, model_entities, sync_status
from schemas.wire.derive import schema_of


def _envelope(
    name: str, asked: Mapping[str, fields.Field[Any]] = MappingProxyType({}), **members: fields.Field[Any]
) -> type[Schema]:
    """Make a schema of what is always there, and of what is there for who asks."""
    for member in members.values():
        member.required = True
    return Schema.from_dict({**members, **asked}, name=name)


def _many(entity: type) -> fields.List[Any]:
    return fields.List(fields.Nested(schema_of(entity)))


Table = schema_of(entities.Table)
Dashboard = schema_of(entities.Dashboard)
Feature = schema_of(entities.Feature)
User = schema_of(entities.User)
Lineage = schema_of(entities.Lineage)
Exploration = schema_of(lineage.Exploration)
Among = schema_of(lineage.Among)
Impact = schema_of(lineage.Impact)
DependentModels = schema_of(lineage.DependentModels)
Paths = schema_of(lineage.Paths)
Drawn = schema_of(lineage.Drawn)
Model = schema_of(model_entities.Model)
ModelVersion = schema_of(model_entities.ModelVersion)
Experiment = schema_of(model_entities.Experiment)
RunPage = schema_of(model_entities.RunPage)
Run = schema_of(model_entities.Run)
GenerationCode = schema_of(entities.GenerationCode)
DataSample = schema_of(entities.DataSample)

Message = _envelope("Message", message=fields.String())
Problem = _envelope("Problem", message=fields.String(), code=fields.String(), request_id=fields.String())
Description = _envelope("Description", description=fields.String(allow_none=True))
Nothing = _envelope("Nothing")
HealthCheck = _envelope("HealthCheck", status=fields.String(), checks=fields.Dict(keys=fields.String()))
LatestTimestamp = _envelope("LatestTimestamp", neo4j_latest_timestamp=fields.Integer())
SyncStatus = schema_of(sync_status.SyncStatus)
Retried = _envelope("Retried", retried=fields.Integer())
Statistics = _envelope("SystemStatistics", Statistics=fields.Nested(schema_of(entities.Statistics)))
TagUsages = _envelope("TagUsages", tag_usages=_many(entities.TagUsage))
Badges = _envelope("Badges", badges=_many(entities.Badge))
PopularTables = _envelope("PopularTables", popular_tables=_many(entities.PopularTable))
# A kind that was not asked for is an empty object where the others are lists, as clients of Amundsen know it.
PopularResources = _envelope("PopularResources", Table=fields.Raw(), Dashboard=fields.Raw())
Dashboards = _envelope("Dashboards", dashboards=_many(entities.DashboardSummary))
UserResources = _envelope(
    "UserResources",
    {"feature": _many(entities.FeatureSummary)},
    table=_many(entities.PopularTable),
    dashboard=_many(entities.DashboardSummary),
)
UserReads = _envelope(
    "UserReads",
    {"dashboard": _many(entities.DashboardSummary), "feature": _many(entities.FeatureSummary)},
    table=_many(entities.PopularTable),
)
Stats = _envelope("Stats", stats=_many(entities.Stat))
History = _envelope("History", items=_many(entities.HistoryEntry), next=fields.String(allow_none=True))
RecentHistory = _envelope("RecentHistory", items=_many(entities.RecentEntry), next=fields.String(allow_none=True))
