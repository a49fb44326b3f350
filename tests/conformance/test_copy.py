"""Copying between any two stores: everything arrives, nothing is lost by a kill, and a difference is named."""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from metadata_service.store import copy, parts
from metadata_service.store.copy import Step, Summary, copy_graph
from metadata_service.store.factory import open_store
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import (
    Authority,
    Batch,
    Edge,
    EdgeRef,
    Mutation,
    Node,
    NodeRef,
    PutEdge,
    PutNode,
    Receipt,
    RemoveEdge,
    RemoveNode,
)
from metadata_service.store.port import GraphStore
from schemas.errors import Conflict
from schemas.graph import EDITED, EDITED_BY, LABELS, READERS, RELATIONS

TABLE = NodeRef("Table", "hive://gold.core/orders")
ADA, BOB = NodeRef("User", "ada@example.com"), NodeRef("User", "bob@example.com")
EVERY_TYPE = {
    "a_text": "grüße 조선 'x' \"y\" \n\t\\",
    "b_empty": "",
    "c_true": True,
    "d_one": 1,
    "e_float": 1.0,
    "f_big": 2**62,
    "g_list": ["b", "a", "a"],
    "h_none_of_it": [],
    EDITED: ["a_text"],
}


# Of the model itself, so that what PARTS left out would be missed.
RELATED = [parts.EdgePart(relation.type, *ends) for relation in RELATIONS.values() for ends in sorted(relation.ends)]


@pytest.fixture(autouse=True)
def _fewer_relations_on_neo4j(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let two pairs of ends stand for all that a type can have: Neo4j makes a plan for each, some 0.3 seconds long."""
    if "neo4j" in request.node.name:
        of_type: dict[str, list[parts.EdgePart]] = defaultdict(list)
        for part in sorted(
            RELATED, key=lambda part: part.source != "Table"
        ):  # whose relations the other tests are about
            of_type[part.type].append(part)
        fewer = [part for several in of_type.values() for part in several[:2]]
        left_out = set(RELATED) - set(fewer)
        monkeypatch.setattr(sys.modules[__name__], "RELATED", fewer)
        monkeypatch.setattr(copy, "PARTS", tuple(part for part in copy.PARTS if part not in left_out))


def whole_model(copies: int = 3) -> list[Mutation]:
    """Return nodes of every label and relations of every type between every pair of ends."""
    nodes = [NodeRef(label, f"{label.lower()}/{n}") for label in LABELS if label != parts.CURSOR for n in range(copies)]
    puts: list[Mutation] = [PutNode(ref, EVERY_TYPE | {"own": ref.key}) for ref in nodes]
    for part in RELATED:
        for n in range(copies):
            source = NodeRef(part.source, f"{part.source.lower()}/{n}")
            target = NodeRef(part.target, f"{part.target.lower()}/{(n + 1) % copies}")
            puts.append(PutEdge(EdgeRef(part.type, source, target), {"read_count": n, "is_n": True, EDITED_BY: "ada"}))
    return puts


def fill(store: GraphStore, mutations: list[Mutation], authority: Authority = Authority.COPY) -> None:
    store.apply(Batch(tuple(mutations), authority, actor="ada@example.com"))


def content(store: GraphStore) -> dict[object, list[tuple[str, str, object]]]:
    """Return everything a store holds, with the types of its values, the cursor of a copy too."""
    everything: list[Node | Edge] = []
    for label in LABELS:
        everything += store.list_nodes(label, limit=10_000)
    for part in RELATED:
        everything += store.list_edges(part.type, part.source, part.target, limit=10_000)
    return {item.ref: sorted((k, type(v).__name__, v) for k, v in item.props.items()) for item in everything}


class Killed(BaseException):
    """The process is gone."""


@contextmanager
def killed_after(store: GraphStore, batches: int) -> Iterator[list[Batch]]:
    """Let a store take so many batches, recorded in what is yielded, and then none."""
    taken: list[Batch] = []

    def apply(batch: Batch) -> Receipt:
        if len(taken) == batches:
            raise Killed
        taken.append(batch)
        return type(store).apply(store, batch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "apply", apply)
        with suppress(Killed):
            yield taken


@contextmanager
def read_only(store: GraphStore) -> Iterator[None]:
    def refuse(*_: object) -> None:
        pytest.fail("the source was written to")

    with pytest.MonkeyPatch.context() as patch:
        for name in ("apply", "acknowledge", "recount", "ensure_schema"):
            patch.setattr(store, name, refuse)
        yield


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "PAGE", 2)


Stores = tuple[GraphStore, GraphStore]


@pytest.fixture(params=["from sqlite", "to sqlite"])
def stores(request: pytest.FixtureRequest, graph_store: GraphStore, tmp_path: Path) -> Iterator[Stores]:
    """A source and a target: the store under test and an embedded one, or the other way round."""
    embedded = open_store(f"sqlite:///{tmp_path / 'other.db'}")
    embedded.ensure_schema()
    yield (embedded, graph_store) if request.param == "from sqlite" else (graph_store, embedded)
    embedded.close()


def test_copy_moves_every_label_and_relation_as_they_stand(stores: Stores, small_pages: None):
    source, target = stores
    fill(source, whole_model())
    with read_only(source):
        summary = copy_graph(source, target, "one")
    held = content(source)
    assert content(target) == held
    assert summary.nodes == sum(isinstance(ref, NodeRef) for ref in held) == 3 * (len(LABELS) - 1)
    assert summary.relations == sum(isinstance(ref, EdgeRef) for ref in held)


def test_copy_takes_reader_counts_edits_and_retractions_along(stores: Stores):
    source, target = stores
    tagged = EdgeRef("TAGGED_BY", TABLE, NodeRef("Tag", "raw"))
    read = PutEdge(EdgeRef("READ_BY", TABLE, ADA), {"read_count": 7})
    fill(source, [PutNode(TABLE), PutNode(ADA), PutNode(tagged.target), PutEdge(tagged), read], Authority.SOURCE)
    fill(source, [PutNode(TABLE, {"name": "orders"}), RemoveEdge(tagged)], Authority.PERSON)
    copy_graph(source, target, "one")
    assert content(target) == content(source)
    assert target.rank("Table", READERS, 1) == source.rank("Table", READERS, 1) != []
    fill(target, [PutEdge(tagged)], Authority.SOURCE)
    assert target.list_edges("TAGGED_BY", "Table", "Tag") == []  # taken back by a person, before the move
    assert target.recount("Table") == 0


def test_copy_marks_what_it_wrote_as_changed(stores: Stores):
    source, target = stores
    fill(source, [PutNode(TABLE), PutNode(ADA)])
    copy_graph(source, target, "one")
    assert {change.ref for change in target.changes()} == {TABLE, ADA}


def test_empty_source_copies_nothing(stores: Stores):
    source, target = stores
    assert copy_graph(source, target, "one") == Summary(0, 0)
    assert content(target) == {}


def test_copy_killed_between_any_two_batches_goes_on_where_it_stood(small_pages: None):
    source, target = MemoryGraphStore(), MemoryGraphStore()
    fill(source, whole_model())
    with killed_after(target, -1) as batches_in_all:
        copy_graph(source, target, "one")
    for batches in range(0, len(batches_in_all), 11):
        target = MemoryGraphStore()
        with killed_after(target, batches):
            copy_graph(source, target, "one")
            pytest.fail("it was not killed")
        steps: list[Step] = []
        with killed_after(target, -1) as more:
            copy_graph(source, target, "one", notice=steps.append)
        assert content(target) == content(source)
        assert [step.phase for step in steps].count("Resuming") == bool(batches)
        assert batches + len(more) == len(batches_in_all)  # nothing was sent twice


def test_copy_into_a_store_with_other_data_is_refused(stores: Stores):
    source, target = stores
    fill(source, [PutNode(TABLE)])
    fill(target, [PutNode(ADA)])
    with pytest.raises(Conflict, match="--into-existing"):
        copy_graph(source, target, "one")
    assert content(target) == {ADA: []}


def test_copy_into_existing_keeps_what_only_the_target_has(stores: Stores, small_pages: None):
    source, target = stores
    fill(source, [PutNode(TABLE, {"name": "orders"}), PutNode(BOB)])
    fill(source, [PutEdge(EdgeRef("READ_BY", TABLE, BOB), {"read_count": 2})], Authority.SOURCE)
    fill(target, [PutNode(TABLE, {"name": "older", "is_view": True}), *(PutNode(NodeRef("Tag", t)) for t in "abcd")])
    fill(target, [PutNode(ADA), PutEdge(EdgeRef("READ_BY", TABLE, ADA), {"read_count": 5})], Authority.SOURCE)
    steps: list[Step] = []
    with killed_after(target, 1):
        copy_graph(source, target, "one", into_existing=True)
    copy_graph(source, target, "one", notice=steps.append)  # what it was told at first still holds
    assert steps[0].phase == "Resuming"
    assert content(target).keys() == content(source).keys() | {
        ADA,
        EdgeRef("READ_BY", TABLE, ADA),
        *(NodeRef("Tag", t) for t in "abcd"),
    }
    [(_, props)] = target.list_nodes("Table")
    assert (props["name"], props[READERS], "is_view" in props) == ("orders", 2, False)


def test_unfinished_copy_of_something_else_is_refused(stores: Stores):
    source, target = stores
    fill(source, [PutNode(TABLE), PutNode(ADA)])
    with killed_after(target, 1):
        copy_graph(source, target, "one")
    with pytest.raises(Conflict, match="unfinished copy of one"):
        copy_graph(source, target, "another")
    with pytest.raises(Conflict, match="itself an unfinished copy of one"):
        copy_graph(target, MemoryGraphStore(), "another")
    copy_graph(source, target, "one")
    copy_graph(target, MemoryGraphStore(), "another")


TAMPERINGS: list[tuple[Mutation, str]] = [
    (RemoveNode(NodeRef("Tag", "tag/1")), r"^Tag: 3 in the source, 2 in the target$"),
    (PutNode(NodeRef("Tag", "more")), r"^Tag: 3 in the source, 4 in the target$"),
    (PutNode(NodeRef("Tag", "tag/1"), EVERY_TYPE | {"own": "tag/1", "c_true": 1}), r"^Tag: 3 in both, with different"),
    (PutNode(NodeRef("Tag", "tag/1"), EVERY_TYPE | {"own": "tag/1", "e_float": 1}), r"^Tag: 3 in both"),
    (PutNode(NodeRef("Tag", "tag/1"), EVERY_TYPE | {"own": "tag/1", "d_one": True}), r"^Tag: 3 in both"),
    (PutNode(NodeRef("Tag", "tag/1"), EVERY_TYPE | {"own": "tag/1", "b_empty": None}), r"^Tag: 3 in both"),
    (PutNode(NodeRef("Tag", "tag/1"), EVERY_TYPE | {"own": "tag/1", READERS: 3}), r"^Tag: 3 in both"),
    (
        RemoveEdge(EdgeRef("OWNER", NodeRef("Feature", "feature/0"), NodeRef("User", "user/1"))),
        r"^OWNER from Feature to User: 3 in the source, 2 in the target$",
    ),
    (
        PutEdge(EdgeRef("SCHEMA", NodeRef("Cluster", "cluster/0"), NodeRef("Schema", "schema/1")), {"is_n": False}),
        r"^SCHEMA from Cluster to Schema: 3 in both, with different content$",
    ),
]


@pytest.mark.parametrize(("tampering", "named"), TAMPERINGS)
@pytest.mark.parametrize("side", ["source", "target"])
def test_difference_at_the_end_is_named(tampering: Mutation, named: str, side: str):
    source, target = MemoryGraphStore(), MemoryGraphStore()
    fill(source, whole_model())
    verifying: list[Step] = []

    def tamper(step: Step) -> None:
        if step.phase == "Verifying" and not verifying:
            fill(source if side == "source" else target, [tampering])
            verifying.append(step)

    with pytest.raises(Conflict, match="differs from its source") as raised:
        copy_graph(source, target, "one", notice=tamper)
    named = named if side == "target" else re.sub(r"3 in the source, (\d)", r"\1 in the source, 3", named)
    assert re.search(named, raised.value.message, re.MULTILINE)
    assert len(raised.value.message.splitlines()) < 2 + (14 if isinstance(tampering, RemoveNode) else 1)


def test_checksum_is_of_content_and_not_of_order():
    one, other = Node(ADA, {"a": 1, "b": 2}), Node(BOB, {})
    assert parts.checksum([one, other]) == parts.checksum([other, Node(ADA, {"b": 2, "a": 1})])
    assert parts.checksum([one, one]) != parts.checksum([other, other])


def test_what_the_source_gained_meanwhile_comes_over_when_copied_again(stores: Stores, small_pages: None):
    source, target = stores
    fill(source, [PutNode(TABLE), PutNode(ADA), PutNode(NodeRef("Watermark", "w"))])
    owner = EdgeRef("OWNER", TABLE, NodeRef("User", "0"))

    def gain(step: Step) -> None:
        if step.part == "Watermark":  # behind tables and people
            fill(source, [PutNode(owner.target), PutEdge(owner), PutNode(TABLE, {"name": "orders"})])

    with pytest.raises(Conflict, match=r"(?s)Table: 1 in both.*User: 2 in the source, 1 .*OWNER from Table to User: 1"):
        copy_graph(source, target, "one", notice=gain)
    copy_graph(source, target, "one")
    assert content(target) == content(source)
