"""The pages of tables, dashboards and features."""

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint
from metadata_service.catalog import dashboards, features, tables
from schemas.errors import NotFound
from schemas.wire import replies


class Table(GraphEndpoint):
    @operation(replies.Table, NotFound)
    def get(self, call: Call) -> Answer:
        """Return a table with its columns and everything known of it."""
        return tables.get_table(self.store, call.path["key"])


class TableDashboards(GraphEndpoint):
    @operation(replies.Dashboards)
    def get(self, call: Call) -> Answer:
        """Return the dashboards made from a table, the most viewed first."""
        return {"dashboards": tables.list_dashboards(self.store, call.path["key"])}


class Dashboard(GraphEndpoint):
    @operation(replies.Dashboard, NotFound)
    def get(self, call: Call) -> Answer:
        """Return a dashboard with its queries, charts and tables."""
        return dashboards.get_dashboard(self.store, call.path["key"])


class Feature(GraphEndpoint):
    @operation(replies.Feature, NotFound)
    def get(self, call: Call) -> Answer:
        """Return a feature of machine-learning models."""
        return features.get_feature(self.store, call.path["key"])


class FeatureGenerationCode(GraphEndpoint):
    @operation(replies.GenerationCode, NotFound)
    def get(self, call: Call) -> Answer:
        """Return the code that a feature is computed by."""
        return features.get_generation_code(self.store, call.path["key"])


class FeatureStats(GraphEndpoint):
    @operation(replies.Stats, NotFound)
    def get(self, call: Call) -> Answer:
        """Return the statistics of a feature."""
        return {"stats": features.list_stats(self.store, call.path["key"])}


class FeatureSample(GraphEndpoint):
    @operation(replies.DataSample, NotFound)
    def get(self, call: Call) -> Answer:
        """Return sample rows of a feature, or why there are none."""
        return features.get_sample(self.store, call.path["key"])
