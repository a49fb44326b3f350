"""What views are made from: their definitions read, and the names in them found in the database they are of."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from ingest.extract.source import Refused
from ingest.extract.sql.flows import Effect
from ingest.extract.sql.lineage import MAX_STATEMENT_CHARACTERS, Facts, NotUnderstood, Reader, StepFact
from ingest.extract.sql.origins import TableName
from ingest.extract.sql_database.catalogue import Catalogue, Found, Relation
from ingest.extract.sql_database.statements import Names, written
from schemas.statements import Lineage, Step

MAX_SCHEMAS = 16  # whose tables' names are held at one time

_NO_FACTS = Facts(Effect.READ)

Read = Callable[[Sequence[Found]], Iterator[Relation]]


class View(NamedTuple):
    """A view with its columns, its SQL, and what it reads as the system itself has it, if it has."""

    relation: Relation
    sql: str
    reads: Sequence[TableName] = ()


class Views:
    """Reads the definitions of views, those of one schema at a time."""

    def __init__(self, catalogue: Catalogue, names: Names, dialect: str, schemas: Sequence[str], read: Read) -> None:
        """`schemas`: those there are; `read`: how relations are read, those that cannot be being left out."""
        self._catalogue = catalogue
        self._names = names
        self._dialect = dialect
        self._schemas = {name.casefold(): name for name in schemas}
        self._read = read
        self._found = lru_cache(maxsize=MAX_SCHEMAS)(self._index)

    def lineage(self, schema: str, views: Sequence[View]) -> Iterator[Lineage | Refused]:
        """Say what each view is made from; one whose SQL is not understood is refused. Raises InvalidKey."""
        path = self._catalogue.search_path(schema)
        named = {name: found for view in views for name in self._named(view.sql) if (found := self._find(name, path))}
        relations = {(one.found.schema, one.found.name): one for one in self._read_all([*named.values()])}
        reader = Reader(self._dialect)
        for name, found in named.items():
            if relation := relations.get((found.schema, found.name)):
                columns = [column.name for column in relation.columns]
                reader.learn(TableName(self._names.catalog, name.db or path[0], name.name), columns)
        for view in views:
            facts = _NO_FACTS
            try:
                facts = self._facts(reader, view, path[0])
            except NotUnderstood as error:
                yield Refused(written(view.relation.found), f"Its definition is not understood: {error}.")
            if said := self._said(view, facts, relations, path):
                yield said

    def _facts(self, reader: Reader, view: View, schema: str) -> Facts:
        facts = reader.read(view.sql, self._names.catalog, schema)
        return next((one for one in facts if one.effect in {Effect.READ, Effect.WRITE}), _NO_FACTS)

    def _said(
        self,
        view: View,
        facts: Facts,
        relations: Mapping[tuple[str, str], Relation],
        path: Sequence[str],
    ) -> Lineage | None:
        own = self._names.key(view.relation.found.schema, view.relation.found.name)
        sources = {table: found for table in (*view.reads, *facts.reads) if (found := self._find(table, path))}
        above = dict.fromkeys(self._names.key(found.schema, found.name) for found in sources.values())
        above.pop(own, None)
        steps = {
            (step.source, step.target): step
            for fact in facts.steps
            if (step := self._step(view.relation, fact, sources.get(fact.source.table), relations))
        }
        return Lineage("table", own, list(above), list(steps.values())) if above else None

    def _step(
        self, view: Relation, fact: StepFact, found: Found | None, relations: Mapping[tuple[str, str], Relation]
    ) -> Step | None:
        """Return a step between columns that there are, called as the database calls them."""
        relation = relations.get((found.schema, found.name)) if found else None
        source = _spelled(relation, fact.source.column) if relation else None
        target = _spelled(view, fact.column)
        if relation is None or source is None or target is None:
            return None
        above, own = (self._names.of(one.found.schema, one.found.name) for one in (relation, view))
        naming = self._names.naming
        return Step(naming.column(above, source), naming.column(own, target), fact.transformation)

    def _named(self, sql: str) -> Iterator[TableName]:
        """Yield the names in a definition that may be those of tables."""
        if len(sql) > MAX_STATEMENT_CHARACTERS:
            return
        try:
            statements = sqlglot.parse(sql, dialect=self._dialect or None)
        except (SqlglotError, RecursionError):  # who reads it whole will say so
            return
        for statement in filter(None, statements):
            for table in statement.find_all(exp.Table):
                if table.name:
                    yield TableName(table.catalog, table.db, table.name)

    def _find(self, name: TableName, path: Sequence[str]) -> Found | None:
        if name.catalog and name.catalog.casefold() != self._names.catalog.casefold():
            return None
        for place in [name.db, *path] if name.db else path:
            schema = self._schemas.get(place.casefold())
            if schema and (found := self._found(schema).get(name.name) or self._found(schema).get(_folded(name.name))):
                return found
        return None

    def _index(self, schema: str) -> Mapping[str, Found]:
        found = self._catalogue.relations(schema)
        return {_folded(one.name): one for one in found} | {one.name: one for one in found}

    def _read_all(self, found: Sequence[Found]) -> Iterator[Relation]:
        by_schema: dict[str, dict[str, Found]] = {}
        for one in found:
            by_schema.setdefault(one.schema, {})[one.name] = one
        for of_schema in by_schema.values():
            yield from self._read([*of_schema.values()])


def _folded(name: str) -> str:
    """Return a name as it is found in any case; no name of its own is mistaken for it."""
    return f"\0{name.casefold()}"


def _spelled(relation: Relation, column: str) -> str | None:
    """Return a column as it is called: by its very name, else by the name it has in another case."""
    names = [one.name for one in relation.columns]
    return column if column in names else next((name for name in names if name.casefold() == column.casefold()), None)
