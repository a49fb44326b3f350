"""No text from outside is ever part of a statement: keys and values reach a database as parameters only."""

from collections.abc import Callable

from graphs import Statements

from metadata_service.lineage.views import SHAPES as SHOWN
from metadata_service.store.mutations import (
    Authority,
    Batch,
    EdgeRef,
    Expect,
    NodeRef,
    PutEdge,
    PutNode,
    RemoveEdge,
    RemoveNode,
)
from metadata_service.store.port import GraphStore, Related
from metadata_service.store.shapes import Order, Select, Shape
from metadata_service.store.ways import Ask, Neighbour, Way
from schemas.graph import EDITED, EDITED_BY, POPULARITY, Direction

MARK = "x9zq"
HOSTILE = f"{MARK}'\"`\\\n;--/*{{}}[]()$$:?%_\u2028' OR 1=1 }} ) DETACH DELETE n // DROP TABLE node; {MARK}"
NAME = "odd_property"
TABLE = NodeRef("Table", f"hive://gold.core/{HOSTILE.replace('/', '')}")
COLUMN = NodeRef("Column", f"{TABLE.key}/{HOSTILE.replace('/', '')}")
TYPE = NodeRef("Type_Metadata", f"{COLUMN.key}/type/{HOSTILE.replace('/', '')}")
WORDS = NodeRef("Description", f"{TABLE.key}/_description")
USER, TAG, BADGE = (NodeRef(label, HOSTILE) for label in ("User", "Tag", "Badge"))
SHAPE = Shape(
    "Table",
    None,
    {
        "columns": Select(
            ("COLUMN",),
            "Column",
            where={"name": HOSTILE},
            order=(Order("name"),),
            limit=3,
            children={
                "types": Select(("TYPE_METADATA",), "Type_Metadata", where={"kind": HOSTILE}, repeat=("SUBTYPE",)),
            },
        ),
        "tags": Select(("TAGGED_BY", "TAG"), "Tag", props=None),
        "readers": Select(("READ_BY",), "User", edge_props=("read_count", "note"), order=(Order("note", "edge"),)),
    },
)
WAYS = [Way("HAS_DOWNSTREAM", Direction.OUT), Way("DASHBOARD_WITH_TABLE", Direction.IN)]
PROPS = {"name": HOSTILE, "kind": HOSTILE, "names": [HOSTILE], NAME: HOSTILE}
PUTS = (
    *(PutNode(ref, PROPS) for ref in (TABLE, COLUMN, TYPE, WORDS, USER, TAG, BADGE)),
    PutEdge(EdgeRef("COLUMN", TABLE, COLUMN), {"note": HOSTILE}),
    PutEdge(EdgeRef("TYPE_METADATA", COLUMN, TYPE), {"note": HOSTILE}),
    PutEdge(EdgeRef("DESCRIPTION", TABLE, WORDS), {NAME: HOSTILE}),
    PutEdge(EdgeRef("TAGGED_BY", TABLE, TAG), {"note": HOSTILE}),
    PutEdge(EdgeRef("HAS_BADGE", COLUMN, BADGE), {"note": HOSTILE}),
    PutEdge(EdgeRef("READ_BY", TABLE, USER), {"note": HOSTILE, "read_count": 3}),
    PutEdge(EdgeRef("OWNER", TABLE, USER), {"note": HOSTILE}),
)


def batch(*mutations: object, authority: Authority = Authority.PERSON, **more: object) -> Batch:
    return Batch(mutations, authority, actor=HOSTILE, source=HOSTILE, run=HOSTILE, **more)  # type: ignore[arg-type]


OPERATIONS: list[Callable[[GraphStore], object]] = [
    lambda store: store.apply(batch(*PUTS)),
    lambda store: store.apply(batch(*PUTS, authority=Authority.SOURCE)),
    lambda store: store.apply(
        batch(
            PutNode(TAG, {EDITED: [HOSTILE], "name": HOSTILE, NAME: HOSTILE}),
            PutEdge(EdgeRef("OWNER", TABLE, USER), {EDITED_BY: HOSTILE}),
            authority=Authority.COPY,
        )
    ),
    lambda store: store.apply(batch(PutNode(WORDS, {"name": HOSTILE * 2}), expect=(Expect(WORDS, "name", HOSTILE),))),
    lambda store: store.fetch_many([TABLE.key, HOSTILE], SHAPE),
    lambda store: store.list_nodes("Table", after=HOSTILE),
    lambda store: store.list_nodes("Table", prefix=TABLE.key),
    lambda store: store.list_edges("OWNER", "Table", "User", after=(HOSTILE, HOSTILE)),
    lambda store: store.neighbourhood([TABLE, COLUMN, USER], ["OWNER", "READ_BY", "COLUMN"], Direction.OUT, 10),
    lambda store: store.neighbourhood([USER], ["OWNER"], Direction.IN, 10),
    lambda store: store.neighbours([Ask(TABLE), Ask(COLUMN, after=Neighbour(TABLE, 1))], WAYS, NAME, 5),
    lambda store: store.neighbour_counts([TABLE, COLUMN], WAYS),
    lambda store: store.picture([TABLE, COLUMN], SHOWN, WAYS, 5),
    lambda store: store.reach(TABLE, ["OWNER", "COLUMN"], Direction.OUT, 3, 10),
    lambda store: store.rank("Table", POPULARITY, 5, {"fram_readers": 1}),
    lambda store: store.rank("Table", "read_count", 5, {NAME: 1}),
    lambda store: store.rank("Table", NAME, 5),
    lambda store: store.count("Table", [Related(("OWNER",), ("User",), non_empty="name")]),
    lambda store: store.count("Table", [Related(("OWNER",), ("User",), non_empty=NAME)]),
    lambda store: store.degrees("Tag", ["TAGGED_BY"], Direction.IN),
    lambda store: store.acknowledge(store.changes()),
    lambda store: store.recount("Table"),
    lambda store: store.health(),
    lambda store: store.apply(
        batch(RemoveEdge(EdgeRef("OWNER", TABLE, USER)), RemoveEdge(EdgeRef("READ_BY", TABLE, USER)))
    ),
    lambda store: store.apply(batch(RemoveNode(TAG), RemoveNode(TABLE))),
]


def test_hostile_text_is_in_parameters_and_in_no_statement(database: GraphStore, statements: Statements):
    for operation in OPERATIONS:
        operation(database)
    spliced = [text for text in statements.texts if MARK in text]
    assert spliced == []
    assert any(MARK in repr(parameters) for parameters in statements.parameters)


def test_hostile_text_does_what_any_text_does(database: GraphStore):
    database.apply(batch(*PUTS))
    record = database.fetch(TABLE.key, SHAPE)
    assert record is not None
    assert record.props["name"] == HOSTILE
    (column,) = record.children["columns"]
    assert (column.key, [found.key for found in column.children["types"]]) == (COLUMN.key, [TYPE.key])
    assert [found.edge["note"] for found in record.children["readers"]] == [HOSTILE]
    assert database.count("Tag") == 1
    assert [change.actor for change in database.changes() if change.ref == TABLE] == [HOSTILE]
