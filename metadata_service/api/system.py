"""The catalogue as a whole: health, popularity, tags, badges, statistics."""

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint
from metadata_service.catalog import labels, popular, system
from metadata_service.catalog.summaries import dashboard_summary, popular_table, table_summary
from schemas.errors import StoreUnavailable
from schemas.wire import replies, requests

_SUMMARIES = {"table": ("Table", table_summary), "dashboard": ("Dashboard", dashboard_summary)}


class HealthCheck(GraphEndpoint):
    @operation(replies.HealthCheck)
    def get(self, call: Call) -> Answer:
        """Say whether the graph answers; 503 when it does not."""
        name = f"{type(self.store).__name__}:connection"
        try:
            health = self.store.health()
        except StoreUnavailable as error:
            return {"status": "fail", "checks": {name: {"message": error.message}}}, 503
        return {"status": "ok", "checks": {name: {"store": health.store, **health.details}}}


class PopularTables(GraphEndpoint):
    @operation(replies.PopularTables, query=requests.PopularParameters)
    def get(self, call: Call) -> Answer:
        """Return the most popular tables (deprecated; /popular_resources/ has dashboards too)."""
        found = _popular(self, call, "Table")
        return {"popular_tables": [popular_table(record) for record in found]}


class PopularResources(GraphEndpoint):
    @operation(replies.PopularResources, query=requests.PopularResourcesParameters)
    def get(self, call: Call) -> Answer:
        """Return the most popular tables and dashboards: of everybody, or among those who read what a person reads."""
        answer: dict[str, object] = {}
        for kind, (label, summary) in _SUMMARIES.items():
            asked = kind in call.query["types"]
            answer[label] = [summary(record) for record in _popular(self, call, label)] if asked else {}
        return answer


def _popular(endpoint: GraphEndpoint, call: Call, label: str) -> Answer:
    minimum = endpoint.settings.popular_minimum_readers
    return popular.list_popular(endpoint.store, label, call.query["limit"], minimum, call.path.get("user"))


class Tags(GraphEndpoint):
    @operation(replies.TagUsages)
    def get(self, call: Call) -> Answer:
        """Return the tags in use with how many resources have each."""
        return {"tag_usages": labels.list_tags(self.store)}


class Badges(GraphEndpoint):
    @operation(replies.Badges)
    def get(self, call: Call) -> Answer:
        """Return every badge."""
        return {"badges": labels.list_badges(self.store)}


class Statistics(GraphEndpoint):
    @operation(replies.Statistics)
    def get(self, call: Call) -> Answer:
        """Count tables, documented ones, owned ones and owners."""
        return {"Statistics": system.count_statistics(self.store)}


class LatestTimestamp(GraphEndpoint):
    @operation(replies.LatestTimestamp, statuses=(200, 204))
    def get(self, call: Call) -> Answer:
        """Return when the catalogue was last fed, in epoch seconds; 204 when it never was."""
        latest = system.find_latest_timestamp(self.store)
        return (None, 204) if latest is None else {"neo4j_latest_timestamp": latest}
