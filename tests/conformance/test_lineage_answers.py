"""Every store gives the same answers about lineage, whatever its shape: cycles, diamonds, hubs, odd keys."""

import random
from itertools import pairwise

import pytest
from graphs import FakeClock, Statements, by_copy, by_person, column, dashboard, link, node, nodes, table, user

from metadata_service.lineage.explore import Asked, Filter, explore
from metadata_service.lineage.impact import affected, find_impact
from metadata_service.lineage.paths import find_paths
from metadata_service.store.factory import open_store
from metadata_service.store.mutations import NodeRef
from metadata_service.store.port import GraphStore
from schemas.graph import READS

DOWN, SHOWS = "HAS_DOWNSTREAM", "DASHBOARD_WITH_TABLE"
HUB = table("hub")
FEATURE = NodeRef("Feature", "group/name/1")
ORPHAN = NodeRef("Column", "hive://gold.core/gone/c")  # of a table that is not there
ODD = NodeRef("Table", "no grammar \U0001f4e6 'at' all")
MOST = 10_000


def fill(store: GraphStore) -> None:
    """Put a hub of 300, cycles and self-edges among tables, dashboards of both relations, columns, and odd keys."""
    chance = random.Random(3)
    tables = [table(f"t{number:02}") for number in range(30)]
    spokes = [table(f"s{number:03}") for number in range(300)]
    boards = [dashboard(f"d{number}") for number in range(6)]
    columns = [column(name, of.key.rpartition("/")[2]) for of in tables[:6] for name in "ab"]
    by_copy(store, *(node(ref, name=ref.key[-3:], **{READS: chance.randrange(9)}) for ref in (*tables, *spokes)))
    by_copy(store, *nodes(HUB, FEATURE, ORPHAN, ODD, user("ann"), *boards, *columns))
    pairs = [(chance.choice(tables), chance.choice(tables)) for _ in range(70)]
    pairs += [(HUB, spoke) for spoke in spokes] + [(tables[0], HUB), (spokes[7], tables[3]), (spokes[9], FEATURE)]
    pairs += [(chance.choice(columns), chance.choice(columns)) for _ in range(12)]
    pairs += [(ORPHAN, columns[0]), (ODD, tables[1]), (tables[2], ODD), (boards[0], tables[4]), (tables[5], boards[0])]
    by_copy(store, *(link(a, DOWN, b, fram_source="csv", fram_first_seen=5) for a, b in dict.fromkeys(pairs)))
    by_copy(store, *(link(board, SHOWS, chance.choice(tables)) for board in boards for _ in range(3)))
    by_copy(store, *(link(ref, "OWNER", user("ann")) for ref in (*tables[::3], *spokes[::50], boards[1])))
    owned = [("COLUMN", table(ref.key.split("/")[-2]), ref) for ref in columns]
    by_copy(store, *(link(a, kind, b) for kind, a, b in owned))
    by_person(store, link(tables[0], DOWN, FEATURE), reason="I know.", source="api")


@pytest.fixture
def both(graph_store: GraphStore) -> tuple[GraphStore, GraphStore]:
    """The store and the reference model, filled alike at one moment."""
    model = open_store("memory:", clock=FakeClock())
    for store in (graph_store, model):
        fill(store)
    return graph_store, model


ASKED = [
    Asked(),
    Asked(depth=3, limit=4),
    Asked("downstream", 100, 1_000),
    Asked("upstream", 5, 2, columns=True),
    Asked("both", 2, 50, columns=True),
    Asked("both", 4, 10, filter=Filter(owners=frozenset({"ann"}))),
    Asked("both", 4, 10, filter=Filter(kinds=frozenset({"dashboard", "table"}), schemas=frozenset({"core", "sales"}))),
]
STARTS = [HUB, table("t00"), table("t04"), dashboard("d0"), dashboard("d3"), column("a", "t01"), FEATURE, ORPHAN, ODD]


def test_every_store_explores_alike(both: tuple[GraphStore, GraphStore]):
    store, model = both
    for start in STARTS:
        for asked in ASKED:
            found, expected = explore(store, start, asked, MOST), explore(model, start, asked, MOST)
            assert sorted(found.edges, key=repr) == sorted(expected.edges, key=repr)
            assert sorted(found.nodes, key=repr) == sorted(expected.nodes, key=repr)
            assert (found.nodes[0], found.complete, found.next) == (expected.nodes[0], expected.complete, expected.next)


def test_every_store_pages_a_hub_alike(both: tuple[GraphStore, GraphStore]):
    for asked in (Asked("downstream", limit=70), Asked("both", limit=35, filter=Filter(owners=frozenset({"ann"})))):
        pages = []
        for store in both:
            cursor: str | None = ""
            seen = []
            while cursor is not None:
                page = explore(store, HUB, Asked(asked.direction, 1, asked.limit, cursor, asked.filter), MOST)
                seen.append([item.key for item in page.nodes[1:]])
                cursor = page.next
            pages.append(seen)
        assert pages[0] == pages[1]
        assert len({key for page in pages[0] for key in page}) == sum(map(len, pages[0]))


def test_every_store_tells_the_same_impact(both: tuple[GraphStore, GraphStore]):
    for start in STARTS:
        found, expected = (list(affected(store, find_impact(store, start))) for store in both)
        assert found == expected
        assert find_impact(both[0], start).complete


def test_every_store_finds_the_same_paths(both: tuple[GraphStore, GraphStore]):
    for start in STARTS:
        for target in STARTS:
            found, expected = (find_paths(store, start, target, 100, MOST) for store in both)
            assert (found.length, sorted(found.paths, key=repr)) == (expected.length, sorted(expected.paths, key=repr))


def test_a_small_budget_is_kept_by_every_store(both: tuple[GraphStore, GraphStore]):
    found = explore(both[0], HUB, Asked("both", 3, 20), 30)
    assert len(found.nodes) <= 32
    assert not found.complete
    assert not find_impact(both[0], HUB, 30).complete
    assert find_paths(both[0], HUB, table("s005"), 5, 30).paths in (
        [],
        find_paths(both[1], HUB, table("s005"), 5, MOST).paths,
    )


def test_a_column_of_a_table_that_is_not_there_is_shown_by_its_key(both: tuple[GraphStore, GraphStore]):
    found = explore(both[0], ORPHAN, Asked(columns=True), MOST).nodes[0]
    assert (found.name, found.table, found.owners, found.schema) == ("c", "hive://gold.core/gone", [], "core")
    odd = explore(both[0], ODD, Asked(), MOST).nodes[0]
    assert (odd.name, odd.schema, odd.database) == (ODD.key, None, None)


def test_a_step_takes_a_few_statements_however_much_there_is(
    both: tuple[GraphStore, GraphStore], statements: Statements
):
    store, _ = both
    for start, limit in (HUB, 5), (HUB, 200), (table("t00"), 20):
        statements.texts.clear()
        explore(store, start, Asked("both", 1, limit), MOST)
        # Ranked, edges and counts; what is shown of tables, dashboards, columns and features, three statements each.
        assert len([text for text in statements.texts if text not in ("BEGIN", "COMMIT")]) <= 2 + 1 + 4 + 4 * 3


def test_a_long_chain_is_walked_whole(graph_store: GraphStore):
    refs = [table(f"c{number:04}") for number in range(1_001)]
    by_copy(graph_store, *nodes(*refs), *(link(a, DOWN, b) for a, b in pairwise(refs)))
    assert len(find_impact(graph_store, refs[0])) == 1_000
    assert find_paths(graph_store, refs[0], refs[-1], 1, MOST).length == 1_000
