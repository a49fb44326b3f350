"""Other programs write tables into the graph, past Fram, with values of types that Fram never writes."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import neo4j
import pytest
from deployments import Stores, deployed, until
from neo4j_server import server_url
from small_catalogue import ORDERS, graph_of, load
from store_pairs import PAIRS, empty_stores

FOREIGN = f"{ORDERS.key}_foreign"

# Properties of a table, as Cypher and as JSON; None where one of the two has no such value.
WRONG: dict[str, tuple[str, object]] = {
    "whole_number": ("{name: 5}", {"name": 5}),
    "flag": ("{name: true, description: false}", {"name": True, "description": False}),
    "list": ("{name: ['a', 'b']}", {"name": ["a", "b"]}),
    "numbers": ("{name: [1, 2]}", {"name": [1, 2]}),
    "empty": ("{}", {}),
    "huge": ("{name: 'x', fram_reads: 9007199254740993}", {"name": "x", "fram_reads": 2**60}),
    "text_for_number": ("{name: 'x', fram_reads: 'many'}", {"name": "x", "fram_reads": "many"}),
    "moment": ("{name: datetime()}", None),
    "place": ("{name: point({x: 1, y: 2})}", None),
    "nested": ("", {"name": {"first": "x"}}),
}


@pytest.fixture(params=PAIRS)
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stores]:
    with empty_stores(request.param, tmp_path) as stores:
        load(stores)
        yield stores


def test_values_of_any_type_never_keep_others_from_being_published(stores: Stores, tmp_path: Path):
    with deployed(stores, tmp_path, reconcile_seconds=1.0) as fram:
        fram.await_state("in_step")
        strange = write_past_fram(stores)
        until(lambda: FOREIGN in fram.found("foreign"))

        def accounted_for() -> set[str]:
            """Return what is found, or told with a reason."""
            told = {item["key"] for item in fram.status()["postponed"] if item["reason"]}
            return strange & (fram.found("") | told)

        until(accounted_for, lambda seen: seen == strange)
        until(lambda: fram.status()["last_reconcile"], lambda last: last is not None and last["drift"] == 0)


def write_past_fram(stores: Stores) -> set[str]:
    """Write one good table and the strange ones; return the keys of the strange ones."""
    on_neo4j = not stores.graph.startswith("sqlite")
    rows = {name: cypher if on_neo4j else props for name, (cypher, props) in WRONG.items()}
    strange = {f"{ORDERS.key}_{name}": props for name, props in rows.items() if props not in ("", None)}
    if on_neo4j:
        _write_cypher({**strange, FOREIGN: "{name: 'foreign'}"})
    else:
        _write_json(stores, {**strange, FOREIGN: {"name": "foreign"}})
    return set(strange)


def _write_cypher(tables: dict[str, object]) -> None:
    scheme, _, address = server_url().partition("://")
    with neo4j.GraphDatabase.driver(f"{scheme}://{address.rpartition('@')[2]}", auth=None) as driver:
        for key, props in tables.items():
            driver.execute_query(f"CREATE (t:Table {props}) SET t.key = $key", key=key)


def _write_json(stores: Stores, tables: dict[str, object]) -> None:
    with graph_of(stores), closing(sqlite3.connect(stores.graph.removeprefix("sqlite:///"))) as connection, connection:
        rows = [(key, json.dumps(props)) for key, props in tables.items()]
        connection.executemany("INSERT INTO node (label, key, props) VALUES ('Table', ?, ?)", rows)
