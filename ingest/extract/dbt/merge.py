"""Make one statement of what several nodes say of one relation, such as a seed that is also a source."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import reduce
from typing import TypeVar

from schemas.statements import Column, Lineage, Table

T = TypeVar("T")


def merged_table(tables: Iterable[Table]) -> Table:
    """Return one table: what the first ones say stands, what they do not say is taken from the others."""
    return reduce(_tables, tables)


def merged_lineage(lineages: Iterable[Lineage]) -> Lineage:
    """Return all that a table is made from."""
    return reduce(_lineages, lineages)


def _tables(first: Table, other: Table) -> Table:
    notes = {**other.notes, **first.notes}
    for name in first.notes.keys() & other.notes.keys():
        notes[name] = "\n".join(dict.fromkeys([*first.notes[name].split("\n"), *other.notes[name].split("\n")]))
    return replace(
        first,
        is_view=other.is_view if first.is_view is None else first.is_view,
        description=first.description or other.description,
        schema_description=first.schema_description or other.schema_description,
        columns=_columns(first.columns, other.columns),
        tags=list(dict.fromkeys([*first.tags, *other.tags])),
        owners=list(dict.fromkeys([*first.owners, *other.owners])),
        statistics=_by(first.statistics, other.statistics, lambda one: one.name),
        updated_at=other.updated_at if first.updated_at is None else first.updated_at,
        code=first.code or other.code,
        reports=_by(first.reports, other.reports, lambda one: one.name),
        notes=notes,
    )


def _columns(first: Sequence[Column], other: Sequence[Column]) -> list[Column]:
    more = {column.name: column for column in other}
    both = [_column(column, more[column.name]) if column.name in more else column for column in first]
    return _by(both, other, lambda one: one.name)


def _column(first: Column, other: Column) -> Column:
    return replace(
        first,
        type=first.type or other.type,
        description=first.description or other.description,
        badges=_by(first.badges, other.badges, lambda one: one.name),
        statistics=_by(first.statistics, other.statistics, lambda one: one.name),
    )


def _lineages(first: Lineage, other: Lineage) -> Lineage:
    return replace(
        first,
        upstream=list(dict.fromkeys([*first.upstream, *other.upstream])),
        columns=_by(first.columns, other.columns, lambda step: (step.source, step.target)),
    )


def _by(first: Sequence[T], other: Sequence[T], name: Callable[[T], object]) -> list[T]:
    """Return the items of both, the first of each name."""
    found: dict[object, T] = {}
    for one in (*first, *other):
        found.setdefault(name(one), one)
    return list(found.values())
