"""Where the columns of a query come from: the walk from its outputs down to columns of tables."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from sqlglot import exp
from sqlglot.lineage import Node, to_node
from sqlglot.optimizer.scope import Scope
from sqlglot.schema import Schema

MAX_TRANSFORMATION_CHARACTERS = 200

_PLAIN = re.compile(r"(?:\w+\.)?(\w+)", re.ASCII)
_NO_TABLE = re.compile(
    r"^$|^dual$|^/|://|\.(?:parquet|csv|tsv|json|jsonl|ndjson|xlsx|arrow|avro|orc)(?:\.\w+)?$", re.IGNORECASE
)


class TableName(NamedTuple):
    """A table as a statement names it, in the dialect's own case; a part that is not known is empty."""

    catalog: str
    db: str
    name: str


class Origin(NamedTuple):
    """A column of a table; `*` for all of them."""

    table: TableName
    column: str


def name_of(table: exp.Table) -> TableName | None:
    """Return a table's name; None for what only looks like a table: a function, a list of values, a file, `DUAL`."""
    if not isinstance(table.this, exp.Identifier) or _NO_TABLE.search(table.name):
        return None
    mark = "#" if table.this.args.get("temporary") else ""  # Transact-SQL's, which sqlglot takes off
    return TableName(table.catalog, table.db, f"{mark}{table.name}")


def is_table(source: object) -> bool:
    """Say whether what a scope reads is a table that has a name."""
    return isinstance(source, exp.Table) and name_of(source) is not None


class Outputs:
    """The output columns of a query, by their place, and the origins of each."""

    def __init__(self, scope: Scope, dialect: str | None, schema: Schema) -> None:
        self._scope = scope
        self._dialect = dialect
        self._schema = schema
        self._nodes: dict[tuple, Node] = {}  # type: ignore[type-arg]  # as sqlglot declares its cache
        self._selects: dict[int, tuple[bool, dict[str, exp.Expr]]] = {}
        self._origins: dict[int, Mapping[Origin, str | None]] = {}
        self._scopes = {id(one.expression): one for one in scope.traverse()}
        expression = scope.expression
        self.selects: list[exp.Expr] = expression.selects if isinstance(expression, exp.Query) else []

    def origins(self, place: int) -> Mapping[Origin, str | None]:
        """Return the columns that an output is made from, each with the expression that does it, None for a copy."""
        if self.selects[place].is_star:
            return dict.fromkeys(_starred(self._scope, self.selects[place]))
        node = to_node(
            place,
            self._scope,
            self._dialect,
            self._schema,
            trim_selects=False,
            _cache=self._nodes,
            _scope_meta=self._selects,
        )
        return self._of(node)

    def _of(self, node: Node) -> Mapping[Origin, str | None]:
        known = self._origins.get(id(node))
        if known is None:
            self._origins[id(node)] = {}  # a query that refers to itself has no more origins on its second visit
            known = self._origins[id(node)] = self._walk(node)
        return known

    def _walk(self, node: Node) -> Mapping[Origin, str | None]:
        if isinstance(node.expression, exp.Table):
            table, column = name_of(node.expression), _column(node.name)
            return {Origin(table, column): None} if table and column else {}  # `t.$1` has a place, and no name
        if node.expression.is_star:
            passed = self._through_star(node)
            return {passed: None} if passed else {}
        found: dict[Origin, str | None] = {}
        for below in sorted(node.downstream, key=lambda one: one.name):  # sqlglot has them from a set
            for origin, how in self._of(below).items():
                found[origin] = found.get(origin) or how
        own = _transformation(node, self._dialect) if found else None
        return dict.fromkeys(found, own) if own else found

    def _through_star(self, node: Node) -> Origin | None:
        """Return where a column comes from that a subquery has by its `*`: for certain only if that is of one table."""
        alias, _, column = node.name.rpartition(".")
        scope = self._scopes.get(id(node.source))
        return starred(scope, column) if scope and column != "*" and "." not in alias else None


def trace(scope: Scope, column: exp.Column) -> Origin | None:
    """Follow a column through subqueries that only pass it on; None where it is computed, or not known."""
    source = scope.sources.get(column.table)
    if isinstance(source, exp.Table):
        table = name_of(source)
        return Origin(table, column.name) if table and column.name else None
    if not isinstance(source, Scope) or not isinstance(source.expression, exp.Select):
        return None
    for select in source.expression.selects:
        if select.alias_or_name == column.name:
            passed = select.unalias()
            return trace(source, passed) if isinstance(passed, exp.Column) and not passed.is_star else None
    return starred(source, column.name)


def starred(scope: Scope, column: str) -> Origin | None:
    """Return the origin of a column that a query has only by a `*` over one table; None if there are several tables."""
    query = scope.expression
    stars = [select for select in query.selects if select.is_star] if isinstance(query, exp.Query) else []
    tables = {origin.table for star in stars for origin in _starred(scope, star)}
    return Origin(tables.pop(), column) if len(tables) == 1 and not _hides(scope) else None


def _hides(scope: Scope) -> bool:
    """Say whether a query reads what is no table and no query (a function, a list), whose columns are its own."""
    return any(isinstance(source, exp.Expr) and not is_table(source) for source in scope.sources.values()) or any(
        isinstance(source, Scope) and (isinstance(source.expression, exp.UDTF) or _hides(source))
        for source in scope.sources.values()
    )


def _starred(scope: Scope, star: exp.Expr) -> Iterator[Origin]:
    """Yield the tables all of whose columns a `*` stands for, because sqlglot did not know them."""
    for part in scope.set_operation_scopes:
        yield from _starred(part, star)
    only = star.args.get("table") if isinstance(star, exp.Column) else None
    for name, (_, source) in scope.selected_sources.items() if not scope.set_operation_scopes else ():
        if only is not None and name != only.name:
            continue
        if isinstance(source, Scope):
            inner = source.expression
            if isinstance(inner, exp.Query) and inner.is_star:
                yield from (origin for one in inner.selects if one.is_star for origin in _starred(source, one))
        elif table := name_of(source):
            yield Origin(table, "*")


def _transformation(node: Node, dialect: str | None) -> str | None:
    """Return the expression of an output in SQL, cut to a readable length; None for a column that is passed on."""
    expression = node.expression.unalias()
    if isinstance(expression, exp.Column | exp.Star | exp.Query) or isinstance(node.source, exp.SetOperation):
        return None
    text = expression.sql(dialect, comments=False)
    return text if len(text) <= MAX_TRANSFORMATION_CHARACTERS else f"{text[: MAX_TRANSFORMATION_CHARACTERS - 1]}…"


def _column(name: str) -> str:
    """Return the column's own name of a leaf, which sqlglot calls `table.column`, quoted where that is needed."""
    plain = _PLAIN.fullmatch(name)
    return plain[1] if plain else exp.to_column(name).name
