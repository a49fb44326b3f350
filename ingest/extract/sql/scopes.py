"""Place columns that are named without a table, where sqlglot would have to know the table's columns to do it."""

from collections.abc import Iterable, Sequence

from sqlglot import exp
from sqlglot.optimizer.scope import Scope
from sqlglot.schema import Schema


def place_columns(scopes: Sequence[Scope], schema: Schema) -> None:
    """Give columns without a table, in a query over one source whose columns are not known, to that source.

    In a subquery they might be of the query around it: there it is done only if no column in it names its table.
    What may be another output of the same query (`SELECT a AS b, b + 1`) is left to sqlglot.
    """
    for scope in scopes:
        name = _only_source(scope, schema)
        if name is not None:
            columns = [one for one in scope.find_all(exp.Column) if isinstance(one.this, exp.Identifier)]
            if not (scope.is_subquery and any(column.table for column in columns)):
                _place([column for column in columns if not column.table and column.name != name], scope, name)


def _only_source(scope: Scope, schema: Schema) -> str | None:
    """Return the one source that a query has, if it has columns that are not known."""
    if not isinstance(scope.expression, exp.Select) or len(scope.selected_sources) != 1 or scope.pivots:
        return None
    name, (_, source) = next(iter(scope.selected_sources.items()))
    if isinstance(source, Scope):
        is_unknown = isinstance(source.expression, exp.Query) and source.expression.is_star
    else:
        is_unknown = isinstance(source, exp.Table) and not schema.column_names(source)
    return name if is_unknown and name else None


def _place(columns: Iterable[exp.Column], scope: Scope, name: str) -> None:
    aliases = {one.alias for one in scope.expression.expressions if isinstance(one, exp.Alias)}
    for column in columns:
        if column.name in aliases:
            own = column.find_ancestor(exp.Alias, exp.Select)
            if not isinstance(own, exp.Alias) or own.alias != column.name:
                continue
        column.set("table", exp.to_identifier(name))
