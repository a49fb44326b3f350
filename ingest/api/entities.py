"""Statements that are pushed over HTTP."""

from http_service.operation import Answer, Call, operation
from ingest.api.endpoint import IngestEndpoint
from ingest.push import push
from schemas.errors import Conflict, TooLarge
from schemas.wire import ingest_replies, ingest_requests


class Entities(IngestEndpoint):
    @operation(ingest_replies.Pushed, Conflict, TooLarge, body=ingest_requests.EntitiesBody)
    def post(self, call: Call) -> Answer:
        """Write what a source says of tables, lineage, usage, queries, dashboards, people, and what models are made of.

        The same again changes nothing. Each statement is answered for by itself: one that is refused takes no other
        down with it. With `dry_run` the answer says what would change, and nothing does.
        """
        body = call.body
        return push(self.store, self.ingestion.jobs, body["source"], body["entities"], dry=body["dry_run"])
