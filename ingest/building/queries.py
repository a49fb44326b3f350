"""How a table is commonly joined and filtered, as Amundsen keeps it: a query of the table, with its executions counted.

Every node hangs under the table that the statement is about, so that what two tables say of one join stays apart.
"""

import hashlib
from collections.abc import Iterator
from functools import lru_cache

from ingest.building.lineage import checked
from ingest.records import NOTHING, TABLES_READY, Props, Puts
from metadata_service.store.mutations import EdgeRef, NodeRef, new_edge, new_node
from schemas import keys
from schemas.errors import Invalid
from schemas.statements import Filter, Join, Queries


def queries_key(said: Queries) -> str:
    _table(said.table)
    return said.table


def queries(said: Queries) -> Iterator[Puts]:
    """Put joins and filters. Raises InvalidKey for what is no key, Invalid where the table has no part in one."""
    table = NodeRef("Table", queries_key(said))
    for join in said.joins:
        yield from _join(table, join)
    for condition in said.filters:
        yield from _filter(table, condition)


def _join(table: NodeRef, said: Join) -> tuple[Puts, Puts]:
    left, right = _column(said.left).table_key, _column(said.right).table_key
    if table.key not in (left, right):
        raise Invalid(f"joins: neither {said.left[:200]!r} nor {said.right[:200]!r} is a column of the table.")
    ref = new_node(("Join", _key(table, "join", said.type, said.left, said.operator, said.right)))
    props: Props = {
        "join_type": said.type,
        "operator": said.operator,
        "join_sql": said.sql,
        **_side("left", left),
        **_side("right", right),
    }
    columns = [new_node(("Column", key)) for key in (said.left, said.right)]
    edges = {new_edge(("COLUMN_JOINS_WITH", column, ref)): NOTHING for column in columns}
    return Puts({ref: props}, edges), _seen(table, ref, "QUERY_JOINS_WITH", said.sql, said.count)


@lru_cache(maxsize=256)
def _side(side: str, table_key: str) -> Props:
    """Say which table is joined; many joins end at a few of them."""
    table = _table(table_key)
    return {
        f"{side}_table_key": table_key,
        f"{side}_table": table.table,
        f"{side}_database": table.database,
        f"{side}_cluster": table.cluster,
        f"{side}_schema": table.schema,
    }


@lru_cache(maxsize=TABLES_READY)
def _table(key: str) -> keys.TableKey:
    """Split the key of a table."""
    return keys.TableKey.parse(key)


@lru_cache(maxsize=256)
def _column(key: str) -> keys.ColumnKey:
    """Split the key of a column, at a few of which many joins end likewise."""
    return keys.ColumnKey.parse(key)


def _filter(table: NodeRef, said: Filter) -> tuple[Puts, Puts]:
    ref = NodeRef("Where", _key(table, "where", said.clause))
    columns = [NodeRef("Column", checked(keys.ColumnKey, key)) for key in said.columns]
    edges = {EdgeRef("USES_WHERE_CLAUSE", column, ref): NOTHING for column in columns}
    seen = _seen(table, ref, "HAS_WHERE_CLAUSE", said.clause, said.count)
    return Puts({ref: {"where_clause": said.clause}}, edges), seen


def _seen(table: NodeRef, what: NodeRef, relation: str, sql: str, count: int) -> Puts:
    """Put how often something was seen: the executions of one query that stands for all that had it."""
    query = new_node(("Query", f"{what.key}/query/all"))
    execution = new_node(("Execution", f"{query.key}/execution/all"))
    edges = {
        new_edge(("HAS_QUERY", table, query)): NOTHING,
        new_edge((relation, query, what)): NOTHING,
        new_edge(("HAS_EXECUTION", query, execution)): NOTHING,
    }
    return Puts({query: {"sql": sql}, execution: {"execution_count": count}}, edges)


def _key(table: NodeRef, kind: str, *parts: str) -> str:
    digest = hashlib.blake2b("\0".join(parts).encode(errors="replace"), digest_size=16).hexdigest()
    return f"{table.key}/_{kind}/{digest}"
