"""What people changed: on one entity, and on any; the latest first."""

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint
from metadata_service.catalog import history
from schemas.errors import NotFound
from schemas.wire import replies, requests


class History(GraphEndpoint):
    @operation(replies.History, NotFound, query=requests.HistoryParameters)
    def get(self, call: Call) -> Answer:
        """Return what people changed here, the latest first: who, when, from what to what."""
        ref, asked = self.kind.ref(call.path), call.query
        items, following = history.list_history(self.store, ref, asked["limit"], asked["after"])
        return {"items": items, "next": following}


class RecentHistory(GraphEndpoint):
    @operation(replies.RecentHistory, query=requests.RecentParameters)
    def get(self, call: Call) -> Answer:
        """Return what people changed last, on whatever: who, when, from what to what."""
        items, following = history.list_recent(self.store, call.query["limit"], call.query["cursor"])
        return {"items": items, "next": following}
