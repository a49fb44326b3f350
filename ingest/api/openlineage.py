"""Where clients of OpenLineage send their events to, and what was understood of them."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from http_service.operation import Answer, Call, operation
from ingest.api.endpoint import IngestEndpoint
from ingest.extract.openlineage.events import kind_of
from ingest.openlineage.body import MAX_EVENTS, read_body
from ingest.openlineage.intake import Checked, Intake
from ingest.openlineage.remembered import remembered
from schemas.errors import Conflict, InvalidBody, NotFound, TooLarge
from schemas.wire import openlineage_requests as wire

MOST_NAMED = 20  # events of a batch of which the answer says what is wrong


class OpenLineageEndpoint(IngestEndpoint):
    @property
    def intake(self) -> Intake:
        if self.ingestion.listening is None:
            raise Conflict("This process takes in no events.")
        return self.ingestion.listening.intake


class Lineage(OpenLineageEndpoint):
    @operation(None, InvalidBody, TooLarge, statuses=(201,))
    def post(self, call: Call) -> Answer:
        """Take in an event of OpenLineage, of a run, a job or a dataset; answered by 201 without a body.

        What is answered so is kept. The same event again changes nothing, and events may come in any order. The body
        is JSON, up to 20 MB, and may be compressed (`Content-Encoding: gzip`).
        """
        event = read_body(request)
        self.intake.take([(kind_of(event), event)])
        return Response(status=201)


class LineageBatch(OpenLineageEndpoint):
    @operation(wire.Received, InvalidBody, TooLarge, statuses=(201,))
    def post(self, call: Call) -> Answer:
        """Take in a list of events. Those that are right are taken in even where another one is refused."""
        events = read_body(request)
        if not isinstance(events, list):
            raise InvalidBody("The body must be a JSON list of events.")
        if len(events) > MAX_EVENTS:
            raise TooLarge(f"The body has {len(events):,} events; {MAX_EVENTS:,} are the limit.")
        right, wrong = _checked(events)
        if right:
            self.intake.take(right)
        if wrong:
            more = f" {len(wrong) - MOST_NAMED:,} more are wrong." if len(wrong) > MOST_NAMED else ""
            named = " ".join(wrong[:MOST_NAMED])
            raise InvalidBody(f"{named}{more} The other {len(right):,} events were taken in.")
        return {"received": len(right)}, 201


class OpenLineageRecord(OpenLineageEndpoint):
    @operation(wire.Remembered, NotFound, query=wire.RememberedParameters)
    def get(self, call: Call) -> Answer:
        """Return what is remembered of a dataset, a job or one of its last runs, every facet as it came."""
        return remembered(self.store, self.intake.names, call.query)


def _checked(events: Sequence[Any]) -> tuple[list[Checked], list[str]]:
    right: list[Checked] = []
    wrong: list[str] = []
    for place, event in enumerate(events):
        try:
            right.append((kind_of(event, f"[{place}]"), event))
        except InvalidBody as error:
            wrong.append(error.message)
    return right, wrong
