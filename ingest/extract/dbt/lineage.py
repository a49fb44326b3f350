"""What each relation of dbt is made from: its parents by `depends_on`, its columns by its compiled SQL."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ingest.extract.dbt.artifacts import Catalog, Node
from ingest.extract.dbt.relations import Relation, Relations
from ingest.extract.source import Refused
from ingest.extract.sql.lineage import Facts, NotUnderstood, Reader
from ingest.extract.sql.naming import Naming
from ingest.extract.sql.origins import Origin, TableName
from schemas.statements import Column, Lineage, Step, Table

_READ = frozenset({"model", "snapshot"})  # what has SQL of its own


class Made(NamedTuple):
    """What was found out of a relation: its statement, its query's columns, and what could not be read."""

    lineage: Lineage | None = None
    outputs: Sequence[str] = ()
    refused: Sequence[Refused] = ()


class DbtLineage:
    """Reads compiled SQL, relation by relation in their order, and learns the columns of each for those below it."""

    def __init__(self, relations: Relations, catalog: Catalog, naming: Naming, dialect: str) -> None:
        self._relations = relations
        self._catalog = catalog
        self._naming = naming
        self._reader = Reader(dialect)
        self._columns: dict[str, dict[str, str]] = {}  # of a relation, their names as the catalog has them
        self._read: defaultdict[str, dict[str, None]] = defaultdict(dict)  # of a relation, columns that others read
        self._foreign: defaultdict[TableName, dict[str, None]] = defaultdict(dict)

    def of(self, relation: Relation, node: Node) -> Made:
        """Find out what a relation is made from. Raises BadNode for fields that are not as they should be."""
        facts, why = self._facts(node)
        self._learn(relation, node, facts)
        keys = dict.fromkeys(parent.key for parent in self._relations.above(node.parents()))
        for table in facts.reads if facts else ():
            known = self._relations.named(table)
            keys[known.key if known else self._naming.key(table)] = None
            if known is None:
                self._foreign[table].update({})
        keys.pop(relation.key, None)
        lineage = Lineage("table", relation.key, list(keys), list(self._steps(relation, facts))) if keys else None
        return Made(lineage, facts.outputs or () if facts else (), [*self._relations.unknown(node), *why])

    def read_of(self, relation: Relation) -> Sequence[str]:
        """Return the columns of a relation that others were seen to read."""
        return list(self._read.get(relation.id, ()))

    def foreign(self) -> Iterator[Table]:
        """Yield the tables that SQL names and that are no node of the project, with the columns seen of them."""
        known = {relation.key for relation in self._relations}
        found: defaultdict[tuple[str, str, str], dict[str, None]] = defaultdict(dict)
        for table, columns in self._foreign.items():
            if self._naming.key(table) not in known:
                found[self._naming.parts(table)].update(dict.fromkeys(map(self._naming.fold, columns)))
        for parts, names in found.items():
            yield Table(self._naming.database, *parts, columns=[Column(name) for name in names])

    def _facts(self, node: Node) -> tuple[Facts | None, Sequence[Refused]]:
        sql = node.text("compiled_code", "compiled_sql")
        if node.kind not in _READ or not sql.strip() or node.text("language") == "python":
            return None, ()
        try:
            return self._reader.output_facts(sql, node.text("database"), node.text("schema")), ()
        except NotUnderstood as error:
            return None, [Refused(node.id, f"{node.id}: its compiled SQL is not understood: {error}.")]

    def _learn(self, relation: Relation, node: Node, facts: Facts | None) -> None:
        found = self._catalog.find(node.id)
        columns = [name for name, _ in Catalog.columns(found)] if found else []
        if not columns and node.fields.get("contract") and node.mapping("contract").get("enforced") is True:
            columns = list(node.mapping("columns"))
        columns = columns or list(facts.outputs or () if facts else ())
        if columns:
            self._reader.learn(relation.in_sql, columns)
            self._columns[relation.id] = {column.casefold(): column for column in columns}

    def _steps(self, relation: Relation, facts: Facts | None) -> Iterator[Step]:
        for step in facts.steps if facts else ():
            if step.column != "*" and step.source.column != "*":
                source = self._source(step.source)
                target = self._naming.column(relation.name, self._spelled(relation, step.column))
                if source != target:
                    yield Step(source, target, step.transformation)

    def _source(self, origin: Origin) -> str:
        """Return the key of a column that is read, and remember that it is."""
        relation = self._relations.named(origin.table)
        if relation is None:
            self._foreign[origin.table][origin.column] = None
            return self._naming.column(origin.table, origin.column)
        column = self._spelled(relation, origin.column)
        self._read[relation.id][column] = None
        return self._naming.column(relation.name, column)

    def _spelled(self, relation: Relation, column: str) -> str:
        return self._columns.get(relation.id, {}).get(column.casefold(), column)
