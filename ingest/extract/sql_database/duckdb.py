"""DuckDB's own catalogue, asked in sets by its `duckdb_…()` functions. Its keys spell names as they were typed."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ingest.extract.sql_database.catalogue import (
    FOREIGN,
    PRIMARY,
    Catalogue,
    ColumnFound,
    Database,
    ForeignKey,
    Found,
    Kind,
    Relation,
    SchemaFound,
)
from ingest.extract.sql_database.column_types import duckdb_type

_SCHEMAS = """
SELECT schema_name, comment FROM duckdb_schemas() WHERE database_name = current_database()
AND schema_name NOT IN ('information_schema', 'pg_catalog') ORDER BY 1"""

_RELATIONS = """
SELECT table_name, 'table', table_oid FROM duckdb_tables() WHERE database_name = current_database()
AND schema_name = :schema AND NOT internal AND NOT temporary UNION ALL
SELECT view_name, 'view', view_oid FROM duckdb_views() WHERE database_name = current_database()
AND schema_name = :schema AND NOT internal AND NOT temporary ORDER BY 1"""

_COMMENTS = """
SELECT table_oid, estimated_size, comment FROM duckdb_tables() WHERE database_name = current_database()
AND schema_name = :schema AND table_oid IN (SELECT unnest(:ids)) UNION ALL
SELECT view_oid, NULL, comment FROM duckdb_views() WHERE database_name = current_database()
AND schema_name = :schema AND view_oid IN (SELECT unnest(:ids))"""

_COLUMNS = """
SELECT table_oid, column_name, data_type, comment FROM duckdb_columns() WHERE database_name = current_database()
AND schema_name = :schema AND table_oid IN (SELECT unnest(:ids)) ORDER BY table_oid, column_index"""

_KEYS = """
SELECT table_oid, constraint_type, constraint_column_names, referenced_table, referenced_column_names
FROM duckdb_constraints() WHERE database_name = current_database() AND schema_name = :schema
AND constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY') AND table_oid IN (SELECT unnest(:ids))
ORDER BY table_oid, constraint_index"""

_DEFINITIONS = """
SELECT view_name, sql FROM duckdb_views() WHERE database_name = current_database()
AND schema_name = :schema AND view_oid IN (SELECT unnest(:ids))"""

_ROLES = {"PRIMARY KEY": PRIMARY, "FOREIGN KEY": FOREIGN}


class DuckDb(Catalogue):
    def database(self) -> Database:
        ((name, version),) = self.ask("SELECT current_database(), version()")
        return Database(name, f"DuckDB {version.removeprefix('v')}")

    def schemas(self) -> Sequence[SchemaFound]:
        return [SchemaFound(name, comment) for name, comment in self.ask(_SCHEMAS)]

    def relations(self, schema: str) -> Sequence[Found]:
        return [Found(schema, name, Kind(kind), oid) for name, kind, oid in self.ask(_RELATIONS, schema=schema)]

    def details(self, found: Sequence[Found]) -> Iterator[Relation]:
        roles: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
        for oid, kind, names, *_ in self._of(_KEYS, found):
            for name in names:
                roles[oid, name.casefold()].append(_ROLES[kind])
        columns: defaultdict[int, list[ColumnFound]] = defaultdict(list)
        for oid, name, type_, comment in self._of(_COLUMNS, found):
            columns[oid].append(ColumnFound(name, duckdb_type(type_), comment, sorted({*roles[oid, name.casefold()]})))
        about = {oid: (rows, comment) for oid, rows, comment in self._of(_COMMENTS, found)}
        for one in found:
            if one.id in about:
                rows, comment = about[one.id]
                yield Relation(one, columns[one.id], comment, rows)

    def foreign_keys(self, found: Sequence[Found]) -> Sequence[ForeignKey]:
        keys = [row for row in self._of(_KEYS, found) if row[1] == "FOREIGN KEY"]
        if not keys:
            return []
        named = {key[3].casefold() for key in keys}
        schema = found[0].schema  # a key never names another one
        targets = [one for one in self.relations(schema) if one.name.casefold() in named]
        tables = {one.id: one.name for one in (*found, *targets)}
        columns = {(oid, name.casefold()): name for oid, name, *_ in self._of(_COLUMNS, [*found, *targets])}
        ids = {one.name.casefold(): one.id for one in targets}
        return [
            ForeignKey(
                tables[oid],
                [columns[oid, name.casefold()] for name in own],
                schema,
                tables[ids[target.casefold()]],
                [columns[ids[target.casefold()], name.casefold()] for name in others],
            )
            for oid, _, own, target, others in keys
            if target.casefold() in ids
        ]

    def definitions(self, found: Sequence[Found]) -> Mapping[str, str]:
        return dict(self._of(_DEFINITIONS, [one for one in found if one.kind.is_view]))

    def search_path(self, schema: str) -> Sequence[str]:
        return (schema, "main")

    def sample(self, table: str, relation: Relation, rows: int) -> str:
        if relation.found.kind.is_view:
            return super().sample(table, relation, rows)
        return f"SELECT * FROM {table} USING SAMPLE reservoir({rows} ROWS) REPEATABLE (1)"  # noqa: S608

    def _of(self, sql: str, found: Sequence[Found]) -> list[Any]:
        return self.ask(sql, schema=found[0].schema, ids=[one.id for one in found]) if found else []
