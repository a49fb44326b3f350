"""Reads refuse what the graph model does not have, and text that no store can hold."""

from collections.abc import Callable

import pytest
from graphs import by_person, by_source, node, table, tag

from metadata_service.store.mutations import Expect, NodeRef
from metadata_service.store.port import GraphStore, Related
from metadata_service.store.shapes import Order, Select, Shape
from schemas.errors import Invalid
from schemas.graph import Direction

OUT = Direction.OUT
WRONG = "Table` OR 1=1 --"


def reading(select: Select) -> Callable[[GraphStore], object]:
    shape = Shape("Table", children={"x": select})
    return lambda store: store.fetch("a", shape)


READS: dict[str, Callable[[GraphStore], object]] = {
    "shape's label": lambda s: s.fetch("a", Shape(WRONG)),
    "shape's property": lambda s: s.fetch("a", Shape("Table", props=("a`b",))),
    "select's relation": reading(Select((WRONG,), "Column")),
    "select's label": reading(Select(("COLUMN",), WRONG)),
    "select's property": reading(Select(("COLUMN",), "Column", props=(WRONG,))),
    "select's relation property": reading(Select(("COLUMN",), "Column", edge_props=(WRONG,))),
    "select's test": reading(Select(("COLUMN",), "Column", where={WRONG: 1})),
    "select's order": reading(Select(("COLUMN",), "Column", order=(Order(WRONG),))),
    "select's repeat": reading(Select(("COLUMN",), "Column", repeat=(WRONG,))),
    "select below": reading(Select(("COLUMN",), "Column", children={"y": Select(("STAT_OF",), WRONG)})),
    "fetched surrogate": lambda s: s.fetch("\ud800", Shape("Table")),
    "fetched NUL": lambda s: s.fetch_many(["a", "a\x00"], Shape("Tag")),
    "listed label": lambda s: s.list_nodes(WRONG),
    "surrogate listed after": lambda s: s.list_nodes("Table", after="\ud800"),
    "surrogate prefix": lambda s: s.list_nodes("Table", prefix="\udfff"),
    "NUL prefix": lambda s: s.list_nodes("Tag", prefix="a\x00"),
    "listed relation": lambda s: s.list_edges(WRONG, "Table", "Table"),
    "listed relation's source": lambda s: s.list_edges("OWNER", WRONG, "User"),
    "listed relation's target": lambda s: s.list_edges("OWNER", "Table", WRONG),
    "surrogate relation listed after": lambda s: s.list_edges("OWNER", "Table", "User", after=("a", "\ud800")),
    "stepped relation": lambda s: s.neighbourhood([table("t")], [WRONG], OUT, 1),
    "stepped label": lambda s: s.neighbourhood([NodeRef(WRONG, "a")], ["OWNER"], OUT, 1),
    "stepped surrogate": lambda s: s.neighbourhood([tag("\ud800")], ["TAGGED_BY"], OUT, 1),
    "ranked label": lambda s: s.rank(WRONG, "x", 1),
    "ranked property": lambda s: s.rank("Table", WRONG, 1),
    "ranked after": lambda s: s.rank("Table", "x", 1, after=(1, "\ud800")),
    "ranked after what no number is": lambda s: s.rank("Table", "x", 1, after=(2**63, "a")),
    "ranked minimum": lambda s: s.rank("Table", "x", 1, {WRONG: 1}),
    "counted label": lambda s: s.count(WRONG),
    "counted relation": lambda s: s.count("Table", [Related((WRONG,), ("User",))]),
    "counted far label": lambda s: s.count("Table", [Related(("OWNER",), (WRONG,))]),
    "counted property": lambda s: s.count("Table", [Related(("OWNER",), ("User",), non_empty=WRONG)]),
    "degrees' label": lambda s: s.degrees(WRONG, ["OWNER"], OUT),
    "degrees' relation": lambda s: s.degrees("Table", [WRONG], OUT),
    "recounted label": lambda s: s.recount(WRONG),
    "expected label": lambda s: by_person(s, expect=(Expect(NodeRef(WRONG, "a"), "x", None),)),
    "expected surrogate": lambda s: by_person(s, expect=(Expect(tag("\ud800"), "x", None),)),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_the_model_does_not_have_is_refused(graph_store: GraphStore, read: Callable[[GraphStore], object]):
    by_source(graph_store, node(table("t")), node(tag("a")))
    with pytest.raises(Invalid):
        read(graph_store)
