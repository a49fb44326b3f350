"""How a query joins its tables and which of their rows it wants: comparisons in ON and WHERE, traced to tables."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from ingest.extract.sql.origins import Origin, TableName, trace

MAX_CLAUSE_CHARACTERS = 500

_OPERATORS: dict[type[exp.Expr], str] = {
    exp.EQ: "=",
    exp.NullSafeEQ: "is not distinct from",
    exp.NEQ: "<>",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.LT: "<",
    exp.LTE: "<=",
}
_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class JoinFact(NamedTuple):
    """A column is joined with one of another table. Written the other way round, it is the same fact."""

    left: Origin
    right: Origin
    type: str
    operator: str


class FilterFact(NamedTuple):
    """A condition on the rows of one table, its columns called by their own names."""

    table: TableName
    clause: str
    columns: tuple[str, ...]


def joins(scope: Scope) -> Iterator[JoinFact]:
    """Yield the comparisons between columns of two tables, those of WHERE among them when it joins."""
    for join in scope.expression.args.get("joins") or ():
        kind = " ".join(part.lower() for part in (join.side or "", join.kind or "") if part and part != "OUTER")
        for condition in _conjuncts(join.args.get("on")):
            yield from _join(scope, condition, f"{kind or 'inner'} join", join.alias_or_name)
    for condition in _conjuncts(_where(scope)):
        yield from _join(scope, condition, "inner join", "")


def filters(scope: Scope, dialect: str | None, *, literals: bool = True) -> Iterator[FilterFact]:
    """Yield the conditions of WHERE that are about one table; without `literals`, `?` stands for each value."""
    for condition in _conjuncts(_where(scope)):
        if condition.find(exp.Query) is None:
            columns = {(one.table, one.name): trace(scope, one) for one in condition.find_all(exp.Column)}
            origins = {place: origin for place, origin in columns.items() if origin is not None}
            tables = {origin.table for origin in origins.values()}
            if len(tables) == 1 and len(origins) == len(columns):
                names = {place: origin.column for place, origin in origins.items()}
                clause = _clause(condition, names, dialect, literals=literals)
                if len(clause) <= MAX_CLAUSE_CHARACTERS:
                    yield FilterFact(tables.pop(), clause, tuple(dict.fromkeys(names.values())))


def _where(scope: Scope) -> exp.Expr | None:
    where = scope.expression.args.get("where")
    return where.this if where else None


def _conjuncts(condition: exp.Expr | None) -> Iterator[exp.Expr]:
    if isinstance(condition, exp.And | exp.Paren):
        yield from (part for side in condition.iter_expressions() for part in _conjuncts(side))
    elif condition is not None:
        yield condition


def _join(scope: Scope, condition: exp.Expr, kind: str, joined: str) -> Iterator[JoinFact]:
    operator = _OPERATORS.get(type(condition))
    first, second = condition.this, condition.args.get("expression")
    if operator is None or not isinstance(first, exp.Column) or not isinstance(second, exp.Column):
        return
    if first.table == second.table:
        return
    if first.table == joined:  # what is joined stands on the right
        first, second, operator = second, first, _TURNED.get(operator, operator)
    if first.args.get("join_mark") or second.args.get("join_mark"):  # Oracle's (+) stands where rows may be missing
        kind = "right join" if first.args.get("join_mark") else "left join"
    left, right = trace(scope, first), trace(scope, second)
    if left is None or right is None:
        return
    if kind.startswith("right"):
        kind = kind.replace("right", "left", 1)
        left, right, operator = right, left, _TURNED.get(operator, operator)
    elif kind.split()[0] in {"inner", "full", "cross"} and right < left:
        left, right, operator = right, left, _TURNED.get(operator, operator)
    yield JoinFact(left, right, kind, operator)


def _clause(condition: exp.Expr, names: Mapping[tuple[str, str], str], dialect: str | None, *, literals: bool) -> str:
    def plain(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column):
            name = names[node.table, node.name]
            return exp.Column(this=node.this.copy() if name == node.name else exp.to_identifier(name))
        return node if literals or not isinstance(node, exp.Literal) else exp.var("?")

    return condition.transform(plain).sql(dialect, comments=False)
