"""Statements that write within a `WITH` (PostgreSQL's `WITH moved AS (DELETE … RETURNING …)`), taken out of it."""

from collections.abc import Iterator

from sqlglot import exp


def modifying(statement: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the statements in the WITH of a statement that write, each with the CTEs before it.

    In their place are left queries of what they return, of the table that they write.
    """
    with_ = statement.args.get("with_")
    before: list[exp.Expr] = []
    for cte in with_.expressions if with_ else ():
        if isinstance(cte.this, exp.DML):
            own = cte.this.copy()
            if before:
                own.set("with_", exp.With(expressions=[one.copy() for one in before]))
            cte.set("this", _returned(cte.this))
            yield own
        before.append(cte)


def _returned(written: exp.Expr) -> exp.Select:
    """Return the rows that a statement returns, as a query."""
    target = written.this.this if isinstance(written.this, exp.Schema) else written.this
    returning = written.args.get("returning")
    columns = returning.expressions if returning else [exp.null()]
    return exp.Select(
        expressions=[column.copy() for column in columns],
        from_=exp.From(this=target.copy()) if isinstance(target, exp.Table) else None,
    )
