"""How a table is commonly joined and filtered, from the statements of a query log."""

from collections.abc import Sequence
from dataclasses import astuple

from metadata_service.catalog.selections import children, optional_int, text
from metadata_service.store.shapes import Record, Select
from schemas import entities
from schemas.graph import Direction

MOST = 5

_EXECUTIONS = Select(("HAS_EXECUTION",), "Execution", props=("execution_count",))
_SIDES = tuple(f"{side}_{part}" for side in ("left", "right") for part in ("database", "cluster", "schema", "table"))
COLUMN_JOINS = Select(
    ("COLUMN_JOINS_WITH",),
    "Join",
    props=("join_type", "join_sql", "left_table_key", *_SIDES),
    children=children(
        columns=Select(("COLUMN_JOINS_WITH",), "Column", Direction.IN, props=("name",)),
        queries=Select(("QUERY_JOINS_WITH",), "Query", Direction.IN, children=children(executions=_EXECUTIONS)),
    ),
)
COLUMN_WHERES = Select(
    ("USES_WHERE_CLAUSE",),
    "Where",
    props=("where_clause",),
    children=children(
        queries=Select(("HAS_WHERE_CLAUSE",), "Query", Direction.IN, children=children(executions=_EXECUTIONS)),
    ),
)


def common_joins(table_key: str, columns: Sequence[Record]) -> list[entities.SqlJoin]:
    """Return the joins executed most, the other table named, each once; one that lacks any part is left out."""
    found = [
        (_executions(join), _join(table_key, column, join, other))
        for column in columns
        for join in column.children["joins"]
        for other in join.children["columns"]
        if other.key != column.key
    ]
    whole = [(count, join) for count, join in found if _is_whole(join)]
    once: dict[tuple[object, ...], entities.SqlJoin] = {}
    for _, join in sorted(whole, key=lambda item: -item[0]):
        once.setdefault(astuple(join), join)  # both tables may tell of it
    return [*once.values()][:MOST]


def common_filters(columns: Sequence[Record]) -> list[entities.SqlWhere]:
    """Return the filters executed most, each once."""
    wheres = {where.key: where for column in columns for where in column.children["wheres"]}
    ordered = sorted(wheres.values(), key=_executions, reverse=True)
    clauses = (text(where.props, "where_clause") for where in ordered)
    return [entities.SqlWhere(clause) for clause in clauses if clause][:MOST]


def _executions(record: Record) -> int:
    queries = record.children["queries"]
    return sum(
        optional_int(execution.props, "execution_count") or 0
        for query in queries
        for execution in query.children["executions"]
    )


def _join(table_key: str, column: Record, join: Record, other: Record) -> entities.SqlJoin:
    far = "right" if join.props.get("left_table_key") == table_key else "left"
    table = entities.TableSummary(
        *(text(join.props, f"{far}_{part}") for part in ("database", "cluster", "schema", "table"))
    )
    return entities.SqlJoin(
        column=text(column.props, "name"),
        joined_on_table=table,
        joined_on_column=text(other.props, "name"),
        join_type=text(join.props, "join_type"),
        join_sql=text(join.props, "join_sql"),
    )


def _is_whole(join: entities.SqlJoin) -> bool:
    return all((join.column, join.joined_on_table.name, join.joined_on_column, join.join_type, join.join_sql))
