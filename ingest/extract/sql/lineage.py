"""What one SQL statement says: the tables it reads and writes, each column's origins, its joins and filters. Pure.

The parsing, the scopes and the walk through them are sqlglot's; here its answer becomes plain values that may travel
between processes. A column that cannot be placed for certain is left out, never guessed.
"""

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.dialects.dialect import Dialect, NormalizationStrategy
from sqlglot.errors import OptimizeError, SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers
from sqlglot.optimizer.qualify_columns import qualify_columns
from sqlglot.optimizer.qualify_tables import qualify_tables
from sqlglot.optimizer.scope import Scope, traverse_scope
from sqlglot.schema import MappingSchema

from ingest.extract.sql.conditions import FilterFact, JoinFact, filters, joins
from ingest.extract.sql.flows import Effect, Flow, flows
from ingest.extract.sql.origins import Origin, Outputs, TableName, name_of
from ingest.extract.sql.scopes import place_columns

MAX_STATEMENT_CHARACTERS = 1_000_000

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of each statement that it does not know

_MOVES_DATA = re.compile(  # of statements that sqlglot has only the words of
    r"(?:create\b(?:\s+\w+){0,5}?\s+(?:table|view)|insert|merge|update)\b.*\bselect\b", re.IGNORECASE | re.DOTALL
)
_REPLACE = re.compile(r"replace\s+into\b", re.IGNORECASE)
_UNLOAD = re.compile(r"unload\s*\(\s*'((?:[^']|'')*)'\s*\)", re.IGNORECASE)  # Redshift's way to write to files
_NO_DATA = frozenset({"checkpoint", "discard", "listen", "notify", "unlisten"})  # `listen x` looks like a name
_UNNAMED = re.compile(r"_col_\d+|\d*")  # what sqlglot calls an expression without a name
_SPACE = re.compile(r"\s+")

_FAULTS = (AttributeError, IndexError, KeyError, TypeError, ValueError)  # of sqlglot, on trees it did not foresee


class NotUnderstood(Exception):
    """A statement is no SQL of the dialect, or is too large or too deeply nested; the text says which."""


class StepFact(NamedTuple):
    """A column of the target is made from another one; `*` on both sides: from all of that table's, by name."""

    source: Origin
    column: str
    transformation: str | None


class Facts(NamedTuple):
    """What a statement says. `outputs` are the query's columns that it names, and None where they are not known."""

    effect: Effect
    target: TableName | None = None
    temporary: bool = False
    reads: Sequence[TableName] = ()
    steps: Sequence[StepFact] = ()
    joins: Sequence[JoinFact] = ()
    filters: Sequence[FilterFact] = ()
    outputs: Sequence[str] | None = None


Columns = Mapping[TableName, Sequence[str]]  # the columns of each table, in their order


class Reader:
    """Reads statements of a dialect. `columns`: those that are known, names as the system keeps them."""

    def __init__(self, dialect: str = "", columns: Columns | None = None, *, literals: bool = True) -> None:
        self._dialect = dialect or None
        self._literals = literals
        strategy = Dialect.get_or_raise(self._dialect).normalization_strategy
        self._lower = strategy is NormalizationStrategy.CASE_INSENSITIVE
        self.schema = MappingSchema(dialect=self._dialect, normalize=False)
        for table, names in (columns or {}).items():
            self.learn(table, names)

    def learn(self, table: TableName, columns: Sequence[str]) -> None:
        """Take in all columns of a table, for `*` and for columns that are named without their table."""
        parts = [part.lower() if self._lower else part for part in table]
        known = {column.lower() if self._lower else column: "unknown" for column in columns}
        self.schema.add_table(
            exp.Table(
                **{
                    part: exp.to_identifier(name, quoted=True)
                    for part, name in zip(("catalog", "db", "this"), parts, strict=True)
                    if name
                }
            ),
            known,
            normalize=False,
            match_depth=False,
        )

    def read(self, sql: str, catalog: str = "", db: str = "") -> list[Facts]:
        """Read one or more statements; `catalog` and `db` complete names that lack them. Raises NotUnderstood."""
        if len(sql) > MAX_STATEMENT_CHARACTERS:
            raise NotUnderstood(f"it is longer than {MAX_STATEMENT_CHARACTERS:,} characters")
        try:
            return [
                facts
                for statement in self._parse(sql)
                for flow in flows(statement)
                for facts in self._facts(flow, catalog, db)
            ]
        except SqlglotError as error:
            raise NotUnderstood(_sentence(error)) from None
        except RecursionError:
            raise NotUnderstood("it is too deeply nested") from None
        except _FAULTS as error:
            raise NotUnderstood(f"sqlglot fails on it with {type(error).__name__}") from None

    def output_facts(self, sql: str, catalog: str = "", db: str = "") -> Facts | None:
        """Read what a single query yields, for whom its columns' origins matter. Raises NotUnderstood."""
        return next((facts for facts in self.read(sql, catalog, db) if facts.effect is Effect.READ), None)

    def _parse(self, sql: str) -> Iterator[exp.Expr]:
        for statement in sqlglot.parse(sql, dialect=self._dialect):
            if isinstance(statement, exp.Command):
                yield from self._parse_words(f"{statement.name} {statement.text('expression')}")
                continue
            if isinstance(statement, exp.Alias | exp.Column) and _first_word(statement) in _NO_DATA:
                continue
            if isinstance(statement, exp.Alias | exp.Condition | exp.Tuple):
                raise NotUnderstood("it is no statement")  # `selec x` is an expression, with a name
            if statement is not None:
                yield statement

    def _parse_words(self, words: str) -> Iterator[exp.Expr]:
        """Parse a statement again that sqlglot did not: what moves data must not be lost in silence."""
        if unloaded := _UNLOAD.match(words):
            yield from self._parse(unloaded[1].replace("''", "'"))
        elif _REPLACE.match(words):
            yield from self._parse(_REPLACE.sub("INSERT INTO", words, count=1))
        elif _MOVES_DATA.match(words):
            raise NotUnderstood(f"this form of {words.split(maxsplit=1)[0].upper()} is not known")

    def _facts(self, flow: Flow, catalog: str, db: str) -> Iterator[Facts]:
        target = self._qualified(flow.target, catalog, db) if flow.target is not None else None
        if flow.target is not None and target is None:
            return
        if flow.query is None:
            yield Facts(flow.effect, target)
            return
        query = self._qualified_query(flow.query, catalog, db)
        scopes = traverse_scope(query)
        reads = dict.fromkeys(name for scope in scopes for name in _reads(scope))
        facts = Facts(flow.effect, target, flow.temporary, tuple(reads))
        try:
            yield self._with_columns(facts, flow, scopes) if scopes else facts
        except _FAULTS:  # no reason to lose the tables
            yield facts

    def _with_columns(self, facts: Facts, flow: Flow, scopes: Sequence[Scope]) -> Facts:
        steps, outputs = self._steps(flow, facts.target, scopes[-1])
        selects = [scope for scope in scopes if isinstance(scope.expression, exp.Select)]
        found = (one for scope in selects for one in filters(scope, self._dialect, literals=self._literals))
        return facts._replace(
            steps=steps,
            outputs=outputs,
            joins=tuple(dict.fromkeys(one for scope in selects for one in joins(scope))),
            filters=tuple(dict.fromkeys(found)),
        )

    def _qualified(self, table: exp.Table, catalog: str, db: str) -> TableName | None:
        """Return the name of a table that is written."""
        query = exp.Select(expressions=[exp.null()], from_=exp.From(this=table.copy()))
        named = self._with_tables(query, catalog, db).args["from_"].this
        return name_of(named) if isinstance(named, exp.Table) else None

    def _qualified_query(self, query: exp.Query, catalog: str, db: str) -> exp.Query:
        query = self._with_tables(query, catalog, db)
        place_columns(traverse_scope(query), self.schema)
        try:
            return qualify_columns(query, self.schema, allow_partial_qualification=True)
        except (OptimizeError, *_FAULTS):  # a column is ambiguous: what could be told apart until there is told
            return query

    def _with_tables(self, query: exp.Query, catalog: str, db: str) -> exp.Query:
        query = normalize_identifiers(query, dialect=self._dialect)
        return qualify_tables(query, db=db or None, catalog=catalog or None, dialect=self._dialect)

    def _steps(
        self, flow: Flow, target: TableName | None, scope: Scope
    ) -> tuple[Sequence[StepFact], Sequence[str] | None]:
        outputs = Outputs(scope, self._dialect, self.schema)
        names = [one.alias_or_name for one in outputs.selects]
        if flow.effect in {Effect.READ, Effect.WRITE} and flow.columns is not None:
            names[: len(flow.columns)] = [self._fold(column) for column in flow.columns]
        elif flow.positional and target is not None and not any(one.is_star for one in outputs.selects):
            known = self.schema.column_names(exp.table_(target.name, target.db or None, target.catalog or None))
            names[: len(known)] = known[: len(names)]
        steps = dict.fromkeys(
            StepFact(origin, "*" if origin.column == "*" else name, how)
            for place, name in enumerate(names)
            if not _UNNAMED.fullmatch(name)
            for origin, how in outputs.origins(place).items()
        )
        named = tuple(name for name in names if not _UNNAMED.fullmatch(name))
        return tuple(steps), None if any(one.is_star for one in outputs.selects) else named

    def _fold(self, column: str) -> str:
        """Write a column of an INSERT or of SET as the dialect does."""
        return column if column == "*" else normalize_identifiers(exp.to_identifier(column), self._dialect).name


def _first_word(statement: exp.Expr) -> str:
    return statement.unalias().name.lower()


def _reads(scope: Scope) -> Iterator[TableName]:
    for source in scope.sources.values():
        if isinstance(source, exp.Table) and (name := name_of(source)):
            yield name


def _sentence(error: SqlglotError) -> str:
    """Return sqlglot's first complaint in one line, without the statement that it quotes."""
    first = getattr(error, "errors", None)
    text = f"{first[0]['description']} in line {first[0]['line']}" if first else str(error)
    return _SPACE.sub(" ", text).strip()[:300]
