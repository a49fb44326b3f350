"""Lineage says where it came from; saying it again is no change, and is written once a day at most."""

from typing import Any

import pytest
from graphs import (
    FakeClock,
    by_copy,
    by_person,
    by_source,
    cut,
    dashboard,
    edges_of,
    edits,
    link,
    nodes,
    one,
    pending,
    settle,
    table,
)

from metadata_service.store.mutations import NodeRef, Outcome
from metadata_service.store.port import GraphStore
from schemas.graph import EDITED_BY, FIRST_SEEN, LAST_SEEN, REASON, RELATIONS, RUN, SOURCE, STAMPED, retracted

A, B, BOARD = table("a"), table("b"), dashboard("d")
ENDS = {"HAS_DOWNSTREAM": (A, B), "DASHBOARD_WITH_TABLE": (BOARD, A)}
DAY = 86_400
BEGIN = FakeClock().now // 1_000_000


@pytest.fixture(params=STAMPED)
def ends(request: pytest.FixtureRequest, graph_store: GraphStore) -> tuple[NodeRef, str, NodeRef]:
    by_source(graph_store, *nodes(A, B, BOARD))
    source, target = ENDS[request.param]
    return source, request.param, target


def props(store: GraphStore, ends: tuple[NodeRef, str, NodeRef]) -> dict[str, Any]:
    source, kind, target = ends
    return edges_of(store, source.label, kind, target.label)[source.key, target.key]


def said(store: GraphStore, ends: tuple[NodeRef, str, NodeRef], run: str, source: str = "csv") -> Outcome:
    return one(by_source(store, link(*ends), source=source, run=run))


def test_a_new_relation_says_who_said_so_and_when(graph_store: GraphStore, ends: tuple[NodeRef, str, NodeRef]):
    assert said(graph_store, ends, "r1") is Outcome.CREATED
    assert props(graph_store, ends) == {SOURCE: "csv", RUN: "r1", FIRST_SEEN: BEGIN, LAST_SEEN: BEGIN}


def test_within_a_day_nothing_is_written_and_after_it_the_stamp_alone(
    graph_store: GraphStore, ends: tuple[NodeRef, str, NodeRef], clock: FakeClock
):
    said(graph_store, ends, "r1")
    settle(graph_store)
    before = props(graph_store, ends)
    clock.now += (DAY - 1) * 1_000_000
    assert said(graph_store, ends, "r2") is Outcome.UNCHANGED
    assert props(graph_store, ends) == before
    clock.now += 1_000_000
    assert said(graph_store, ends, "r3", "airflow") is Outcome.UNCHANGED
    assert props(graph_store, ends) == {SOURCE: "airflow", RUN: "r3", FIRST_SEEN: BEGIN, LAST_SEEN: BEGIN + DAY}
    assert pending(graph_store) == set()


def test_what_nobody_stamped_is_stamped_when_it_is_seen(graph_store: GraphStore, ends: tuple[NodeRef, str, NodeRef]):
    by_source(graph_store, link(*ends))
    assert props(graph_store, ends) == {}
    assert said(graph_store, ends, "") is Outcome.UNCHANGED
    assert props(graph_store, ends) == {SOURCE: "csv", FIRST_SEEN: BEGIN, LAST_SEEN: BEGIN}


def test_a_change_of_the_relation_keeps_when_it_was_first_seen(
    graph_store: GraphStore, ends: tuple[NodeRef, str, NodeRef], clock: FakeClock
):
    said(graph_store, ends, "r1")
    clock.now += 2 * DAY * 1_000_000
    assert one(by_source(graph_store, link(*ends, how="sql"), source="csv", run="r2")) is Outcome.UPDATED
    stamp = {SOURCE: "csv", RUN: "r2", FIRST_SEEN: BEGIN, LAST_SEEN: BEGIN + 2 * DAY}
    assert props(graph_store, ends) == {"how": "sql", **stamp}


def test_what_a_person_draws_stays_and_a_source_may_confirm_it(
    graph_store: GraphStore, ends: tuple[NodeRef, str, NodeRef]
):
    assert one(by_person(graph_store, link(*ends), reason="I know.", source="api")) is Outcome.CREATED
    mine = {EDITED_BY: "ann", REASON: "I know.", FIRST_SEEN: BEGIN}
    assert props(graph_store, ends) == mine
    assert one(by_person(graph_store, link(*ends), reason="I know.", source="api")) is Outcome.UNCHANGED
    assert one(by_source(graph_store, cut(*ends))) is Outcome.KEPT
    assert said(graph_store, ends, "r1") is Outcome.UNCHANGED
    assert props(graph_store, ends) == {**mine, SOURCE: "csv", RUN: "r1", LAST_SEEN: BEGIN}
    source, kind, target = ends
    told = [
        (edit["action"], edit["node"], edit["relation"], edit["other"], edit["reason"]) for edit in edits(graph_store)
    ]
    reverse = RELATIONS[kind].reverse
    assert sorted(told) == sorted(
        [("add", source.key, kind, target.key, "I know."), ("add", target.key, reverse, source.key, "I know.")]
    )


def test_a_person_claims_what_a_source_wrote_and_a_source_no_longer_removes_it(
    graph_store: GraphStore, ends: tuple[NodeRef, str, NodeRef]
):
    said(graph_store, ends, "r1")
    assert one(by_person(graph_store, link(*ends))) is Outcome.UPDATED
    assert one(by_source(graph_store, cut(*ends))) is Outcome.KEPT
    assert one(by_person(graph_store, link(*ends), actor="bob", reason="So do I.")) is Outcome.UPDATED
    assert len(edits(graph_store)) == 2 * 2  # with either end


def test_what_a_person_removed_stays_away_and_says_why(graph_store: GraphStore, ends: tuple[NodeRef, str, NodeRef]):
    source, kind, target = ends
    said(graph_store, ends, "r1")
    by_person(graph_store, cut(*ends), reason="Wrong.")
    assert said(graph_store, ends, "r2") is Outcome.KEPT
    memory = edges_of(graph_store, source.label, retracted(kind), target.label)
    assert memory == {(source.key, target.key): {EDITED_BY: "ann", REASON: "Wrong."}}
    assert one(by_person(graph_store, link(*ends))) is Outcome.CREATED
    assert edges_of(graph_store, source.label, retracted(kind), target.label) == {}


def test_a_copy_brings_the_stamps_of_where_it_comes_from(graph_store: GraphStore, ends: tuple[NodeRef, str, NodeRef]):
    stamps = {SOURCE: "csv", RUN: "r1", FIRST_SEEN: 5, LAST_SEEN: 9}
    by_copy(graph_store, link(*ends, **stamps), source="copy", run="c")
    assert props(graph_store, ends) == stamps
    assert said(graph_store, ends, "r2") is Outcome.UNCHANGED
    assert props(graph_store, ends)[FIRST_SEEN] == 5
