"""What is asked of the publisher from another process, and its answer: two notes beside the graph.

An order stands until it is answered, so the next publisher carries out what the last one was killed over. There is one
at a time: a later one takes the place of an earlier one, whose giver sees that and gives it again.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from metadata_service.store.port import GraphStore

_ORDER, _ANSWER = "order", "answer"


@dataclass(frozen=True, slots=True)
class Order:
    """Something to be done once: `action` is a key of the publisher's actions."""

    action: str
    number: str = ""  # empty: nobody waits for an answer


def give(store: GraphStore, action: str) -> Order:
    """Leave an order for whoever publishes."""
    order = Order(action, secrets.token_hex(8))
    store.note(_ORDER, json.dumps(asdict(order)))
    return order


def pending(store: GraphStore) -> Order | None:
    """Return the order that is not answered."""
    notes = store.notes()
    if _ORDER not in notes:
        return None
    order = Order(**json.loads(notes[_ORDER]))
    return None if _answer(notes).get("number") == order.number else order


def answer(store: GraphStore, order: Order, **outcome: object) -> None:
    """Tell what became of an order: facts, or `failed`."""
    if order.number:
        store.note(_ANSWER, json.dumps({"number": order.number, **outcome}))


def find_answer(store: GraphStore, order: Order) -> dict[str, Any] | None:
    """Return what became of an order, or None as long as nothing has."""
    found = _answer(store.notes())
    return found if found.pop("number", None) == order.number else None


def is_standing(store: GraphStore, order: Order) -> bool:
    """Say whether an order waits, no later one having taken its place."""
    return pending(store) == order


def _answer(notes: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(notes.get(_ANSWER, "{}"))
    return found
