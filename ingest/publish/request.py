"""Have something done by whoever may publish: by this process where no other does, else by the one that does."""

import time
from typing import Any

from ingest.publish import orders
from ingest.publish.orders import Order
from ingest.publish.publisher import Publisher
from metadata_service.store.port import GraphStore
from schemas.errors import IndexUnavailable

POLL_SECONDS = 0.2


def carry_out(store: GraphStore, publisher: Publisher, action: str) -> dict[str, Any]:
    """Return what came of an action of the publisher's, once it is done.

    Raises what went wrong; IndexUnavailable with the reason where another process tried.
    """
    order: Order | None = None
    while not publisher.lease.hold():
        if order is None or not orders.is_standing(store, order):
            found = orders.find_answer(store, order) if order else None
            if found is not None:
                return _outcome(found)
            order = orders.give(store, action)
        time.sleep(POLL_SECONDS)
    outcome = publisher.do(action)
    if order is not None:
        orders.answer(store, order, **outcome)  # or the next publisher would do it again
    return outcome


def _outcome(answer: dict[str, Any]) -> dict[str, Any]:
    if "failed" in answer:
        raise IndexUnavailable(str(answer["failed"]))
    return answer
