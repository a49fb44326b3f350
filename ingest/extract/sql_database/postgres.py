"""PostgreSQL's own catalogue, pg_catalog, asked in sets; arrays and composite types are taken apart."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property, partial
from itertools import groupby
from operator import itemgetter
from typing import ClassVar, NamedTuple

import orjson

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

# An array's type and its elements' know each other; a vector of the system's own is no array.
_TYPED = """a.attname AS name, e.oid IS NOT NULL AS is_array, CAST(coalesce(e.oid, a.atttypid) AS bigint) AS type,
format_type(coalesce(e.oid, a.atttypid), a.atttypmod) AS text"""
_ELEMENTS = """JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_type e ON e.oid = t.typelem AND e.typarray = t.oid"""

# A row is a whole relation, its columns lists of names, of types, … in JSON: rows of columns take longer to read.
_DETAILS = f"""
SELECT c.oid, c.reltuples, r.description, CAST((
SELECT json_build_array(json_agg(number), json_agg(name), json_agg(is_array), json_agg(type), json_agg(text),
json_agg(description)) FROM (SELECT a.attnum AS number, {_TYPED}, d.description
FROM pg_attribute a {_ELEMENTS}
LEFT JOIN pg_description d
ON d.objoid = a.attrelid AND d.objsubid = a.attnum AND d.classoid = CAST('pg_class' AS regclass)
WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns) AS text),
ARRAY(SELECT unnest(p.conkey) FROM pg_constraint p WHERE p.conrelid = c.oid AND p.contype = 'p'),
ARRAY(SELECT unnest(f.conkey) FROM pg_constraint f WHERE f.conrelid = c.oid AND f.contype = 'f'),
ARRAY(SELECT unnest(t.partattrs) FROM pg_partitioned_table t WHERE t.partrelid = c.oid)
FROM pg_class c LEFT JOIN pg_description r
ON r.objoid = c.oid AND r.objsubid = 0 AND r.classoid = CAST('pg_class' AS regclass)
WHERE c.oid = ANY(CAST(:ids AS oid[]))"""  # noqa: S608  # the pieces above

_COMPOSITES = f"""
SELECT CAST(c.reltype AS bigint), {_TYPED}
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


_column = partial(tuple.__new__, ColumnFound)  # without its detour through Python: there are many


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
        told = {oid: rest for oid, *rest in self.ask(_DETAILS, ids=_ids(found))}
        for one in found:
            if one.id in told:
                rows, comment, columns, *keys = told[one.id]
                known = None if rows < 0 or one.kind is Kind.VIEW else int(rows)
                yield Relation(one, self._columns(columns, _roles(*keys)), comment, known)

    def _columns(self, written: str, roles: Mapping[int, Sequence[str]]) -> Sequence[ColumnFound]:
        """Read the columns of a relation, given the roles of some by their numbers."""
        numbers, names, are_arrays, types, texts, comments = orjson.loads(written)
        if not names:
            return ()
        if any(are_arrays) or not self._composites.keys().isdisjoint(types):
            typed = zip(names, are_arrays, types, texts, strict=True)
            texts = [self._type(_Attribute(*each)) for each in typed]
        held = [roles.get(number, ()) for number in numbers]
        return [*map(_column, zip(names, texts, comments, held, strict=True))]

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
        return {oid: [_Attribute(*row[1:]) for row in of_type] for oid, of_type in rows}

    def _type(self, of: _Attribute, depth: int = MAX_DEPTH) -> str:
        parts = self._composites.get(of.type) if depth else None
        text = struct_of([(part.name, self._type(part, depth - 1)) for part in parts]) if parts else of.text
        return array_of(text) if of.is_array else text


def _ids(found: Sequence[Found]) -> str:
    return f"{{{','.join(str(one.id) for one in found)}}}"


def _roles(primary: Sequence[int], foreign: Sequence[int], partition: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """Return the roles of columns by their numbers."""
    roles: dict[int, list[str]] = {}
    for role, numbers in ((PRIMARY, primary), (FOREIGN, foreign), (PARTITION, partition)):
        for number in {*numbers}:
            roles.setdefault(number, []).append(role)
    return roles
