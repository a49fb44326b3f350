"""A PostgreSQL's catalogue put into SQLite by hand: what a job of the source `sql` is compared with.

As a careful programmer would write it who needs this once, for an empty graph: the fewest queries there are, their rows
made into nodes and relations in plain loops, and these written by `executemany` into the tables of the embedded store,
4,000 in a transaction, with its settings of the database. It leaves the same nodes, relations and properties as the
job, which `same_graph` asserts, and a row of the record of changes for each table, so that search would find it. It
does not look at what is there, takes names for plain ones, and keeps nothing to compare a second load with.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

import orjson
import psycopg

from benchmarks.stores import BATCH
from metadata_service.store.sqlite_sessions import CACHE_KIB

_SCHEMAS = "SELECT oid, nspname FROM pg_namespace WHERE oid > 16000"
_RELATIONS = """SELECT c.oid, c.relnamespace, c.relname, c.relkind, d.description FROM pg_class c
LEFT JOIN pg_description d ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = 'pg_class'::regclass
WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relnamespace > 16000"""
_COLUMNS = """SELECT a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), d.description
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND c.relnamespace > 16000
LEFT JOIN pg_description d
ON d.objoid = a.attrelid AND d.objsubid = a.attnum AND d.classoid = 'pg_class'::regclass
WHERE a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum"""
_KEYS = """SELECT conrelid, contype, conkey, confrelid, confkey FROM pg_constraint
WHERE contype IN ('p', 'f') AND connamespace > 16000"""

_NODE = """INSERT INTO node (label, key, props) VALUES (?, ?, ?)
ON CONFLICT (label, key) DO UPDATE SET props = excluded.props"""
_EDGE = """INSERT INTO edge (source, type, target, props) VALUES (
(SELECT id FROM node WHERE label = ? AND key = ?), ?, (SELECT id FROM node WHERE label = ? AND key = ?), '{}')
ON CONFLICT (source, type, target) DO NOTHING"""
_CHANGE = """INSERT OR REPLACE INTO change (label, key, revision, pending_since, actor, source, run)
SELECT 'Table', key, ?1, ?1, '', 'shop', '' FROM node WHERE label = 'Table'"""

Row = tuple[str, ...]  # (label, key, properties) of a node, (label, key, type, label, key) of a relation


def load(url: str, name: str, path: str) -> None:
    """Read the database `name` and write it into a graph that `ensure_schema` made."""
    with psycopg.connect(url) as source:
        found = [source.execute(query).fetchall() for query in (_SCHEMAS, _RELATIONS, _COLUMNS, _KEYS)]
    graph = sqlite3.connect(path, isolation_level=None)
    graph.execute("PRAGMA synchronous = NORMAL")
    graph.execute(f"PRAGMA cache_size = {-CACHE_KIB:d}")
    rows = _rows(name, *found)
    while some := list(islice(rows, BATCH)):
        graph.execute("BEGIN IMMEDIATE")
        graph.executemany(_NODE, [row for row in some if len(row) == 3])
        graph.executemany(_EDGE, [row for row in some if len(row) == 5])
        graph.execute("COMMIT")
    graph.execute(_CHANGE, (1,))
    graph.close()


def _rows(
    name: str, schemas: Sequence[Any], relations: Sequence[Any], columns: Sequence[Any], keys: Sequence[Any]
) -> Iterator[Row]:
    """Yield what there is, each node before its relations."""
    schema_of = dict(schemas)
    table_of: dict[int, tuple[str, str, str]] = {}
    column_of: dict[tuple[int, int], str] = {}
    roles = {(key[0], place): role for role in "fp" for key in keys if key[1] == role for place in key[2]}
    yield "Database", "database://postgres", _props(name="postgres")
    yield "Cluster", f"postgres://{name}", _props(name=name)
    yield "Database", "database://postgres", "CLUSTER", "Cluster", f"postgres://{name}"
    for role in ("pk", "fk"):
        yield "Badge", role, _props(category="column")
    for schema in schema_of.values():
        yield "Schema", f"postgres://{name}.{schema}", _props(name=schema)
        yield "Cluster", f"postgres://{name}", "SCHEMA", "Schema", f"postgres://{name}.{schema}"
    for oid, schema_oid, table, relkind, comment in relations:
        schema = schema_of[schema_oid]
        key = f"postgres://{name}.{schema}/{table}"
        table_of[oid] = key, schema, table
        yield "Table", key, _props(name=table, is_view=relkind in "vm")
        yield "Schema", f"postgres://{name}.{schema}", "TABLE", "Table", key
        yield from _described("Table", key, comment)
    order = dict.fromkeys(table_of, -1)
    for oid, number, column, of, comment in columns:
        table_key = table_of[oid][0]
        key = column_of[oid, number] = f"{table_key}/{column}"
        order[oid] += 1
        yield "Column", key, _props(name=column, sort_order=order[oid], col_type=of)
        yield "Table", table_key, "COLUMN", "Column", key
        yield from _described("Column", key, comment)
        if (oid, number) in roles:
            yield "Column", key, "HAS_BADGE", "Badge", f"{roles[oid, number]}k"
    for oid, contype, places, target, target_places in keys:
        if contype == "f":
            for near, far in zip(places, target_places, strict=True):
                yield from _join(name, table_of[oid], table_of[target], column_of[oid, near], column_of[target, far])


def _described(label: str, key: str, comment: str | None) -> Iterator[Row]:
    if comment:
        yield (
            "Description",
            f"{key}/_description",
            _props(description_source="description", description=comment),
        )
        yield label, key, "DESCRIPTION", "Description", f"{key}/_description"


def _join(name: str, own: tuple[str, str, str], target: tuple[str, str, str], left: str, right: str) -> Iterator[Row]:
    """Yield the join that a foreign key of one column suggests."""
    (key, schema, table), (far_key, far_schema, far) = own, target
    near_name, far_name = left.rpartition("/")[2], right.rpartition("/")[2]
    sql = f"INNER JOIN {far_schema}.{far} ON {schema}.{table}.{near_name} = {far_schema}.{far}.{far_name}"
    told = f"inner join\0{left}\0=\0{right}"
    join = f"{key}/_join/{hashlib.blake2b(told.encode(), digest_size=16).hexdigest()}"
    query = f"{join}/query/all"
    sides = {
        f"{side}_{what}": value
        for side, values in (("left", (key, table, schema)), ("right", (far_key, far, far_schema)))
        for what, value in zip(("table_key", "table", "schema"), values, strict=True)
    }
    places = {
        f"{side}_{what}": of for side in ("left", "right") for what, of in (("database", "postgres"), ("cluster", name))
    }
    yield "Join", join, _props(join_type="inner join", operator="=", join_sql=sql, **sides, **places)
    for column in dict.fromkeys((left, right)):
        yield "Column", column, "COLUMN_JOINS_WITH", "Join", join
    yield "Query", query, _props(sql=sql)
    yield "Table", key, "HAS_QUERY", "Query", query
    yield "Query", query, "QUERY_JOINS_WITH", "Join", join
    yield "Execution", f"{query}/execution/all", _props(execution_count=0)
    yield "Query", query, "HAS_EXECUTION", "Execution", f"{query}/execution/all"


def _props(**props: Any) -> str:
    return orjson.dumps(props).decode()


def same_graph(ours: str, bare: str) -> None:
    """Assert that two graphs hold the same, but for what Fram keeps of a run beside it."""
    assert _content(ours) == _content(bare)


def _content(path: str) -> tuple[dict[Any, Any], dict[Any, Any]]:
    graph = sqlite3.connect(path)
    nodes = {
        row: (label, key, orjson.loads(props))
        for row, label, key, props in graph.execute("SELECT id, label, key, props FROM node")
        if not label.startswith("Fram_") and label != "Updatedtimestamp"
    }
    edges = {
        (*nodes[source][:2], kind, *nodes[target][:2]): orjson.loads(props)
        for source, kind, target, props in graph.execute("SELECT source, type, target, props FROM edge")
    }
    changed = {key for (key,) in graph.execute("SELECT key FROM change WHERE label = 'Table'")}
    graph.close()
    assert changed == {key for label, key, _ in nodes.values() if label == "Table"}
    return {(label, key): props for label, key, props in nodes.values()}, edges
