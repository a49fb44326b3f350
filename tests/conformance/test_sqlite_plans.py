"""How SQLite goes about it: a fixed number of statements a shape, and an index for whatever is asked often."""

import sqlite3
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from graphs import Statements, badge, by_source, column, description, link, node, nodes, table, tag, user

from metadata_service.catalog.tables import TABLE_DETAIL
from metadata_service.lineage.explore import Asked, explore
from metadata_service.lineage.views import SHAPES as SHOWN
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore, Related
from metadata_service.store.ways import Ask, Way
from schemas.graph import POPULARITY, READERS, Direction

STATEMENTS_A_TABLE = 8


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "graph.db"


@pytest.fixture
def store(path: Path, statements: Statements) -> Iterator[GraphStore]:
    store = open_store(f"sqlite:///{path}", tracer=statements)
    store.ensure_schema()
    yield store
    store.close()


def fill(store: GraphStore, columns: int, depth: int) -> None:
    """Put a table with statistics, badges, descriptions and nested types as deep as told."""
    t = table("t")
    by_source(store, node(t), *nodes(tag("x"), badge("pii"), user("u")), link(t, "TAGGED_BY", tag("x")))
    by_source(store, link(t, "OWNER", user("u")), link(t, "READ_BY", user("u"), read_count=2))
    for number in range(columns):
        c = column(f"c{number}")
        stat = NodeRef("Stat", f"{c.key}/max/")
        types = [NodeRef("Type_Metadata", f"{c.key}/type/{'/'.join('x' * (n + 1))}") for n in range(depth)]
        words = [description(ref) for ref in (c, *types)]
        by_source(store, *nodes(c, stat, *types, *words), link(t, "COLUMN", c), link(stat, "STAT_OF", c))
        by_source(store, *(link(ref, "DESCRIPTION", text) for ref, text in zip((c, *types), words, strict=True)))
        by_source(store, *(link(ref, "HAS_BADGE", badge("pii")) for ref in (c, *types)))
        if types:
            by_source(store, link(c, "TYPE_METADATA", types[0]))
        by_source(store, *(link(a, "SUBTYPE", b) for a, b in pairwise(types)))


@pytest.mark.parametrize(("columns", "depth"), [(0, 0), (1, 0), (3, 1), (40, 12)])
def test_a_table_takes_the_same_few_statements_whatever_it_holds(
    store: GraphStore, statements: Statements, columns: int, depth: int
):
    fill(store, columns, depth)
    statements.texts.clear()
    record = store.fetch(table("t").key, TABLE_DETAIL)
    assert record is not None
    assert len(record.children["columns"]) == columns
    assert len(statements.texts) <= STATEMENTS_A_TABLE


def test_many_tables_take_as_many_statements_as_one(store: GraphStore, statements: Statements):
    fill(store, 2, 2)
    by_source(store, *nodes(*(table(f"{n}") for n in range(50))))
    statements.texts.clear()
    assert len(store.fetch_many([table("t").key, *(table(f"{n}").key for n in range(50))], TABLE_DETAIL)) == 51
    assert len(statements.texts) <= STATEMENTS_A_TABLE


def test_a_frontier_of_any_size_is_one_statement(store: GraphStore, statements: Statements):
    wide = [table(f"{n}") for n in range(2_000)]
    by_source(store, *nodes(*wide))
    statements.texts.clear()
    store.neighbourhood(wide, ["HAS_DOWNSTREAM", "COLUMN"], Direction.OUT, 100)
    assert len(statements.texts) == 1


def test_a_step_of_an_exploration_is_two_statements(store: GraphStore, statements: Statements):
    t, others = table("t"), [table(f"{number}") for number in range(30)]
    by_source(store, *nodes(t, column("c"), user("u"), badge("pii"), *others), link(t, "OWNER", user("u")))
    by_source(store, *(link(t, "HAS_DOWNSTREAM", other) for other in others), link(others[0], "HAS_DOWNSTREAM", t))
    by_source(store, link(column("c"), "HAS_DOWNSTREAM", t), link(t, "COLUMN", column("c")))
    statements.texts.clear()
    found = explore(store, t, Asked(), 10_000)
    assert (len(found.nodes), found.nodes[0].owners) == (1 + 1 + 20, ["u"])
    assert len(statements.texts) == 2


LINEAGE = [Way("HAS_DOWNSTREAM", Direction.OUT), Way("DASHBOARD_WITH_TABLE", Direction.IN)]
ASKED: dict[str, Callable[[GraphStore], object]] = {
    "shape": lambda store: store.fetch_many([table("t").key], TABLE_DETAIL),
    "page": lambda store: store.list_nodes("Table", after="a", limit=10),
    "prefix": lambda store: store.list_nodes("Fram_Edit", prefix="a/"),
    "prefix from its end": lambda store: store.list_nodes("Fram_Edit", after="a/b", prefix="a/", descending=True),
    "relations": lambda store: store.list_edges("OWNER", "Table", "User", after=("a", "b")),
    "neighbours": lambda store: store.neighbourhood([table("t")], ["HAS_DOWNSTREAM"], Direction.IN, 10),
    "first neighbours": lambda store: store.neighbours([Ask(table("t"), False), Ask(table("t"))], LINEAGE, READERS, 9),
    "neighbour counts": lambda store: store.neighbour_counts([table("t"), column("c0")], LINEAGE),
    "between": lambda store: store.between([table("t"), user("u")], ["OWNER", "READ_BY"], 9),
    "picture": lambda store: store.picture([table("t"), column("c0")], SHOWN, LINEAGE, 9),
    "reach": lambda store: store.reach(table("t"), ["COLUMN", "OWNER"], Direction.OUT, 3, 10),
    "popular": lambda store: store.rank("Table", POPULARITY, 10, {READERS: 10}),
    "latest edits": lambda store: store.rank("Fram_Edit", "at", 10, after=(5, "a")),
    "count": lambda store: store.count("Table"),
    "count of some": lambda store: store.count("Table", [Related(("DESCRIPTION",), ("Description",))]),
    "degrees": lambda store: store.degrees("Tag", ["TAGGED_BY", "TAG"], Direction.IN),
    "changes": lambda store: store.changes(10),
    "postponed": lambda store: store.postponed(10),
    "revisions": lambda store: store.revisions("Table", after="a", limit=10),
    "backlog": lambda store: store.backlog(),
    "batch": lambda store: by_source(store, node(table("t"), a=1), link(table("t"), "OWNER", user("u"), a=1)),
}
# Walked from end to end on purpose: lists of parameters, what a step before has found, what is waiting.
WALKED = ("SCAN k", "SCAN p", "SCAN t", "SCAN walk", "SCAN json_each", "SCAN 1 CONSTANT", "SCAN change USING INDEX")
WALKED += ("SCAN ranked", "SCAN shown", "SCAN edges", "SCAN CONSTANT")
# The targets of one source, not the page; the neighbours of one node.
SORTS_IN_PART = {"relations", "first neighbours"}


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_is_found_by_an_index(store: GraphStore, statements: Statements, path: Path, asked: str):
    fill(store, 1, 1)
    statements.texts.clear()
    statements.parameters.clear()
    ASKED[asked](store)
    connection = sqlite3.connect(path)
    for text, parameters in zip(statements.texts, statements.parameters, strict=True):
        if text.startswith(("BEGIN", "COMMIT")):
            continue
        one = parameters[0] if text.startswith(("INSERT", "UPDATE", "DELETE")) else parameters  # type: ignore[index]
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", one)]
        walks = [step for step in steps if step.startswith("SCAN") and not step.startswith(WALKED)]
        assert walks == [], text
        sorts = [step for step in steps if "TEMP B-TREE FOR" in step and "DISTINCT" not in step]
        assert asked in SORTS_IN_PART or sorts == [], text
    connection.close()


RANKINGS: dict[str, tuple[str, Callable[[GraphStore], object]]] = {
    "popular": ("(label=?", lambda store: store.rank("Table", POPULARITY, 10, {READERS: 10})),
    "edits": ("(label=?", lambda store: store.rank("Fram_Edit", "at", 10)),
    "edits before": (
        "(label=? AND ranking>? AND ranking<?)",
        lambda store: store.rank("Fram_Edit", "at", 10, after=(5, "a")),
    ),
}


@pytest.mark.parametrize(("found", "ask"), RANKINGS.values(), ids=RANKINGS)
def test_what_is_ranked_is_read_off_the_end_of_an_index(
    store: GraphStore, statements: Statements, path: Path, found: str, ask: Callable[[GraphStore], object]
):
    statements.texts.clear()
    ask(store)
    connection = sqlite3.connect(path)
    (text,), parameters = statements.texts, statements.parameters[-1]
    (step,) = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {text}", parameters)]  # type: ignore[arg-type]
    connection.close()
    assert f"USING INDEX node_ranking {found}" in step
