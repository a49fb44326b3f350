"""How a table is commonly joined and filtered, as Amundsen keeps it: a query of the table, with its executions counted.

Every node hangs under the table that the statement is about, so that what two tables say of one join stays apart.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from ingest.building.lineage import checked
from ingest.records import Put, link
from metadata_service.store.mutations import NodeRef, PutNode
from schemas import keys
from schemas.errors import Invalid
from schemas.graph import Value
from schemas.statements import Filter, Join, Queries


def queries_key(said: Queries) -> str:
    _table(said.table)
    return said.table


def queries(said: Queries) -> Iterator[Put]:
    """Put joins and filters. Raises InvalidKey for what is no key, Invalid where the table has no part in one."""
    table = NodeRef("Table", queries_key(said))
    for join in said.joins:
        yield from _join(table, join)
    for condition in said.filters:
        yield from _filter(table, condition)


def _join(table: NodeRef, said: Join) -> Iterator[Put]:
    left, right = _column(said.left), _column(said.right)
    if table.key not in (left.table_key, right.table_key):
        raise Invalid(f"joins: neither {said.left[:200]!r} nor {said.right[:200]!r} is a column of the table.")
    ref = NodeRef("Join", _key(table, "join", said.type, said.left, said.operator, said.right))
    props: dict[str, Value | None] = {"join_type": said.type, "operator": said.operator, "join_sql": said.sql}
    for side, column in (("left", left), ("right", right)):
        place = _table(column.table_key)
        props |= {f"{side}_table_key": column.table_key, f"{side}_table": place.table}
        props |= {f"{side}_{part}": getattr(place, part) for part in ("database", "cluster", "schema")}
    yield PutNode(ref, props)
    for key in dict.fromkeys((said.left, said.right)):
        yield link("COLUMN_JOINS_WITH", NodeRef("Column", key), ref)
    yield from _seen(table, ref, "QUERY_JOINS_WITH", said.sql, said.count)


@lru_cache(maxsize=256)
def _table(key: str) -> keys.TableKey:
    """Split the key of a table; many joins end at a few of them."""
    return keys.TableKey.parse(key)


@lru_cache(maxsize=256)
def _column(key: str) -> keys.ColumnKey:
    """Split the key of a column, likewise."""
    return keys.ColumnKey.parse(key)


def _filter(table: NodeRef, said: Filter) -> Iterator[Put]:
    ref = NodeRef("Where", _key(table, "where", said.clause))
    yield PutNode(ref, {"where_clause": said.clause})
    for key in dict.fromkeys(said.columns):
        yield link("USES_WHERE_CLAUSE", NodeRef("Column", checked(keys.ColumnKey, key)), ref)
    yield from _seen(table, ref, "HAS_WHERE_CLAUSE", said.clause, said.count)


def _seen(table: NodeRef, what: NodeRef, relation: str, sql: str, count: int) -> Iterator[Put]:
    """Put how often something was seen: the executions of one query that stands for all that had it."""
    query = NodeRef("Query", f"{what.key}/query/all")
    execution = NodeRef("Execution", f"{query.key}/execution/all")
    yield PutNode(query, {"sql": sql})
    yield link("HAS_QUERY", table, query)
    yield link(relation, query, what)
    yield PutNode(execution, {"execution_count": count})
    yield link("HAS_EXECUTION", query, execution)


def _key(table: NodeRef, kind: str, *parts: str) -> str:
    digest = hashlib.blake2b("\0".join(parts).encode(errors="replace"), digest_size=16).hexdigest()
    return f"{table.key}/_{kind}/{digest}"
