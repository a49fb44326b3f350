"""SQLite's own catalogue, asked in sets by joining its table of tables with its pragmas."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import PurePath
from typing import Any

import orjson

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

_DATABASE = """
SELECT sqlite_version(), file, (SELECT count(*) FROM sqlite_schema) FROM pragma_database_list WHERE name = 'main'"""

_RELATIONS = """
SELECT l.name, l.type FROM pragma_table_list l WHERE l.schema = 'main' AND l.type <> 'shadow'
AND l.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1"""

_COLUMNS = """
SELECT n.value, p.name, p.type, p.pk > 0, EXISTS (
SELECT 1 FROM pragma_foreign_key_list(n.value, 'main') f WHERE f."from" = p.name COLLATE NOCASE)
FROM json_each(:names) n JOIN pragma_table_xinfo(n.value, 'main') p WHERE p.hidden <> 1 ORDER BY n.id, p.cid"""

_FOREIGN_KEYS = """
SELECT n.value, f.id, f."table", f."from", coalesce(f."to", (
SELECT p.name FROM pragma_table_info(f."table", 'main') p WHERE p.pk = f.seq + 1))
FROM json_each(:names) n JOIN pragma_foreign_key_list(n.value, 'main') f ORDER BY n.id, f.id, f.seq"""

_DEFINITIONS = """
SELECT name, sql FROM sqlite_schema WHERE type = 'view' AND name IN (SELECT value FROM json_each(:names))"""


class Sqlite(Catalogue):
    def database(self) -> Database:
        ((version, path, _),) = self.ask(_DATABASE)
        return Database(PurePath(path).stem or "main", f"SQLite {version}")

    def schemas(self) -> Sequence[SchemaFound]:
        return [SchemaFound("main")]

    def relations(self, schema: str) -> Sequence[Found]:
        rows = self.ask(_RELATIONS)
        return [Found(schema, name, Kind.VIEW if kind == "view" else Kind.TABLE, name) for name, kind in rows]

    def details(self, found: Sequence[Found]) -> Iterator[Relation]:
        columns: defaultdict[str, list[ColumnFound]] = defaultdict(list)
        for table, name, type_, is_primary, is_foreign in self._of(_COLUMNS, found):
            roles = [role for role, has in ((PRIMARY, is_primary), (FOREIGN, is_foreign)) if has]
            columns[table].append(ColumnFound(name, type_, None, roles))
        for one in found:
            if columns[one.name]:  # every table of SQLite has a column: this one has gone
                yield Relation(one, columns[one.name])

    def foreign_keys(self, found: Sequence[Found]) -> Sequence[ForeignKey]:
        real = {one.name.casefold(): one.name for one in self.relations("main")}
        keys = [list(rows) for _, rows in groupby(self._of(_FOREIGN_KEYS, found), itemgetter(0, 1))]
        return [
            ForeignKey(rows[0][0], [row[3] for row in rows], "main", target, [row[4] for row in rows])
            for rows in keys
            if (target := real.get(rows[0][2].casefold())) and all(row[4] for row in rows)
        ]

    def definitions(self, found: Sequence[Found]) -> Mapping[str, str]:
        return dict(self._of(_DEFINITIONS, [one for one in found if one.kind.is_view]))

    def _of(self, sql: str, found: Sequence[Found]) -> list[Any]:
        return self.ask(sql, names=orjson.dumps([one.name for one in found]).decode()) if found else []
