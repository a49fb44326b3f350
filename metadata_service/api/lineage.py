"""Exploring lineage: what is around something, how one thing leads to another, and the edges people draw."""

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint, author_of
from metadata_service.lineage.among import find_among
from metadata_service.lineage.drawing import put_edge, remove_edge
from metadata_service.lineage.explore import Asked, Filter, explore
from metadata_service.lineage.paths import find_paths
from metadata_service.lineage.relations import ref_of
from metadata_service.store.mutations import NodeRef
from schemas.errors import Invalid, NotFound
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


class Among(GraphEndpoint):
    @operation(replies.Among, body=requests.AmongBody)
    def post(self, call: Call) -> Answer:
        """Return the edges among some nodes, and with `columns` those among the columns of tables.

        Changes nothing: a question too long for a URL. What does not exist has no edges.
        """
        refs = list(dict.fromkeys(ref_of(**end) for end in call.body["nodes"]))
        return find_among(self.store, refs, call.body["columns"], self.settings.lineage_max_items)


class Paths(GraphEndpoint):
    @operation(replies.Paths, NotFound, query=requests.PathsParameters)
    def get(self, call: Call) -> Answer:
        """Return the shortest paths from one thing to another that is made from it."""
        source, target = (ref_of(*call.query[name]) for name in ("source", "target"))
        return find_paths(self.store, source, target, call.query["limit"], self.settings.lineage_max_items)


class Edge(GraphEndpoint):
    @operation(replies.Drawn, NotFound, Invalid, body=requests.EdgeBody)
    def put(self, call: Call) -> Answer:
        """Draw an edge by hand. Idempotent; sources do not take it away."""
        return put_edge(self.store, *_ends(call), call.body["reason"], author_of(call))

    @operation(replies.Drawn, NotFound, Invalid, body=requests.EdgeBody)
    def delete(self, call: Call) -> Answer:
        """Remove an edge by hand. Idempotent; sources do not bring it back."""
        return remove_edge(self.store, *_ends(call), call.body["reason"], author_of(call))


def _ends(call: Call) -> tuple[NodeRef, NodeRef]:
    source, target = (ref_of(**call.body[name]) for name in ("source", "target"))
    return source, target
