"""Which relation each node of a manifest is in the warehouse, and which relations lie upstream of it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.optimizer.normalize_identifiers import normalize_identifiers

from ingest.extract.dbt.artifacts import RELATIONS, BadNode, Catalog, Manifest, Node, refused
from ingest.extract.source import Refused
from ingest.extract.sql.naming import Naming
from ingest.extract.sql.origins import TableName


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view: as dbt names it, as SQL of the dialect resolves it, and its key."""

    id: str
    name: TableName
    in_sql: TableName
    key: str


class Relations:
    """The relations of a manifest. Holds their names and parents, never the nodes themselves."""

    def __init__(self, manifest: Manifest, catalog: Catalog, naming: Naming, dialect: str) -> None:
        self._dialect = dialect or None
        self._naming = naming
        self._manifest = manifest
        self._parents: dict[str, Sequence[str]] = {}
        self._by_id: dict[str, Relation] = {}
        self._by_name: dict[tuple[str, ...], Relation] = {}
        self.refused = list(self._read(manifest, catalog))

    def __iter__(self) -> Iterator[Relation]:
        """Yield the relations, each behind those that it is made from."""
        try:
            order = list(TopologicalSorter(self._parents).static_order())
        except CycleError:
            order = list(self._parents)
        return (self._by_id[id_] for id_ in order if id_ in self._by_id)

    def by_key(self) -> list[list[Relation]]:
        """Return the relations, those that are one together: a source behind the node that makes it."""
        found: defaultdict[str, list[Relation]] = defaultdict(list)
        for relation in self:
            found[relation.key].append(relation)
        return [sorted(same, key=lambda one: one.id.startswith("source.")) for same in found.values()]

    def find(self, id_: str) -> Relation | None:
        """Return the relation of a node; None for a node without (an ephemeral model), or one that was refused."""
        return self._by_id.get(id_)

    def named(self, table: TableName) -> Relation | None:
        """Return the relation that SQL names."""
        return self._by_name.get(_folded(table))

    def above(self, parents: Sequence[str]) -> list[Relation]:
        """Return the nearest relations above some nodes, nodes without a relation seen through."""
        found: dict[str, Relation] = {}
        waiting, seen = list(parents), set(parents)
        while waiting:
            id_ = waiting.pop(0)
            relation = self._by_id.get(id_)
            if relation is not None:
                found[id_] = relation
            else:
                more = [one for one in self._parents.get(id_) or self._parents_of_other(id_) if one not in seen]
                seen.update(more)
                waiting.extend(more)
        return list(found.values())

    def column(self, relation: Relation, name: str) -> str:
        """Return the key of a column of a relation."""
        return self._naming.column(relation.name, name)

    def unknown(self, node: Node) -> Iterator[Refused]:
        """Yield the nodes that a node depends on and that the manifest does not have."""
        for id_ in node.parents():
            if id_ not in self._manifest:
                why = "is disabled" if id_ in self._manifest.disabled else "is not in the manifest"
                yield Refused(node.id, f"{node.id}: depends_on.nodes names {id_}, which {why}.")

    def _parents_of_other(self, id_: str) -> Sequence[str]:
        """Return what a node depends on that is no relation: a metric, a semantic model, an analysis."""
        try:
            return self._manifest.get(id_).parents() if id_ in self._manifest else ()
        except BadNode:
            return ()

    def _read(self, manifest: Manifest, catalog: Catalog) -> Iterator[Refused]:
        for node in manifest.all("nodes", "sources"):
            if isinstance(node, Refused):
                yield node
                continue
            try:
                if node.kind in RELATIONS:
                    self._parents[node.id] = [one for one in node.parents() if one != node.id]
                    if node.materialized != "ephemeral":
                        self._add(self._relation(node, catalog))
            except BadNode as error:
                yield refused(node.id, error)

    def _add(self, relation: Relation) -> None:
        self._by_id[relation.id] = relation
        self._by_name.setdefault(_folded(relation.in_sql), relation)

    def _relation(self, node: Node, catalog: Catalog) -> Relation:
        name = node.needed("identifier", "name") if node.kind == "source" else node.needed("alias", "name")
        schema = node.text("schema") if self._dialect == "clickhouse" else node.needed("schema")
        told = TableName(node.text("database"), schema, name)
        found = catalog.find(node.id)
        kept = told
        if found is not None:  # the warehouse knows in which case it keeps the names
            parts = (found.text(f"metadata.{part}") for part in ("database", "schema", "name"))
            kept = TableName(*(part or own for part, own in zip(parts, told, strict=True)))
        return Relation(node.id, kept, self._in_sql(node, told), self._naming.key(kept))

    def _in_sql(self, node: Node, told: TableName) -> TableName:
        written = node.text("relation_name")
        try:
            table = exp.to_table(written, dialect=self._dialect) if written else _unquoted(told)
            table = table if table.name else _unquoted(told)  # a function that reads files has no name
        except (SqlglotError, ValueError):
            table = _unquoted(told)
        query = normalize_identifiers(exp.Select(from_=exp.From(this=table)), dialect=self._dialect)
        named = query.args["from_"].this
        return TableName(named.catalog, named.db, named.name)


def _unquoted(table: TableName) -> exp.Table:
    return exp.table_(table.name, table.db or None, table.catalog or None)


def _folded(table: TableName) -> tuple[str, ...]:
    return tuple(part.casefold() for part in table)
