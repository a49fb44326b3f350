"""PostgreSQL's own catalogue, pg_catalog, asked in sets; arrays and composite types are taken apart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from operator import itemgetter
from typing import Any, ClassVar, NamedTuple

from ingest.extract.sql_database.catalogue import (
    FOREIGN,
    PARTITION,
    PRIMARY,
    Catalogue,
    ColumnFound,
    Database,
    ForeignKey,
    Found,
    Kind,
    Reads,
    Relation,
    SchemaFound,
)
from ingest.extract.sql_database.column_types import MAX_DEPTH, array_of, struct_of

_KINDS = {"r": Kind.TABLE, "p": Kind.TABLE, "f": Kind.TABLE, "v": Kind.VIEW, "m": Kind.MATERIALIZED_VIEW}

_SCHEMAS = r"""
SELECT n.nspname, obj_description(n.oid, 'pg_namespace'), has_schema_privilege(n.oid, 'USAGE')
FROM pg_namespace n WHERE n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' ORDER BY 1"""

_RELATIONS = """
SELECT c.oid, c.relname, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = :schema AND c.relkind IN ('r', 'p', 'f', 'v', 'm') AND (:partitions OR NOT c.relispartition)
ORDER BY c.relname"""

_COMMENTS = """
SELECT c.oid, c.reltuples, d.description
FROM pg_class c LEFT JOIN pg_description d
ON d.objoid = c.oid AND d.objsubid = 0 AND d.classoid = CAST('pg_class' AS regclass)
WHERE c.oid = ANY(CAST(:ids AS oid[]))"""

# An array's type and its elements' know each other; a vector of the system's own is no array.
_TYPED = """a.attrelid, a.attname, e.oid IS NOT NULL, coalesce(e.oid, a.atttypid),
format_type(coalesce(e.oid, a.atttypid), a.atttypmod)"""
_ELEMENTS = """JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type e ON e.oid = t.typelem AND e.typarray = t.oid"""

_COLUMNS = f"""
SELECT {_TYPED}, d.description, coalesce(a.attnum = ANY(i.indkey), false),
coalesce(a.attnum = ANY(p.partattrs), false), EXISTS (
SELECT FROM pg_constraint f WHERE f.conrelid = a.attrelid AND f.contype = 'f' AND a.attnum = ANY(f.conkey))
FROM pg_attribute a {_ELEMENTS}
LEFT JOIN pg_description d
ON d.objoid = a.attrelid AND d.objsubid = a.attnum AND d.classoid = CAST('pg_class' AS regclass)
LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
LEFT JOIN pg_partitioned_table p ON p.partrelid = a.attrelid
WHERE a.attrelid = ANY(CAST(:ids AS oid[])) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum"""  # noqa: S608  # the pieces above

_COMPOSITES = f"""
SELECT c.reltype, {_TYPED}
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid {_ELEMENTS}
WHERE c.relkind = 'c' AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.reltype, a.attnum"""  # noqa: S608  # likewise

_FOREIGN_KEYS = """
SELECT f.conrelid, n.nspname, t.relname, s.attname, a.attname, f.oid
FROM pg_constraint f JOIN pg_class t ON t.oid = f.confrelid JOIN pg_namespace n ON n.oid = t.relnamespace
CROSS JOIN LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (own, foreign_, place)
JOIN pg_attribute s ON s.attrelid = f.conrelid AND s.attnum = k.own
JOIN pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.foreign_
WHERE f.contype = 'f' AND f.conparentid = 0 AND f.conrelid = ANY(CAST(:ids AS oid[]))
ORDER BY f.conrelid, f.conname, f.oid, k.place"""

_DEFINITIONS = "SELECT u.id, pg_get_viewdef(u.id) FROM unnest(CAST(:ids AS oid[])) AS u (id)"


_READS = """
SELECT DISTINCT r.ev_class, n.nspname, c.relname FROM pg_rewrite r
JOIN pg_depend d ON d.classid = CAST('pg_rewrite' AS regclass) AND d.objid = r.oid
AND d.refclassid = CAST('pg_class' AS regclass) AND d.refobjid <> r.ev_class
JOIN pg_class c ON c.oid = d.refobjid AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.ev_class = ANY(CAST(:ids AS oid[])) ORDER BY 1, 2, 3"""


class _Attribute(NamedTuple):
    name: str
    is_array: bool
    type: int
    text: str


class Postgres(Catalogue):
    # What is outside of this schema is written with its own in front: views' definitions have no other reading.
    begin: ClassVar = (
        "SET TRANSACTION READ ONLY; SET LOCAL search_path = public; SET LOCAL statement_timeout = {milliseconds}"
    )

    def database(self) -> Database:
        ((name, version),) = self.ask("SELECT current_database(), current_setting('server_version')")
        return Database(name, f"PostgreSQL {version.split()[0]}")

    def schemas(self) -> Sequence[SchemaFound]:
        closed = "The user may not look into this schema: USAGE on it is missing."
        return [SchemaFound(name, comment, "" if may else closed) for name, comment, may in self.ask(_SCHEMAS)]

    def relations(self, schema: str) -> Sequence[Found]:
        rows = self.ask(_RELATIONS, schema=schema, partitions=self.partitions)
        return [Found(schema, name, _KINDS[kind], oid) for oid, name, kind in rows]

    def details(self, found: Sequence[Found]) -> Iterator[Relation]:
        ids = _ids(found)
        columns: defaultdict[int, list[ColumnFound]] = defaultdict(list)
        composites = self._composites
        for oid, name, is_array, type_, text, comment, primary, partition, foreign in self.ask(_COLUMNS, ids=ids):
            nested = is_array or type_ in composites
            type_text = self._type(_Attribute(name, is_array, type_, text)) if nested else text
            roles = _roles(primary, partition, foreign) if primary or partition or foreign else ()
            columns[oid].append(ColumnFound(name, type_text, comment, roles))
        about = {oid: (rows, comment) for oid, rows, comment in self.ask(_COMMENTS, ids=ids)}
        for one in found:
            if one.id in about:
                rows, comment = about[one.id]
                known = None if rows < 0 or one.kind is Kind.VIEW else int(rows)
                yield Relation(one, columns[one.id], comment, known)

    def foreign_keys(self, found: Sequence[Found]) -> Sequence[ForeignKey]:
        names = {one.id: one.name for one in found}
        pairs = groupby(self.ask(_FOREIGN_KEYS, ids=_ids(found)), itemgetter(5))
        keys = [list(rows) for _, rows in pairs]
        return [
            ForeignKey(names[rows[0][0]], [row[3] for row in rows], rows[0][1], rows[0][2], [row[4] for row in rows])
            for rows in keys
        ]

    def definitions(self, found: Sequence[Found]) -> Mapping[str, str]:
        names = {one.id: one.name for one in found if one.kind.is_view}
        rows = self.ask(_DEFINITIONS, ids=_ids([one for one in found if one.kind.is_view])) if names else ()
        return {names[oid]: sql for oid, sql in rows if sql}

    def reads(self, found: Sequence[Found]) -> Sequence[Reads]:
        names = {one.id: one.name for one in found}
        return [Reads(names[oid], schema, name) for oid, schema, name in self.ask(_READS, ids=_ids(found))]

    def search_path(self, schema: str) -> Sequence[str]:  # noqa: ARG002  # it is set for all of them
        return ("public",)

    def sample(self, table: str, relation: Relation, rows: int) -> str:
        if not relation.rows or relation.rows <= rows or relation.found.kind is Kind.VIEW:
            return super().sample(table, relation, rows)
        percent = min(100.0, 200 * rows / relation.rows)  # a share of the pages, twice what is wanted
        return f"SELECT * FROM {table} TABLESAMPLE SYSTEM ({percent:.6f}) REPEATABLE (1) LIMIT {rows}"  # noqa: S608

    @cached_property
    def _composites(self) -> Mapping[int, Sequence[_Attribute]]:
        rows = groupby(self.ask(_COMPOSITES), itemgetter(0))
        return {oid: [_Attribute(*row[2:]) for row in of_type] for oid, of_type in rows}

    def _type(self, of: _Attribute, depth: int = MAX_DEPTH) -> str:
        parts = self._composites.get(of.type) if depth else None
        text = struct_of([(part.name, self._type(part, depth - 1)) for part in parts]) if parts else of.text
        return array_of(text) if of.is_array else text


def _ids(found: Sequence[Found]) -> str:
    return f"{{{','.join(str(one.id) for one in found)}}}"


def _roles(primary: Any, partition: Any, foreign: Any) -> Sequence[str]:
    return [role for role, has in ((PRIMARY, primary), (FOREIGN, foreign), (PARTITION, partition)) if has]
