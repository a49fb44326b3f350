"""Random edits of a small catalogue, and what the graph may hold after them.

An edit that was answered is in the graph. One that was not, since something was killed, may be or may not be.
"""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from http.client import HTTPException
from typing import Any

from deployments import Deployment, path_of, until
from small_catalogue import a_table, write

from metadata_service.store.mutations import EdgeRef, NodeRef, PutEdge, PutNode, RemoveNode
from metadata_service.store.port import GraphStore
from schemas.errors import StoreUnavailable

LASTING = [NodeRef("Table", f"hive://gold.core/lasting_{number}") for number in range(24)]
PASSING = [NodeRef("Table", f"hive://gold.core/passing_{number}") for number in range(24)]
TAGS = ["zweistrom", "heliotrope", "quagmire"]
PEOPLE = ["ann@example.com", "bob@example.com", "cho@example.com"]
WORDS = ["alder", "birch", "cedar", "douglas", "elm", "fir", "ginkgo", "hazel"]

Slot = tuple[str, ...]
Held = Mapping[Slot, object]


@dataclass(frozen=True)
class Edit:
    """A request to the metadata service, or (without a path) the coming or going of a table; what a slot holds then."""

    slot: Slot
    value: object
    path: str = ""
    method: str = "PUT"
    body: object = None


def edits(chance: random.Random) -> Iterator[Edit]:
    """Yield random edits without end."""
    while True:
        table, user = chance.choice(LASTING).key, chance.choice(PEOPLE)
        text = " ".join(chance.choices(WORDS, k=3))
        there = chance.random() < 0.6
        method = "PUT" if there else "DELETE"
        tag = chance.choice(TAGS)
        (edit,) = chance.choices(
            [
                Edit(("description", table), text, path_of("table", table, "description"), body={"description": text}),
                Edit(("tag", table, tag), there, path_of("table", table, "tag", tag), method),
                Edit(("owner", table, user), there, path_of("table", table, "owner", user), method),
                Edit(("name", user), text, "/user", body={"user_id": user, "email": user, "full_name": text}),
                Edit(("table", chance.choice(PASSING).key), there),
            ],
            weights=(3, 3, 3, 1, 3),  # a name touches many tables, and would publish again what was lost of them
        )
        yield edit


class Editor:
    """Does edits one after the other, and remembers what each slot may hold."""

    def __init__(self, fram: Deployment, store: GraphStore) -> None:
        self.answered = 0
        self.unanswered = 0
        self._fram = fram
        self._store = store
        self._possible: dict[Slot, set[Any]] = {}

    def do(self, edit: Edit) -> None:
        """Do an edit; when something is down, wait until edits are taken again."""
        if self._is_answered(edit):
            self.answered += 1
            self._possible[edit.slot] = {edit.value}
            return
        self.unanswered += 1
        self._possible.setdefault(edit.slot, {nothing(edit.slot)}).add(edit.value)
        until(partial(takes_edits, self._fram), seconds=400)

    def assert_all_there(self) -> None:
        """Assert that the graph holds every answered edit, none of them undone, half done or replaced."""
        held = read(self._store)
        assert held.keys() - self._possible.keys() == set()
        wrong = {
            slot: (held.get(slot, nothing(slot)), possible)
            for slot, possible in self._possible.items()
            if held.get(slot, nothing(slot)) not in possible
        }
        assert wrong == {}

    def _is_answered(self, edit: Edit) -> bool:
        try:
            if not edit.path:
                return self._let_be(NodeRef("Table", edit.slot[1]), there=bool(edit.value))
            status, reply = self._fram.ask("metadata", edit.path, edit.method, edit.body)
        except (OSError, HTTPException, StoreUnavailable):
            return False
        assert status in (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.SERVICE_UNAVAILABLE), reply
        return status != HTTPStatus.SERVICE_UNAVAILABLE

    def _let_be(self, table: NodeRef, *, there: bool) -> bool:
        if there:
            owner = NodeRef("User", PEOPLE[0])
            write(self._store, *a_table(table), PutNode(owner), PutEdge(EdgeRef("OWNER", table, owner)))
        else:
            write(self._store, RemoveNode(table))
        return True


def nothing(slot: Slot) -> object:
    """Return what a slot holds before anything was put there."""
    return None if slot[0] in ("description", "name") else False


def takes_edits(fram: Deployment) -> bool:
    """Say whether the metadata service is there, and its graph too."""
    try:
        return fram.ask("metadata", "/healthcheck")[0] == HTTPStatus.OK
    except (OSError, HTTPException, LookupError, StopIteration):
        return False


def read(store: GraphStore) -> Held:
    """Return what the graph holds in every slot."""
    lasting = {ref.key for ref in LASTING}
    held: dict[Slot, object] = {}
    for ref, props in store.list_nodes("Description"):
        held["description", ref.key.removesuffix("/_description")] = props.get("description")
    for ref, props in store.list_nodes("User"):
        if "full_name" in props:
            held["name", ref.key] = props["full_name"]
    held |= {("table", ref.key): True for ref, _ in store.list_nodes("Table") if ref.key not in lasting}
    for name, relation, label in (("tag", "TAGGED_BY", "Tag"), ("owner", "OWNER", "User")):
        related = store.list_edges(relation, "Table", label)
        held |= {(name, ref.source.key, ref.target.key): True for ref, _ in related if ref.source.key in lasting}
    return held
