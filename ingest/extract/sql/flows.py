"""Bring every kind of statement that moves data to one shape: a query, and the table its columns go into.

`INSERT`, `CREATE TABLE … AS`, `CREATE VIEW`, `SELECT … INTO`, `MERGE` and `UPDATE … FROM` become the query that
computes what they write, so that lineage has one thing to understand. Statements are taken apart: never use them again.
"""

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from typing import NamedTuple, cast

from sqlglot import exp

from ingest.extract.sql.modifying import modifying


class Effect(StrEnum):
    """What a statement does with its target."""

    READ = "read"  # it has none
    WRITE = "write"
    RENAME = "rename"  # the target is the new name, the query reads the old one
    DROP = "drop"


class Flow(NamedTuple):
    """A query and where its columns go: into those named, else into columns called as the query calls them.

    A `positional` target without names takes them in the order of the table's own columns.
    """

    effect: Effect
    query: exp.Query | None
    target: exp.Table | None = None
    columns: Sequence[str] | None = None
    temporary: bool = False
    positional: bool = False


def flows(statement: exp.Expr) -> Iterator[Flow]:
    """Yield what a statement reads and writes; nothing for statements that move no data."""
    for stream in statement.find_all(exp.Stream):  # Databricks' way to read what is new in a table
        stream.replace(stream.this.unnest())
    for written in modifying(statement):
        yield from flows(written)
    for kind, convert in _CONVERTERS.items():
        if isinstance(statement, kind):
            yield from convert(statement)
            return


def _query(statement: exp.Query) -> Iterator[Flow]:
    first = statement.find(exp.Select)
    into = first.args.get("into") if first else None
    if first is None or into is None:
        yield Flow(Effect.READ, statement)
    else:
        first.set("into", None)
        temporary = bool(into.args.get("temporary")) or _is_hash(into.this)
        yield Flow(Effect.WRITE, statement, into.this, temporary=temporary)


def _insert(statement: exp.Insert) -> Iterator[Flow]:
    target, columns = _target(statement.this)
    query = _as_query(statement.expression)
    if isinstance(statement.this, exp.Directory) and query is not None:
        yield Flow(Effect.READ, _with(statement, query))
    elif target is not None and query is not None:
        by_name = bool(statement.args.get("by_name"))
        yield Flow(Effect.WRITE, _with(statement, query), target, columns, positional=not by_name)


def _create(statement: exp.Create) -> Iterator[Flow]:
    if statement.args.get("kind") not in {"TABLE", "VIEW"}:
        return
    into = statement.find(exp.ToTableProperty)  # where ClickHouse keeps the rows of a materialized view
    target, columns = _target(into.this if into else statement.this)
    clone = statement.args.get("clone")
    query = _everything(clone.this) if clone else _as_query(statement.expression)
    if target is not None and query is not None:
        temporary = _is_hash(target) or statement.find(exp.TemporaryProperty) is not None
        yield Flow(Effect.WRITE, _with(statement, query), target, columns, temporary)


def _update(statement: exp.Update) -> Iterator[Flow]:
    """`UPDATE t SET a = s.b FROM s` is `SELECT s.b FROM t, s`; the target may be named by its alias in FROM."""
    target = cast("exp.Table", statement.this)
    from_ = statement.args.get("from_")
    sources = [*_apart(target), *(_apart(from_.this) if from_ else ())]
    aliased = [one for one in sources[1:] if one.this.alias_or_name == target.name and not target.db]
    if aliased:
        sources.pop(0)
    assigned = [one for one in statement.expressions if isinstance(one, exp.EQ)]
    query = _select([one.expression for one in assigned], sources)
    query.set("where", statement.args.get("where"))
    named = aliased[0].this if aliased else target
    if isinstance(named, exp.Table):
        yield Flow(Effect.WRITE, _with(statement, query), named, [one.this.name for one in assigned])


def _merge(statement: exp.Merge) -> Iterator[Flow]:
    """`MERGE INTO t USING s ON …` is a join of both, whose columns are all that any branch assigns."""
    target, using = statement.this, statement.args["using"]
    assigned = [one for when in statement.args["whens"].expressions for one in _assigned(when.args.get("then"), using)]
    joined = exp.Join(this=using, on=statement.args.get("on"))
    query = _select([value for _, value in assigned], [exp.Join(this=target), joined])
    yield Flow(Effect.WRITE, _with(statement, query), target, [column for column, _ in assigned])


def _assigned(action: exp.Expr | None, using: exp.Expr) -> Iterator[tuple[str, exp.Expr]]:
    """Yield the (column, value) pairs of one branch of a MERGE; `*` is everything by its name."""
    star = [action.this] if isinstance(action, exp.Insert) else getattr(action, "expressions", ())
    if any(isinstance(one, exp.Star) for one in star):
        yield "*", exp.Column(this=exp.Star(), table=exp.to_identifier(using.alias_or_name))
    elif isinstance(action, exp.Update):
        yield from ((one.this.name, one.expression) for one in action.expressions if isinstance(one, exp.EQ))
    elif isinstance(action, exp.Insert) and isinstance(action.expression, exp.Tuple) and action.this:
        names = (column.name for column in action.this.expressions)
        yield from zip(names, action.expression.expressions, strict=False)


def _inserts(statement: exp.MultitableInserts) -> Iterator[Flow]:
    """`FROM s INSERT INTO a SELECT …` (Hive) and `INSERT ALL INTO a VALUES (…) SELECT …` (Snowflake, Oracle)."""
    source = statement.args["source"]
    for item in statement.expressions:
        insert = item.this if isinstance(item, exp.ConditionalInsert) else item
        rows = insert.expression
        if isinstance(rows, exp.Select):
            rows.set("from_", exp.From(this=source.copy()))
        else:
            values = rows.expressions[0].expressions if isinstance(rows, exp.Values) else [exp.Star()]
            origin = source.copy().subquery("source") if isinstance(source, exp.Query) else source.copy()
            insert.set("expression", exp.Select(expressions=list(values), from_=exp.From(this=origin)))
        yield from _insert(insert)


def _copy(statement: exp.Copy) -> Iterator[Flow]:
    """`COPY t TO 'file'` reads; `COPY INTO t FROM …` writes, unless what it is into is a stage or a file."""
    into = bool(statement.args.get("kind"))
    target, columns = _target(statement.this)
    query = _as_query(statement.args["files"][0] if into else target or statement.this)
    if query is not None and into and target is not None and isinstance(target.this, exp.Identifier):
        yield Flow(Effect.WRITE, query, target, columns, positional=True)
    elif query is not None:
        yield Flow(Effect.READ, query)


def _export(statement: exp.Export) -> Iterator[Flow]:
    query = _as_query(statement.this)
    if query is not None:
        yield Flow(Effect.READ, query)


def _block(statement: exp.Expr) -> Iterator[Flow]:
    """Yield what the statements of a block do, be it on a condition."""
    for inner in statement.iter_expressions():
        yield from flows(inner)


def _alter(statement: exp.Alter) -> Iterator[Flow]:
    for action in statement.args.get("actions") or ():
        if isinstance(action, exp.AlterRename) and isinstance(action.this, exp.Table):
            old, new = statement.this, action.this
            for part in ("db", "catalog"):  # the new name stands beside the old one
                new.set(part, new.args.get(part) or old.args.get(part))
            yield Flow(Effect.RENAME, _everything(old), new)
        elif isinstance(action, exp.SwapTable) and isinstance(action.this, exp.Table):
            yield Flow(Effect.RENAME, _everything(action.this), statement.this)


def _drop(statement: exp.Drop) -> Iterator[Flow]:
    if statement.args.get("kind") in {"TABLE", "VIEW"}:
        named = statement.args.get("tables") or [statement.this]
        yield from (Flow(Effect.DROP, None, table) for table in named if isinstance(table, exp.Table))


_CONVERTERS: dict[type[exp.Expr], Callable[..., Iterator[Flow]]] = {
    exp.Query: _query,
    exp.Insert: _insert,
    exp.Create: _create,
    exp.Merge: _merge,
    exp.Update: _update,
    exp.MultitableInserts: _inserts,
    exp.Alter: _alter,
    exp.Drop: _drop,
    exp.Copy: _copy,
    exp.Export: _export,
    exp.Block: _block,
    exp.IfBlock: _block,
    exp.WhileBlock: _block,
}


def _target(named: exp.Expr) -> tuple[exp.Table | None, list[str] | None]:
    """Return the table that is written, and its columns if they are listed."""
    columns = [one.name for one in named.expressions] if isinstance(named, exp.Schema) else None
    table = named.this if isinstance(named, exp.Schema) else named
    return (table if isinstance(table, exp.Table) else None), columns


def _as_query(rows: exp.Expr | None) -> exp.Query | None:
    if isinstance(rows, exp.Subquery):
        return _as_query(rows.this) if not rows.args.get("with_") else rows
    if isinstance(rows, exp.Table):
        return _everything(rows)
    return rows if isinstance(rows, exp.Query) else None


def _everything(table: exp.Table) -> exp.Select:
    return exp.Select(expressions=[exp.Star()], from_=exp.From(this=table.copy()))


def _with(statement: exp.Expr, query: exp.Query) -> exp.Query:
    """Give the query the CTEs that were written before the statement's own keyword."""
    ctes = statement.args.get("with_")
    if ctes:
        own = query.args.get("with_")
        ctes.set("expressions", [*ctes.expressions, *(own.expressions if own else ())])
        query.set("with_", ctes)
    return query


def _apart(source: exp.Expr) -> list[exp.Join]:
    """Take a table of FROM and the joins that hang on it apart."""
    joins = source.args.get("joins") or []
    source.set("joins", None)
    return [exp.Join(this=source), *joins]


def _select(values: Sequence[exp.Expr], sources: Sequence[exp.Join]) -> exp.Select:
    first, *others = sources
    columns = [value if value.is_star else exp.alias_(value, f"c{at}") for at, value in enumerate(values)]
    return exp.Select(expressions=columns or [exp.null()], from_=exp.From(this=first.this), joins=others)


def _is_hash(table: exp.Table) -> bool:
    """Say whether a table is a `#temporary` one, of Transact-SQL or of Redshift."""
    return isinstance(table.this, exp.Identifier) and bool(table.this.args.get("temporary") or table.name[:1] == "#")
