"""How far the search index is behind the graph, and having postponed documents tried again."""

from http_service.operation import Answer, Call, operation
from metadata_service.api.endpoint import GraphEndpoint
from metadata_service.catalog.sync_status import retry, sync_status
from schemas.errors import Invalid
from schemas.wire import replies, requests


class SyncStatus(GraphEndpoint):
    @operation(replies.SyncStatus, query=requests.SyncStatusParameters)
    def get(self, call: Call) -> Answer:
        """Say how far the search index is behind the graph, and which documents could not be published, and why."""
        return sync_status(self.store, limit=call.query["limit"])


class SyncRetry(GraphEndpoint):
    @operation(replies.Retried, Invalid, body=requests.RetryBody)
    def post(self, call: Call) -> Answer:
        """Have postponed and parked documents tried again with the next pass: those named, or all."""
        named = call.body["documents"]
        return {"retried": retry(self.store, named and [(item["kind"], item["key"]) for item in named])}
