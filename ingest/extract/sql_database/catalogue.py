"""What a database says of itself: a port with one implementation a system whose own tables can be asked in sets.

The number of queries depends on the number of schemas and of chunks of relations, never on that of relations.
What fails for one relation may fail a whole chunk: whoever asks halves it to find the one.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import Engine, text


class Kind(StrEnum):
    TABLE = "table"
    VIEW = "view"
    MATERIALIZED_VIEW = "materialized view"

    @property
    def is_view(self) -> bool:
        return self is not Kind.TABLE


class Database(NamedTuple):
    """What is connected to."""

    name: str
    product: str


class SchemaFound(NamedTuple):
    """A schema; `closed` says why nothing of it can be read, if nothing can."""

    name: str
    comment: str | None = None
    closed: str = ""


class Found(NamedTuple):
    """A table or view, and what the system knows it by."""

    schema: str
    name: str
    kind: Kind
    id: Any


class ColumnFound(NamedTuple):
    """A column; `roles`: in a primary key, in a foreign key, one that the table is partitioned by."""

    name: str
    type: str
    comment: str | None = None
    roles: Sequence[str] = ()


class Relation(NamedTuple):
    """A table or view with its columns, in their order; `rows`: how many the system thinks it has."""

    found: Found
    columns: Sequence[ColumnFound]
    comment: str | None = None
    rows: int | None = None


class ForeignKey(NamedTuple):
    """Columns of a table that name a row of another one."""

    table: str
    columns: Sequence[str]
    target_schema: str
    target: str
    target_columns: Sequence[str]


class Reads(NamedTuple):
    """A view reads a table or another view."""

    view: str
    schema: str
    name: str


PRIMARY, FOREIGN, PARTITION = "pk", "fk", "partition column"


class Catalogue(ABC):
    """Reads what a database says of itself. Everything raises SQLAlchemy's errors."""

    def __init__(self, engine: Engine, *, partitions: bool = False) -> None:
        """`partitions`: whether the parts of a table are tables of their own."""
        self.engine = engine
        self.partitions = partitions

    @abstractmethod
    def database(self) -> Database:
        """Say what is connected to."""

    @abstractmethod
    def schemas(self) -> Sequence[SchemaFound]:
        """Return the schemas, without the system's own."""

    @abstractmethod
    def relations(self, schema: str) -> Sequence[Found]:
        """Return the tables and views of a schema, by name."""

    @abstractmethod
    def details(self, found: Sequence[Found]) -> Iterator[Relation]:
        """Read relations of one schema with their columns; what has gone meanwhile is left out."""

    @abstractmethod
    def foreign_keys(self, found: Sequence[Found]) -> Sequence[ForeignKey]:
        """Return the foreign keys of tables of one schema."""

    @abstractmethod
    def definitions(self, found: Sequence[Found]) -> Mapping[str, str]:
        """Return the SQL of views of one schema, by name, of those that have any."""

    def reads(self, found: Sequence[Found]) -> Sequence[Reads]:  # noqa: ARG002  # few systems know
        """Return what views of one schema read, where the system itself keeps that."""
        return ()

    def search_path(self, schema: str) -> Sequence[str]:
        """Return the schemas that a table is looked for in which a view of `schema` names without one."""
        return (schema,)

    def sample(self, table: str, relation: Relation, rows: int) -> str:  # noqa: ARG002  # some systems sample at random
        """Return a query for some rows of a table that is written as `table`."""
        form = _LIMITS.get(self.engine.dialect.name, "SELECT * FROM {table} LIMIT {rows}")
        return form.format(table=table, rows=rows)

    def quoted(self, *names: str) -> str:
        """Write a name in SQL, part by part."""
        preparer = self.engine.dialect.identifier_preparer
        begin, end = preparer.initial_quote, preparer.final_quote
        return ".".join(f"{begin}{name.replace(end, end + end)}{end}" for name in names)

    def ask(self, sql: str, **values: Any) -> list[Any]:
        """Run a query in a transaction of its own and return its rows."""
        with self.engine.begin() as connection:
            return [*connection.execute(text(sql), values).all()]


_LIMITS: Mapping[str, str] = {
    "mssql": "SELECT TOP {rows} * FROM {table}",
    "oracle": "SELECT * FROM {table} FETCH FIRST {rows} ROWS ONLY",
}
