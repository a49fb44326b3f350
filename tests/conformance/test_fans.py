"""A fan is put as its nodes and relations would be, whatever is there and whoever puts it, and refused as they are."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphs import (
    FakeClock,
    Statements,
    badge,
    by_person,
    by_source,
    column,
    description,
    edge,
    gone,
    link,
    node,
    schema,
    settle,
    table,
)

from metadata_service.store.factory import open_store
from metadata_service.store.fans import spread
from metadata_service.store.memory import MemoryGraphStore
from metadata_service.store.mutations import Authority, Batch, Fan, Fans, Mutation
from metadata_service.store.parts import PARTS, items
from metadata_service.store.port import GraphStore
from schemas.errors import Invalid, NotFound, TooLarge
from schemas.graph import GONE

T, U = table("t"), table("u")
NAMES = ("a", "b", "naïve")
FAN = Fan(T, "COLUMN", "Column", [column(name).key for name in NAMES], [{"name": name} for name in NAMES])
OTHER = Fan(U, "COLUMN", "Column", [column("a", "u").key], [{"name": "a", "sort_order": 1}])
ABOUT = {
    edge(schema(), "TABLE", T): {},
    edge(column("a"), "DESCRIPTION", description(column("a"))): {},
    edge(column("b"), "HAS_BADGE", badge("pk")): {},
    edge(column("a"), "HAS_DOWNSTREAM", column("b")): {},
    edge(T, "COLUMN", column("b")): {"since": 1},
}
NODES = {T: {"name": "t"}, U: {}, schema(): {}, badge("pk"): {}, description(column("a")): {"description": "Its key."}}
BATCH = Batch((), Authority.SOURCE, source="s", run="r", nodes=NODES, edges=ABOUT, fans=Fans([FAN, OTHER]))

BEFORE: dict[str, list[Mutation]] = {
    "nothing": [],
    "the tables": [node(T, name="t"), node(U)],
    "a column": [node(T), node(column("b"), name="b", type="int"), link(T, "COLUMN", column("b"))],
    "a column below nothing": [node(column("b"), type="int")],
    "a column that is gone": [node(T), node(column("b"), name="b", **{GONE: 5}), link(T, "COLUMN", column("b"))],
}
BATCHES = {
    "by a source": BATCH,
    "by a copy": replace(BATCH, authority=Authority.COPY),
    "by a person": replace(BATCH, authority=Authority.PERSON, actor="ann"),
    "with mutations": replace(BATCH, mutations=(node(column("a"), name="A"), gone(column("b")))),
    "below tables that are not put": replace(BATCH, nodes={ref: NODES[ref] for ref in NODES if ref not in (T, U)}),
    "lenient": replace(BATCH, lenient=True, nodes={ref: NODES[ref] for ref in NODES if ref != U}),
    "with nothing below": replace(BATCH, fans=Fans([FAN, Fan(U, "COLUMN", "Column", [], [])])),
}


def content(store: GraphStore) -> list[Any]:
    """Return the graph, the record of changes but for its keys, and what is pending."""
    parts = [[*items(store, part)] for part in PARTS if part.name != "Fram_Edit"]
    edits = sorted(str(sorted(props.items())) for _, props in store.list_nodes("Fram_Edit"))
    return [*parts, edits, sorted(store.changes(), key=lambda change: change.ref)]


@pytest.mark.parametrize("batch", BATCHES.values(), ids=BATCHES)
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
def test_a_fan_comes_to_what_its_nodes_and_relations_come_to(
    graph_store: GraphStore, clock: FakeClock, before: list[Mutation], batch: Batch
):
    one_by_one = MemoryGraphStore(clock)
    told: list[Any] = []
    for store, asked in ((graph_store, batch), (one_by_one, spread(batch))):
        by_source(store, *before)
        by_person(store, node(column("a", "u"), name="theirs")) if before else None
        settle(store)
        try:
            told.append(store.apply(asked))
        except NotFound as error:
            told.append(error.message)
    assert told[0] == told[1]
    assert content(graph_store) == content(one_by_one)


def test_fans_can_be_put_again_and_again(graph_store: GraphStore):
    graph_store.apply(BATCH)
    settle(graph_store)
    first = content(graph_store)
    assert graph_store.apply(replace(BATCH, run="later")).changed == frozenset()
    assert content(graph_store)[:-1] == first[:-1]


REFUSED: dict[str, tuple[Fan, type[Exception]]] = {
    "a property that is None": (FAN._replace(props=[{"name": None}, {}, {}]), Invalid),  # type: ignore[dict-item]
    "a property of the store's own": (FAN._replace(props=[{GONE: 1}, {}, {}]), Invalid),
    "a value that cannot be stored": (FAN._replace(props=[{"x": 2**70}, {}, {}]), Invalid),
    "a value that is too long": (FAN._replace(props=[{"x": "y" * 2_000_000}, {}, {}]), TooLarge),
    "too few properties": (FAN._replace(props=[{}]), Invalid),
    "one key twice": (FAN._replace(keys=["a", "b", "a"]), Invalid),
    "a key of another fan": (FAN._replace(keys=["a", "b", OTHER.keys[0]]), Invalid),
    "an empty key": (FAN._replace(keys=["a", "b", ""]), Invalid),
    "a key that is no text": (FAN._replace(keys=["a", "b", "\ud800"]), Invalid),
    "a key that is too long": (FAN._replace(keys=["a", "b", "c" * 5_000]), TooLarge),
    "an unknown label": (FAN._replace(label="Nonsense"), Invalid),
    "an unknown relation": (FAN._replace(relation="NONSENSE"), Invalid),
    "a relation between others": (FAN._replace(relation="TABLE"), Invalid),
    "a node that is put beside it": (Fan(schema(), "TABLE", "Table", [T.key], [{}]), Invalid),
    "no parent": (FAN._replace(parent=table("nowhere")), NotFound),
}


@pytest.mark.parametrize(("fan", "error"), REFUSED.values(), ids=REFUSED)
def test_what_no_store_can_hold_is_refused_and_leaves_nothing_behind(
    graph_store: GraphStore, fan: Fan, error: type[Exception]
):
    with pytest.raises(error):
        graph_store.apply(replace(BATCH, edges={}, fans=Fans([fan, OTHER])))
    assert graph_store.count("Table") == 0


def test_roots_below_a_root_are_pending_too(graph_store: GraphStore):
    """Not every fan can go in whole: of tables below their schema each has a document."""
    tables = Fan(schema(), "TABLE", "Table", [T.key, U.key], [{"name": "t"}, {"name": "u"}])
    receipt = graph_store.apply(Batch((), Authority.SOURCE, nodes={schema(): {}}, fans=Fans([tables])))
    assert receipt.changed == {T, U}
    assert {change.ref for change in graph_store.changes()} == {T, U}


def test_a_first_load_into_sqlite_plans_no_column_by_itself(tmp_path: Path, statements: Statements):
    store = open_store(f"sqlite:///{tmp_path}/graph.db", tracer=statements)
    store.ensure_schema()
    store.apply(BATCH)
    store.close()
    (whole,) = [text for text in statements.texts if text.startswith("INSERT INTO edge")]
    assert "SELECT" in whole
