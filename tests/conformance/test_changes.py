"""Which index roots a batch touches, and how their changes are recorded and acknowledged."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from graphs import (
    FakeClock,
    badge,
    by_copy,
    by_person,
    by_source,
    column,
    cut,
    dashboard,
    description,
    gone,
    link,
    node,
    nodes,
    pending,
    schema,
    settle,
    table,
    tag,
    user,
)

from metadata_service.store.factory import open_store
from metadata_service.store.mutations import Change, Mutation, NodeRef
from metadata_service.store.port import GraphStore

T, U, V, D = table("t"), table("u"), table("v"), dashboard("d")
FEATURE = NodeRef("Feature", "group/f/1")
ANN, BOB = user("ann"), user("bob")
COL = column("c")
NESTED = NodeRef("Type_Metadata", f"{COL.key}/type/c")
STAT = NodeRef("Stat", f"{COL.key}/max/")
GROUP = NodeRef("Dashboardgroup", "mode_dashboard://gold.sales")
CHART = NodeRef("Chart", f"{D.key}/query/q/chart/c")
QUERY = NodeRef("Query", f"{D.key}/query/q")
STAMP = NodeRef("Timestamp", f"{T.key}/timestamp")
APPLICATION = NodeRef("Application", "application://airflow/x")
CLUSTER = NodeRef("Cluster", "hive://gold")
QUERY_LOG = NodeRef("Query", "d41d8cd98f")


def a_catalogue() -> list[Mutation]:
    """T and U in schema core, T tagged, badged, owned, described; D and FEATURE tagged too; V apart."""
    return [
        *nodes(T, U, V, D, FEATURE, ANN, BOB, COL, NESTED, STAT, schema(), CLUSTER, GROUP, QUERY, CHART, STAMP),
        *nodes(tag("x"), badge("pii"), badge("beta"), description(schema()), description(T), APPLICATION, QUERY_LOG),
        *nodes(description(GROUP), description(COL)),
        link(CLUSTER, "SCHEMA", schema()),
        link(schema(), "TABLE", T),
        link(schema(), "TABLE", U),
        link(schema(), "DESCRIPTION", description(schema())),
        link(T, "DESCRIPTION", description(T)),
        link(T, "COLUMN", COL),
        link(COL, "TYPE_METADATA", NESTED),
        link(STAT, "STAT_OF", COL),
        *(link(ref, "TAGGED_BY", tag("x")) for ref in (T, D, FEATURE)),
        link(COL, "HAS_BADGE", badge("pii")),
        link(NESTED, "HAS_BADGE", badge("beta")),
        link(T, "OWNER", ANN),
        link(D, "OWNER", ANN),
        link(U, "READ_BY", BOB, read_count=1),
        link(D, "DASHBOARD_OF", GROUP),
        link(D, "HAS_QUERY", QUERY),
        link(QUERY, "HAS_CHART", CHART),
        link(GROUP, "DESCRIPTION", description(GROUP)),
        link(T, "LAST_UPDATED_AT", STAMP),
        link(T, "DERIVED_FROM", APPLICATION),
    ]


TOUCHES: dict[str, tuple[list[Mutation], set[NodeRef]]] = {
    "a root": ([node(T, name="t")], {T}),
    "a new root": ([node(table("new"))], {table("new")}),
    "a new node of no root": ([node(tag("new"))], set()),
    "a column": ([node(COL, name="c")], {T}),
    "a new column": ([node(column("d")), link(T, "COLUMN", column("d"))], {T}),
    "a nested type": ([node(NESTED, name="c")], {T}),
    "a statistic of a column": ([node(STAT, stat_val="1")], {T}),
    "a description": ([node(description(T), description="a")], {T}),
    "a column's description": ([node(description(COL), description="a")], {T}),
    "a schema's description": ([node(description(schema()), description="a")], {T, U}),
    "a schema": ([node(schema(), name="renamed")], {T, U}),
    "a timestamp": ([node(STAMP, timestamp=1)], {T}),
    "a tag": ([node(tag("x"), tag_type="default")], {T, D, FEATURE}),
    "a badge of a column": ([node(badge("pii"), category="column")], {T}),
    "a badge of a nested type": ([node(badge("beta"), category="column")], {T}),
    "a user": ([node(ANN, full_name="Ann")], {ANN, T, D}),
    "a user who only reads": ([node(BOB, full_name="Bob")], {BOB}),
    "a dashboard group": ([node(GROUP, name="Sales")], {D}),
    "a dashboard group's description": ([node(description(GROUP), description="a")], {D}),
    "a dashboard's query": ([node(QUERY, name="q")], {D}),
    "a chart": ([node(CHART, name="c")], {D}),
    "a statement from a query log": ([node(QUERY_LOG, sql="select 1")], set()),
    "a cluster": ([node(CLUSTER, name="silver")], {T, U}),
    "a cluster removed": ([gone(CLUSTER)], {T, U}),
    "a manager": ([link(BOB, "MANAGE_BY", ANN)], {BOB}),
    "a manager renamed": ([link(BOB, "MANAGE_BY", ANN), node(ANN, full_name="Ann")], {ANN, BOB, T, D}),
    "a tag added": ([link(U, "TAGGED_BY", tag("x"))], {U}),
    "a tag taken off": ([cut(T, "TAGGED_BY", tag("x"))], {T}),
    "an owner": ([link(U, "OWNER", ANN)], {U, ANN}),
    "an owner gone": ([cut(T, "OWNER", ANN)], {T, ANN}),
    "a reader": ([link(V, "READ_BY", BOB, read_count=1)], {V, BOB}),
    "another read count": ([link(U, "READ_BY", BOB, read_count=2)], {U, BOB}),
    "a follower": ([link(V, "FOLLOWED_BY", BOB)], {V, BOB}),
    "lineage": ([link(T, "HAS_DOWNSTREAM", U)], set()),
    "a table moved into a schema": ([link(schema(), "TABLE", V)], {V}),
    "a table out of its schema": ([cut(schema(), "TABLE", T)], {T}),
    "a description unlinked from a schema": ([cut(schema(), "DESCRIPTION", description(schema()))], {T, U}),
    "a badge off a column": ([cut(COL, "HAS_BADGE", badge("pii"))], {T}),
    "a root removed": ([gone(V)], {V}),
    "an owned root removed": ([gone(T)], {T, ANN}),
    "a tag removed": ([gone(tag("x"))], {T, D, FEATURE}),
    "a badge removed": ([gone(badge("pii"))], {T}),
    "a user removed": ([gone(ANN)], {ANN, T, D}),
    "a reader removed": ([gone(BOB)], {BOB, U}),
    "a schema removed": ([gone(schema())], {T, U}),
    "a schema's description removed": ([gone(description(schema()))], {T, U}),
    "a column removed": ([gone(COL)], {T}),
    "a group removed": ([gone(GROUP)], {D}),
    "an application removed": ([gone(APPLICATION)], {T}),
    "what is removed twice": ([gone(V), gone(V)], {V}),
    "what comes and goes": ([node(table("new")), gone(table("new"))], {table("new")}),
    "nothing new": (a_catalogue(), set()),
    "what is not there": ([gone(table("none")), cut(T, "OWNER", BOB)], set()),
}


@pytest.mark.parametrize("authority", [by_source, by_person])
@pytest.mark.parametrize(("mutations", "roots"), TOUCHES.values(), ids=TOUCHES)
def test_a_batch_touches_the_roots_that_show_what_it_changes(
    graph_store: GraphStore, authority: Callable, mutations: list[Mutation], roots: set[NodeRef]
):
    by_source(graph_store, *a_catalogue())
    settle(graph_store)
    assert authority(graph_store, *mutations).changed == roots
    assert pending(graph_store) == roots


def test_a_tag_that_amundsen_wrote_the_other_way_round_touches_too(graph_store: GraphStore):
    by_source(graph_store, *nodes(D, tag("x")), link(D, "TAG", tag("x")))
    assert by_source(graph_store, node(tag("x"), tag_type="default")).changed == {D}


def test_a_copy_records_changes_too(graph_store: GraphStore):
    by_copy(graph_store, *a_catalogue())
    assert pending(graph_store) == {T, U, V, D, FEATURE, ANN, BOB}


def test_what_a_source_could_not_change_touches_nothing(graph_store: GraphStore):
    by_person(graph_store, node(T, a="person"))
    settle(graph_store)
    assert by_source(graph_store, node(T, a="source")).changed == frozenset()


def test_a_change_says_who_and_where_from(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, node(T), actor="job", source="csv", run="42")
    assert graph_store.changes() == [Change(T, clock.now, clock.now, "job", "csv", "42")]
    clock.now += 5
    by_person(graph_store, node(T, a=1), actor="ann")
    assert graph_store.changes() == [Change(T, clock.now, clock.now - 5, "ann", "", "")]


def test_revisions_grow_even_when_the_clock_does_not(graph_store: GraphStore, clock: FakeClock):
    first = clock.now
    by_source(graph_store, node(T, a=1))
    by_source(graph_store, node(T, a=2))
    clock.now -= 1_000_000
    by_source(graph_store, node(T, a=3))
    assert [change.revision for change in graph_store.changes()] == [first + 2]
    clock.now += 2_000_000
    by_source(graph_store, node(T, a=4))
    assert [change.revision for change in graph_store.changes()] == [clock.now]


def test_revisions_grow_across_acknowledgement_removal_and_return(graph_store: GraphStore, clock: FakeClock):
    revisions = []
    for mutation in node(T, a=1), gone(T), node(T, a=1), gone(T):
        by_source(graph_store, mutation)
        revisions += [change.revision for change in graph_store.changes()]
        settle(graph_store)
        clock.now -= 10
    assert revisions == [revisions[0] + n for n in range(4)]


def test_a_removed_root_is_a_change_like_any_other(graph_store: GraphStore):
    by_source(graph_store, node(T))
    settle(graph_store)
    by_source(graph_store, gone(T))
    assert pending(graph_store) == {T}


def test_changes_come_the_longest_waiting_first(graph_store: GraphStore, clock: FakeClock):
    for ref in U, ANN, T, D:
        by_source(graph_store, node(ref))
        clock.now += 1
    by_source(graph_store, node(U, a=1))
    assert [change.ref for change in graph_store.changes()] == [U, ANN, T, D]
    assert [change.ref for change in graph_store.changes(limit=2)] == [U, ANN]
    assert graph_store.changes(limit=0) == []


def test_changes_of_one_moment_come_by_label_and_key(graph_store: GraphStore):
    odd = [table("\U0001f600"), table("\uffee"), table("a")]
    by_source(graph_store, *nodes(*odd, BOB, D, ANN))
    assert [change.ref for change in graph_store.changes()] == sorted([*odd, BOB, D, ANN])


def test_what_is_acknowledged_no_longer_waits(graph_store: GraphStore):
    by_source(graph_store, *nodes(T, U))
    graph_store.acknowledge([change for change in graph_store.changes() if change.ref == T])
    assert pending(graph_store) == {U}
    settle(graph_store)
    assert graph_store.changes() == []
    graph_store.acknowledge([])


def test_a_root_that_changed_meanwhile_stays_pending(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, node(T, a=1))
    taken = graph_store.changes()
    clock.now += 7
    by_source(graph_store, node(T, a=2), source="later")
    graph_store.acknowledge(taken)
    assert [(c.ref, c.revision, c.source) for c in graph_store.changes()] == [(T, clock.now, "later")]
    settle(graph_store)
    graph_store.acknowledge(taken)
    assert graph_store.changes() == []


def test_an_acknowledged_root_waits_anew_from_its_next_change(graph_store: GraphStore, clock: FakeClock):
    by_source(graph_store, node(T, a=1))
    settle(graph_store)
    clock.now += 9
    by_source(graph_store, node(T, a=2))
    assert [change.pending_since for change in graph_store.changes()] == [clock.now]


def test_acknowledging_what_never_changed_does_nothing(graph_store: GraphStore):
    by_source(graph_store, node(T))
    (change,) = graph_store.changes()
    graph_store.acknowledge([replace(change, ref=U), replace(change, revision=change.revision - 1)])
    assert graph_store.changes() == [change]


def test_many_changes_are_acknowledged_at_once(graph_store: GraphStore):
    by_source(graph_store, *nodes(*(table(f"{n:04}") for n in range(1_500))))
    found = graph_store.changes(limit=10_000)
    assert len(found) == 1_500
    graph_store.acknowledge(found)
    assert graph_store.changes() == []


@dataclass(frozen=True)
class Shown:
    """A shared node with this relation to tables."""

    ref: NodeRef
    kind: str


@pytest.mark.parametrize("shown", [Shown(tag("x"), "TAGGED_BY"), Shown(badge("x"), "HAS_BADGE"), Shown(ANN, "OWNER")])
def test_a_shared_node_touches_every_root_that_shows_it(graph_store: GraphStore, shown: Shown):
    many = [table(f"{n:04}") for n in range(300)]
    by_source(graph_store, *nodes(shown.ref, *many), *(link(ref, shown.kind, shown.ref) for ref in many))
    settle(graph_store)
    assert by_source(graph_store, node(shown.ref, name="renamed")).changed >= set(many)
    assert pending(graph_store) >= set(many)


def test_changes_outlive_the_process(database: GraphStore, database_url: str, clock: FakeClock):
    by_source(database, node(T, a=1), source="first")
    by_source(database, node(U))
    taken = database.changes()
    database.acknowledge([change for change in taken if change.ref == U])
    database.close()
    again = open_store(database_url, clock=clock)
    assert again.changes() == [change for change in taken if change.ref == T]
    by_source(again, node(U, a=1))
    assert [change.revision for change in again.changes() if change.ref == U] == [clock.now + 1]
    again.close()
