"""What was found in a database, as statements. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from ingest.extract.sql.naming import Naming
from ingest.extract.sql.origins import TableName
from ingest.extract.sql_database.catalogue import ForeignKey, Found, Relation
from schemas.keys import ColumnKey, TableKey
from schemas.statements import Column, Join, Label, Measure, Queries, Table

CATEGORY = "column"  # of the badges that say what a column is for, as in Amundsen's samples
MAX_SCHEMAS = 16  # of which what they are called is kept ready


class Names:
    """Calls what is in one database by its keys."""

    def __init__(self, naming: Naming, catalog: str) -> None:
        """`catalog`: what the database is called; empty where the naming's own cluster is to stand."""
        self.naming = naming
        self.catalog = catalog
        self.place = lru_cache(maxsize=MAX_SCHEMAS)(self._place)
        self._keys_in = lru_cache(maxsize=MAX_SCHEMAS)(self._keys)

    def of(self, schema: str, table: str) -> TableName:
        return TableName(self.catalog, schema, table)

    def key(self, schema: str, table: str) -> str:
        """Return the key of a table. Raises InvalidKey for an empty name."""
        return self._keys_in(schema)(self.naming.fold(table))

    def column(self, schema: str, table: str, column: str) -> str:
        """Return the key of a column. Raises InvalidKey for an empty name."""
        return ColumnKey.text(self.key(schema, table), self.naming.fold(column))

    def _place(self, schema: str) -> tuple[str, str]:
        """Return what the cluster and the schema of tables are called."""
        cluster, called, _ = self.naming.parts(self.of(schema, ""))
        return cluster, called

    def _keys(self, schema: str) -> Callable[[str], str]:
        """Return what makes keys of tables."""
        return TableKey.texts(self.naming.database, *self.place(schema))


def written(found: Found) -> str:
    """Say which relation it is, as patterns and refusals have it."""
    return f"{found.schema}.{found.name}"


def table_of(
    relation: Relation,
    names: Names,
    schema_comment: str | None,
    measures: Sequence[Measure] = (),
    column_measures: Mapping[str, Sequence[Measure]] | None = None,
) -> Table:
    """Say a relation; columns without a name are left out."""
    found = relation.found
    measured, fold = column_measures or {}, names.naming.fold
    return Table(
        names.naming.database,
        *names.place(found.schema),
        fold(found.name),
        is_view=found.kind.is_view,
        description=(relation.comment or "").strip() or None,
        schema_description=(schema_comment or "").strip() or None,
        columns=[
            Column(
                fold(name),
                type_,
                comment.strip() or None if comment else None,
                [Label(role, CATEGORY) for role in roles] if roles else (),
                measured.get(name, ()),
            )
            for name, type_, comment, roles in relation.columns
            if name
        ],
        statistics=measures,
    )


def queries_of(schema: str, table: str, keys: Sequence[ForeignKey], names: Names) -> Iterator[Queries]:
    """Suggest a join for each foreign key of a table. Raises InvalidKey for an empty name."""
    joins = [join for key in keys for join in _joins(schema, key, names)]
    if joins:
        yield Queries(names.key(schema, table), _once(joins))


def _joins(schema: str, key: ForeignKey, names: Names) -> Iterator[Join]:
    """A key of several columns is one join, found at each of them."""
    fold = names.naming.fold
    own, target = f"{fold(schema)}.{fold(key.table)}", f"{fold(key.target_schema)}.{fold(key.target)}"
    pairs = list(zip(key.columns, key.target_columns, strict=True))
    conditions = " AND ".join(f"{own}.{fold(left)} = {target}.{fold(right)}" for left, right in pairs)
    for left, right in pairs:
        yield Join(
            names.column(schema, key.table, left),
            names.column(key.target_schema, key.target, right),
            "inner join",
            "=",
            f"INNER JOIN {target} ON {conditions}",
            count=0,  # it is declared, and nobody was seen to use it
        )


def _once(joins: Sequence[Join]) -> Sequence[Join]:
    """Leave out what two foreign keys say alike."""
    return list({(join.left, join.right, join.sql): join for join in joins}.values())
