"""The way through a database: schema by schema, some relations at a time, what cannot be read refused one by one."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from itertools import groupby
from typing import Any, TypeVar

from ingest.extract.source import Refused
from ingest.extract.sql.naming import FALLBACK, Naming, dialect_of
from ingest.extract.sql.origins import TableName
from ingest.extract.sql_database.catalogue import ForeignKey, Found, Relation, SchemaFound
from ingest.extract.sql_database.column_statistics import NO_PROFILE, Profiler
from ingest.extract.sql_database.engine import Opened, StatementFailed, failures
from ingest.extract.sql_database.statements import Names, queries_of, table_of, written
from ingest.extract.sql_database.views import View, Views
from schemas.errors import InvalidKey, InvalidSource
from schemas.statements import Statement

AT_ONCE = 500  # relations that are asked for, and held, at one time
VIEWS_AT_ONCE = 100  # their SQL is read with the columns of all that they name

T = TypeVar("T")
Said = Iterator[Statement | Refused]

_DATABASES = {"postgresql": "postgres"}  # what systems are called in keys, where Amundsen calls them otherwise


class Reading:
    """Reads one database once. Raises InvalidSource, SourceUnavailable."""

    def __init__(self, opened: Opened, told: Mapping[str, Any]) -> None:
        self._opened = opened
        self._catalogue = opened.catalogue
        self._told = told
        system = opened.engine.dialect.name
        self._database = self._catalogue.database()
        self._dialect = dialect_of(told.get("dialect") or system)
        naming = Naming(
            told.get("database") or _DATABASES.get(system, system),
            self._dialect,
            cluster=told.get("cluster", FALLBACK),
            clusters=told.get("clusters", {}),
            case=told.get("case", "system"),
        )
        self._names = Names(naming, "" if told.get("cluster") else self._database.name)
        self._schemas = self._read_schemas()

    def told(self) -> str:
        """Say what would be read."""
        walk = [one for one in self._walk() if not isinstance(one, Refused)]
        found = [one for _, some in walk for one in some]
        views = sum(one.kind.is_view for one in found)
        tables = f"{len(found) - views:,} tables and {views:,} views in {len(walk):,} schemas"
        return f"{self._opened.place}, {self._database.product}: {tables}, kept as {self._names.key('…', '…')}"

    def tables(self) -> Said:
        """Say every table and view with its columns."""
        told = self._told
        profiler = Profiler(self._opened, told["sample_rows"], told["statistics_seconds"], told["query_seconds"])
        for walked in self._walk():
            if isinstance(walked, Refused):
                yield walked
                continue
            schema, found = walked
            for relation in self._read(found, AT_ONCE, self._catalogue.details):
                yield from [relation] if isinstance(relation, Refused) else self._table(schema, relation, profiler)
        if profiler.left_out:
            reason = f"The time for counting and measuring was over: {profiler.left_out:,} tables were left out."
            yield Refused("statistics_seconds", reason)

    def between(self) -> Said:
        """Say what is between tables: foreign keys, and what views are made from."""
        schemas = [schema.name for schema in self._schemas]
        views = Views(self._catalogue, self._names, self._dialect, schemas, self._relations)
        for walked in self._walk():
            if isinstance(walked, Refused):
                continue
            schema, found = walked
            if self._told["joins"]:
                tables = [one for one in found if not one.kind.is_view]
                yield from self._joins(schema, self._read(tables, AT_ONCE, self._catalogue.foreign_keys))
            if self._told["lineage"]:
                yield from self._lineage(schema, [one for one in found if one.kind.is_view], views)

    def _walk(self) -> Iterator[tuple[SchemaFound, Sequence[Found]] | Refused]:
        """Yield the chosen schemas with what was chosen of each."""
        for schema in self._schemas:
            if not self._is_chosen("schemas", schema.name):
                continue
            if schema.closed:
                yield Refused(schema.name, schema.closed)
                continue
            try:
                with failures(self._opened):
                    found = self._catalogue.relations(schema.name)
            except StatementFailed as error:
                yield Refused(schema.name, f"The schema cannot be read: {error}.")
            else:
                yield schema, [one for one in found if self._is_chosen("tables", written(one))]

    def _read(
        self, found: Sequence[Found], at_once: int, read: Callable[[Sequence[Found]], Iterable[T]]
    ) -> Iterator[T | Refused]:
        """Read relations some at a time; what fails is halved, until those that are to blame are left."""
        for at in range(0, len(found), at_once):
            some = found[at : at + at_once]
            try:
                with failures(self._opened):
                    items = list(read(some))
            except StatementFailed as error:
                if len(some) == 1:
                    yield Refused(written(some[0]), f"It cannot be read: {error}.")
                else:
                    yield from self._read(some, (len(some) + 1) // 2, read)
            else:
                yield from items

    def _relations(self, found: Sequence[Found]) -> Iterator[Relation]:
        """Read relations; those that cannot be read are told of elsewhere."""
        read = self._read(found, AT_ONCE, self._catalogue.details)
        return (one for one in read if isinstance(one, Relation))

    def _table(self, schema: SchemaFound, relation: Relation, profiler: Profiler) -> Said:
        where = written(relation.found)
        try:
            self._names.key(schema.name, relation.found.name)
        except InvalidKey as error:
            yield Refused(where, error.message)
            return
        if not all(column.name for column in relation.columns):
            yield Refused(where, "A column of it has no name and is left out.")
        profile = NO_PROFILE
        try:
            profile = profiler.of(relation, self._told["row_counts"], columns=self._told["statistics"])
        except StatementFailed as error:
            yield Refused(where, f"It could not be measured: {error}.")
        yield table_of(relation, self._names, schema.comment, profile.table, profile.columns)

    def _joins(self, schema: SchemaFound, keys: Iterator[ForeignKey | Refused]) -> Said:
        for table, of_table in groupby(keys, lambda key: key.where if isinstance(key, Refused) else key.table):
            found = list(of_table)
            yield from (one for one in found if isinstance(one, Refused))
            try:
                yield from queries_of(
                    schema.name, table, [one for one in found if isinstance(one, ForeignKey)], self._names
                )
            except InvalidKey as error:
                yield Refused(f"{schema.name}.{table}", f"Its foreign keys have no key: {error.message}")

    def _lineage(self, schema: SchemaFound, found: Sequence[Found], views: Views) -> Said:
        for at in range(0, len(found), VIEWS_AT_ONCE):
            some = found[at : at + VIEWS_AT_ONCE]
            sql: dict[str, str] = {}
            for item in self._read(some, VIEWS_AT_ONCE, lambda part: self._catalogue.definitions(part).items()):
                if isinstance(item, Refused):
                    yield item
                else:
                    sql |= [item]
            defined = [one for one in some if one.name in sql]
            reads: defaultdict[str, list[TableName]] = defaultdict(list)
            for read in self._read(defined, VIEWS_AT_ONCE, self._catalogue.reads):
                if not isinstance(read, Refused):  # then the definition has to do
                    reads[read.view].append(self._names.of(read.schema, read.name))
            found_views = [View(one, sql[one.found.name], reads[one.found.name]) for one in self._relations(defined)]
            yield from views.lineage(schema.name, found_views)

    def _is_chosen(self, what: str, name: str) -> bool:
        included, excluded = self._told[f"include_{what}"], self._told[f"exclude_{what}"]
        return (not included or _matches(name, included)) and not _matches(name, excluded)

    def _read_schemas(self) -> Sequence[SchemaFound]:
        try:
            with failures(self._opened):
                return self._catalogue.schemas()
        except StatementFailed as error:
            raise InvalidSource(f"url: the schemas of {self._opened.place} cannot be read: {error}.") from None


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name.casefold(), pattern.casefold()) for pattern in patterns)
