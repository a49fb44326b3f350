"""Exploring lineage: what is around something."""

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint
from metadata_service.lineage.explore import Asked, Filter, explore
from schemas.errors import NotFound
from schemas.wire import replies, requests


class Exploration(GraphEndpoint):
    @operation(replies.Exploration, NotFound, query=requests.ExplorationParameters)
    def get(self, call: Call) -> Answer:
        """Return the nodes and edges around something, of each node what is hidden.

        Tables, columns, dashboards and features in any mix. Of each node the most used neighbours are shown; `next`
        pages through those of the start.
        """
        query = call.query
        names = ("kinds", "schema", "database", "owner", "badge")
        asked = Asked(
            direction=query["direction"],
            depth=query["depth"],
            limit=query["limit"],
            cursor=query["cursor"],
            filter=Filter(*(query[name] for name in names)),
            columns=query["columns"],
        )
        return explore(self.store, self.kind.ref(call.path), asked, self.settings.lineage_max_items)
